"""What the archives of CSV files share: progress, and what becomes of bad rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO, TypeVar

from bot.ports import InputError, MachineError, Read, Space
from integrations.archives.csv_cells import RowError
from integrations.archives.rows import Row, Table

T = TypeVar("T")

_TELL_EVERY = 256
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Rejects:
    """A CSV file of the rows that were left aside: row number, what was wrong, and the row as it was.

    Cells that a spreadsheet would run as a formula get a leading apostrophe. The file is begun with the first bad row
    and then replaces an older one. Raises MachineError where it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def write(self, header: tuple[str, ...], number: int, error: str, cells: list[str]) -> None:
        """Add a row; `header` is that of the file read."""
        try:
            if self._file is None:
                self._file = self.path.open("w", encoding="utf-8", newline="")
                _write(self._file, ["row", "error", *header])
            _write(self._file, [str(number), error, *cells])
        except OSError as failure:
            raise self._failure(failure) from None

    @property
    def begun(self) -> bool:
        """Whether a row was bad, so that there is a file."""
        return self._file is not None

    def close(self) -> None:
        """Finish the file; nothing happens where no row was bad, or a second time."""
        try:
            if self._file is not None:
                self._file.close()
        except OSError as failure:
            raise self._failure(failure) from None

    def is_file(self, path: Path) -> bool:
        """Whether this is the very file that `path` names."""
        return self.path.exists() and self.path.samefile(path)

    def _failure(self, failure: OSError) -> MachineError:
        return MachineError(f"{self.path}: the rejected rows cannot be written: {failure.strerror}")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula (OWASP, "CSV Injection": a leading apostrophe)."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


class CsvArchive:
    """What `bot.ports.Archive` asks for, but for `source` and `items`.

    Without `rejects` the first bad row raises InputError; with it bad rows are counted under `read.skipped` and
    written there. Closing the archive closes the rejects too.
    """

    def __init__(self, table: Table, captured: int, rejects: Rejects | None) -> None:
        self.space: Space | None = None
        self.captured = captured
        self.size = table.size
        self.position = 0
        self.read = Read()
        self._table = table
        self._rejects = rejects
        if rejects is not None and rejects.is_file(table.path):
            table.close()
            raise InputError(f"{table.path}: this is the file to read; its rejected rows need another one")

    def close(self) -> None:
        """Let go of the file."""
        self._table.close()
        if self._rejects is not None:
            self._rejects.close()

    def _parsed(self, parse: Callable[[list[str]], T]) -> Iterator[T]:
        """Yield what `parse` makes of the cells of each good row; it raises RowError for a bad one."""
        for row in self._table.rows():
            if self.read.objects % _TELL_EVERY == 0:
                self.position = self._table.tell()
            self.read.objects += 1
            try:
                if row.fault:
                    raise row.fault
                parsed = parse(row.cells)
            except RowError as error:
                self._reject(row, error)
            else:
                yield parsed
        self.position = self._table.tell()

    def _reject(self, row: Row, error: RowError) -> None:
        if self._rejects is None:
            raise InputError(f"{self._table.path}, row {row.number}: {error}") from None
        self.read.skipped[error.reason] += 1
        self._rejects.write(self._table.header, row.number, str(error), row.cells)


def _write(file: TextIO, cells: list[str]) -> None:
    csv.writer(file, lineterminator="\n").writerow([harmless(cell) for cell in cells])
