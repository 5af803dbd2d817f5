"""The lines of a text file for the CSV parser: found encoding, no line without end, wrong bytes told by their line."""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path

from bot.ports import InputError, MachineError

LONGEST_RECORD = 4 * 1024 * 1024
"""Characters one row may have, unused columns included."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPED = re.compile("[\ud800-\udfff]")


class LongLineError(Exception):
    """A row is longer than anything a person would write: not a CSV file, or an attack."""


class Lines:
    """Feeds the CSV parser line by line and looks at each before: wrong bytes, and rows that would fill the memory."""

    def __init__(self, file: io.BufferedReader, encoding: str) -> None:
        # surrogateescape lets wrong bytes through to the line they stand in, so that its number can be told
        self._text = io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")
        self.encoding = encoding
        self.in_record = 0
        self._left = LONGEST_RECORD

    def rewind(self) -> None:
        """Go back to the first line."""
        self._text.seek(0)

    def begin_record(self) -> None:
        """Say that the next line begins a row; `in_record` counts its lines from here."""
        self.in_record = 0
        self._left = LONGEST_RECORD

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._left + 1)
        if not line:
            raise StopIteration
        self.in_record += 1
        self._left -= len(line)
        if self._left < 0:
            raise LongLineError
        if not line.isascii() and _ESCAPED.search(line):
            raise UnicodeError
        return line


def open_file(path: Path) -> io.BufferedReader:
    """Open a file of bytes. Raises InputError where there is none, MachineError where it may not be read."""
    try:
        if path.is_file():
            return path.open("rb")
    except OSError as error:
        raise MachineError(f"{path}: the file cannot be opened: {error.strerror}") from None
    raise InputError(f"{path}: there is no such file; a CSV file was expected")


def encoding_of(file: io.BufferedReader, declared: str, path: Path) -> str:
    """Return the encoding by the file's byte order mark, else the declared one, else UTF-8."""
    start = file.peek(4)
    if start.startswith(b"PK\x03\x04"):
        sentence = f"{path}: this is a zip or spreadsheet file; save it as CSV in the spreadsheet program"
        raise InputError(sentence, "csv.spreadsheet")
    return next((encoding for mark, encoding in _BOMS if start.startswith(mark)), declared or "utf-8")
