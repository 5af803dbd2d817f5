"""Many rows at a time, in each database's own quickest way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

_JOIN = re.compile(r"(?<!LEFT) JOIN ")
_POSTGRES_TYPES = {"INTEGER": "int", "BIGINT": "bigint", "SMALLINT": "smallint", "BOOLEAN": "bool", "BLOB": "bytea"}


async def insert_new(
    connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert the rows that no unique key forbids; `rows` hold the columns' values in order."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql(_sqlite_insert(table, columns), list(map(tuple, rows)))
    else:
        await connection.execute(text(postgres_insert(table, columns)), arrays(columns, rows))


def _sqlite_insert(table: Table, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f'INSERT INTO "{table.name}" ({_names(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING'


def postgres_insert(table: Table, columns: Sequence[str]) -> str:
    """Return an insert of whole columns as arrays, each bound by its column's name."""
    arrays_ = ", ".join(f"CAST(:{name} AS {_postgres_type(table, name)}[])" for name in columns)
    return f'INSERT INTO "{table.name}" ({_names(columns)}) SELECT * FROM unnest({arrays_}) ON CONFLICT DO NOTHING'


def arrays(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    """Turn rows into one list per column."""
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


def _postgres_type(table: Table, name: str) -> str:
    return _POSTGRES_TYPES.get(str(table.c[name].type.as_generic()).split("(")[0].upper(), "text")


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def given(connection: AsyncConnection, **types: str) -> str:
    """Return a table expression `given` with the named columns, bound by `bind`.

    SQL joins against it, so that thousands of keys travel as one parameter. Types are `int`, `bigint` or `text`.
    """
    if connection.dialect.name == "sqlite":
        parts = ", ".join(f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(types))
        return f"(SELECT {parts} FROM json_each(:given)) AS given"
    binds = ", ".join(f"CAST(:given_{name} AS {kind}[])" for name, kind in types.items())
    return f"unnest({binds}) AS given({', '.join(types)})"


def bind(connection: AsyncConnection, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Return the parameters for `given`."""
    rows = list(rows)
    if connection.dialect.name == "sqlite":
        return {"given": json.dumps(rows)}
    lists: list[list[Any]] = list(map(list, zip(*rows, strict=True))) if rows else [[] for _ in columns]
    return {f"given_{name}": values for name, values in zip(columns, lists, strict=True)}


async def matching(
    connection: AsyncConnection, query: str, types: dict[str, str], rows: Iterable[Sequence[Any]], **more: object
) -> Sequence[tuple[Any, ...]]:
    """Run a query in which `{given}` stands for rows handed over with it; returns what it finds.

    SQLite is told (CROSS JOIN) to join in the order written, since it takes the handed rows for a large table.
    """
    sql = query.replace("{given}", given(connection, **types))
    if connection.dialect.name == "sqlite":
        sql = _JOIN.sub(" CROSS JOIN ", sql)
    handed = bind(connection, list(types), rows) if "{given}" in query else {}
    result = await connection.execute(text(sql), {**handed, **more})
    return cast("Sequence[tuple[Any, ...]]", result.fetchall())
