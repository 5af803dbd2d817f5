"""Anonymous numbers from outside (downloads, heads at a meetup, registrations), one a row of a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.ports import Count, Item, date_of, day_of
from integrations.archives.csv_archive import CsvArchive, Rejects
from integrations.archives.csv_cells import escaped, moment, wrong
from integrations.archives.rows import Layout, Table

MOST = 10**15
"""A number above this is no count of anything."""
_DAY_MS = 86_400_000


class Counts(CsvArchive):
    """The rows of a file with the columns kind, day, place and n; other columns are left alone.

    Kind, day and place together are a count's key: two rows with the same three are one count to the store. `place` may
    be empty. Raises InputError as `bot.ports.Archive` says; `captured` is in ms.
    """

    source = "counts"

    def __init__(self, path: Path, captured: int, rejects: Rejects | None = None) -> None:
        super().__init__(Table(path, Layout(("kind", "day", "place", "n"))), captured, rejects)

    def items(self) -> Iterator[Item]:
        """Yield a Count for each row."""
        places = [self._table.place(column) for column in ("kind", "day", "place", "n")]
        for count in self._parsed(lambda cells: _count(*[cells[place].strip() for place in places])):
            self.read.saw(count.day * _DAY_MS)
            yield count


def _count(kind: str, day: str, place: str, n: str) -> Count:
    if not kind:
        raise wrong("no kind", "kind", kind, "what was counted, such as downloads")
    number = _day(day)
    return Count(kind, number, place, _number(n), f"c:{escaped(kind, date_of(number).isoformat(), place)}")


def _day(text: str) -> int:
    try:
        return day_of(moment(text))
    except ValueError:
        raise wrong("wrong date", "day", text, "a day such as 2020-01-31") from None


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= MOST:
        return int(text)
    raise wrong("wrong number", "n", text, "a whole number of 0 or more, without separators")
