"""Signals in: told after the commit, together, never lost, and stopping stores what waits."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import MachineError
from bot.intake import Intake
from bot.ports import Receipt
from bot.storage.engine import Database
from tests.scenarios.databases import Counting, Watched
from tests.scenarios.stories import KEYS, count, message, run
from tests.scenarios.words import FIRST, LIVE, Source
from tests.scenarios.world import Town


def test_caller_is_told_after_the_commit(database_url: str) -> None:
    async def story(town: Town, database: Watched) -> None:
        async with Intake(database, KEYS) as intake:
            database.gate.clear()
            call = asyncio.create_task(intake.inbox(town.origin(LIVE)).record([message(1)]))
            await asyncio.sleep(0.05)
            assert (call.done(), await count(database_url)) == (False, 0)

            database.gate.set()
            receipt = await call

            assert (receipt.new, await count(database_url)) == (1, 1)

    run(database_url, Watched, story)


def test_callers_within_milliseconds_share_one_commit(sqlite_url: str) -> None:
    async def story(town: Town, database: Watched) -> None:
        database.commits.clear()
        async with Intake(database, KEYS) as intake:
            calls = [intake.record(town.origin(LIVE), [message(n), message(n + 100)]) for n in range(50)]
            receipts = await asyncio.gather(*calls)

        assert [receipt.new for receipt in receipts] == [2] * 50
        assert database.commits == [100]

    run(sqlite_url, Watched, story)


def test_callers_of_several_origins_hear_of_their_own(sqlite_url: str) -> None:
    async def story(town: Town, database: Watched) -> None:
        async with Intake(database, KEYS) as intake:
            origins = [town.origin(one) for one in (LIVE, FIRST, LIVE)]
            receipts = await asyncio.gather(*(intake.record(origin, [message(1)]) for origin in origins))

        assert [(one.new, one.known, one.again.total()) for one in receipts] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]

    run(sqlite_url, Watched, story)


def test_signals_of_many_origins_cost_no_more_where_they_come_mixed(sqlite_url: str) -> None:
    async def story(town: Town, database: Counting) -> None:
        async def cost(*sources: Source) -> int:
            before = database.statements
            async with Intake(database, KEYS) as intake:
                origins = [town.origin(one) for one in sources]
                key = str(before)
                await asyncio.gather(*(intake.record(one, [message(n, key=key)]) for n, one in enumerate(origins)))
            return database.statements - before

        apart, mixed = [LIVE] * 20 + [FIRST] * 20, [LIVE, FIRST] * 20
        await cost(*apart)  # until everybody is known
        assert await cost(*mixed) == await cost(*apart) > 0

    run(sqlite_url, Counting, story)


def test_no_batch_grows_beyond_its_bound(sqlite_url: str) -> None:
    async def story(town: Town, database: Watched) -> None:
        database.commits.clear()
        async with Intake(database, KEYS, batch=10) as intake:
            receipt = await intake.record(town.origin(LIVE), [message(n) for n in range(25)])

        assert (receipt.new, database.commits) == (25, [10, 20, 25])

    run(sqlite_url, Watched, story)


def test_callers_wait_where_there_is_no_room_and_nothing_is_lost(sqlite_url: str) -> None:
    async def story(town: Town, database: Watched) -> None:
        database.commits.clear()
        async with Intake(database, KEYS, room=4) as intake:
            database.gate.clear()
            calls = [asyncio.create_task(intake.record(town.origin(LIVE), [message(n)])) for n in range(30)]
            await asyncio.sleep(0.05)
            database.gate.set()
            receipts = await asyncio.gather(*calls)

        assert [receipt.new for receipt in receipts] == [1] * 30
        assert max(after - before for before, after in zip([0, *database.commits], database.commits, strict=False)) <= 4

    run(sqlite_url, Watched, story)


def test_stopping_stores_what_waits_even_before_the_door(sqlite_url: str) -> None:
    async def story(town: Town, database: Watched) -> None:
        intake = Intake(database, KEYS, room=2)
        await intake.__aenter__()
        database.gate.clear()
        calls = [asyncio.create_task(intake.record(town.origin(LIVE), [message(n)])) for n in range(20)]
        await asyncio.sleep(0.05)
        stopping = asyncio.create_task(intake.__aexit__())
        await asyncio.sleep(0.01)
        with pytest.raises(MachineError, match="stopping"):
            await intake.record(town.origin(LIVE), [message(99)])
        database.gate.set()
        await stopping

        assert [call.result().new for call in calls] == [1] * 20
        assert await count(sqlite_url) == 20

    run(sqlite_url, Watched, story)


def test_cancelled_caller_harms_nobody_and_what_it_gave_is_stored(sqlite_url: str) -> None:
    async def story(town: Town, database: Watched) -> None:
        async with Intake(database, KEYS, room=3) as intake:
            database.gate.clear()
            calls = [asyncio.create_task(intake.record(town.origin(LIVE), [message(n)])) for n in range(8)]
            await asyncio.sleep(0.05)
            for gone in (calls[0], calls[1], calls[5]):
                gone.cancel()
            await asyncio.sleep(0)
            database.gate.set()
            heard = await asyncio.gather(*calls, return_exceptions=True)

        assert [n for n, one in enumerate(heard) if isinstance(one, asyncio.CancelledError)] == [0, 1, 5]
        assert await count(sqlite_url) == 7  # the sixth had not come in yet

    run(sqlite_url, Watched, story)


def test_nothing_given_is_nothing_stored(sqlite_url: str) -> None:
    async def story(town: Town, database: Database) -> None:
        async with Intake(database, KEYS) as intake:
            assert await intake.record(town.origin(LIVE), []) == Receipt()

    run(sqlite_url, Database, story)


def test_leaving_twice_and_after_a_leave_that_was_broken_off_stores_what_waits(sqlite_url: str) -> None:
    async def story(town: Town, database: Watched) -> None:
        intake = await Intake(database, KEYS).__aenter__()
        database.gate.clear()
        call = asyncio.create_task(intake.record(town.origin(LIVE), [message(1)]))
        await asyncio.sleep(0)
        impatient = asyncio.create_task(intake.__aexit__())
        await asyncio.sleep(0.05)
        impatient.cancel()
        await asyncio.wait([impatient])
        leaving = [asyncio.create_task(intake.__aexit__()) for _ in range(2)]
        database.gate.set()
        async with asyncio.timeout(20):
            await asyncio.gather(*leaving)
            await intake.__aexit__()

        assert (await call).new == 1
        with pytest.raises(MachineError, match="takes no more"):
            await intake.record(town.origin(LIVE), [message(2)])

    run(sqlite_url, Watched, story)
