"""The markers of people who were erased: one line each in a file beside the key file, which no backup of the database
holds. After a restore it says whom to erase again.

A marker is made of a pseudonym with the key file; without that nobody can tell whose it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.errors import MachineError


class Word(StrEnum):
    """What is said of somebody: erased, erased for good because they are under age, or back by their own wish."""

    ERASED = "erased"
    UNDER_AGE = "under age"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when (ms), in which community, of whom, and what."""

    at: int
    community: str
    marker: str
    word: Word


class Erased:
    """The file; None is a file that nothing is written to."""

    def __init__(self, file: Path | None) -> None:
        """Take where it lies; it is made when the first line is written."""
        self._file = file

    def add(self, lines: Iterable[Line]) -> None:
        """Write lines; they are on the disk when this returns. MachineError where they cannot be."""
        if self._file is None:
            return
        text = "".join(
            json.dumps({"at": one.at, "community": one.community, "marker": one.marker, "word": one.word.value}) + "\n"
            for one in lines
        )
        try:
            with os.fdopen(os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "a+b") as stream:
                if stream.seek(0, os.SEEK_END):
                    stream.seek(-1, os.SEEK_END)
                    text = text if stream.read(1) == b"\n" else f"\n{text}"  # a line that was cut off stands alone
                stream.write(text.encode())
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise MachineError(f"{self._file}: who is erased cannot be put down: {error.strerror}") from None

    def last(self) -> dict[tuple[str, str], Word]:
        """Return what was said last of each (community, marker); a line that was cut off is none."""
        found: dict[tuple[str, str], Word] = {}
        try:
            text = self._file.read_text(encoding="utf-8") if self._file is not None else ""
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise MachineError(f"{self._file}: who was erased cannot be read: {error.strerror}") from None
        for line in text.splitlines():
            try:
                one = json.loads(line)
                found[one["community"], one["marker"]] = Word(one["word"])
            except (ValueError, KeyError, TypeError):
                continue
        return found
