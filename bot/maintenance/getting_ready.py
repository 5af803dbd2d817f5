"""What every command does first: make the database ready, or say in one sentence why it cannot be."""

from __future__ import annotations

import sys
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InputError, MachineError
from bot.storage import copying, migrate
from bot.storage.engine import Database

Tell = Callable[[str], None]


def _on_stderr(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


async def ready(database: Database, tell: Tell = _on_stderr) -> None:
    """Bring a database to this program's schema: a new one silently, one with data after a backup beside it.

    Raises MachineError where it is newer than this program or cannot be made, InputError where it is not Cairn's.
    """
    make_folder(database)
    if await migrate.version(database) != migrate.head():
        async with copying.one_at_a_time(database):
            await _upgrade(database, tell)


async def _upgrade(database: Database, tell: Tell) -> None:
    async with database.read() as connection:
        await refuse_foreign(database, connection)
        found, vacant = await copying.version(connection), await copying.vacant(connection)
    migrate.refuse_newer(database, found)
    if found == migrate.head():  # another process was faster
        return
    if not vacant:
        from bot.maintenance.backup import backup_beside

        kept = await backup_beside(database, f"before-{migrate.head()}")
        tell(f"{database.shown}: upgrading the database; a backup of it is in {kept.file}")
    await migrate.upgrade(database)


def make_folder(database: Database) -> None:
    """Make the folder of a SQLite database where it is missing."""
    if database.path is not None:
        try:
            database.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            folder = database.path.parent
            raise MachineError(f"{folder}: the database's folder cannot be made: {error.strerror}") from None


async def refuse_foreign(database: Database, connection: AsyncConnection) -> None:
    """Raise InputError where a database holds tables of another program."""
    if await copying.foreign(connection):
        raise InputError(f"{database.shown}: this database holds other tables; give Cairn a database of its own")
