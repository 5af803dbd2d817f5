"""What deleted rows leave behind in a database's own files, and how to be rid of it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from bot.storage.engine import Database

LARGE = 512 * 2**20
"""A SQLite file above this (bytes) is rewritten at night only: nobody can store anything meanwhile."""
_PATIENCE = 10.0
_TABLES = ("account", "member", "left_out", "choice", "audit", "engagement", "sighting", "link", "attribute", "outbox")


async def wipe(database: Database, *, large: bool = False) -> bool:
    """Write the files anew without what was deleted; returns False where that must be tried again later.

    SQLite's file is rewritten and its log emptied. PostgreSQL frees the rows and draws its statistics anew, which may
    quote values.
    """
    if database.path is not None:
        return await asyncio.to_thread(_rewrite, database.path, large)
    async with database.writing.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in _TABLES:
            await connection.execute(text(f'VACUUM (ANALYZE) "{table}"'))
    return True


def _rewrite(path: Path, large: bool) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
            if large or path.stat().st_size <= LARGE:
                connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except (sqlite3.Error, OSError):
        return False
    return not busy and (large or path.stat().st_size <= LARGE)
