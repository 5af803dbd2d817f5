"""Reading whole columns of numbers in the quickest way that is safe.

On SQLite a plain cursor reads in a thread. Where the extra `analytics` is installed and there is much to read, ADBC
does, in a process of its own: it brings its own copy of SQLite, and two copies in one process break each other's locks
and can lose what was written (SQLite, "How To Corrupt", 2.2.1).
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from sqlalchemy import text

from bot.errors import MachineError
from bot.storage.engine import Database
from scoring.columns import Ints

MANY = 1_000_000
"""Rows from which starting another process pays."""


async def read_columns(database: Database, sql: str, width: int, *, whole: str = "") -> list[Ints]:
    """Run a query of whole numbers (none of them null) and return its columns.

    `whole` names the table that it reads from end to end (`engagement e`), where it does; a condition on that table's
    `id` may then be added at the end of the query.
    """
    if database.path is not None:
        return await asyncio.to_thread(_read_sqlite, str(database.path), sql, width, whole)
    async with database.read() as connection:
        rows = (await connection.execute(text(sql))).fetchall()
    flat = np.fromiter(chain.from_iterable(rows), np.int64, count=len(rows) * width)
    return [np.ascontiguousarray(column) for column in flat.reshape(-1, width).T]


def _read_sqlite(path: str, sql: str, width: int, whole: str) -> list[Ints]:
    connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    try:
        if whole and has_adbc():
            top = connection.execute(f"SELECT coalesce(max(id), 0) FROM {whole}").fetchone()[0]
            if top >= MANY:
                return by_adbc(path, sql, width, _ranges(whole.split()[-1], top))
        return by_cursor(connection, sql, width)
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Range:
    """Rows of a table whose number is above `low` and at most `high`."""

    table: str
    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.table}.id > {self.low} AND {self.table}.id <= {self.high}"


def _ranges(table: str, top: int) -> list[Range]:
    """Cut the row numbers up to `top` in equal parts, one per processor."""
    parts = min(os.cpu_count() or 1, 4)
    return [Range(table, low, high) for low, high in pairwise(top * n // parts for n in range(parts + 1))]


def read_elsewhere(database: Database) -> bool:
    """Whether this process has little to do itself while columns are read."""
    return database.path is None or has_adbc()


def has_adbc() -> bool:
    """Whether the extra `analytics` is installed."""
    return all(find_spec(name) is not None for name in ("adbc_driver_sqlite", "pyarrow"))


def by_cursor(connection: sqlite3.Connection, sql: str, width: int) -> list[Ints]:
    """Read columns by the standard cursor, a slice at a time so that memory stays that of the arrays."""
    cursor = connection.execute(sql)
    slices = []
    while rows := cursor.fetchmany(50_000):
        flat = np.fromiter(chain.from_iterable(rows), np.int64, count=len(rows) * width)
        slices.append(flat.reshape(-1, width))
    table = np.concatenate(slices) if slices else np.empty((0, width), np.int64)
    return [np.ascontiguousarray(table[:, n]) for n in range(width)]


def by_adbc(path: str, sql: str, width: int, ranges: Sequence[Range]) -> list[Ints]:
    """Read the columns of a query by ADBC, each range of rows in a process of its own.

    `sql` gives at most one row for each row of the ranges' table. The ranges lie one behind the other, from 0.
    """
    columns = [np.empty(ranges[-1].high, np.int64) for _ in range(width)]
    with ThreadPoolExecutor(len(ranges)) as pool:
        into = [[column[one.low : one.high] for column in columns] for one in ranges]
        found = list(pool.map(partial(_by_adbc, path), [f"{sql} AND {one}" for one in ranges], into))
    rows = 0
    for one, there in zip(ranges, found, strict=True):
        for column in columns if rows < one.low else ():
            column[rows : rows + there] = column[one.low : one.low + there]
        rows += there
    return [column[:rows] for column in columns]


def _by_adbc(path: str, sql: str, into: Sequence[Ints]) -> int:
    """Fill columns as the batches arrive, and return how many rows there were."""
    import pyarrow as pa

    command = [sys.executable, "-c", _READER, f"{Path(path).absolute().as_uri()}?mode=ro", sql]
    quiet, rows = subprocess.DEVNULL, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=quiet, stderr=quiet) as reader:  # noqa: S603
        try:
            for batch in filter(len, pa.ipc.open_stream(reader.stdout)):
                for column, values in zip(into, batch.columns, strict=True):
                    column[rows : rows + len(batch)] = values.to_numpy()
                rows += len(batch)
            whole = True
        except pa.ArrowInvalid:
            whole = False
    if reader.returncode or not whole:
        raise MachineError(f"{path}: reading by ADBC failed; uninstall the extra analytics to read without it")
    return rows


_READER = """
import sys
import pyarrow as pa
from adbc_driver_sqlite import dbapi
with dbapi.connect(sys.argv[1]) as connection, connection.cursor() as cursor:
    cursor.execute(sys.argv[2])
    with cursor.fetch_record_batch() as batches, pa.ipc.new_stream(sys.stdout.buffer, batches.schema) as out:
        for batch in batches:
            out.write_batch(batch)
"""
