"""Show what Cairn does, with the history of real communities that comes with it."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console
from rich.text import Text

from bot.cli import output
from bot.cli.stage.show import Show, Telling
from bot.config import environment_without_settings
from bot.demo import story
from bot.errors import InputError, MachineError
from bot.operating.running import Stop
from bot.operating.shipped import shipped

app = App(name="demo", help="Show what Cairn does, with the history of real communities that comes with it.")

_PACKAGES = Path(__file__).resolve().parents[2]
_PLAY = f"import sys; sys.path.append({str(_PACKAGES)!r}); from bot.cli.demo import play; sys.exit(play(*sys.argv[1:]))"
"""Also works where Cairn is not installed, with whatever Python runs this."""

_WIDEST = 90
_FAST, _KEEP = "fast", "keep"
_SECONDS, _TALK_SECONDS = 11.0, 5.5
"""How long the live part takes, and how long people are given to read while others talk, if nobody is in a hurry."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""
_PATIENCE = 10.0
"""Seconds in which a demo that was asked to stop does so."""


@app.default
def demo(
    *,
    folder: Annotated[Path | None, Parameter(help="A new folder, to keep the demo's files and database.")] = None,
    fast: Annotated[bool, Parameter(negative="", help="Do not slow the live part down for people to watch.")] = False,
    keep: Annotated[bool, Parameter(negative="", help="Go on with a prompt, to use Cairn as any member.")] = False,
) -> int:
    """Let real history happen and look at it, with the very commands you would use; your own data stay untouched."""
    how = [word for word, wanted in ((_FAST, fast), (_KEEP, keep)) if wanted]
    if folder is not None:
        return _play_in(folder, how) or _say("What to try next", story.KEPT.format(folder=shlex.quote(str(folder))))
    with tempfile.TemporaryDirectory(prefix="cairn-demo-") as temporary:
        code = _play_in(Path(temporary), how)
    return code or _say("What to try next", story.NEXT)


def _play_in(folder: Path, how: list[str]) -> int:
    """Play the demo in a process of its own, whose folder has no settings and whose environment neither.

    So it uses the default database, which is below that folder. Returns the exit code.
    """
    _prepare(folder)
    command = [sys.executable, "-c", _PLAY, *how]
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = _wait(command, folder)
    except KeyboardInterrupt:
        code = INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    if code in (INTERRUPTED, -signal.SIGINT):
        output.note("cairn: the demo is stopped")
        return INTERRUPTED
    return code if code >= 0 else MachineError.exit_code


def _wait(command: list[str], folder: Path) -> int:
    """Run a program to its end, also where we are asked to stop; returns its exit code.

    While it loads it takes no notice of Ctrl-C, which would show its inside; we tell it again later.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with subprocess.Popen(command, cwd=folder, env=environment_without_settings()) as process:  # noqa: S603 - ours
        signal.signal(signal.SIGINT, before)
        try:
            return process.wait()
        except KeyboardInterrupt:
            _end(process)
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the demo stop. A terminal has asked it to, like us; whoever asked us alone has not."""
    if not _ended(process, 1.0):
        process.send_signal(signal.SIGINT)
        if not _ended(process, _PATIENCE):
            process.kill()


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return True
    return False


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


def play(*how: str) -> int:
    """Tell the story in the current folder and run its commands; returns the exit code of the first that fails."""
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # Not at the top: the module that runs every command would import itself with this one.
        from bot.__main__ import attempt

        return attempt(lambda: _story(_FAST in how, _KEEP in how))
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _story(fast: bool, keep: bool) -> int:
    from bot.__main__ import attempt, command

    _say("", story.BEGINNING)
    show = Show(Path(story.EXPORT))
    show.write_files(Path())
    for scene in story.SCENES:
        _say(scene.title, scene.text)
        if scene.turns and (code := attempt(partial(_listen, show.talk, 0.0 if fast else _TALK_SECONDS, scene.turns))):
            return code
        for words in scene.commands:
            shown = f"cairn {shlex.join(words)}"
            output.Paper(soft_wrap=True).print(Text(f"\n$ {shown}", style="bold cyan"))
            sys.stdout.flush()
            live = partial(_listen, show.play, 0.0 if fast else _SECONDS)
            code = attempt(live if words == story.LISTEN else partial(command, list(words)))
            if code:
                sys.stderr.write(f"cairn: the demo stopped, because this failed: {shown}\n")
                return code
    if keep:
        _say(*story.KEEP)
        return attempt(partial(_listen, show.keep, 0.0, story.MEMBER))
    return 0


def _listen(part: Callable[..., Coroutine[Any, Any, bool]], seconds: float, *about: object) -> None:
    """Run a part in which Cairn listens. Raises KeyboardInterrupt where it was broken off."""
    console = output.Paper(highlight=False)
    stop = Stop(partial(_leave, console))
    # Also heard of before and after the loop that listens: there the usual way would break the loop in two.
    before = signal.signal(signal.SIGINT, lambda *_: stop.ask())
    try:
        whole = asyncio.run(part(Telling(seconds, console, stop), *about))
    finally:
        signal.signal(signal.SIGINT, before)
    if not whole:
        raise KeyboardInterrupt


def _leave(console: Console, code: int) -> None:
    """End at once, and give the terminal its cursor back before."""
    console.show_cursor()
    os._exit(code)


def _say(title: str, text: str) -> int:
    """Print a part of the story; returns the exit code of what cannot fail."""
    console = output.Paper(highlight=False)
    console.print()
    if title:
        console.rule(Text(title, style="bold"), align="left")
    console.print(Text(text), width=min(console.width, _WIDEST))
    sys.stdout.flush()
    return 0
