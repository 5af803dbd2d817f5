"""What people do and are shown on a made-up platform, printed on a terminal, or held back to stand beside another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

MARGIN = "  │ "
"""What stands before each line of a message."""
_BETWEEN = " │ "
_INDENT = "  "
_WIDEST = 90
_NARROWEST = 36
"""Columns that are narrower stand below one another."""


class Drawn:
    """Prints what happens on a platform, or holds it back for a while."""

    def __init__(self, console: Console) -> None:
        """Take where to print."""
        self._console = console
        self._held: list[Text] | None = None
        self._watched: list[Text] | None = None

    @contextmanager
    def held(self) -> Iterator[list[Text]]:
        """Print nothing meanwhile; what would have been printed is given as lines."""
        found: list[Text] = []
        self._held = found
        try:
            yield found
        finally:
            self._held = None

    @contextmanager
    def watched(self) -> Iterator[list[Text]]:
        """Give, as lines, what is shown meanwhile, beside its being printed."""
        self._watched = found = list[Text]()
        try:
            yield found
        finally:
            self._watched = None

    def line(self, who: str, text: str, where: str = "") -> None:
        """Print what somebody does, in one line."""
        place = f" in #{where}" if where else ""
        said = Text.assemble((who, "bold"), place, ": ", text)
        if self._held is not None:
            self._held += [said, Text("")]
        else:
            self._console.print(Text("\n").append_text(said), soft_wrap=True)

    def told(self, text: str) -> None:
        """Print what the story says of what comes now."""
        self._console.print(Text(f"\n{text}", style="italic"), width=min(self._console.width, _WIDEST))

    def note(self, text: str) -> None:
        """Print something that is no message."""
        self._console.print(Text(text, style="dim"), soft_wrap=True)

    def form(self, title: str) -> None:
        """Print the title of a form."""
        self.show([Text.assemble((title, "bold"), (" · a form", "dim"))])

    def field(self, label: str, given: str) -> None:
        """Print what was given in a field of a form."""
        self.show([Text.assemble(label, ": ", (given, "cyan"))])

    def submit(self) -> None:
        """Print that a form was sent."""
        self.show([Text("[Submit]", style="cyan")])

    def show(self, lines: Iterable[Text]) -> None:
        """Print the lines of a message or form."""
        lines = list(lines)
        if self._watched is not None:
            self._watched += lines
        if self._held is not None:
            self._held += lines
            return
        width = max(self._console.width - len(MARGIN), 20)
        for line in lines:
            for part in line.wrap(self._console, width) if line.plain else [line]:
                part.rstrip()
                self._console.print(Text.assemble((MARGIN.rstrip() if not part.plain else MARGIN, "dim"), part))


def side_by_side(console: Console, *sides: tuple[str, Sequence[Text]]) -> None:
    """Print lines beside each other, each side below its title; below one another where there is no room."""
    room = (console.width - len(_INDENT) - len(_BETWEEN) * (len(sides) - 1)) // len(sides)
    stacked = room < _NARROWEST
    width = console.width - len(_INDENT) if stacked else room
    columns = [[Text(title, style="bold reverse"), *_wrapped(console, lines, width)] for title, lines in sides]
    rows = [(line,) for column in columns for line in (*column, Text(""))] if stacked else zip_longest(*columns)
    console.print()
    for row in rows:
        made = Text(_INDENT)
        for n, part in enumerate(row):
            line = part.copy() if part is not None else Text("")
            if n < len(row) - 1:
                line.pad_right(width - line.cell_len)
                line.append(_BETWEEN, "dim")
            made.append_text(line)
        made.rstrip()
        console.print(made, soft_wrap=True)


def _wrapped(console: Console, lines: Iterable[Text], width: int) -> Iterator[Text]:
    for line in lines:
        for part in line.wrap(console, width) if line.plain else [line]:
            part.rstrip()
            yield part
