"""Databases for benchmarks: fresh stores with a community, and the plain connections of the other side."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.measuring import Stopwatch
from bot.keys import Keys, open_keys
from bot.operating.shipped import shipped
from bot.rules import read_rules
from bot.storage import communities
from bot.storage.accounts import Newcomers
from bot.storage.engagements import COLUMNS
from bot.storage.engine import Database
from bot.storage.migrate import upgrade
from bot.storage.recording import Origin
from scoring.mountain import Mountain
from scoring.signals import Kind


class Watched(Database):
    """A database that remembers how long its longest write transaction was open, from its beginning to its commit."""

    def __init__(self, url: str) -> None:
        """Take the database's URL."""
        super().__init__(url)
        self.clear()

    def clear(self) -> None:
        """Forget what was measured."""
        self.spans: list[float] = []

    @property
    def longest(self) -> float:
        """The longest one (s)."""
        return max(self.spans, default=0.0)

    @property
    def told(self) -> str:
        """How many there were, and how long they took together."""
        return f"{len(self.spans):,} transactions of {sum(self.spans):.1f} s together"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that writes."""
        begin = None
        try:
            async with super().write() as connection:
                begin = time.perf_counter()
                yield connection
        finally:
            if begin is not None:
                self.spans.append(time.perf_counter() - begin)


PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "cache_size = -24576")
"""What Cairn sets, for the other side as well."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Store:
    """A store with one community under the default rules; `path` is nothing's where it is on PostgreSQL."""

    path: Path
    database: Database
    keys: Keys
    community: int
    rules: int
    mountain: Mountain

    @property
    def origin(self) -> Origin:
        """Live signals of all kinds, from newcomers who are only counted."""
        return Origin(self.community, None, frozenset(Kind), Newcomers(0, page=False), 1)


class Shelf:
    """A temporary folder of databases that all begin as copies of one empty store."""

    def __init__(self, folder: Path) -> None:
        """Take the folder and make the empty store."""
        self.folder = folder
        self._made = 0
        self._empty = folder / "empty.db"
        self._keys = open_keys(folder / "keys")
        asyncio.run(_found(self._empty))

    def path(self) -> Path:
        """Return the path of a new, empty store."""
        self._made += 1
        path = self.folder / f"{self._made}.db"
        shutil.copyfile(self._empty, path)
        return path

    @asynccontextmanager
    async def open_on(self, server: str | None) -> AsyncIterator[Store]:
        """Open a new store: on a PostgreSQL server, where one is given, else on SQLite."""
        if server is None:
            async with self.open() as store:
                yield store
            return
        database = Database(await fresh_database(server))
        try:
            await _found_in(database)
            async with database.read() as connection:
                one = (await communities.everyone(connection))[0]
            yield Store(self._empty, database, self._keys, one.id, one.rules, read_rules(shipped("mountain.yaml")))
        finally:
            await database.close()

    @asynccontextmanager
    async def open(self, path: Path | None = None) -> AsyncIterator[Store]:
        """Open a store, a new one if no path is given."""
        path = path or self.path()
        database = Database(f"sqlite:///{path}")
        try:
            async with database.read() as connection:
                one = (await communities.everyone(connection))[0]
            yield Store(path, database, self._keys, one.id, one.rules, read_rules(shipped("mountain.yaml")))
        finally:
            await database.close()


async def fresh_database(server: str) -> str:
    """Make an empty database on a PostgreSQL server; returns its URL."""
    name = f"bench_{uuid.uuid4().hex}"
    async with await psycopg.AsyncConnection.connect(server, autocommit=True) as admin:
        await admin.execute(f'CREATE DATABASE "{name}"'.encode())
    return server.rpartition("/")[0] + f"/{name}"


@asynccontextmanager
async def on_sqlite(path: Path) -> AsyncIterator[Database]:
    """Open the database of a file."""
    database = Database(f"sqlite:///{path}")
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def on_postgresql(server: str) -> AsyncIterator[Database]:
    """Open a new, empty database on a PostgreSQL server."""
    database = Database(await fresh_database(server))
    try:
        await upgrade(database)
        yield database
    finally:
        await database.close()


async def _found_in(database: Database) -> None:
    rules = shipped("mountain.yaml")
    text = await asyncio.to_thread(rules.read_text, encoding="utf-8")
    await upgrade(database)
    async with database.write() as connection:
        await communities.found(connection, "Benchmark", text, read_rules(rules).version, rules.name)


async def _found(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    await _found_in(database)
    await database.close()
    with plain(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def shelf() -> Iterator[Shelf]:
    """Open a shelf that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cairn-benchmark-") as name:
        yield Shelf(Path(name))


@contextmanager
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database with the standard driver alone and Cairn's pragmas."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        yield connection


INSERT = (
    f"INSERT INTO engagement ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT DO NOTHING"
)
"""The bare insert that everything is compared with."""

Row = tuple[Any, ...]


def engagements(path: Path) -> list[Row]:
    """Return the engagement table's rows in the order they were written, without their numbers."""
    with plain(path) as connection:
        return connection.execute(f"SELECT {', '.join(COLUMNS)} FROM engagement ORDER BY id").fetchall()


def bare_insert(path: Path, batches: Sequence[Sequence[Row]]) -> float:
    """Write rows by `executemany`, one transaction a batch; return the seconds it took."""
    watch = Stopwatch()
    with plain(path) as connection, watch.running():
        for batch in batches:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(INSERT, batch)
            connection.execute("COMMIT")
    return watch.seconds


def batched(items: Sequence[_T], size: int) -> list[list[_T]]:
    """Cut a sequence into lists."""
    rest = iter(items)
    return [list(islice(rest, size)) for _ in range(0, len(items), size)]
