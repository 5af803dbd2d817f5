"""Whether the configuration is one Cairn can work with, for `cairn config check`. Nothing is made or changed."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.clockwork.agenda import Entry, agenda, troubles
from bot.clockwork.duties import everything
from bot.community.comparing import called
from bot.community.settled import settings_of
from bot.config import Settings, load_settings
from bot.errors import CairnError, ConfigError, MachineError
from bot.hearing.installations import Installation
from bot.hearing.installing import opened
from bot.hearing.space_settings import SpaceSettings
from bot.history.backfilling import said
from bot.keys import open_keys
from bot.maintenance.backup import missing
from bot.maintenance.getting_ready import refuse_foreign
from bot.maintenance.key_file import another, fingerprint, lost
from bot.reports.wording import english
from bot.rules import parse_rules, read_rules
from bot.storage import backfills, checking, communities, copying, installations, migrate, spaces, unheard
from bot.storage.engine import Database, sqlite_version
from scoring.measures.gaps import stretches
from scoring.signals import Kind

_TOLD = 5
"""How many times that were not heard, the latest, are told of one by one."""

_STILL_OPEN = (
    "While Cairn runs it reads history to make that good; what stays is in channels whose history it may not read"
)

SOUND_SQLITE = (3, 51, 3)
"""The first SQLite without the fault in its write-ahead log (sqlite.org/wal.html, "the WAL-reset bug")."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is configured: what there is to say of it, and the exit code its fault means (0: none)."""

    name: str
    said: str
    exit_code: int = 0
    warning: str = ""


async def look_over(community_file: Callable[[], str] | None = None) -> list[Item]:
    """Look at settings, database, key file and rules, in this order, as far as each can be reached.

    `community_file`, where one is given, says what there is to say of it, or raises.
    """
    try:
        settings = load_settings()
    except CairnError as error:
        return [Item("settings", str(error), error.exit_code), *await _given(community_file)]
    items = [Item("settings", "read from the environment and .env; all are known and can be")]
    try:
        database = Database(settings.database_url)
    except ImportError:
        wanted = "the driver for PostgreSQL is not installed; expected the package cairn-community[postgres]"
        return [*items, Item("database", wanted, ConfigError.exit_code), *await _given(community_file)]
    try:
        return items + await _in_reach(settings, database) + await _given(community_file)
    finally:
        await database.close()


async def known_settings(settings: Settings) -> dict[tuple[str, str], SpaceSettings]:
    """Return what holds in each space that is listened to, by platform and id; none where no database can tell."""
    try:
        database = Database(settings.database_url)
    except ImportError:
        return {}
    try:
        return await _known_settings(database)
    except CairnError:
        return {}  # what is wrong with the database is told already
    finally:
        await database.close()


async def known_installations(settings: Settings) -> dict[str, list[Installation]]:
    """Return where Cairn was installed by a link, by platform; nowhere where no database or no key file can tell."""
    try:
        database = Database(settings.database_url)
    except ImportError:
        return {}
    try:
        return await _known_installations(database, settings.keys_file)
    except CairnError:
        return {}  # what is wrong with the database or the key file is told already
    finally:
        await database.close()


async def _known_installations(database: Database, keys_file: Path) -> dict[str, list[Installation]]:
    found: dict[str, list[Installation]] = {}
    if missing(database) or await migrate.version(database) != migrate.head():
        return found
    async with database.read() as connection:
        kept = await installations.everything(connection)
    if not kept or not keys_file.exists():  # noqa: ASYNC240 - one look at a local file
        return found
    if await fingerprint(database) == (keys := open_keys(keys_file)).fingerprint:
        for one in kept:
            found.setdefault(one.platform, []).append(opened(keys, one))
    return found


async def _known_settings(database: Database) -> dict[tuple[str, str], SpaceSettings]:
    found: dict[tuple[str, str], SpaceSettings] = {}
    if missing(database) or await migrate.version(database) != migrate.head():
        return found
    async with database.read() as connection:
        for community in await communities.everyone(connection):
            for one in await spaces.of_community(connection, community.id):
                if one.settings is not None:
                    key = one.space.platform, one.space.id
                    found[key] = await settings_of(connection, community.id, one.space)
    return found


async def _given(file: Callable[[], str] | None) -> list[Item]:
    async def look() -> str:
        return file() if file is not None else ""

    return [await _item("community file", look)] if file is not None else []


async def _in_reach(settings: Settings, database: Database) -> list[Item]:
    items = [await _item("database", lambda: _database(database), _old_sqlite(database))]
    usable = not items[0].exit_code and not missing(database) and await migrate.version(database) == migrate.head()
    known = await fingerprint(database) if usable else None
    keys = settings.keys_file
    items.append(await _item("key file", lambda: _key_file(database, keys, known), _readable_by_others(keys)))
    items.append(await _item("rules file", lambda: _rules_file(settings.rules_file)))
    if usable:
        items.append(await _item("rules in force", lambda: _rules_in_force(database, settings.rules_file)))
        items.append(await _item("history", lambda: _history(database)))
        items.append(await _missed(database))
        items.append(await _item("jobs", lambda: _jobs(database)))
    return [one for one in items if one.said]


async def _item(name: str, look: Callable[[], Awaitable[str]], warning: str = "") -> Item:
    try:
        return Item(name, await look(), 0, warning)
    except CairnError as error:
        return Item(name, str(error), error.exit_code, warning)


async def _database(database: Database) -> str:
    if missing(database):
        _refuse_folder(database)
        return f"{database.shown}: not there yet; the first command makes it"
    async with database.write() as connection:
        await refuse_foreign(database, connection)
        if not await checking.writable(connection):
            raise MachineError(f"{database.shown}: the database can be read but not written to; check the rights")
        found = await copying.version(connection)
    migrate.refuse_newer(database, found)
    if found is None:
        return f"{database.shown}: empty; the first command makes its tables"
    if found != migrate.head():
        return f"{database.shown}: schema {found}; the next command upgrades it to {migrate.head()}, after a backup"
    return f"{database.shown}: can be written to, schema {found}"


def _refuse_folder(database: Database) -> None:
    """Raise MachineError where the database's file could not be made."""
    assert database.path is not None  # noqa: S101 - only a file can be missing
    folder = next(one for one in database.path.absolute().parents if one.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise MachineError(f"{database.shown}: the database cannot be made, because {folder} cannot be written to")


def _old_sqlite(database: Database) -> str:
    if database.kind != "sqlite" or sqlite_version() >= SOUND_SQLITE:
        return ""
    there, sound = (".".join(map(str, one)) for one in (sqlite_version(), SOUND_SQLITE))
    return (
        f"this Python comes with SQLite {there}; before {sound} two programs that write at the very same moment can, "
        "very rarely, damage a database: keep backups, or take a newer Python"
    )


async def _key_file(database: Database, file: Path, known: str | None) -> str:
    if not file.exists():  # noqa: ASYNC240 - one look at a local file
        if known is not None:
            raise lost(database, file)
        return f"{file}: not there yet; the first import makes it"
    if known not in (None, open_keys(file).fingerprint):
        raise another(database, file)
    return f"{file}: fits" if known is not None else f"{file}: can be read; no database remembers it yet"


def _readable_by_others(file: Path) -> str:
    if os.name != "posix" or not file.exists() or not file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ""
    return f"{file} can be read by others on this machine; allow only its owner (chmod 600)"


async def _rules_file(file: Path | None) -> str:
    if file is None:
        return "none in the current folder; a new community begins with the default that comes with Cairn"
    return f"{file}: no faults, version {read_rules(file).version}"


async def _rules_in_force(database: Database, file: Path | None) -> str:
    async with database.read() as connection:
        everyone = await communities.everyone(connection)
        rules = {one.name: await communities.rules_of(connection, one.id) for one in everyone}
        number = {one.name: one.rules for one in everyone}
    said = []
    for name, adopted in rules.items():
        active = next(one for one in adopted if one.id == number[name])
        parse_rules(active.text, f"the rules in force in {name}")
        said.append(f"{name}: {active.name}, version {active.version}{_beside(file, active.version)}")
    return "; ".join(said) or "no community yet"


async def _history(database: Database) -> str:
    """Say how far the histories of spaces are read; nothing where none is."""
    async with database.read() as connection:
        found = await backfills.everything(connection)
    return "; ".join(f"{called(space)}: {said(one)}" for space, one in found)


async def _missed(database: Database) -> Item:
    """Say which times were not heard and are not made good; nothing where all of them are."""
    async with database.read() as connection:
        found = await unheard.still_open(connection)
    rows = [one._replace(space=called(space)) for space, one in found]
    told = [f"{one.space}: {english().when(one)} UTC" for one in stretches(rows, [Kind.MESSAGE])]
    if not told:
        return Item("not heard", "")
    more = f"; and {len(told) - _TOLD} earlier times" if len(told) > _TOLD else ""
    warning = f"not everything was heard, or read later: {'; '.join(told[-_TOLD:])}{more}. {_STILL_OPEN}"
    number = "1 time is" if len(told) == 1 else f"{len(told)} times are"
    return Item("not heard", f"{number} not made good; reports say that they are incomplete", 0, warning)


async def _jobs(database: Database) -> str:
    """Say which jobs of the clock are late or fail; nothing where none has ever been done."""
    async with database.read() as connection:
        found = await agenda(connection, everything(), time.time_ns() // 1_000_000)
    if not any(one.last for one in found):
        return ""
    wrong = [f"{_of(one)} {troubles(one)}" for one in found if one.late is not None or one.failing]
    return "; ".join(wrong) + " (they are done while cairn run runs)" if wrong else "all are done at their time"


def _of(one: Entry) -> str:
    return f"{one.job.name} of {one.community}" if one.community else one.job.name


def _beside(file: Path | None, version: str) -> str:
    """Say where the file in the current folder is another than the rules in force."""
    try:
        differs = file is not None and read_rules(file).version != version
    except CairnError:
        return ""
    return f" ({file} differs; cairn rules apply {file} puts it in force)" if differs else ""
