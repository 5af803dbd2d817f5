"""Tables as everything on the terminal shows them: a title in bold, words to the left, numbers to the right."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


def table(*columns: str, left: int = 1) -> Table:
    """Return an empty table whose first `left` columns are words and the others numbers."""
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, name in enumerate(columns):
        if place < left:
            made.add_column(name, overflow="fold", min_width=8)
        else:
            made.add_column(name, overflow="fold", justify="right")
    return made


def section(title: str, content: RenderableType, note: str = "") -> RenderableType:
    """Return something with a title above it, a line apart from what was before, and perhaps a note below."""
    parts: list[RenderableType] = [Text(f"\n{title}", style="bold"), content]
    return Group(*parts, *([Text(note, style="dim")] if note else []))
