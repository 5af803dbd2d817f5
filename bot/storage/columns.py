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
from functools import partial
from importlib.util import find_spec
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import text

from bot.errors import MachineError
from bot.storage.engine import Database
from scoring.columns import Ints

if TYPE_CHECKING:
    import pyarrow as pa

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
                return by_adbc(path, [f"{sql} AND {part}" for part in _ranges(whole.split()[-1], top)])
        return by_cursor(connection, sql, width)
    finally:
        connection.close()


def _ranges(table: str, top: int) -> list[str]:
    """Return conditions that cut the row numbers up to `top` in equal parts, one per processor."""
    parts = min(os.cpu_count() or 1, 4)
    cuts = [top * n // parts for n in range(parts)]
    return [f"{table}.id > {low} AND {table}.id <= {high}" for low, high in pairwise([*cuts, top])]


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


def by_adbc(path: str, parts: Sequence[str]) -> list[Ints]:
    """Read the columns of several queries, one behind the other, by ADBC: each in a process of its own.

    Those hand over what they find as Arrow streams.
    """
    import pyarrow as pa

    with ThreadPoolExecutor(len(parts)) as pool:
        tables = [one for one in pool.map(partial(_by_adbc, path), parts) if one.num_rows]
    if not tables:  # a column of no rows has no type of its own
        return [np.empty(0, np.int64) for _ in range(parts[0].partition(" FROM ")[0].count(",") + 1)]
    return [np.array(one.to_numpy(), np.int64, copy=None) for one in pa.concat_tables(tables).columns]


def _by_adbc(path: str, sql: str) -> pa.Table:
    import pyarrow as pa

    command = [sys.executable, "-c", _READER, f"{Path(path).absolute().as_uri()}?mode=ro", sql]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=quiet, stderr=quiet) as reader:  # noqa: S603
        try:
            table = pa.ipc.open_stream(reader.stdout).read_all()
        except pa.ArrowInvalid:
            table = None
    if table is None or reader.returncode:
        raise MachineError(f"{path}: reading by ADBC failed; uninstall the extra analytics to read without it")
    return table


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
