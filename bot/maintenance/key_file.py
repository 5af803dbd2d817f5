"""The key file and the database that belongs to it: each knows the other by the keys' fingerprint."""

from __future__ import annotations

from pathlib import Path

from bot.errors import ConfigError
from bot.keys import Keys, open_keys
from bot.storage import setting
from bot.storage.engine import Database


async def keys_for(database: Database, file: Path) -> Keys:
    """Return the keys of a database, making the key file with a new database only.

    Raises ConfigError where the file is missing or belongs to another database.
    """
    if _missing(file) and await fingerprint(database) is not None:
        raise lost(database, file)
    keys = open_keys(file)
    await adopt_keys(database, keys, file)
    return keys


def _missing(file: Path) -> bool:
    return not file.exists()


async def adopt_keys(database: Database, keys: Keys, file: Path | None = None) -> None:
    """Let a new database remember its key file. Raises ConfigError where it remembers another one."""
    known = await fingerprint(database)
    if known is None:
        async with database.write() as connection:
            known = await setting.put_once(connection, setting.KEYS, keys.fingerprint)
    if known != keys.fingerprint:
        raise another(database, file)


async def fingerprint(database: Database) -> str | None:
    """Return the fingerprint a database remembers, None where it has not met a key file yet."""
    async with database.read() as connection:
        return await setting.get(connection, setting.KEYS)


def lost(database: Database, file: Path) -> ConfigError:
    """Return the error that the key file of a database is not there."""
    return ConfigError(f"The key file {file} is missing; put back the one that was made with {database.shown}")


def another(database: Database, file: Path | None) -> ConfigError:
    """Return the error that a key file is not the one of a database."""
    name = f"The key file {file}" if file is not None else "The key file"
    return ConfigError(
        f"{name} does not belong to this database ({database.shown}); set CAIRN_KEYS_FILE to the one made with it"
    )
