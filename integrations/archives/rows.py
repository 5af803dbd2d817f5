"""The rows of a CSV file as plain text, in one pass and with flat memory.

Rows are numbered as a spreadsheet shows them: the file's first line is row 1, so a header is row 1 and the first data
row is row 2. A cell that looks like a formula is text like any other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.ports import InputError, MachineError
from integrations.archives.csv_cells import RowError, wrong
from integrations.archives.csv_lines import LONGEST_RECORD, Lines, LongLineError, encoding_of, open_file

LONGEST_VALUE = 1000
"""Characters a cell may have that is read as an id, a role, a date ..."""
DELIMITERS = (",", ";", "\t")
"""What may separate the cells where nothing is said; the first wins a tie."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: the columns `needed`, and `header`, `encoding`, `delimiter` where the file's own are not
    to be found out."""

    needed: tuple[str, ...]
    header: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A data row by its number: as many cells as the header has, or a fault."""

    number: int
    cells: list[str]
    fault: RowError | None = None


class Table:
    """A CSV file, opened, with its header read and the needed columns found.

    Raises InputError for what is no such file, and for a header that lacks a needed column or has it twice.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = path
        self._layout = layout
        self._file = open_file(path)
        self.size = path.stat().st_size
        try:
            self._lines = Lines(self._file, encoding_of(self._file, layout.encoding, path))
            self._delimiter = layout.delimiter or self._sniff()
            self.header = layout.header or self._read_header()
            self._places = self._find(layout.needed)
        except BaseException:
            self._file.close()
            raise

    def place(self, column: str) -> int:
        """Return the index in `Row.cells` of a needed column."""
        return self._places[column]

    def tell(self) -> int:
        """Return the bytes read so far (what is read ahead included)."""
        return self._file.tell()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def rows(self) -> Iterator[Row]:
        """Yield the data rows; rows without any content are passed over.

        Raises InputError where the file is damaged so that what follows cannot be trusted.
        """
        rows = self._records()
        if not self._layout.header:
            next(rows, None)
        for row in rows:
            yield row if row.fault else self._checked(row)

    def _checked(self, row: Row) -> Row:
        cells, width = row.cells, len(self.header)
        while len(cells) > width and not cells[-1]:
            cells.pop()  # spreadsheets like to write empty cells behind the last column
        if len(cells) != width:
            text = f"found {len(cells)} cells, expected {width} as in the header"
            return Row(row.number, cells, RowError("ragged row", text))
        for column, place in self._places.items():
            if len(cells[place]) > LONGEST_VALUE:
                expected = f"at most {LONGEST_VALUE} characters"
                return Row(row.number, cells, wrong("cell too long", column, cells[place], expected))
        if any("\0" in cell for cell in cells):
            return Row(row.number, cells, RowError("NUL byte", "found a NUL byte, expected text"))
        return row

    def _records(self) -> Iterator[Row]:
        lines = self._lines
        lines.rewind()
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        number = 0
        while True:
            number += 1
            lines.begin_record()
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield self._broken(number, str(error))
                continue
            except (UnicodeError, LongLineError) as error:
                raise self._damage(number, error) from None
            except OSError as error:
                raise MachineError(f"{self.path}: cannot be read on: {error.strerror}") from None
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield Row(number, cells)

    def _broken(self, number: int, detail: str) -> Row:
        if self._lines.in_record > 1:  # what follows could be anything
            sentence = f'{self.path}, row {number}: a quotation mark (") opens here that is never closed'
            raise InputError(sentence, "csv.unclosed", row=number)
        if "limit" in detail:
            longest = csv.field_size_limit()
            fault = RowError("cell too long", f"found a cell of more than {longest} characters, expected a shorter one")
        else:
            fault = RowError("broken quoting", 'found a quotation mark (") out of place, expected it around a cell')
        return Row(number, [], fault)

    def _damage(self, number: int, error: Exception) -> InputError:
        where = f"{self.path}, row {number}"
        if isinstance(error, LongLineError):
            sentence = f"{where}: found more than {LONGEST_RECORD} characters in one row, expected a CSV file"
            return InputError(sentence, "csv.long_row", row=number)
        if isinstance(error, UnicodeDecodeError):
            where += " or soon after"  # some encodings are decoded by the block
        encoding = self._lines.encoding
        sentence = f"{where}: found bytes that are not {encoding}; save it as UTF-8 or name its `encoding`"
        return InputError(sentence, "csv.encoding", row=number, encoding=encoding)

    def _sniff(self) -> str:
        line = self._first_line()
        needed = set(self._layout.needed)

        def fit(delimiter: str) -> tuple[int, int]:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
            return len(needed.intersection(cells)), len(cells)

        try:
            return max(DELIMITERS, key=fit) if line else DELIMITERS[0]
        except csv.Error:
            raise InputError(f"{self.path}, row 1: found no cells of a CSV file", "csv.no_cells") from None

    def _first_line(self) -> str:
        try:
            return next((line for line in self._lines if line.strip()), "")
        except (UnicodeError, LongLineError) as error:
            raise self._damage(max(self._lines.in_record, 1), error) from None

    def _read_header(self) -> tuple[str, ...]:
        first = next(self._records(), None)
        if first is None:
            raise InputError(f"{self.path}: the file is empty; expected a header and rows", "csv.empty")
        if first.fault:
            raise InputError(f"{self.path}, row {first.number}: {first.fault}", "csv.header", row=first.number)
        if any("\0" in cell for cell in first.cells):
            sentence = f"{self.path}, row {first.number}: found NUL bytes, expected text (is it UTF-16?)"
            raise InputError(sentence, "csv.nul", row=first.number)
        return tuple(cell.strip() for cell in first.cells)

    def _find(self, needed: tuple[str, ...]) -> dict[str, int]:
        if self._layout.header and not self.size:
            raise InputError(f"{self.path}: the file is empty; expected rows", "csv.empty")
        wrong_ones = [column for column in needed if self.header.count(column) != 1]
        if wrong_ones:
            sentence = f"{self.path}: {'; '.join(map(self._fault, wrong_ones))}"
            raise InputError(sentence, "csv.columns", columns=", ".join(wrong_ones))
        return {column: self.header.index(column) for column in needed}

    def _fault(self, column: str) -> str:
        if column in self.header:
            return f"the header has the column {column!r} more than once, expected it once"
        near = get_close_matches(column, self.header, 1)
        hint = f"the nearest is {near[0]!r}" if near else "if the file has no header, name its columns under `header`"
        return f"the header has no column {column!r} ({hint})"
