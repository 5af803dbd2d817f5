"""Many rows at a time, in each database's own quickest way.

On SQLite statements go straight to the driver: a trip to its thread costs more than a hundred rows, and SQLAlchemy
makes four or five trips for one statement where the driver makes one.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import Any, cast

import aiosqlite
import orjson
from sqlalchemy import Boolean, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

_JOIN = re.compile(r"(?<!LEFT) JOIN ")
_POSTGRES_TYPES = {"INTEGER": "int", "BIGINT": "bigint", "SMALLINT": "smallint", "BOOLEAN": "bool", "BLOB": "bytea"}

Rows = Sequence[Sequence[Any]]


def is_sqlite(connection: AsyncConnection) -> bool:
    """Whether the database is SQLite, where writers take turns."""
    return connection.dialect.name == "sqlite"


async def insert_new(connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Rows) -> int:
    """Insert the rows that no unique key forbids; `rows` hold the columns' values in order. Returns how many."""
    if not rows:
        return 0
    if is_sqlite(connection):
        return await _insert(connection, table, columns, rows, " ON CONFLICT DO NOTHING")
    result = await connection.execute(text(postgres_insert(table, columns)), arrays(table, columns, rows))
    return int(result.rowcount)


async def put(connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows, or overwrite those with the same primary key."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in keys)
    conflict = f" ON CONFLICT ({_names(keys)}) DO UPDATE SET {sets}" if sets else " ON CONFLICT DO NOTHING"
    if is_sqlite(connection):
        await _insert(connection, table, columns, rows, conflict)
    else:
        sql = _postgres_insert(table, columns) + conflict
        await connection.execute(text(sql), arrays(table, columns, rows))


async def each(connection: AsyncConnection, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a changing statement once for each of the rows, which hold its parameters by name."""
    if rows and is_sqlite(connection):
        await _many(connection, sql, rows)
    elif rows:
        await connection.execute(text(sql), rows)


async def rows_of(connection: AsyncConnection, sql: str, **named: object) -> Rows:
    """Run a statement with named parameters; returns the rows it gives."""
    if not is_sqlite(connection):
        return cast("Rows", (await connection.execute(text(sql), named)).fetchall())
    driver = await _driver(connection)
    with _as_sqlalchemy(connection, sql):
        return cast("Rows", await driver.execute_fetchall(sql, named))  # a list, whatever its annotation says


async def take_turns(connection: AsyncConnection, community: int) -> None:
    """Let the writers of one community's engagements take turns until they commit (on SQLite they do anyway).

    A message and what hangs on it may come to two listeners at once; neither would see the other's.
    """
    if not is_sqlite(connection):
        await connection.execute(text("SELECT pg_advisory_xact_lock(:community)"), {"community": community})


async def matching(
    connection: AsyncConnection, query: str, types: dict[str, str], rows: Iterable[Sequence[Any]], **more: object
) -> Rows:
    """Run a query in which `{given}` stands for rows handed over with it; returns what it finds.

    `types` names the handed columns, each `int`, `bigint` or `text`; thousands of rows travel as one parameter.
    `{by:INDEX}` behind a table makes SQLite use that index. SQLite is also told (CROSS JOIN) to join in the order
    written, since it takes the handed rows for a large table.
    """
    sqlite = is_sqlite(connection)
    sql = _JOIN.sub(" CROSS JOIN ", query) if sqlite else query
    sql = _BY.sub(r"INDEXED BY \1" if sqlite else "", sql)
    handed = {}
    if "{given}" in sql:
        sql = sql.replace("{given}", _sqlite_given(types) if sqlite else _postgres_given(types))
        handed = _sqlite_bind(types, rows) if sqlite else _postgres_bind(types, rows)
    return await rows_of(connection, sql, **handed, **more)


_BY = re.compile(r"\{by:(\w+)\}")


def looked_up(connection: AsyncConnection, table: str, on: str) -> str:
    """Return how to join `table` (its name, its alias and, if wanted, `{by:INDEX}`) so that its rows are looked up.

    As long as PostgreSQL has no statistics, or those of an emptied table, it would read all of it and compare all with
    all; it looks rows up behind an OFFSET.
    """
    if is_sqlite(connection):
        return f"JOIN {table} ON {on}"
    return f"CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {on} OFFSET 0) {table.split()[1]}"


async def _many(connection: AsyncConnection, sql: str, rows: Sequence[Any]) -> int:
    driver = await _driver(connection)
    with _as_sqlalchemy(connection, sql):
        return (await driver.executemany(sql, rows)).rowcount


async def _driver(connection: AsyncConnection) -> aiosqlite.Connection:
    """Return the driver's own connection; it is inside the transaction that SQLAlchemy has begun."""
    return cast("aiosqlite.Connection", (await connection.get_raw_connection()).driver_connection)


@contextmanager
def _as_sqlalchemy(connection: AsyncConnection, sql: str) -> Iterator[None]:
    """Let the driver's errors look as they do when they come through SQLAlchemy (without parameters: no values)."""
    try:
        yield
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, None, error, sqlite3.Error, dialect=connection.dialect) from error


async def _insert(connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Rows, conflict: str) -> int:
    """Insert into SQLite, as many rows with one statement as is quickest; returns how many were new."""
    large, inserted = len(rows) - len(rows) % _AT_ONCE, 0
    if large:
        groups = [list(chain.from_iterable(rows[n : n + _AT_ONCE])) for n in range(0, large, _AT_ONCE)]
        inserted = await _many(connection, _sqlite_insert(table, tuple(columns), _AT_ONCE) + conflict, groups)
    if large < len(rows):
        inserted += await _many(connection, _sqlite_insert(table, tuple(columns), 1) + conflict, rows[large:])
    return inserted


_AT_ONCE = 1_000
"""Rows in one statement: each then costs a fifth less than on its own. SQLite binds at most 32,766 values, so a table
that is filled this way has at most 32 columns."""


@lru_cache(128)
def _sqlite_insert(table: Table, columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    return f'INSERT INTO "{table.name}" ({_names(columns)}) VALUES {", ".join([row] * rows)}'


def postgres_insert(table: Table, columns: Sequence[str]) -> str:
    """Return an insert of those rows that no unique key forbids, as arrays bound by their columns' names."""
    return f"{_postgres_insert(table, columns)} ON CONFLICT DO NOTHING"


def _postgres_insert(table: Table, columns: Sequence[str]) -> str:
    arrays_ = ", ".join(f"CAST(:{name} AS {_postgres_type(table, name)}[])" for name in columns)
    return f'INSERT INTO "{table.name}" ({_names(columns)}) SELECT * FROM unnest({arrays_})'


def arrays(table: Table, columns: Sequence[str], rows: Rows) -> dict[str, list[Any]]:
    """Turn rows into one list per column (truth values may be given as 0 and 1, which SQLite prefers)."""
    lists = dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
    for name in columns:
        if isinstance(table.c[name].type, Boolean):
            lists[name] = [None if value is None else bool(value) for value in lists[name]]
    return lists


def _postgres_type(table: Table, name: str) -> str:
    return _POSTGRES_TYPES.get(str(table.c[name].type.as_generic()).split("(")[0].upper(), "text")


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _sqlite_given(types: Mapping[str, str]) -> str:
    """Return a table expression of the handed rows: flat for one column, grouped by the first of two."""
    names = list(types)
    if len(names) == 1:
        return f"(SELECT value AS {names[0]} FROM json_each(:given)) AS given"
    if _grouped(types):
        return (
            f"(SELECT CAST(one.key AS integer) AS {names[0]}, two.value AS {names[1]} "
            "FROM json_each(:given) AS one CROSS JOIN json_each(one.value) AS two) AS given"
        )
    parts = ", ".join(f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(names))
    return f"(SELECT {parts} FROM json_each(:given)) AS given"


def _sqlite_bind(types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    if len(types) == 1:
        return {"given": orjson.dumps([row[0] for row in rows]).decode()}
    if not _grouped(types):
        return {"given": orjson.dumps(list(rows)).decode()}
    groups = defaultdict(list)
    for first, second in rows:
        groups[first].append(second)
    return {"given": orjson.dumps(groups, option=orjson.OPT_NON_STR_KEYS).decode()}


def _grouped(types: Mapping[str, str]) -> bool:
    return len(types) == 2 and next(iter(types.values())) != "text"


def _postgres_given(types: Mapping[str, str]) -> str:
    binds = ", ".join(f"CAST(:given_{name} AS {kind}[])" for name, kind in types.items())
    return f"unnest({binds}) AS given({', '.join(types)})"


def _postgres_bind(types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    lists = list(map(list, zip(*rows, strict=True))) or [[] for _ in types]
    return {f"given_{name}": values for name, values in zip(types, lists, strict=True)}
