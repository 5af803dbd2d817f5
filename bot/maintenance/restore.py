"""Restoring a backup: all of it or nothing, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InputError, MachineError
from bot.keys import Keys
from bot.maintenance.archive import Backup, Manifest, opened
from bot.maintenance.backup import Kept, backup_beside
from bot.maintenance.getting_ready import make_folder, refuse_foreign
from bot.rights.forgetting import erase_again
from bot.storage import copying, migrate
from bot.storage.engine import Database


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and the backup that was kept of what stood there before."""

    manifest: Manifest
    before: Kept | None


async def restore(database: Database, file: Path, *, replace: bool = False, keys: Keys | None = None) -> Restored:
    """Fill an empty database from a backup and bring it to this program's schema.

    With `replace` the database may hold data; a backup of them is kept beside it. With the `keys`, who was
    erased after the backup was made is erased again before anybody sees what is restored. Raises InputError where the
    file is not a whole backup, is one of a newer version, or the database is not empty.
    """
    with opened(file) as backup:
        _refuse_newer(database, file, backup.manifest)
        backup.verify()
        make_folder(database)
        await _refuse_unreadable(database)
        async with database.write() as connection:
            before = await _make_way(database, connection, replace)
            await _load(connection, file, backup)
            if keys is not None:
                await erase_again(connection, keys)
    return Restored(backup.manifest, before)


def _refuse_newer(database: Database, file: Path, manifest: Manifest) -> None:
    try:
        migrate.refuse_newer(database, manifest.schema_version)
    except MachineError:
        raise InputError(f"{file}: this backup was made by a newer version of Cairn; upgrade Cairn first") from None


async def _refuse_unreadable(database: Database) -> None:
    """Raise MachineError where a SQLite file stands in the way that cannot be read, so that nobody restores into it."""
    if database.path is None:
        return
    try:
        async with database.read() as connection:
            await copying.vacant(connection)
    except MachineError as error:
        raise MachineError(f"{error}; to restore a backup here, move that file away first") from error


async def _make_way(database: Database, connection: AsyncConnection, replace: bool) -> Kept | None:
    """Refuse to write over data, or keep a backup of them, while nobody else can write."""
    await refuse_foreign(database, connection)
    if await copying.vacant(connection):
        return None
    if not replace:
        raise InputError(
            f"{database.shown}: this database is not empty; restore into a new one, or say --replace, which keeps a "
            "backup of what is there"
        )
    await copying.hold_still(connection)
    return await backup_beside(database, "before-restore")


async def _load(connection: AsyncConnection, file: Path, backup: Backup) -> None:
    """Make the schema anew at the backup's version, fill it, and bring it up to date."""
    await copying.drop_everything(connection)
    await copying.bring_to(connection, backup.manifest.schema_version)
    tables = await copying.tables(connection)
    held = {contents.name: contents for contents in backup.manifest.tables}
    if {table.name: set(table.c.keys()) for table in tables} != {one: set(held[one].columns) for one in held}:
        raise InputError(f"{file}: this backup does not hold the tables that belong to its version; use another one")
    for table in tables:
        contents = held[table.name]
        try:
            for rows in backup.rows(contents, copying.CHUNK):
                await copying.put(connection, table, contents.columns, rows)
            whole = await copying.size(connection, table) == contents.rows
        except (IntegrityError, DataError, ValueError, TypeError, IndexError):
            whole = False
        if not whole:
            raise InputError(f"{file}: rows of table {table.name} do not fit this database; nothing was restored")
    await copying.bring_to(connection, "head")
    await copying.mend_numbering(connection)
