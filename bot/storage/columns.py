"""Reading whole columns of numbers in the quickest way that is safe.

On SQLite a plain cursor reads in a thread. Where the extra `analytics` is installed and there is much to read, ADBC
does, in a process of its own: it brings its own copy of SQLite, and two copies in one process break each other's locks
and can lose what was written (SQLite, "How To Corrupt", 2.2.1).
"""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import numpy as np
from sqlalchemy import text

from bot.errors import MachineError
from bot.storage.engine import Database
from scoring.columns import Ints

MANY = 1_000_000
"""Rows of engagements from which starting another process pays."""


async def read_columns(database: Database, sql: str, width: int) -> list[Ints]:
    """Run a query of whole numbers (none of them null) and return its columns."""
    if database.path is not None:
        return await asyncio.to_thread(_read_sqlite, str(database.path), sql, width)
    async with database.read() as connection:
        rows = (await connection.execute(text(sql))).fetchall()
    flat = np.fromiter(chain.from_iterable(rows), np.int64, count=len(rows) * width)
    return [np.ascontiguousarray(column) for column in flat.reshape(-1, width).T]


def _read_sqlite(path: str, sql: str, width: int) -> list[Ints]:
    connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    try:
        if has_adbc() and connection.execute("SELECT coalesce(max(id), 0) FROM engagement").fetchone()[0] >= MANY:
            return by_adbc(path, sql)
        return by_cursor(connection, sql, width)
    finally:
        connection.close()


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


def by_adbc(path: str, sql: str) -> list[Ints]:
    """Read columns by ADBC in a process of its own, which hands them over as an Arrow stream."""
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
    # A column of no rows has no type of its own.
    return [np.array(one.to_numpy() if len(one) else [], np.int64, copy=None) for one in table.columns]


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
