"""Thousands of tasks are cancelled inside transactions: no connection stays busy, and no transaction stays open."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from bot.intake import Intake
from bot.storage import migrate, setting
from bot.storage.engine import Database
from tests.faults.lives import SOAK, until
from tests.faults.store import founded
from tests.scenarios.stories import KEYS, message

AT_ONCE = 25
SOON = 5.0
"""Seconds for what takes milliseconds where nothing holds it up: no transaction may stay open for longer."""
LOOKS = 8
"""How often is looked in the middle of the storm."""
OLDEST = """\
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    one = Database(database_url)
    await migrate.upgrade(one)
    yield one
    await one.close()


@pytest.mark.parametrize("tasks", [1_000, pytest.param(5_000, marks=SOAK), pytest.param(50_000, marks=SOAK)])
async def test_cancelled_transactions_leave_nothing_behind(database: Database, tasks: int) -> None:
    chance, waves = random.Random(5), tasks // AT_ONCE
    for number in range(waves):
        wave = [asyncio.create_task(writes(database, n) if n % 3 else reads(database)) for n in range(AT_ONCE)]
        for task in wave:
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            await asyncio.sleep(chance.random() / 1_000)
            task.cancel()
        ended = await asyncio.gather(*wave, return_exceptions=True)
        assert {type(one) for one in ended} <= {type(None), asyncio.CancelledError}, ended
        if number % (waves // LOOKS) == 0:
            await somebody_else_writes(database, number)
    await nothing_is_left(database)


async def test_cancelled_callers_of_the_intake_leave_nothing_behind(database: Database) -> None:
    origin = await founded(database)
    async with Intake(database, KEYS) as intake:
        for n in range(20):
            calls = [message(n * AT_ONCE + one) for one in range(AT_ONCE)]
            wave = [asyncio.create_task(intake.record(origin, [one])) for one in calls]
            await asyncio.sleep(0.001 * (n % 5))
            for task in wave:
                task.cancel()
            await asyncio.gather(*wave, return_exceptions=True)
        async with asyncio.timeout(SOON):
            receipt = await intake.record(origin, [message(-1)])
    assert receipt.new == 1
    await nothing_is_left(database)


async def writes(database: Database, n: int) -> None:
    async with database.write() as connection:
        await setting.put_once(connection, f"storm {n}", "begun")
        await asyncio.sleep(0)
        await connection.execute(text("SELECT count(*) FROM setting"))


async def reads(database: Database) -> None:
    async with database.read() as connection:
        await connection.execute(text("SELECT count(*) FROM setting"))
        await asyncio.sleep(0.001)
        await connection.execute(text("SELECT name FROM setting"))


async def somebody_else_writes(database: Database, n: int) -> None:
    """Check that none stays open: a PostgreSQL server knows since when each is, SQLite would let nobody else in."""
    other = Database(database.url)
    try:
        async with asyncio.timeout(SOON), other.write() as connection:
            await setting.put_once(connection, f"in the middle {n}", "yes")
        if database.kind == "postgresql":
            async with other.read() as connection:
                assert (await connection.execute(text(OLDEST))).scalar_one() < SOON
    finally:
        await other.close()


async def nothing_is_left(database: Database) -> None:
    """Check that all connections are back, none has a transaction open, and others can write."""
    pools = [one for one in (database.reading.pool, database.writing.pool) if isinstance(one, QueuePool)]
    assert len(pools) == 2

    async def all_are_back() -> bool:
        return sum(one.checkedout() for one in pools) == 0

    await until(all_are_back, SOON)  # what was cancelled last is still being ended
    other = Database(database.url)
    try:
        async with asyncio.timeout(SOON), other.write() as connection:
            await setting.put_once(connection, "after the storm", "yes")
        if database.kind == "postgresql":
            async with other.read() as connection:
                left = await connection.execute(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                        "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
                    )
                )
                assert left.scalar_one() == 0
    finally:
        await other.close()
    async with asyncio.timeout(SOON), database.write() as connection:
        assert await setting.get(connection, "after the storm") == "yes"
