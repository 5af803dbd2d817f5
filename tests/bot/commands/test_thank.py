"""Thanks: they count for who receives them, are read privately, and nobody thanks themselves or a machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.chat.calling import Aim
from bot.commands.everyone.thank import MOST_A_DAY
from bot.hearing.space_settings import Consent, Listed
from bot.storage import contacts
from scoring.signals import Account, Kind
from tests.bot.commands.chat import (
    ANN,
    BOB,
    BOT,
    CAT,
    TODAY,
    Chat,
    actions,
    another_space,
    chatting,
    code_of,
    message,
    said,
    settled_in,
)

MESSAGE = Aim(BOB, "C2", "d:4", TODAY * 86_400_000 + 5)


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    """A community in which Ann and Bob have written."""
    async with chatting(database_url) as (one, _):
        await one.hear(message(ANN, 3), message(BOB, 4), message(BOB, 5))
        await one.undisturbed(ANN)
        yield one


async def thanks(chat: Chat) -> list[tuple[int, int]]:
    """Return whose thanks to whom are stored, as members."""
    return [
        (row[0], row[1])
        for row in await chat.rows(
            "SELECT a.member, b.member FROM engagement e JOIN account a ON a.id = e.account "
            f"JOIN account b ON b.id = e.target WHERE e.community = :of AND e.kind = {Kind.THANKS:d} AND e.holds"
        )
    ]


async def lines(chat: Chat) -> int:
    return int((await chat.rows("SELECT count(*) FROM outbox WHERE community = :of AND way = 'line'"))[0][0])


async def test_thanks_are_recorded_count_and_are_read_privately(chat: Chat) -> None:
    await chat.live()
    await chat.with_page(BOB)

    assert f"Your thanks to @{BOB.id} are noted" in said(await chat.say(ANN, "cairn thank", person=BOB))
    await chat.settle()

    shown = said(await chat.say(BOB, "cairn me"))
    assert f"@{ANN.id} thanked you" in shown
    assert "Helping 0.5/4" in shown
    assert f"@{ANN.id} thanked you" not in said(await chat.say(BOB, "cairn me"))


async def test_one_person_is_thanked_once_a_day_and_once_for_a_message(chat: Chat) -> None:
    replies = [
        said(await chat.say(ANN, "cairn thank", person=BOB)),
        said(await chat.say(ANN, "cairn thank", person=BOB)),
        said(await chat.use(ANN, "cairn thank", MESSAGE)),
        said(await chat.use(ANN, "cairn thank", MESSAGE)),
        said(await chat.use(ANN, "cairn thank", Aim(person=BOB))),
    ]

    assert ["noted" in one for one in replies] == [True, False, True, False, False]
    assert len(await thanks(chat)) == 2
    assert await lines(chat) == 1
    await chat.with_page(BOB)
    await chat.settle()
    assert "Helping 0.5/4" in said(await chat.say(BOB, "cairn me"))  # two of one person count once


async def test_two_clicks_at_once_are_one(chat: Chat) -> None:
    await asyncio.gather(*(chat.use(ANN, "cairn thank", MESSAGE) for _ in range(4)))

    assert len(await thanks(chat)) == 1
    assert await lines(chat) == 1


async def test_nobody_thanks_themselves_a_machine_or_nobody(chat: Chat) -> None:
    await chat.press(CAT, "link-join", code_of(await chat.say(ANN, "cairn link")))

    assert "to yourself" in said(await chat.say(ANN, "cairn thank", person=ANN))
    assert "to yourself" in said(await chat.say(CAT, "cairn thank", person=ANN))
    assert "program" in said(await chat.say(ANN, "cairn thank", person=BOT))
    await chat.hear(message(Account("discord", "", "77", bot=True), 60))
    assert "program" in said(await chat.say(ANN, "cairn thank", person=Account("discord", "", "77")))
    assert "whom you wish" in said(await chat.say(ANN, "cairn thank"))
    assert "whom you wish" in said(await chat.say(ANN, "cairn thank", person="1"))
    assert await thanks(chat) == []


async def test_thanks_of_a_day_have_an_end(chat: Chat) -> None:
    people = [Account("discord", "", f"5{n:02}") for n in range(MOST_A_DAY + 2)]
    replies = [said(await chat.say(ANN, "cairn thank", person=one)) for one in people]

    assert sum("noted" in one for one in replies) == MOST_A_DAY == len(await thanks(chat))
    assert f"You have thanked {MOST_A_DAY} times today" in replies[-1]


async def test_answer_does_not_tell_who_is_left_out(chat: Chat) -> None:
    await chat.choices.leave_out(chat.said(BOB))

    assert said(await chat.say(ANN, "cairn thank", person=BOB)) == said(
        await chat.say(ANN, "cairn thank", person=CAT)
    ).replace(CAT.id, BOB.id)
    assert len(await thanks(chat)) == 1
    assert await lines(chat) == 1


async def test_who_is_left_out_is_told_that_thanks_are_not_kept_either(chat: Chat) -> None:
    await chat.choices.leave_out(chat.said(CAT))

    assert "You are left out" in said(await chat.say(CAT, "cairn thank", person=BOB))
    assert await thanks(chat) == []


async def test_who_was_forgotten_is_named_to_nobody(chat: Chat) -> None:
    await chat.say(ANN, "cairn thank", person=BOB)
    (mine,) = await chat.rows("SELECT member FROM account WHERE handle = :who", who=chat.keys.handle(ANN))

    async with chat.database.write() as connection:
        await contacts.forget(connection, chat.place.community, mine[0])

    assert await lines(chat) == 0


async def test_strict_space_keeps_no_thanks_before_a_yes(database_url: str) -> None:
    async with chatting(database_url, consent=Consent.STRICT) as (chat, _):
        reply = await chat.say(ANN, "cairn thank", person=BOB)

        assert "before you say yes" in said(reply)
        assert "page-make" in {one.name for one in actions(reply)}
        await chat.with_page(ANN)
        assert "noted" in said(await chat.say(ANN, "cairn thank", person=BOB))
        assert await thanks(chat) == []  # Bob has not said yes, which is nobody's business
        assert await lines(chat) == 0


async def test_message_in_a_channel_that_does_not_count_is_not_named(database_url: str) -> None:
    async with chatting(database_url, listed_out=Listed.of(["C2"])) as (chat, _):
        await chat.use(ANN, "cairn thank", MESSAGE)

        assert await chat.rows("SELECT DISTINCT place FROM context WHERE community = :of") == [("",)]
        assert len(await thanks(chat)) == 1


async def test_thanks_in_another_community_are_nothing_here(database_url: str) -> None:
    async with chatting(database_url) as (chat, intake):
        there = chat.elsewhere(await settled_in(chat.database, intake, "Elsewhere"))
        await there.say(ANN, "cairn thank", person=BOB)

        assert (len(await thanks(there)), len(await thanks(chat))) == (1, 0)


async def test_spaces_of_one_community_share_thanks(database_url: str) -> None:
    async with chatting(database_url) as (chat, intake):
        other = chat.elsewhere(await another_space(chat.database, intake, chat.place.community, "888"))
        await chat.say(ANN, "cairn thank", person=BOB)

        assert "already thanked" in said(await other.say(ANN, "cairn thank", person=BOB))
