"""Faults at the intake: the machine's reach every caller, a signal's own sets that one aside and no other."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import MachineError
from bot.intake import Intake
from bot.storage.engine import Database
from scoring.signals import Kind, Signal
from tests.scenarios.databases import Failing
from tests.scenarios.stories import KEYS, count, message, run, settled
from tests.scenarios.words import FIRST, LIVE
from tests.scenarios.world import Town

BEYOND = 2**70
TABLES = ("account", "member", "context", "engagement", "dirty")


def remove_all(folder: Path) -> None:
    """Remove the files of a folder."""
    for part in folder.iterdir():
        part.unlink()


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
    return Database(f"{url}?timeout=0.03")


@pytest.mark.parametrize("damage", ["garbage", "folder gone"])
def test_database_that_is_gone_is_one_sentence_for_every_caller(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "cairn.db"

    async def story(town: Town, database: Database) -> None:
        await database.close()
        remove_all(folder)
        if damage == "garbage":
            file.write_bytes(b"no database at all" * 1000)
        else:
            folder.rmdir()
        async with Intake(database, KEYS) as intake:
            heard = await settled(*(intake.record(town.origin(LIVE), [message(n)]) for n in range(3)))

        assert [type(one) for one in heard] == [MachineError] * 3
        assert {str(one).count("\n") for one in heard} == {0}

    run(f"sqlite:///{file}", Database, story)


@pytest.mark.parametrize("replaced", [False, True])
def test_database_taken_away_while_open_is_told_to_every_caller(tmp_path: Path, replaced: bool) -> None:
    file = tmp_path / "cairn.db"

    async def story(town: Town, database: Database) -> None:
        async with Intake(database, KEYS) as intake:
            await intake.record(town.origin(LIVE), [message(1)])
            copy = file.read_bytes()
            remove_all(tmp_path)
            if replaced:
                file.write_bytes(copy)
            heard = await settled(*(intake.record(town.origin(LIVE), [message(n)]) for n in range(2, 5)))

        assert [type(one) for one in heard] == [MachineError] * 3

    run(f"sqlite:///{file}", Database, story)


@pytest.mark.parametrize(
    "poison",
    [
        message(7, key="\ud800"),
        message(7, key="\0"),
        message(7, version=BEYOND),
        message(7)._replace(key_day=BEYOND),
        message(7)._replace(amount=2**40),
        message(7)._replace(amount=-1),
    ],
    ids=["lone surrogate", "zero byte", "version beyond 64 bits", "day beyond 64 bits", "much", "below nothing"],
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
