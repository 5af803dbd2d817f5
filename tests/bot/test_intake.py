"""Signals in: told after the commit, together, never lost, and each fault stays with whom it belongs to."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import event, text

from bot.errors import MachineError
from bot.intake import Intake
from bot.keys import Keys
from bot.ports import Receipt
from bot.storage.engine import Database
from scoring.signals import Kind, Signal
from tests.scenarios.databases import Failing, Watched
from tests.scenarios.words import FIRST, FIRST_DAY, LIVE, START, account
from tests.scenarios.world import Town, World, world

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
BEYOND = 2**70
TABLES = ("account", "member", "context", "engagement", "dirty")


def message(number: int, *, key: str = "", version: int = 1, who: str = "ann") -> Signal:
    """Return a message of its own."""
    return Signal(Kind.MESSAGE, f"m:{number}{key}", FIRST_DAY, START + number, account(who), version)


def run(url: str, make: Callable[[str], Database], story: Callable[[Town, Any], Awaitable[None]]) -> None:
    """Tell a story in a community in a database of some make."""
    with world(url, KEYS) as place:
        database = make(url)
        special = World(database, KEYS, place.runner)
        town = special.found("town", sources=[FIRST, LIVE])

        async def told() -> None:
            try:
                await story(town, database)
            finally:
                await database.close()

        place.run(told())


async def count(url: str, table: str = "engagement") -> int:
    """Return how many rows anybody else sees."""
    other = Database(url)
    try:
        async with other.read() as connection:
            return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())
    finally:
        await other.close()


async def settled(*calls: Coroutine[Any, Any, Receipt]) -> list[Receipt | BaseException]:
    """Return what each caller hears."""
    return await asyncio.gather(*calls, return_exceptions=True)


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


@pytest.mark.parametrize("failure", [MachineError("the disk is full"), RuntimeError("of an unknown sort")])
def test_failure_of_the_storage_reaches_every_caller_and_leaves_nothing_half_done(
    database_url: str, failure: Exception
) -> None:
    async def story(town: Town, database: Failing) -> None:
        async with Intake(database, KEYS) as intake:
            database.failure = failure
            heard = await settled(*(intake.record(town.origin(LIVE), [message(n), message(-n)]) for n in range(1, 6)))
            assert [type(one) for one in heard] == [MachineError] * 5
            assert [await count(database_url, table) for table in TABLES] == [0] * len(TABLES)

            database.failure = None
            again = await intake.record(town.origin(LIVE), [message(1)])

        assert again.new == 1

    run(database_url, Failing, story)


def test_missing_table_is_the_machine_s_failure_and_nothing_is_set_aside(database_url: str) -> None:
    async def story(town: Town, database: Database) -> None:
        async with database.write() as connection:
            await connection.execute(text("ALTER TABLE engagement RENAME TO elsewhere"))
        async with Intake(database, KEYS) as intake:
            heard = await settled(*(intake.record(town.origin(LIVE), [message(n)]) for n in range(3)))

        assert [type(one) for one in heard] == [MachineError] * 3
        assert await count(database_url, "rejected") == 0

    run(database_url, Database, story)


def test_locked_database_is_one_sentence_for_every_caller(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cairn.db'}"

    async def story(town: Town, database: Database) -> None:
        other = sqlite3.connect(tmp_path / "cairn.db", isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            async with Intake(database, KEYS) as intake:
                heard = await settled(*(intake.record(town.origin(LIVE), [message(n)]) for n in range(3)))
                other.execute("ROLLBACK")
                assert (await intake.record(town.origin(LIVE), [message(1)])).new == 1
        finally:
            other.close()
        assert all(isinstance(one, MachineError) and "locked by another program" in str(one) for one in heard)

    run(url, _impatient, story)


def _impatient(url: str) -> Database:
    database = Database(url)

    @event.listens_for(database.engine.sync_engine, "connect")
    def hurry(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 30")
        cursor.close()

    return database


@pytest.mark.parametrize("damage", ["garbage", "folder gone"])
def test_database_that_is_gone_is_one_sentence_for_every_caller(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "cairn.db"

    async def story(town: Town, database: Database) -> None:
        await database.close()
        for part in folder.iterdir():
            part.unlink()
        if damage == "garbage":
            file.write_bytes(b"no database at all" * 1000)
        else:
            folder.rmdir()
        async with Intake(database, KEYS) as intake:
            heard = await settled(*(intake.record(town.origin(LIVE), [message(n)]) for n in range(3)))

        assert [type(one) for one in heard] == [MachineError] * 3
        assert {str(one).count("\n") for one in heard} == {0}

    run(f"sqlite:///{file}", Database, story)


@pytest.mark.parametrize(
    "poison",
    [message(7, key="\ud800"), message(7, version=BEYOND), message(7)._replace(key_day=BEYOND)],
    ids=["lone surrogate", "version beyond 64 bits", "day beyond 64 bits"],
)
def test_poisoned_signal_is_set_aside_and_its_neighbours_are_stored(database_url: str, poison: Signal) -> None:
    async def story(town: Town, database: Database) -> None:
        async with Intake(database, KEYS) as intake:
            receipts = await asyncio.gather(
                intake.record(town.origin(LIVE), [message(1), message(2)]),
                intake.record(town.origin(LIVE), [message(3), poison, *(message(n) for n in range(10, 15))]),
                intake.record(town.origin(LIVE), [message(4)]),
            )

        assert [receipt.new for receipt in receipts] == [2, 6, 1]
        assert dict(receipts[1].dropped) == {"could not be stored": 1}
        assert await count(database_url) == 9
        (aside,) = await town.query("SELECT kind, reason FROM rejected WHERE community = :of")
        assert aside[0] == Kind.MESSAGE
        assert aside[1].endswith("Error")

    run(database_url, Database, story)


def test_poisoned_signal_of_an_import_is_counted_with_the_import(database_url: str) -> None:
    async def story(town: Town, database: Database) -> None:
        async with Intake(database, KEYS) as intake:
            await intake.record(town.origin(FIRST), [message(1), message(2, key="\ud800"), message(3)])

        ((done, result),) = await town.query("SELECT done, result FROM import_run WHERE community = :of")
        assert done == 3
        assert '"dropped": {"could not be stored": 1}' in result
        assert '"new": 2' in result

    run(database_url, Database, story)


@pytest.mark.parametrize("at", [-1, 2**62, BEYOND])
def test_moment_no_calendar_has_is_counted_and_never_stored(sqlite_url: str, at: int) -> None:
    async def story(town: Town, database: Database) -> None:
        async with Intake(database, KEYS) as intake:
            receipt = await intake.record(town.origin(LIVE), [message(1)._replace(at=at), message(2)])

        assert (receipt.new, dict(receipt.dropped)) == (1, {"impossible time": 1})
        await town.settler.settle()

    run(sqlite_url, Database, story)


def test_zero_byte_in_a_key_is_stored_once_or_set_aside(database_url: str) -> None:
    async def story(town: Town, database: Database) -> None:
        odd = message(1, key="\0x")
        async with Intake(database, KEYS) as intake:
            for _ in range(2):
                receipt = await intake.record(town.origin(LIVE), [odd, message(1, key="\0y"), message(2)])
                told = receipt.new + receipt.known + receipt.again.total() + receipt.dropped.total()
                assert told == 3

        assert await count(database_url) in (1, 3)

    run(database_url, Database, story)


def test_nothing_given_is_nothing_stored(sqlite_url: str) -> None:
    async def story(town: Town, database: Database) -> None:
        async with Intake(database, KEYS) as intake:
            assert await intake.record(town.origin(LIVE), []) == Receipt()

    run(sqlite_url, Database, story)
