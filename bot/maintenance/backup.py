"""Backups: one file of all tables as they stood at one moment, made while others go on writing."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InputError, MachineError
from bot.maintenance.archive import Writer
from bot.storage import audit, copying, setting
from bot.storage.engine import Database

_FOLDER = Path("data")


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was made: where, and how much is in it."""

    file: Path
    tables: int
    rows: int


async def backup(database: Database, file: Path) -> Kept:
    """Write a backup to a new file, which is there whole or not at all; the key file is never in it.

    Raises InputError where the file exists or the database holds nothing yet, MachineError where writing fails.
    """
    if missing(database):
        raise InputError(f"{database.path}: there is no such database, so there is nothing to back up")
    with _new_file(file) as stream, closing(Writer(stream)) as writer:
        async with copying.snapshot(database) as connection:
            version = await copying.version(connection)
            if version is None:
                raise InputError(f"{database.shown}: this database holds nothing of Cairn yet; nothing to back up")
            await _write_tables(connection, writer)
            keys = await setting.get(connection, setting.KEYS)
            there = any(table.name == "audit" for table in writer.tables)  # not before an upgrade from long ago
            ends = tuple(await audit.heads(connection)) if there else ()
        writer.finish(version, dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), keys, ends)
    return Kept(file, len(writer.tables), sum(table.rows for table in writer.tables))


async def _write_tables(connection: AsyncConnection, writer: Writer) -> None:
    for table in await copying.tables(connection):
        with writer.table(table.name, tuple(table.c.keys())) as into:
            async for rows in copying.rows(connection, table):
                into.add(rows)


async def backup_beside(database: Database, why: str) -> Kept:
    """Write a backup beside the database (for PostgreSQL in the folder `data`), under a name that says why."""
    return await backup(database, _free_name(database, why))


def _free_name(database: Database, why: str) -> Path:
    stem = database.path
    if stem is None:
        _FOLDER.mkdir(exist_ok=True)
        stem = _FOLDER / Path(make_url(database.url).database or "cairn").name
    names = (Path(f"{stem}.{why}{f'-{n}' if n > 1 else ''}.backup") for n in count(1))
    return next(name for name in names if not name.exists())


def missing(database: Database) -> bool:
    """Whether the database is a SQLite file that is not there (opening it would make it)."""
    return database.path is not None and not database.path.exists()


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """Write under another name and give the file its own only when it is whole; never replaces one that is there."""
    if os.path.lexists(file):
        raise _exists(file)
    if not file.parent.is_dir():
        raise InputError(f"{file}: there is no folder {file.parent}; make it first")
    fresh = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        try:
            with os.fdopen(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            _name(fresh, file)
        finally:
            fresh.unlink(missing_ok=True)
    except FileExistsError:
        raise _exists(file) from None
    except OSError as error:
        raise MachineError(f"{file}: the backup cannot be written: {error.strerror or error}") from None


def _name(fresh: Path, file: Path) -> None:
    """Give a finished file its name in one step, unless the name was taken meanwhile."""
    try:
        os.link(fresh, file)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(file):
            raise FileExistsError from None
        fresh.rename(file)


def _exists(file: Path) -> InputError:
    return InputError(f"{file}: this file exists already; give the name of a new one")
