"""The rules in plain words, and the way from a member's thoughts to the team."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat.speech import Paragraph, Reply, Who
from bot.sending.outbox import HELD_DAYS
from bot.sending.parcels import unpacked
from scoring.signals import DAY_MS
from tests.bot.commands.chat import A_MINUTE, ANN, BOB, Chat, action, actions, chatting, said


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    """A community."""
    async with chatting(database_url) as (one, _):
        await one.undisturbed(ANN, BOB)
        yield one


async def waiting(chat: Chat) -> list[str]:
    """Return what waits in the outbox for the team's channel."""
    rows = await chat.rows("SELECT content FROM outbox WHERE community = :of AND channel = 'C9' ORDER BY id")
    return [said(Reply(unpacked(chat.keys.open_bytes(bytes(row[0]))))) for row in rows]


async def test_bands_stand_from_the_top_down_and_each_can_be_read_in_full(chat: Chat) -> None:
    reply = await chat.say(ANN, "cairn rules")
    shown = said(reply)

    places = [shown.index(f"{band} (") for band in ("Leading", "Helping", "Around")]
    assert places == sorted(places)
    assert "gender (in reports only, it never counts)" in shown

    helping = await chat.choose(ANN, "rules-part", "1")

    assert helping.replaces
    assert "answered others in help: 1 point each, at most 2 points a day (reply, in help)" in said(helping)
    assert "far away: 2 times the points for country: Peru" in said(await chat.choose(ANN, "rules-part", "more"))
    assert '"Would you host?"' in said(await chat.choose(ANN, "rules-part", "steps"))


async def test_rules_are_told_in_german(chat: Chat) -> None:
    chat.language = "de"

    assert "je 1 Punkt, höchstens 2 Punkte am Tag (Antwort, in help)" in said(await chat.choose(ANN, "rules-part", "1"))
    assert "3 Punkte in Helping, an 2 verschiedenen Tagen" in said(await chat.choose(ANN, "rules-part", "steps"))


async def test_forged_part_shows_the_overview(chat: Chat) -> None:
    overview = said(await chat.say(ANN, "cairn rules"))

    for forged in ("7", "-1", "x", "", "²", "1" * 90):
        assert said(await chat.choose(ANN, "rules-part", forged)) == overview


async def test_comment_reaches_the_team_with_its_writer_in_the_teams_language(chat: Chat) -> None:
    await chat.live("C9")
    chat.language = "de"
    form = await chat.press(ANN, "rules-comment")
    assert form.form is not None

    reply = await chat.press(ANN, form.form.action.name, text="Help counts <@everyone> too little!")

    assert "Das Team erfährt es" in said(reply)
    (told,) = await waiting(chat)
    assert told == f"@{ANN.id} wrote about the rules: Help counts <@everyone> too little!"


async def test_comment_lies_encrypted_and_for_a_week_at_most(chat: Chat) -> None:
    await chat.live("C9")
    await chat.press(ANN, "rules-send", text="Help counts too little")

    ((key, content, expires),) = await chat.rows("SELECT key, content, expires FROM outbox WHERE community = :of")
    assert b"counts" not in bytes(content)
    assert ANN.id not in key
    assert expires == chat.now + HELD_DAYS * DAY_MS


async def test_one_person_writes_to_the_team_once_in_ten_minutes_and_loses_no_words(chat: Chat) -> None:
    await chat.live("C9")
    chat.now -= chat.now % (10 * A_MINUTE)  # the two that follow fall into one span of ten minutes
    first, second = [await chat.press(ANN, "rules-send", text=f"thought {n}") for n in range(2)]
    other = await chat.press(BOB, "rules-send", text="thought of Bob's")
    chat.now += 10 * A_MINUTE
    later = await chat.press(ANN, "rules-send", text="thought 2")

    assert ["will be told" in said(one) for one in (first, second, other, later)] == [True, False, True, True]
    assert "thought 1" in said(second)
    assert len(await waiting(chat)) == 3


async def test_nothing_is_asked_where_nothing_can_be_passed_on(chat: Chat) -> None:
    before_going_live = await chat.press(ANN, "rules-comment")
    await chat.live()
    without_channel = await chat.press(ANN, "rules-comment")
    sent = await chat.press(ANN, "rules-send", text="my thought")

    for reply in (before_going_live, without_channel):
        assert reply.form is None
        assert "cannot pass anything on" in said(reply)
    assert "my thought" in said(sent)
    assert await waiting(chat) == []


async def test_empty_and_endless_comments_are_cut(chat: Chat) -> None:
    await chat.live("C9")

    assert "nothing to pass on" in said(await chat.press(ANN, "rules-send", text="  \n "))
    assert "nothing to pass on" in said(await chat.press(ANN, "rules-send"))
    await chat.press(ANN, "rules-send", text="x" * 50_000)
    assert len((await waiting(chat))[0]) < 1_100


def test_writer_is_shown_as_the_platform_shows_people() -> None:
    assert said(Reply((Paragraph((Who(ANN),)),))) == f"@{ANN.id}"


async def test_comment_button_stands_below_every_part(chat: Chat) -> None:
    for reply in (await chat.say(ANN, "cairn rules"), await chat.choose(ANN, "rules-part", "0")):
        assert {one.name for one in actions(reply)} == {"rules-part", "rules-comment"}
        assert action(reply, "rules-comment").arguments == ()
