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
_RUN = f"import sys; sys.path.append({str(_PACKAGES)!r}); from bot.__main__ import main; main()"
"""Runs `cairn` also where it is not installed, with whatever Python runs this."""


@app.default
def demo(
    *,
    folder: Annotated[Path | None, Parameter(help="A new folder to keep the demo's files and database in.")] = None,
) -> None:
    """Import real history and look at it, with the very commands you would use; your own data stay untouched."""
    if folder is not None:
        _prepare(folder)
        _play(folder)
        _say(story.KEPT.format(folder=shlex.quote(str(folder))), "What to try next")
        return
    with tempfile.TemporaryDirectory(prefix="cairn-demo-") as temporary:
        _prepare(Path(temporary))
        _play(Path(temporary))
    _say(story.NEXT, "What to try next")


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
        raise MachineError(f"{folder}: the demo cannot be laid out there: {error.strerror}") from None


def _play(folder: Path) -> None:
    _say(story.BEGINNING)
    for scene in story.SCENES:
        _say(scene.text, scene.title)
        for command in scene.commands:
            _run(command, folder)


def _run(command: tuple[str, ...], folder: Path) -> None:
    """Run a command in the demo's folder, where it finds no settings and therefore uses the database there."""
    shown = f"cairn {shlex.join(command)}"
    Console(highlight=False, soft_wrap=True).print(Text(f"\n$ {shown}", style="bold cyan"))
    sys.stdout.flush()
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "-c", _RUN, *command], cwd=folder, env=environment_without_settings(), check=False
    )
    if done.returncode:
        raise MachineError(f"the demo stopped: `{shown}` ended with exit code {done.returncode}")


def _say(text: str, title: str = "") -> None:
    console = Console(highlight=False)
    if title:
        console.print()
        console.rule(Text(title, style="bold"), align="left")
    console.print(Text(text.strip("\n")))
