"""Show what Cairn does, with the history of real communities that comes with it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.text import Text

from bot.config import environment_without_settings
from bot.demo import story
from bot.errors import InputError, MachineError
from bot.shipped import shipped

app = App(name="demo", help="Show what Cairn does, with the history of real communities that comes with it.")

_PACKAGES = Path(__file__).resolve().parents[2]
_PLAY = f"import sys; sys.path.append({str(_PACKAGES)!r}); from bot.cli.demo import play; sys.exit(play())"
"""Also works where Cairn is not installed, with whatever Python runs this."""

_WIDEST = 90


@app.default
def demo(
    *,
    folder: Annotated[Path | None, Parameter(help="A new folder, to keep the demo's files and database.")] = None,
) -> int:
    """Import real history and look at it, with the very commands you would use; your own data stay untouched."""
    if folder is not None:
        return _play_in(folder) or _say("What to try next", story.KEPT.format(folder=shlex.quote(str(folder))))
    with tempfile.TemporaryDirectory(prefix="cairn-demo-") as temporary:
        code = _play_in(Path(temporary))
    return code or _say("What to try next", story.NEXT)


def _play_in(folder: Path) -> int:
    """Play the demo in a process of its own, whose folder has no settings and whose environment neither.

    So it uses the default database, which is below that folder. Returns the exit code.
    """
    _prepare(folder)
    environment = environment_without_settings()
    done = subprocess.run([sys.executable, "-c", _PLAY], cwd=folder, env=environment, check=False)  # noqa: S603 - ours
    return done.returncode if done.returncode >= 0 else MachineError.exit_code


def _prepare(folder: Path) -> None:
    """Lay out the sample, and the rules with one of them changed, in an empty folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"--folder: {folder} is not empty; expected a new folder")
        shutil.copytree(story.FOLDER, folder, dirs_exist_ok=True)
        rules = shipped("mountain.yaml").read_text(encoding="utf-8")
        (folder / story.CHANGED).write_text(story.changed(rules), encoding="utf-8")
    except OSError as error:
        raise MachineError(f"{folder}: the demo cannot be laid out there: {error.strerror or error}") from None


def play() -> int:
    """Tell the story in the current folder and run its commands; returns the exit code of the first that fails."""
    # Not at the top: the module that runs every command would import itself with this one.
    from bot.__main__ import run

    _say("", story.BEGINNING)
    for scene in story.SCENES:
        _say(scene.title, scene.text)
        for command in scene.commands:
            shown = f"cairn {shlex.join(command)}"
            Console(soft_wrap=True).print(Text(f"\n$ {shown}", style="bold cyan"))
            code = run(list(command))
            sys.stdout.flush()
            if code:
                sys.stderr.write(f"cairn: the demo stopped, because this failed: {shown}\n")
                return code
    return 0


def _say(title: str, text: str) -> int:
    """Print a part of the story; returns the exit code of what cannot fail."""
    console = Console(highlight=False)
    console.print()
    if title:
        console.rule(Text(title, style="bold"), align="left")
    console.print(Text(text), width=min(console.width, _WIDEST))
    sys.stdout.flush()
    return 0
