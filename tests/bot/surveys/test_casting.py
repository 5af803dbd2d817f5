"""One ballot a person, whatever accounts they have and however often they press; nobody else can read it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken

from bot.consent.choices import Choices, Said, Source
from bot.rights.forgetting import Forgetting, Order
from bot.storage.surveys import ANONYMOUS, CONFIDENTIAL, NAMED
from bot.surveys.casting import Cast, Casting
from tests.bot.surveys.poll import PUBLIC, Poll, poll, says, who
from tests.scenarios.post import KEYS

WORDS = "the pond needs cleaning"


@pytest.fixture(params=[NAMED, CONFIDENTIAL, ANONYMOUS])
async def one(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[Poll]:
    async with poll(database_url, tmp_path, request.param) as made:
        yield made


@pytest.fixture
async def secret(database_url: str, tmp_path: Path) -> AsyncIterator[Poll]:
    async with poll(database_url, tmp_path, ANONYMOUS) as made:
        yield made


async def test_answer_is_taken_kept_and_given_back_to_whose_it_is(one: Poll) -> None:
    receipt = await one.cast("ann", finished=False, mood=4)
    assert (receipt.cast, receipt.answers, receipt.finished) == (Cast.TAKEN, {"mood": 4}, False)
    await one.cast("ann", why=WORDS)
    mine = await one.casting.mine(await one.survey(), one.voter("ann"))
    assert (mine.answers, mine.finished) == ({"mood": 4, "why": WORDS}, True)
    assert (await one.casting.mine(await one.survey(), one.voter("bob"))).answers == {}


async def test_answers_can_be_changed_until_the_survey_is_closed_and_not_after(one: Poll) -> None:
    await one.cast("ann", mood=1)
    await one.cast("ann", mood=5)
    assert await one.close() == [{"mood": 5}]
    assert (await one.cast("ann", mood=2)).cast is Cast.NOT_OPEN
    assert await one.close() == [{"mood": 5}]


async def test_hundred_answers_at_once_are_one(one: Poll) -> None:
    receipts = await asyncio.gather(*(one.cast("ann", mood=n % 5) for n in range(100)))
    assert {receipt.cast for receipt in receipts} == {Cast.TAKEN}
    assert len(await one.close()) == 1
    assert await one.street.rows("SELECT count(*), max(state) FROM survey_person") == [(1, 3)]


async def test_accounts_of_one_person_have_one_ballot_whenever_they_were_joined(one: Poll) -> None:
    await one.cast("ann", finished=False, mood=1)
    await one.cast("ann-elsewhere", mood=2)
    await one.cast("bob", mood=3)
    await one.join("ann", "ann-elsewhere")
    mine = await one.casting.mine(await one.survey(), one.voter("ann"))
    assert mine.answers == {"mood": 2}, "the one that is through"
    await one.cast("ann", mood=4)
    assert await one.street.rows("SELECT count(*) FROM ballot") == [(2,)]
    assert await one.close() == [{"mood": 3}, {"mood": 4}]


async def test_who_is_left_out_or_not_asked_is_not_taken(database_url: str, tmp_path: Path) -> None:
    async with poll(database_url, tmp_path, NAMED, only_asked=True) as one:
        await one.street.somebody("ann")
        said = Said(one.street.community, one.street.spaces[0], who("ann"), one.street.at, Source.BUTTON, "en:1")
        assert (await one.cast("bob", mood=1)).cast is Cast.NOT_ASKED
        await Choices(one.street.database, KEYS).leave_out(said)
        assert (await one.cast("ann", mood=1)).cast is Cast.LEFT_OUT
        assert await one.street.rows("SELECT count(*) FROM ballot") == [(0,)]


async def test_survey_of_another_community_is_unknown(one: Poll) -> None:
    voter = one.voter("ann")
    for public, community in ((PUBLIC, voter.community + 1), ("other1", voter.community)):
        there = type(voter)(community, voter.space, voter.account)
        assert (await one.casting.cast(public, there, says(mood=1))).cast is Cast.UNKNOWN


async def test_ballot_holds_nothing_in_clear_and_fits_no_other_member(one: Poll) -> None:
    await one.cast("ann", why=WORDS)
    await one.cast("bob", why="something else")
    [[content], [other]] = await one.street.rows("SELECT content FROM ballot ORDER BY member")
    assert WORDS.encode() not in bytes(content)
    box = one.boxes.open(PUBLIC)
    assert box is not None
    numbers = [row[0] for row in await one.street.rows("SELECT member FROM ballot ORDER BY member")]
    for sealed, number in ((content, numbers[1]), (other, numbers[0])):
        with pytest.raises(InvalidToken):
            box.open(("ballot", PUBLIC, str(number)), bytes(sealed))


async def test_keys_of_the_database_open_no_anonymous_ballot(secret: Poll, tmp_path: Path) -> None:
    await secret.cast("ann", mood=1)
    stranger = Casting(secret.street.database, KEYS, type(secret.boxes)(tmp_path / "elsewhere"))
    assert (await stranger.mine(await secret.survey(), secret.voter("ann"))).answers == {}


async def test_forgotten_person_leaves_no_ballot(one: Poll) -> None:
    await one.cast("ann", why=WORDS)
    await one.cast("bob", why="stays")
    await Forgetting(one.street.database, KEYS).forget(Order(one.street.community, who("ann")))
    assert await one.close() == [{"why": "stays"}]
    assert await one.street.rows("SELECT count(*) FROM survey_person") == [(1,)]
