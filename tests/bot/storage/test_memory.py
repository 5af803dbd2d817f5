"""What a busy intake remembers of people never outlives a change to them, nor a transaction that failed."""

from __future__ import annotations

import pytest

from bot.storage import spaces
from tests.scenarios.simple import message
from tests.scenarios.words import FIRST, FIRST_DAY, LIVE, account
from tests.scenarios.world import Town


def marked(town: Town) -> set[int]:
    return {row[0] for row in town.rows("SELECT member FROM dirty WHERE community = :of")}


def test_links_made_meanwhile_count_for_the_next_signals(town: Town) -> None:
    town.record(LIVE, [message(1, "ann"), message(2, "bob")])
    town.settle()
    before = {one.id: one.member for one in town.people()}
    town.link(FIRST, "ann", "bob")
    town.settle()
    town.record(LIVE, [message(3, "ann"), message(4, "bob")])

    after = {one.id: one.member for one in town.people()}
    assert before["ann"] != before["bob"]
    assert marked(town) == {after["ann"]} == {after["bob"]}


def test_people_left_out_meanwhile_are_dropped_at_once(town: Town) -> None:
    town.record(LIVE, [message(1, "ann")])

    async def leave_out() -> None:
        async with town.world.database.write() as connection:
            await spaces.leave_out(connection, town.id, spaces.OWN_WORD, {town.world.keys.handle(account("ann"))})

    town.world.run(leave_out())
    (receipt,) = town.record(LIVE, [message(2, "ann")])

    assert dict(receipt.dropped) == {"left out": 1}
    assert [key for _, key in town.holding()] == [message(1, "ann").key]


def test_accounts_that_are_gone_are_made_anew(town: Town) -> None:
    town.record(LIVE, [message(1, "ann")])
    for table in ("engagement", "dirty", "account"):
        town.world.run(delete_all(town, table))
    town.record(LIVE, [message(1, "ann")])

    assert [(one.id, one.member > 0) for one in town.people()] == [("ann", True)]
    assert {one.who for one in town.holding().values()} == {"ann"}


async def delete_all(town: Town, table: str) -> None:
    async with town.world.database.write() as connection:
        await connection.exec_driver_sql(f"DELETE FROM {table}")


def test_people_of_a_transaction_that_failed_are_not_remembered(town: Town) -> None:
    with pytest.raises(ValueError, match="zero byte"):
        town.record(LIVE, [message(1, "ann")], [message(2, "bob")._replace(key="s:\0")])
    town.world.memory.forget()
    town.record(LIVE, [message(1, "ann")])

    assert [one.id for one in town.people()] == ["ann"]
    assert {one.day for one in town.holding().values()} == {FIRST_DAY}


def test_memory_forgets_rather_than_grow(town: Town) -> None:
    memory = type(town.world.memory)(most=3)
    town.world.memory = memory
    for n in range(10):
        town.record(LIVE, [message(n, f"p{n}")])
        town.record(LIVE, [message(n, f"p{n}")])

    assert len(memory.of(town.id)) <= 4
