"""How commands print: one JSON document or something for people on stdout, progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


def document(content: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Print one JSON document."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


class Paper(Console):
    """Where people read: shows text as it stands, and lets a closed pipe be told like any other."""

    def on_broken_pipe(self) -> None:
        """Leave it to `bot.__main__`."""
        raise BrokenPipeError


def show(*parts: RenderableType) -> None:
    """Print for people."""
    console = Paper(highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, str))  # the terminal breaks sentences, a file keeps them whole


class Bars:
    """Progress bars on a terminal's stderr, one per stage; silent elsewhere."""

    def __init__(self, progress: Progress) -> None:
        """Take the display to draw on."""
        self._progress = progress
        self._tasks: dict[str, Any] = {}

    def __call__(self, stage: str, at: int, of: int) -> None:
        """Move a stage's bar."""
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=max(of, 1))
        self._progress.update(self._tasks[stage], completed=at, total=max(of, at, 1))

    def of(self, stage: str) -> Callable[[int], None]:
        """Return who hears how much of a stage is left, and moves its bar."""
        most = 0

        def hear(left: int) -> None:
            nonlocal most
            most = max(most, left)
            self(stage, most - left, most)

        return hear


@contextmanager
def bars() -> Iterator[Bars]:
    """Show progress bars while something long runs."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Bars(progress)


def note(text: str) -> None:
    """Tell the person at the terminal something beside the output."""
    sys.stderr.write(f"{text}\n")
