"""Connections: one engine per database, a reading and a writing transaction, and errors in plain words."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import MachineError
from bot.storage.unbroken import Unbroken

BUSY_SECONDS = 20.0
"""How long a writer on SQLite waits for another one, where the URL does not say it (`sqlite:///path?timeout=5`)."""
WRITING_PAGES, READING_PAGES = 24_576, 4_096
"""KiB of pages that a connection to SQLite keeps: the one that writes, and each that reads."""
RESTED_SECONDS = 1.0
"""A connection to PostgreSQL that has lain longer than this is asked whether it is still there before it is used."""

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


class Database:
    """A database by its URL. `read` and `write` open one transaction each."""

    def __init__(self, url: str) -> None:
        """Take `sqlite:///path` or `postgresql://...`; nothing is opened yet."""
        parsed = make_url(url)
        self.url = url
        self.shown = parsed.render_as_string(hide_password=True)
        """The URL as it may be shown: without a password."""
        self.kind = parsed.get_backend_name()
        self._tried = False
        self._unbroken = Unbroken()
        # SQLite lets those who wait for each other try again at chance; within the process the first comes first.
        self._turn = asyncio.Lock() if self.kind == "sqlite" else nullcontext()
        self.path = Path(parsed.database) if self.kind == "sqlite" and parsed.database else None
        if parsed.drivername in _DRIVERS:
            parsed = parsed.set(drivername=_DRIVERS[parsed.drivername])
        patience = _seconds(parsed.query.get("timeout"))
        try:
            if self.kind == "sqlite":
                # Writers take turns, so one connection does for them, and nobody else's commits make its pages old.
                # Whoever reads finds most pages old each time: many pages would only be memory held by each of them.
                # A transaction that only later turns into a writer could not wait for its turn: writers begin as such.
                self.writing = self._sqlite(parsed, 1, patience, WRITING_PAGES, "BEGIN IMMEDIATE")
                self.reading = self._sqlite(parsed, 5, patience, READING_PAGES, "BEGIN")
            else:
                self.reading = self.writing = _postgresql(parsed)
        except ModuleNotFoundError as missing:
            raise MachineError(
                f"{self.shown}: the driver {missing.name} is not installed; "
                "install Cairn with what this database needs (pip install 'cairn-community[postgres]')"
            ) from None

    def _sqlite(self, url: URL, size: int, patience: float, kept: int, begin: str) -> AsyncEngine:
        """Return an engine that keeps so many connections, each with so many KiB of pages, and begins like that."""
        engine = create_async_engine(url, pool_size=size, pool_use_lifo=True, pool_reset_on_return=None)
        event.listen(engine.sync_engine, "connect", lambda raw, _: _prepare_sqlite(raw, patience, kept))
        event.listen(engine.sync_engine, "begin", partial(_begin_sqlite, statement=begin))
        event.listen(engine.sync_engine.pool, "reset", _reset_sqlite)
        event.listen(
            engine.sync_engine.pool, "invalidate", lambda raw, *_: self._unbroken.roll_back(raw.driver_connection)
        )
        return engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads."""
        with self._in_plain_words():
            self._try_file()
            async with self._unbroken.transaction(self.reading.connect(), writes=False) as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that writes; it commits at the end and rolls back on an error."""
        with self._in_plain_words():
            self._try_file()
            async with self._turn, self._unbroken.transaction(self.writing.connect(), writes=True) as connection:
                yield connection

    def _try_file(self) -> None:
        """Find out whether SQLite can open its file before the driver tries, whose threads take a failure badly."""
        if self.path is not None and not self._tried:
            try:
                sqlite3.connect(self.path).close()
            except sqlite3.Error as error:
                raise MachineError(f"{self.shown}: {_sentence_of(str(error)) or error}") from None
            self._tried = True

    def _in_plain_words(self) -> _PlainWords:
        return _PlainWords(self.shown)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._unbroken.close()
        await self.reading.dispose()
        await self.writing.dispose()


class _PlainWords:
    """Turns errors of the database itself into one sentence; others (a wrong value) pass as they are."""

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DBAPIError):
            sentence = _sentence(error)
            if sentence:
                raise MachineError(f"{self._shown}: {sentence}") from error


def _sentence(error: DBAPIError) -> str:
    """Return what is wrong with the database, or nothing where the statement was at fault."""
    sentence = _sentence_of(str(error.orig))
    if sentence:
        return sentence
    if error.connection_invalidated or type(error).__name__ == "OperationalError":
        return f"the database does not answer as it should ({str(error.orig).splitlines()[0][:200]})"
    return ""


def _sentence_of(said: str) -> str:
    return next((sentence for part, sentence in _SENTENCES.items() if part in said.lower()), "")


_SENTENCES = {
    "database is locked": "the database is locked by another program; stop it or try again later",
    "readonly": "the database cannot be written to; check the rights of its file and folder",
    "unable to open": "the database file cannot be opened; check that its folder exists and may be written to",
    "disk is full": "the disk is full; free some space and run the same command again",
    "no space left": "the disk is full; free some space and run the same command again",
    "disk i/o error": "the disk gives an input/output error; check it, then run the same command again",
    "not a database": "this file is not a database of Cairn; give the path of one, or of a new file",
    "malformed": "the database file is damaged; restore a backup (cairn db restore FILE)",
    "connection refused": "the database server does not answer; check that it runs and that the address is right",
    "password authentication failed": "the database server refuses the user or password",
    "does not exist": "the database server does not know this database or role; create it first",
}


def _seconds(text: object) -> float:
    try:
        return max(float(str(text)), 0.0)
    except ValueError:
        return BUSY_SECONDS


def _prepare_sqlite(connection: sqlite3.Connection, patience: float, kept: int) -> None:
    """Set a new SQLite connection up: our own BEGIN, WAL, patience with other writers (s), pages it may keep (KiB)."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {patience * 1000:.0f}")
    cursor.execute("PRAGMA foreign_keys = ON")
    _keep_a_log(cursor, patience)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA cache_size = -{kept}")
    cursor.close()


def _keep_a_log(cursor: sqlite3.Cursor, patience: float) -> None:
    """Switch to the write-ahead log; where several do so to a new file at once, SQLite refuses without any patience."""
    end = time.monotonic() + patience
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() >= end:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection, statement: str) -> None:
    try:
        # One trip to the driver's thread; `exec_driver_sql` would make three.
        connection.connection.dbapi_connection.run_async(lambda driver: driver.execute(statement))  # type: ignore[union-attr]
    except sqlite3.Error as error:
        raise DBAPIError.instance(statement, None, error, sqlite3.Error, dialect=connection.dialect) from error


def _reset_sqlite(connection: Any, record: object, state: object) -> None:  # noqa: ANN401 - the pool's own types
    """End what a connection that goes back to the pool has left open; nearly always there is nothing."""
    if connection.driver_connection.in_transaction:
        connection.rollback()


def _postgresql(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, pool_use_lifo=True)
    pool, dialect = engine.sync_engine.pool, engine.sync_engine.dialect

    def used(_: object, record: ConnectionPoolEntry) -> None:
        record.info["used"] = time.monotonic()

    def still_there(raw: Any, record: ConnectionPoolEntry, _: object) -> None:  # noqa: ANN401 - the driver's own
        # Asking before each use would be one more trip to the server for each transaction.
        if time.monotonic() - record.info.get("used", time.monotonic()) <= RESTED_SECONDS:
            return
        try:
            dialect.do_ping(raw)
        except dialect.loaded_dbapi.Error:
            raise DisconnectionError from None  # the pool makes another one

    event.listen(pool, "checkin", used)
    event.listen(pool, "checkout", still_there)
    return engine


def sqlite_version() -> tuple[int, int, int]:
    """Return the version of SQLite in use."""
    return sqlite3.sqlite_version_info
