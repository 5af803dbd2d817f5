"""Who took part in what: the rows of a CSV file, read by a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.ports import Account, Context, Item, Kind, Person, Signal, day_of
from integrations.archives.csv_archive import CsvArchive, Rejects
from integrations.archives.csv_cells import RowError, escaped, moment, written, wrong
from integrations.archives.mapping import COMPLETED, FIELDS, PARTICIPATION, Mapping, RowField
from integrations.archives.rows import Table

PLATFORM = "imported"
"""The platform of people who are known by a file."""


class Participation(CsvArchive):
    """The rows of a participation file: for each a Person and, where it says cohort, role or date, a Signal.

    A row's key is its id, else its cohort, role, project and date (as mapped) together with its first identity in the
    mapping's order. So two people never share a key; but where a row without an id is told again with an earlier
    identity added or left out, it counts as another one: name the column first that is always filled.
    Raises InputError as `bot.ports.Archive` says; `captured` is in ms.
    """

    source = "participation"

    def __init__(self, path: Path, mapping: Mapping, captured: int, rejects: Rejects | None = None) -> None:
        table = Table(path, mapping.layout)
        super().__init__(table, captured, rejects)
        self._mapping = mapping
        self._fields = [field for field in FIELDS if mapping.column(field) or mapping.constant(field)]
        self._places = {field: table.place(column) for field in FIELDS if (column := mapping.column(field))}
        self._people = [(table.place(one.column), one.scheme) for one in mapping.person]
        self._attributes = [(name, table.place(column)) for name, column in mapping.attributes.items()]

    def items(self) -> Iterator[Item]:
        """Yield each row's Person, then its Signal."""
        for person, signal in self._parsed(self._parse):
            yield person
            if signal:
                self.read.saw(signal.at)
                yield signal

    def _parse(self, cells: list[str]) -> tuple[Person, Signal | None]:
        person = Person(self._accounts(cells), self._declared(cells))
        if not self._takes_part(cells):
            return person, None
        return person, self._signal(person.accounts[0], {field: self._value(field, cells) for field in self._fields})

    def _signal(self, account: Account, row: dict[RowField, str]) -> Signal:
        at = self._moment(row.get("date", ""))
        key, by_id = self._key(row, at)
        return Signal(
            kind=Kind.PARTICIPATION,
            key=key,
            key_day=day_of(at),
            at=at,
            account=account,
            version=self.captured,
            context=self._context(row),
            key_person=None if by_id else account,
        )

    def _key(self, row: dict[RowField, str], at: int) -> tuple[str, bool]:
        source = self._mapping.source
        if "id" not in self._places:
            parts = (row.get("cohort", ""), row.get("role", ""), row.get("project", ""), written(at))
            return f"p:{escaped(source, *parts)}", False
        if not row["id"]:
            raise wrong("no id", self._mapping.column("id") or "", "", "an id in each row")
        return f"p:{escaped(source, row['id'])}", True

    def _context(self, row: dict[RowField, str]) -> Context:
        return Context(
            programme=row.get("programme", ""),
            cohort=row.get("cohort", ""),
            role=row.get("role", ""),
            project=row.get("project", ""),
            completed=self._completed(row.get("completed", "")),
        )

    def _takes_part(self, cells: list[str]) -> bool:
        if not self._mapping.participation:
            return False
        said = [self._renamed(field, cells[self._places[field]]) for field in PARTICIPATION if field in self._places]
        return not said or any(said)

    def _value(self, field: RowField, cells: list[str]) -> str:
        own = self._renamed(field, cells[self._places[field]]) if field in self._places else ""
        return own or self._mapping.constant(field)

    def _renamed(self, name: str, cell: str) -> str:
        text = cell.strip()
        return self._mapping.values.get(name, {}).get(text, text).strip()

    def _accounts(self, cells: list[str]) -> tuple[Account, ...]:
        found = ((scheme, self._renamed("person", cells[place])) for place, scheme in self._people)
        accounts = tuple(dict.fromkeys(Account(PLATFORM, scheme, text) for scheme, text in found if text))
        if not accounts:
            columns = ", ".join(repr(one.column) for one in self._mapping.person)
            raise RowError("no person", f"found nothing in {columns}, expected at least one to say who the person is")
        return accounts

    def _declared(self, cells: list[str]) -> tuple[tuple[str, str], ...]:
        found = ((name, self._renamed(name, cells[place])) for name, place in self._attributes)
        return tuple((name, text) for name, text in found if text)

    def _moment(self, text: str) -> int:
        try:
            return moment(text, self._mapping.dates)
        except ValueError:
            expected = " or ".join(self._mapping.dates) or "a date such as 2020-01-31 or 2020-01-31T18:30:00Z"
            raise wrong("wrong date", self._mapping.column("date") or "date", text, expected) from None

    def _completed(self, text: str) -> bool | None:
        try:
            return COMPLETED[text.casefold()]
        except KeyError:
            column = self._mapping.column("completed") or "completed"
            raise wrong("wrong completed", column, text, "yes or no (or a rename under values.completed)") from None
