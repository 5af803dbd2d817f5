"""Neutral blocks as Slack's: rich text, controls and pictures below one another, with the same in plain words beside.

What is longer than a message shows is cut where nothing breaks, and all of it goes along as a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.ports import Bars, Block, Controls, Fields, File, Heading, Paragraph, Table, drawing, letters, plain
from integrations.slack.speaking.controls import Board
from integrations.slack.speaking.marks import Marks, shortened, size

Json = dict[str, Any]
MOST_BLOCKS = 48
"""Slack shows fifty; two are left for what stands around."""
MOST_TEXT = 11_000
_IN_BLOCK = 2_900
_NOTICE = 2_900
_WHOLE = "all.txt"
PICTURES = (".png", ".jpg", ".jpeg", ".gif")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message as Slack takes it: its blocks, the same in plain words (`text`), and files that go along."""

    blocks: tuple[Json, ...]
    text: str
    files: tuple[File, ...] = ()


def draw(blocks: Sequence[Block], marks: Marks, most: int = MOST_BLOCKS) -> Drawn:
    """Draw blocks for a message or a view, as at most so many of Slack's."""
    page = _Page(marks, most)
    for one in blocks:
        page.add(one)
    said = plain.page(blocks)
    files = page.files if page.whole else [*page.files, File(_WHOLE, said.encode())]
    return Drawn(tuple(page.blocks), letters.cut(said, _NOTICE) or letters.ELLIPSIS, tuple(files))


class _Page:
    def __init__(self, marks: Marks, most: int) -> None:
        self._marks = marks
        self._most = most
        self._board = Board()
        self._left = MOST_TEXT
        self.whole = True
        self.blocks: list[Json] = []
        self.files: list[File] = []

    def add(self, one: Block) -> None:
        """Add one block."""
        if isinstance(one, File):
            self.files.append(one)
            return
        if len(self.blocks) >= self._most:
            self.whole = False
            return
        if isinstance(one, Controls):
            row = self._board.row(one)
            self.blocks += [row] if row is not None else []
        elif self.whole:
            self._write(one)

    def _write(self, one: Block) -> None:
        match one:
            case Heading():
                self._rich(_section(self._marks.elements(one.text, {"bold": True})))
            case Paragraph():
                self._rich(_section(self._marks.elements(one.text)))
            case Fields():
                for name, value in one.rows:
                    label = self._marks.elements(name, {"bold": True})
                    gap = [{"type": "text", "text": ": "}]
                    self._rich(_section([*label, *gap, *self._marks.elements(value)]), join=True)
            case Bars():
                self._code(drawing.bars(one))
            case Table():
                lines, cells = drawing.table(one)
                self._code(lines)
                self.whole = self.whole and cells

    def _code(self, lines: Sequence[str]) -> None:
        self._rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "\n".join(lines)}]})

    def _rich(self, part: Json, *, join: bool = False) -> None:
        """Add a part of rich text; with `join` below the one before, where that has room."""
        if not part["elements"] or not self.whole:
            return
        taken = size(part["elements"])
        if taken > min(self._left, _IN_BLOCK):
            part = {**part, "elements": shortened(part["elements"], min(self._left, _IN_BLOCK))}
            self.whole = False
        self._left -= min(taken, self._left)
        before = self.blocks[-1] if self.blocks else None
        if join and before is not None and before["type"] == "rich_text" and _room(before) > taken:
            before["elements"][-1]["elements"].append({"type": "text", "text": "\n"})
            before["elements"][-1]["elements"] += part["elements"]
        else:
            self.blocks.append({"type": "rich_text", "elements": [part]})


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": elements}


def _room(block: Json) -> int:
    last = block["elements"][-1]
    if last["type"] != "rich_text_section":
        return 0
    return _IN_BLOCK - size(last["elements"])
