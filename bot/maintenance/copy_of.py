"""A copy of a database to try something out on."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.maintenance.backup import backup, missing
from bot.maintenance.getting_ready import ready, refuse_foreign
from bot.maintenance.key_file import fingerprint, keys_for
from bot.maintenance.restore import restore
from bot.storage import migrate
from bot.storage.engine import Database


async def copy_of(database: Database, copy: Database, keys_file: Path) -> str | None:
    """Fill an empty SQLite database with all that another holds, of which nothing is changed.

    Returns the fingerprint of the keys that belong to it, None where it has met none yet. Raises ConfigError where
    `keys_file` is not the one, MachineError where the database is newer than this program.
    """
    version = None if missing(database) else await migrate.version(database)
    migrate.refuse_newer(database, version)
    if version is None:
        if not missing(database):
            async with database.read() as connection:
                await refuse_foreign(database, connection)
        await ready(copy)
        return None
    known = await fingerprint(database)
    if known is not None:
        await keys_for(database, keys_file)
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        kept = Path(folder) / "copy.backup"
        await backup(database, kept)
        await restore(copy, kept)
    return known
