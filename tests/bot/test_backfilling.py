"""A space's history on its way into the store: faults, policies that change, what is taken back, what is left off."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import text

from bot.hearing.hosting import Desks, Policy
from bot.history.backfilling import COUNTED_DAYS, said
from bot.history.past import Progress, Reach, Stretch
from bot.history.undoing import undo
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.ports import Consent, Desk, Space
from bot.storage import backfills, migrate, spaces
from bot.storage.anonymous import WRITERS
from bot.storage.engine import Database
from scoring.signals import DAY_MS, Account, Context, Kind, Signal, day_of
from tests.scenarios.stories import KEYS
from tests.scenarios.world import RULES

HERE = Space("chat", "S1", "Town")
PLACE = Context("C1", "general")


def now() -> int:
    return time.time_ns() // 1_000_000


def wrote(n: int, age: float, who: str = "ann", key: str = "") -> Signal:
    at = now() - round(age * DAY_MS)
    return Signal(Kind.MESSAGE, f"m:{n}{key}", day_of(at), at, Account("chat", "", who), at, PLACE)


def stretch(*signals: Signal, since: int | None = None, place: str = "C1") -> Stretch:
    return Stretch(place, "c", now(), since, signals)


class Town:
    """A space that is listened to, and what is stored of it."""

    def __init__(self, database: Database, desks: Desks, desk: Desk) -> None:
        self.database = database
        self.desks = desks
        self.desk = desk
        self.past = desk.past

    async def wants(self, backfill: str, consent: Consent = Consent.COUNTED) -> None:
        async with self.database.write() as connection:
            await spaces.settle(connection, 1, HERE, consent, f'{{"backfill": "{backfill}"}}')
        await self.desks.refresh()

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.execute(text(sql))]

    async def keys(self) -> list[str]:
        return [row[0] for row in await self.rows("SELECT key FROM engagement WHERE holds ORDER BY key")]

    async def counts(self) -> list[tuple[Any, ...]]:
        return await self.rows('SELECT kind, n FROM "count" ORDER BY kind')

    async def state(self) -> backfills.Backfill:
        async with self.database.read() as connection:
            [(space, found)] = await backfills.everything(connection)
        assert space == HERE
        return found


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    database = Database(database_url)
    await migrate.upgrade(database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        intake = await stack.enter_async_context(Intake(database, KEYS))
        desks = Desks(database, intake, Policy("Town", lambda: (RULES, "v", "m.yaml")), Metrics())
        desk = await desks.host("chat").desk(HERE)
        assert desk is not None
        yield Town(database, desks, desk)


async def test_what_is_wanted_ends_where_the_first_reading_began(town: Town) -> None:
    first = now()
    ninety = Reach((day_of(first) - 90) * DAY_MS, first)
    assert await town.past.wanted(first) == ninety
    assert await town.past.wanted(first + DAY_MS) == ninety
    await town.past.end()
    assert await town.past.wanted(first + DAY_MS) is None
    await town.wants("12 months")
    assert await town.past.wanted(first + DAY_MS) == Reach((day_of(first) - 365) * DAY_MS, first)
    await town.wants("all")
    assert await town.past.wanted(first) == Reach(0, first)
    await town.wants("off")
    assert await town.past.wanted(first) is None


async def test_how_far_a_place_is_read_stands_beside_what_was_read(town: Town) -> None:
    await town.past.wanted(now())
    assert await town.past.marks(["C1", "C2"]) == {}
    assert await town.past.record(stretch(wrote(1, 1)))
    assert {place: one.since for place, one in (await town.past.marks(["C1", "C2"])).items()} == {"C1": None}
    assert await town.past.record(stretch(wrote(2, 2), since=0))
    assert (await town.past.marks(["C1"]))["C1"].since == 0
    assert await town.keys() == ["m:1", "m:2"]


async def test_signal_that_cannot_be_stored_is_set_aside_alone(town: Town) -> None:
    await town.wants("all")
    await town.past.wanted(now())
    signals = [wrote(n, n) for n in range(1, 8)] + [wrote(9, 3, key="\0")] + [wrote(n, 200) for n in (10, 11)]
    assert await town.past.record(stretch(*signals, since=0))
    assert await town.keys() == [f"m:{n}" for n in range(1, 8)]
    assert await town.counts() == [("message", 2)]
    assert await town.rows("SELECT kind, reason FROM rejected") == [(int(Kind.MESSAGE), "ValueError")]
    assert (await town.past.marks(["C1"]))["C1"].since == 0


async def test_policy_of_the_very_moment_decides(town: Town) -> None:
    await town.wants("all")
    await town.past.wanted(now())
    async with town.database.write() as connection:  # the desk does not know of it yet
        await spaces.settle(connection, 1, HERE, Consent.STRICT, '{"backfill": "all"}')
    assert await town.past.record(stretch(wrote(1, 1), wrote(2, 200)))
    assert (await town.keys(), await town.counts()) == ([], [])
    async with town.database.write() as connection:
        await spaces.settle(connection, 1, HERE, Consent.NOTICE, '{"backfill": "all"}')
    assert await town.past.record(stretch(wrote(1, 1), wrote(2, 200)))
    assert (await town.keys(), await town.counts()) == (["m:1", "m:2"], [])


async def test_machines_are_in_no_number(town: Town) -> None:
    await town.wants("all")
    await town.past.wanted(now())
    robot = wrote(1, 1, "robot")._replace(account=Account("chat", "", "robot", bot=True))
    await town.desk.record([wrote(5, 1, "robot2")])
    await town.desk.record([wrote(6, 1)._replace(account=Account("chat", "", "robot2", bot=True))])
    await town.past.record(stretch(robot._replace(at=robot.at - 200 * DAY_MS), wrote(2, 200, "robot2"), wrote(3, 200)))
    assert await town.counts() == [("message", 1)]
    await town.past.end()
    assert await town.counts() == [("message", 1), (WRITERS, 1)]


async def test_taken_back_it_stores_no_more_and_leaves_nothing(town: Town) -> None:
    await town.wants("all")
    await town.past.wanted(now())
    await town.past.record(stretch(wrote(1, 1), wrote(2, 200)))
    await undo(town.database, (await town.state()).source)
    assert not await town.past.record(stretch(wrote(3, 3)))
    assert await town.past.wanted(now()) is None
    for table in ('"count"', "engagement", "account", "writer"):
        assert await town.rows(f"SELECT 1 FROM {table}") == [], table
    assert len(await town.rows("SELECT 1 FROM space")) == 1


async def test_left_off_nobody_is_remembered_as_a_writer(town: Town) -> None:
    await town.wants("all")
    await town.past.wanted(now())
    await town.past.record(stretch(wrote(1, 200), wrote(2, 200, "ben"), wrote(3, 200)))
    assert len(await town.rows("SELECT 1 FROM writer")) == 2
    await town.wants("off")
    assert await town.past.wanted(now()) is None
    assert await town.rows("SELECT 1 FROM writer") == []
    assert await town.counts() == [("message", 3), (WRITERS, 2)]


async def test_space_that_is_dropped_is_read_no_further(town: Town) -> None:
    await town.past.wanted(now())
    async with town.database.write() as connection:
        await spaces.settle(connection, 1, HERE, Consent.COUNTED, None)
    assert not await town.past.record(stretch(wrote(1, 1)))
    assert await town.keys() == []


async def test_age_goes_by_the_clock_of_the_platform(town: Town) -> None:
    long_ago = now() - 1_000 * DAY_MS
    await town.wants("all")
    await town.past.wanted(long_ago)
    recent, old = wrote(1, 1_000 + COUNTED_DAYS - 1), wrote(2, 1_000 + COUNTED_DAYS + 1)
    await town.past.record(stretch(recent, old))
    assert (await town.keys(), await town.counts()) == (["m:1"], [("message", 1)])


async def test_progress_is_one_sentence(town: Town) -> None:
    await town.past.wanted(now())
    await town.past.record(Stretch("C1", "c", 1_588_464_000_000, None))
    await town.past.tell(Progress(40, 12, ("C7",)))
    assert said(await town.state()) == (
        "12 of 40 channels, back to 2020-05-03; 1 cannot be read: Cairn may not read message history there (C7)"
    )
