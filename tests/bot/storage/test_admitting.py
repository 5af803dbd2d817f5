"""Consent is read when storing: counted, strict and notice spaces, and people who are left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from bot.ports import Receipt, Space
from bot.storage import spaces
from bot.storage.accounts import Newcomers, find_or_make
from bot.storage.recording import Origin, record
from scoring.signals import Signal
from tests.scenarios.simple import gone, mention, message, reaction
from tests.scenarios.words import FIRST, LIVE, Source, account
from tests.scenarios.world import Town

HERE = Space("chat", "100")


def policy(town: Town, consent: str) -> int:
    """Settle how people begin in the space, and return its number."""

    async def settle() -> int:
        async with town.world.database.write() as connection:
            return await spaces.settle(connection, town.id, HERE, consent, "{}")

    return town.world.run(settle())


def heard(town: Town, number: int, *signals: Signal) -> Receipt:
    """Record what is heard live in the space."""
    origin = replace(town.origin(LIVE), space=number)
    return recorded(town, origin, signals)


def recorded(town: Town, origin: Origin, signals: Iterable[Signal]) -> Receipt:
    async def told() -> list[Receipt]:
        async with town.world.database.write() as connection:
            return await record(connection, town.world.keys, origin, [list(signals)])

    (receipt,) = town.world.run(told())
    return receipt


def leave_out(town: Town, *people: str, again: bool = False) -> None:
    async def told() -> None:
        handles = {town.world.keys.handle(account(one)) for one in people}
        async with town.world.database.write() as connection:
            change = spaces.let_in if again else spaces.leave_out
            await change(connection, town.id, spaces.OWN_WORD, handles)

    town.world.run(told())


def pages(town: Town) -> dict[str, bool]:
    rows = town.rows("SELECT a.id, m.page FROM account a JOIN member m ON m.id = a.own_member WHERE a.community = :of")
    names = {one.number: one.id for one in town.people()}
    return {names[number]: bool(page) for number, page in rows}


def rows(town: Town) -> int:
    return len(town.rows("SELECT 1 FROM engagement WHERE community = :of"))


@pytest.mark.parametrize(
    ("consent", "expected"), [("counted", {"ann": False}), ("notice", {"ann": True}), ("strict", {})]
)
def test_newcomers_begin_as_the_space_has_it(town: Town, consent: str, expected: dict[str, bool]) -> None:
    receipt = heard(town, policy(town, consent), message(1, "ann"))

    assert pages(town) == expected
    assert dict(receipt.dropped) == ({} if expected else {"no consent yet": 1})
    assert rows(town) == len(expected)


def test_change_of_policy_holds_for_the_next_commit_and_leaves_what_is_stored(town: Town) -> None:
    number = policy(town, "counted")
    heard(town, number, message(1, "ann"))
    policy(town, "strict")

    receipt = heard(town, number, message(2, "ann"), message(3, "bob"))

    assert dict(receipt.dropped) == {"no consent yet": 2}
    assert (rows(town), pages(town)) == (1, {"ann": False})
    policy(town, "counted")
    assert heard(town, number, message(2, "ann"), message(3, "bob")).new == 2


def test_who_has_a_page_is_heard_in_a_strict_space(town: Town) -> None:
    heard(town, policy(town, "notice"), message(1, "ann"))

    receipt = heard(town, policy(town, "strict"), message(2, "ann"), mention(3, "ann", "zoe"))

    assert (receipt.new, dict(receipt.dropped)) == (1, {"no consent yet": 1})


def test_import_keeps_the_policy_it_began_with(town: Town) -> None:
    origin = replace(town.origin(FIRST), space=policy(town, "strict"))

    assert recorded(town, origin, [message(1, "ann")]).new == 1


@pytest.mark.parametrize("source", [LIVE, FIRST])
def test_nothing_of_those_left_out_is_stored_live_or_imported(town: Town, source: Source) -> None:
    leave_out(town, "eve")
    named = mention(3, "ann", "eve"), mention(4, "eve", "zoe")

    (receipt,) = town.record(source, [message(1, "eve"), reaction(2, "eve"), *named, message(5, "ann")])

    assert (receipt.new, dict(receipt.dropped)) == (1, {"left out": 4})
    assert {one.id for one in town.people()} == {"ann"}
    assert rows(town) == 1
    assert town.waiting() == 1


def test_neighbours_of_those_left_out_are_told_of_their_own(town: Town) -> None:
    leave_out(town, "eve")

    receipts = town.record(LIVE, [message(1, "ann")], [message(2, "eve")], [message(3, "bob"), message(4, "eve")])

    assert [(one.new, dict(one.dropped)) for one in receipts] == [(1, {}), (0, {"left out": 1}), (1, {"left out": 1})]


def test_being_left_out_begins_now_and_can_end(town: Town) -> None:
    town.record(LIVE, [message(1, "eve")])
    leave_out(town, "eve")
    town.record(LIVE, [message(2, "eve")])
    assert rows(town) == 1

    leave_out(town, "eve", again=True)

    assert town.record(LIVE, [message(3, "eve")])[0].new == 1


def test_message_of_somebody_left_out_can_still_be_taken_back(town: Town) -> None:
    town.record(LIVE, [message(1, "eve")])
    leave_out(town, "eve")

    (receipt,) = town.record(LIVE, [gone(message(1, "eve"))])

    assert receipt.retracted == 1
    assert town.holding() == {}


def test_words_of_an_import_about_people_left_out_make_nobody(town: Town) -> None:
    leave_out(town, "eve")

    async def told() -> set[str]:
        named = {town.world.keys.handle(account(one)): account(one) for one in ("ann", "eve")}
        async with town.world.database.write() as connection:
            found = await find_or_make(connection, town.id, named, town.world.keys, Newcomers(0, page=True))
        return {named[handle].id for handle in found}

    assert town.world.run(told()) == {"ann"}
    assert {one.id for one in town.people()} == {"ann"}
