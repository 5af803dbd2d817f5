"""Who writes to Cairn itself came to us by that, and is told how it is used: through the outbox, once a day."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.consent.addressed import WORTH_MS, Addressed
from bot.gate import Reason
from bot.storage import contacts
from scoring.signals import Account
from tests.scenarios.post import DAY, KEYS, Street, street

ANN = Account("chat", "", "ann")


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Street]:
    async with street(database_url) as made:
        yield made


def at(place: Street, space: int = 0, language: str = "en") -> Addressed:
    return Addressed(place.database, KEYS, place.community, place.spaces[space], "Garden", language)


@pytest.mark.parametrize(("language", "begins"), [("en", "Thank you"), ("de", "Danke")])
async def test_who_writes_is_answered_once_a_day_in_the_space_s_language(
    place: Street, language: str, begins: str
) -> None:
    await place.somebody("ann")
    for hour in (0, 1):
        assert await at(place, hour, language).heard(ANN, place.at + hour, answers=True)
    assert await place.courier.once() == 1
    assert await place.courier.once() == 0
    [told] = place.platform.ledger
    assert told.person == ANN
    for wanted in (begins, "Garden", "/cairn me", "/cairn privacy"):
        assert wanted in repr(told.blocks)


async def test_writing_is_a_contact_and_shows_that_the_conversation_is_open(place: Street) -> None:
    ann = await place.somebody("ann")
    async with place.database.write() as connection:
        await contacts.closed(connection, place.community, ann, place.spaces[0], place.at)
    later = place.at + 100 * DAY
    assert await at(place).heard(ANN, later, answers=False)
    assert await place.rows(f"SELECT met_at FROM contact WHERE member = {ann}") == [(later,)]
    assert await place.rows(
        f"SELECT opened_at, closed_at FROM reach WHERE member = {ann} AND space = {place.spaces[0]}"
    ) == [(later, None)]
    assert await place.states() == []


async def test_of_strangers_nothing_is_put_down(place: Street) -> None:
    assert not await at(place).heard(Account("chat", "", "nobody"), place.at, answers=True)
    assert await place.rows("SELECT count(*) FROM outbox") == [(0,)]
    assert await place.rows("SELECT count(*) FROM account") == [(0,)]


async def test_answer_that_comes_too_late_is_not_sent(place: Street) -> None:
    await place.somebody("ann")
    await at(place).heard(ANN, place.at, answers=True)
    place.at += WORTH_MS
    assert await place.courier.once() == 0
    assert await place.states() == [("failed", Reason.EXPIRED)]
