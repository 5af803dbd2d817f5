"""A small community in a database: messages, reactions, a programme, people of one source and of two, all settled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.intake import Intake
from bot.keys import Keys, open_keys
from bot.maintenance import keys_for, ready
from bot.maintenance.backup import backup
from bot.rules import version
from bot.settle import Settler
from bot.storage import communities, copying
from bot.storage.accounts import Newcomers
from bot.storage.engine import Database
from bot.storage.recording import Origin
from scoring.signals import ALWAYS_STORED, DAY_MS, Account, Context, Kind, Signal

NAME = "Test community"
FIRST_DAY = 19_000
PEOPLE = tuple(Account("slack", "T1", f"U{n}") for n in range(6))
PLACE = Context(place="C1", name="general")


RULES = """\
name: Small
bands:
  - {name: Following, touch: low, entry: 1}
  - {name: Taking part, touch: high, entry: 5, focus: true}
groups: [country]
engagements:
  - {name: mentored, band: Taking part, when: {kind: participation, role: mentor}, points: 5}
  - {name: wrote, band: Following, when: {kind: message}, points: 1}
  - {name: reacted, band: Following, when: {kind: reaction, to_others: true}, points: 0.5}
multipliers:
  - {name: open, times: 2, programme: Open}
steps:
  - {name: come, band: Following, points: 3}
  - {name: mentor, band: Following, points: 4, days: 2, without_role: mentor}
"""


def history() -> list[Signal]:
    """Return a few weeks of messages with reactions, and people who mentor."""
    return [*(one for day in range(40) for one in _day(FIRST_DAY + day)), *_mentors()]


def _day(day: int) -> list[Signal]:
    author, reader = PEOPLE[day % 6], PEOPLE[(day + 1) % 6]
    at = day * DAY_MS + 3_600_000
    message = Signal(Kind.MESSAGE, f"s:C1:{day}", day, at, author, at, PLACE)
    reaction = Signal(
        Kind.REACTION, f"s:C1:{day}/r/ok", day, at, reader, at, PLACE, reader, f"s:C1:{day}", day, estimated=True
    )
    return [message, reaction]


def _mentors() -> list[Signal]:
    role = Context(programme="Open", cohort="1", role="mentor", name="Open 1")
    days = (FIRST_DAY + 3, FIRST_DAY + 20)
    return [Signal(Kind.PARTICIPATION, f"p:1:{n}", day, day * DAY_MS, PEOPLE[n], 1, role) for n, day in enumerate(days)]


def origin(community: int, source: int = 0) -> Origin:
    """Return where signals come from: live, or an import."""
    return Origin(community, None, ALWAYS_STORED, Newcomers(source, page=True), 1)


async def fill(database: Database, keys: Keys) -> int:
    """Make a database ready and put the community in; some of it is seen by a second source."""
    await ready(database)
    async with database.write() as connection:
        community = (await communities.found(connection, NAME, RULES, version(RULES), "small.yaml")).id
        await _import_run(connection, community)
    await record(database, keys, origin(community), history())
    await record(database, keys, origin(community, 1), history()[:10])
    await Settler(database, community).settle()
    return community


async def record(database: Database, keys: Keys, of: Origin, signals: list[Signal]) -> None:
    """Take signals in."""
    async with Intake(database, keys) as intake:
        await intake.inbox(of).record(signals)


async def _import_run(connection: AsyncConnection, community: int) -> None:
    await connection.execute(
        text(
            "INSERT INTO import_run (id, community, source, digest, label, state, started_at, captured, consent, done, "
            "result) VALUES (1, :of, 'slack-export', 'd', 'export.zip', 'running', 0, 1, 'notice', 0, '{}')"
        ),
        {"of": community},
    )


@asynccontextmanager
async def filled(url: str, folder: Path) -> AsyncIterator[Database]:
    """Open a database with the community in it."""
    database = Database(url)
    try:
        await ready(database)
        await fill(database, await keys_for(database, folder / "keys"))
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def database_at(url: str) -> AsyncIterator[Database]:
    """Open a database as it is."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def some_keys(folder: Path) -> Keys:
    """Return other keys than the community's."""
    return open_keys(folder / "other-keys")


async def content(database: Database) -> dict[str, list[list[object]]]:
    """Return all rows of all tables."""
    async with copying.snapshot(database) as connection:
        return {table.name: await _rows(connection, table) for table in await copying.tables(connection)}


async def _rows(connection: AsyncConnection, table: Table) -> list[list[object]]:
    return [row async for some in copying.rows(connection, table) for row in some]


async def run(database: Database, statement: str, **values: object) -> None:
    """Run a statement, as somebody who meddles with the database would."""
    async with database.write() as connection:
        await connection.execute(text(statement), values)


async def a_backup(url: str, folder: Path) -> Path:
    """Return a backup of the community."""
    async with filled(url, folder) as database:
        return (await backup(database, folder / "one.backup")).file
