"""The schema's versions: upgrade, check, and refusal of a database newer than this program."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from bot.errors import MachineError
from bot.operating.shipped import shipped
from bot.storage.engine import Database


def _config(connection: Connection | None = None) -> Config:
    config = Config(stdout=io.StringIO())  # what it has to say is returned, never printed
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache  # what ships with the program does not change while it runs
def head() -> str:
    """Return the schema version this program works with."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


async def version(database: Database) -> str | None:
    """Return the schema version of a database, None where it has no tables yet."""
    async with database.read() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def upgrade(database: Database, target: str = "head") -> bool:
    """Bring a database to this program's schema; returns whether anything was to be done.

    Raises MachineError where the database is newer than this program.
    """
    found = await version(database)
    if found == head() and target == "head":
        return False
    refuse_newer(database, found)
    async with database.write() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), target))
    return True


async def downgrade(database: Database, target: str) -> None:
    """Take a database back to an older schema (tests and repairs)."""
    async with database.write() as connection:
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), target))


def refuse_newer(database: Database, found: str | None) -> None:
    """Raise MachineError where the database's schema is one that this program does not know."""
    if found is not None and found not in _known():
        raise MachineError(f"{database.shown}: this database is newer than this version of Cairn; upgrade Cairn first")


async def drift(database: Database) -> str:
    """Return how the tables differ from what the code expects; empty where they agree."""
    async with database.write() as connection:
        try:
            await connection.run_sync(lambda sync: command.check(_config(sync)))
        except CommandError as error:
            return str(error)
    return ""


def migrations_folder() -> Path:
    """Return where the migrations lie."""
    return shipped("migrations")
