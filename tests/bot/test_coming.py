"""Who has left a space is not written to; who comes back may be."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.consent.coming import Coming
from bot.gate import Invite
from bot.storage import accounts
from bot.storage.accounts import Newcomers
from scoring.signals import Account
from tests.scenarios.post import DAY, KEYS, Street, street

ANN = Account("chat", "", "ann")


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Street]:
    async with street(database_url) as made:
        yield made


def at(place: Street, space: int = 0) -> Coming:
    return Coming(place.database, KEYS, place.community, place.spaces[space])


async def test_a_letter_to_who_has_left_is_not_sent_and_one_after_coming_back_is(place: Street) -> None:
    ann = await place.somebody("ann")
    await place.post(place.letter(ann))
    await at(place).left(ANN, place.at)
    assert await place.courier.once() == 0
    assert await place.states() == [("failed", "left")]
    await at(place).came(ANN)
    await place.post(place.letter(ann))
    assert await place.courier.once() == 1
    assert [one.person for one in place.platform.ledger] == [ANN]


async def test_leaving_one_space_leaves_the_others_open(place: Street) -> None:
    ann = await place.somebody("ann")
    await at(place, 0).left(ANN, place.at)
    await place.post(place.letter(ann, space=place.spaces[1]))
    assert await place.courier.once() == 1


async def test_hearing_it_twice_changes_nothing(place: Street) -> None:
    await place.somebody("ann")
    await at(place).left(ANN, place.at)
    await at(place).left(ANN, place.at + DAY)
    rows = await place.rows("SELECT count(*) FROM reach WHERE left_at IS NOT NULL")
    assert rows == [(1,)]
    await at(place).came(ANN)
    await at(place).came(ANN)
    assert await place.rows("SELECT count(*) FROM reach WHERE left_at IS NOT NULL") == [(0,)]


async def test_nothing_is_put_down_of_strangers_and_of_who_is_only_counted(place: Street) -> None:
    async with place.database.write() as connection:
        one = {KEYS.handle(ANN): ANN}
        await accounts.find_or_make(connection, place.community, one, KEYS, Newcomers(0, page=False))
    await at(place).left(ANN, place.at)
    await at(place).left(Account("chat", "", "nobody"), place.at)
    await at(place).came(ANN)
    assert await place.rows("SELECT member FROM reach") == []
    assert await place.rows("SELECT member FROM contact WHERE met_at > 0") == []


async def test_who_came_to_us_without_a_page_is_heard_of(place: Street) -> None:
    ann = await place.somebody("ann", Invite.HERE)
    async with place.database.write() as connection:
        await connection.execute(text("UPDATE member SET page = false WHERE id = :ann"), {"ann": ann})
    await at(place).left(ANN, place.at)
    assert await place.rows("SELECT count(*) FROM reach WHERE left_at IS NOT NULL") == [(1,)]
