"""Neutral blocks as a message of Discord: text, controls and files below one another (its "components V2").

A message shows four thousand characters. What is longer is cut where nothing breaks, and all of it goes
along as a file.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ports import Bars, Block, Controls, Fields, File, Heading, Paragraph, Table, drawing, letters, plain
from integrations.discord.speaking.controls import Board, Carry
from integrations.discord.speaking.marks import marked, strong

Json = dict[str, Any]
LAYOUT, SILENT, PRIVATE = 1 << 15, 1 << 12, 1 << 6
"""Flags of a message: of this kind, without notification, seen by one person only."""
MOST_TEXT = 3_900
MOST_COMPONENTS = 40
MOST_FILES = 10
LARGEST_FILES = 8_388_608
"""Bytes of all files of a message."""
_TEXT, _GALLERY, _FILE = 10, 12, 13
_LEAST_ROOM = 40
_WHOLE = "all.txt"
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_logger = logging.getLogger(__name__)
_ODD = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message as Discord takes it: its components, and the files that stand in it."""

    components: tuple[Json, ...]
    files: tuple[File, ...] = ()

    def body(self, flags: int = 0, pings: Iterable[str] = ()) -> Json:
        """Return the body of a request. `pings` are the ids of those who may be notified, and nobody else is."""
        allowed = {"parse": [], "users": list(pings), "replied_user": False}
        attached = [{"id": n, "filename": one.name} for n, one in enumerate(self.files)]
        return {
            "components": list(self.components),
            "flags": LAYOUT | flags,
            "allowed_mentions": allowed,
            "attachments": attached,
        }


def draw(blocks: Sequence[Block], carry: Carry = lambda action: action.text) -> Drawn:
    """Draw blocks; `carry` makes an action the id of a component, which comes back when it is used."""
    page = _Page(blocks, carry)
    for one in blocks:
        page.add(one)
    return page.done()


class _Page:
    def __init__(self, blocks: Sequence[Block], carry: Carry) -> None:
        self._blocks = blocks
        self._board = Board(_room_for_controls(blocks), carry)
        self._left = MOST_TEXT
        self._whole = True
        self._bytes = 0
        self._text: list[str] = []
        self._parts: list[Json] = []
        self._files: list[File] = []

    def add(self, one: Block) -> None:
        if isinstance(one, Controls):
            self._flush()
            self._parts += self._board.rows(one)
        elif isinstance(one, File):
            self._attach(one)
        elif self._whole:
            self._write(one)

    def done(self) -> Drawn:
        self._flush()
        if not self._whole:
            self._attach(File(_WHOLE, plain.page(self._blocks).encode()))
        parts = _together(self._parts) or [{"type": _TEXT, "content": letters.ELLIPSIS}]
        return Drawn(tuple(parts), tuple(self._files))

    def _write(self, one: Block) -> None:
        text, whole = _marked(one, self._left - 2)
        if text:
            self._left -= letters.units(text) + 2
            self._text.append(text)
        self._whole = whole and self._left > _LEAST_ROOM

    def _flush(self) -> None:
        if self._text:
            self._parts.append({"type": _TEXT, "content": _joined(self._text)})
            self._text = []

    def _attach(self, one: File) -> None:
        self._flush()
        if len(self._files) == MOST_FILES or self._bytes + len(one.content) > LARGEST_FILES:
            _logger.warning("a message has more files, or larger ones, than Discord takes; one is left out")
            return
        self._bytes += len(one.content)
        name = _named(one.name, {file.name for file in self._files})
        self._files.append(File(name, one.content))
        media = {"url": f"attachment://{name}"}
        shown = {"type": _GALLERY, "items": [{"media": media}]}
        self._parts.append(shown if name.lower().endswith(_PICTURES) else {"type": _FILE, "file": media})


def _together(parts: list[Json]) -> list[Json]:
    """Return a message's parts; where they are too many for Discord, all text comes first."""
    if sum(1 + len(one.get("components", ())) for one in parts) <= MOST_COMPONENTS:
        return parts
    text = "\n\n".join(one["content"] for one in parts if one["type"] == _TEXT)
    return [{"type": _TEXT, "content": text}, *(one for one in parts if one["type"] != _TEXT)]


def _room_for_controls(blocks: Sequence[Block]) -> int:
    """Return how many components are left for controls: text stands between them, and each file takes one."""
    taken = sum(isinstance(one, File) for one in blocks)
    stretches = 1 + sum(isinstance(one, Controls | File) for one in blocks)
    return MOST_COMPONENTS - min(taken, MOST_FILES) - min(stretches, MOST_COMPONENTS // 2) - 1


def _joined(texts: list[str]) -> str:
    """Return texts below one another; a list of fields or bars follows its heading directly."""
    found = texts[0]
    for before, one in zip(texts, texts[1:], strict=False):
        found += ("\n" if before.startswith("### ") else "\n\n") + one
    return found


def _marked(one: Block, room: int) -> tuple[str, bool]:
    """Return a block as markdown of at most so many units, and whether it is whole."""
    match one:
        case Heading():
            return _cut(f"### {marked(one.text)}", f"### {marked(one.text, room - 4)}", room)
        case Paragraph():
            return _cut(marked(one.text), marked(one.text, room), room)
        case Fields():
            return _fields(one, room)
        case Bars():
            return drawing.block(drawing.bars(one), room)
        case Table():
            lines, cells = drawing.table(one)
            text, rows = drawing.block(lines, room)
            return text, cells and rows
    return "", True


def _cut(whole: str, short: str, room: int) -> tuple[str, bool]:
    return ("" if not whole.strip("# \n") else whole, True) if letters.units(whole) <= room else (short, False)


def _fields(of: Fields, room: int) -> tuple[str, bool]:
    lines: list[str] = []
    for name, value in of.rows:
        text = f"{marked(strong(name))}: {marked(value)}"
        if letters.units(text) + 1 > room:
            text = marked((*strong(name), ": ", *value), room)
            return "\n".join([*lines, *([text] if room > _LEAST_ROOM else [letters.ELLIPSIS])]), False
        lines.append(text)
        room -= letters.units(text) + 1
    return "\n".join(lines), True


def _named(name: str, taken: set[str]) -> str:
    """Return a name for a file that Discord takes, and that no other file of the message bears."""
    stem, dot, kind = _ODD.sub("_", letters.line(name)).strip("._").rpartition(".")
    stem, kind = (stem[:80], kind[:10]) if dot else (kind[:80], "")
    for n in range(len(taken) + 1):
        made = (stem or "file") + (f"-{n + 1}" if n else "") + (f".{kind}" if kind else "")
        if made not in taken:
            return made
    return f"{len(taken)}"
