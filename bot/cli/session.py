"""What every command needs: settings, the database made ready, the key file, and which community is meant."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.cli.options import unknown
from bot.config import Settings, load_settings
from bot.errors import InputError
from bot.keys import Keys
from bot.maintenance import keys_for, ready
from bot.maintenance.copy_of import copy_of
from bot.operating.shipped import shipped
from bot.rules import parse_rules
from bot.rules.document import text_of
from bot.storage import communities
from bot.storage.communities import Community
from bot.storage.engine import Database
from scoring.mountain import Mountain


@dataclass(frozen=True, slots=True)
class Session:
    """An open database and the settings it was opened with."""

    settings: Settings
    database: Database

    async def keys(self) -> Keys:
        """Return the keys, making the key file on first use; ConfigError where it belongs to another database."""
        return await keys_for(self.database, self.settings.keys_file)

    async def community(self, name: str | None) -> Community | None:
        """Return the community meant: by name, or the only one; None where there is none at all and none was named."""
        async with self.database.read() as connection:
            there = await communities.everyone(connection)
        names = [one.name for one in there]
        if name is not None:
            found = next((one for one in there if one.name == name), None)
            if found is None:
                raise unknown("--community", "community", name, names)
            return found
        if len(there) > 1:
            raise InputError(f"there are several communities; choose one with --community: {', '.join(names)}")
        return there[0] if there else None

    async def mountain(self, community: Community | None) -> Mountain:
        """Return the rules in force in a community; without one, those a new community would begin with."""
        if community is None:
            text, _, name = first_rules(self.settings)
            return parse_rules(text, name)
        async with self.database.read() as connection:
            active = await communities.active_rules(connection, community.id)
        return parse_rules(active.text, active.name)


@asynccontextmanager
async def opened() -> AsyncIterator[Session]:
    """Open the database of the settings, with its schema up to date."""
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        await ready(database)
        yield Session(settings, database)
    finally:
        await database.close()


@asynccontextmanager
async def copied() -> AsyncIterator[Session]:
    """Open a copy of the database of the settings, thrown away afterwards: nothing is written to the database itself.

    Where there is no database yet, the copy is a new one, with keys of its own if there are none.
    """
    settings = load_settings()
    database = Database(settings.database_url)
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        copy = Database(f"sqlite:///{Path(folder) / 'copy.db'}")
        try:
            if await copy_of(database, copy, settings.keys_file) is None and not settings.keys_file.exists():
                settings = settings.model_copy(update={"keys_file": Path(folder) / "keys"})
            yield Session(settings, copy)
        finally:
            await copy.close()
            await database.close()


def first_rules(settings: Settings) -> tuple[str, str, str]:
    """Return the rules (text, version, file name) a new community begins with: the current folder's or the default."""
    return rules_from(settings.rules_file or shipped("mountain.yaml"))


def rules_from(path: Path) -> tuple[str, str, str]:
    """Read and check a rules file; returns text, version and file name."""
    text = text_of(path)
    return text, parse_rules(text, str(path)).version, path.name
