"""A database's whole content without its numbering: two that hold the same give the same dump.

People are named by their accounts' pseudonyms (the dumps compared need one key file), imports by their file's name,
everything else by what makes it unique.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, create_engine, false, make_url, select

from bot.storage.schema import metadata

Dump = dict[str, list[tuple[Any, ...]]]

_LEFT_OUT = {"setting", "import_run", "rejected"}
_RANDOM = {"sealed", "public", "adopted_at", "people"}
_BY_ORDER = {("account", "source"), ("account", "own_member"), ("engagement", "source")}
"""Columns that tell which of two sources came first."""


_BY_HOUR = {("engagement", "version"), ("sighting", "version"), ("naming", "named_at"), ("context", "named_at")}
"""Columns that tell, for rows of files without a time of capture, when they were imported."""


def dump(url: str, *, whoever_came_first: bool = True, hours: bool = True, only: int | None = None) -> Dump:
    """Return the rows of each table, or of those that know of communities the rows of `only` one.

    `whoever_came_first` False leaves out what depends on the order of imports, `hours` False what on their time.
    """
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
    engine = create_engine(parsed.set(drivername=drivers[parsed.get_backend_name()]))
    try:
        with engine.connect() as connection:
            left_out = (set() if whoever_came_first else _BY_ORDER) | (set() if hours else _BY_HOUR)
            return _dumped(connection, left_out, only)
    finally:
        engine.dispose()


def differences(one: Dump, other: Dump) -> dict[str, tuple[list[Any], list[Any]]]:
    """Return per table a few rows, with how often, that one of two dumps has more of; empty where they agree."""
    found: dict[str, tuple[list[Any], list[Any]]] = {}
    for name in one:
        ours, theirs = (_counted(rows) for rows in (one[name], other[name]))
        if ours != theirs:
            more = [(row, n) for row, n in ours.items() if theirs.get(row) != n]
            fewer = [(row, n) for row, n in theirs.items() if ours.get(row) != n]
            found[name] = (more[:3], fewer[:3])
    return found


def _counted(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    counts: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in rows:
        counts[row] += 1
    return counts


def _dumped(connection: Connection, left_out: set[tuple[str, str]], only: int | None) -> Dump:
    names = _Names(connection)
    found: Dump = {}
    for table in metadata.sorted_tables:
        if table.name in _LEFT_OUT:
            continue
        columns = [
            column.name
            for column in table.columns
            if column.name not in _RANDOM | {"id"} and (table.name, column.name) not in left_out
        ]
        tell = [names.of(table.name, column) for column in columns]
        query = select(table)
        if only is not None:
            query = query.where(table.c.community == only) if "community" in table.c else query.where(false())
        rows = [tuple(row._mapping[column] for column in columns) for row in connection.execute(query)]
        told = [tuple(how(value) for how, value in zip(tell, row, strict=True)) for row in rows]
        if table.name == "link":  # which of two accounts stands first follows from their numbers
            told = [(row[0], *sorted(row[1:3]), *row[3:]) for row in told]
        found[table.name] = sorted(told, key=repr)
    return found


class _Names:
    """Says what a number stands for."""

    def __init__(self, connection: Connection) -> None:
        tables = metadata.tables
        rows = {
            name: connection.execute(select(tables[name])).mappings().all() for name in tables if "id" in tables[name].c
        }
        self._communities = {row["id"]: row["name"] for row in rows["community"]}
        self._rules = {row["id"]: (row["version"], row["state"]) for row in rows["rules"]}
        self._spaces = {row["id"]: (row["platform"], row["external"]) for row in rows["space"]}
        self._accounts = {row["id"]: row["handle"] for row in rows["account"]}
        self._sources = {row["id"]: row["label"] for row in rows["import_run"]} | {0: "live"}
        self._contexts = {row["id"]: self._identity(row["identity"]) for row in rows["context"]}
        self._engagements = {row["id"]: (row["key_day"], row["key"]) for row in rows["engagement"]}
        owners: dict[int, list[str]] = defaultdict(list)
        for row in rows["account"]:
            owners[row["own_member"]].append(row["handle"])
        self._members = {who: min(handles) for who, handles in owners.items()}
        groups: dict[int, list[str]] = defaultdict(list)
        for row in rows["account"]:
            groups[row["member"]].append(row["handle"])
        self._roots = {who: min(handles) for who, handles in groups.items()}

    def _identity(self, text: str) -> Any:
        space, *rest = json.loads(text)
        return (self._spaces.get(space), *rest)

    def of(self, table: str, column: str) -> Callable[[Any], Any]:
        """Return how a column's values are told."""
        known: dict[str, dict[int, Any]] = {
            "community": self._communities,
            "rules": self._rules,
            "space": self._spaces,
            "account": self._accounts,
            "other": self._accounts,
            "target": self._accounts,
            "source": self._sources,
            "context": self._contexts,
            "engagement": self._engagements,
            "member": self._roots,
            "merged_into": self._roots,
            "own_member": self._members,
        }
        if column == "identity":
            return lambda text: self._identity(text)
        numbers = known.get(column)
        if numbers is None:
            return lambda value: value
        return lambda number: None if number is None else numbers.get(number, f"{column} {number}, who is nobody")
