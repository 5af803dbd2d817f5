"""How large a zip's table of contents is, told before it is loaded: a hostile one would fill the memory."""

from __future__ import annotations

import struct
from typing import BinaryIO

from bot.ports import InputError

MOST_FILES = 200_000
"""Files one archive may hold."""
MOST_DIRECTORY_BYTES = 96 * 1024 * 1024
"""Bytes a zip's table of contents may take: room for MOST_FILES long names."""

_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\5\6"
_LOCATOR_SIZE = 20
_LOCATOR_MARK = b"PK\6\7"
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_MARK = b"PK\6\6"
_ENTRY_MARK = b"PK\1\2"
_LONGEST_COMMENT = 65_535


def check_directory(file: BinaryIO, name: str) -> None:
    """Raise InputError where the table of contents lists too many files, is too large, or is not there.

    Entries are counted by their mark, because the number written in a zip may be a lie. Layout: PKWARE APPNOTE 4.3.
    """
    size, end = _directory(file, name)
    if size > MOST_DIRECTORY_BYTES or size > end:
        raise InputError(f"{name}: the table of contents is damaged or larger than any chat archive's.")
    if _entries(file, end - size, end) > MOST_FILES:
        raise InputError(f"{name}: more than {MOST_FILES:,} files; an archive may hold at most so many.")


def _directory(file: BinaryIO, name: str) -> tuple[int, int]:
    """Return the directory's size, and the place in the file where it ends."""
    length = file.seek(0, 2)
    begin = file.seek(max(0, length - _END.size - _LONGEST_COMMENT - _LOCATOR_SIZE - _END64.size))
    tail = file.read()
    # the same order in which zipfile looks: without a comment first
    at = len(tail) - _END.size
    if at < 0 or not (tail.startswith(_END_MARK, at) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END_MARK)
    if at < 0 or at + _END.size > len(tail):
        raise InputError(f"{name}: not a complete zip file; it was cut off, or is of another kind.")
    size: int = _END.unpack_from(tail, at)[5]
    at64 = at - _LOCATOR_SIZE - _END64.size
    if at64 >= 0 and tail.startswith(_LOCATOR_MARK, at - _LOCATOR_SIZE) and tail.startswith(_END64_MARK, at64):
        return int(_END64.unpack_from(tail, at64)[8]), begin + at64
    return size, begin + at


def _entries(file: BinaryIO, begin: int, end: int) -> int:
    """Count entry marks; a mark inside a name counts too, which only a made-up zip would notice."""
    file.seek(begin)
    found, rest, left = 0, b"", end - begin
    while left > 0 and (chunk := file.read(min(left, 1 << 20))):
        left -= len(chunk)
        window = rest + chunk
        found += window.count(_ENTRY_MARK)
        rest = window[-3:]
    return found
