"""One's own page: where one stands, why, what is next, and what has waited; and the acts behind every point."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat.speech import Action, Jump, Paragraph
from bot.commands.door import Door
from bot.commands.registry import registry
from bot.consent.asking import Asking
from bot.gate import Purpose
from bot.sending.outbox import Letter, post
from scoring.signals import DAY_MS, Kind
from tests.bot.commands.chat import (
    ANN,
    BOB,
    CAT,
    NOW,
    TODAY,
    Chat,
    actions,
    answer,
    chatting,
    code_of,
    message,
    parts,
    said,
)


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    """A community in which Ann has a page, and has helped on two days, and Bob is only counted."""
    async with chatting(database_url) as (one, _):
        await one.with_page(ANN)
        await one.hear(answer(ANN, 1, day=TODAY - 1), answer(ANN, 2, day=TODAY - 1), answer(ANN, 3), message(BOB, 4))
        await one.settle()
        yield one


async def test_page_shows_the_bands_what_they_rest_on_and_what_is_next(chat: Chat) -> None:
    shown = said(await chat.say(ANN, "cairn me"))

    assert "no band yet" in shown  # three points of four in Helping
    assert "Helping 3/4 3 of 4" in shown
    assert "answered others in help: 3 points in Helping" in shown
    assert "You have reached host an evening" in shown
    assert "greet newcomers: 0 of 0.5 points in Around" in shown
    assert "wrote something (0.5 points)" in shown


async def test_page_speaks_the_language_of_whoever_asks(chat: Chat) -> None:
    chat.language = "de"

    shown = said(await chat.say(ANN, "cairn me"))

    assert "Du bist noch in keinem Band" in shown
    assert "nötig sind 0,5 Punkte in Around" in shown


async def test_band_is_told_with_the_day_since_when(chat: Chat) -> None:
    await chat.hear(answer(ANN, 5, day=TODAY - 2), answer(ANN, 6, day=TODAY - 2))
    await chat.settle()

    assert f"You have been in Helping since {(TODAY - 1) * DAY_MS}" in said(await chat.say(ANN, "cairn me"))


async def test_who_has_no_page_is_offered_one_and_shown_nothing(chat: Chat) -> None:
    for who in (BOB, CAT):
        for command in ("cairn me", "cairn why"):
            reply = await chat.say(who, command)

            assert [one.name for one in actions(reply)] == ["page-make", "page-leave-out", "page-kept"]
            assert "wrote something" not in said(reply)


async def test_who_is_left_out_is_told_so_and_nothing_is_kept(chat: Chat) -> None:
    await chat.choices.leave_out(chat.said(CAT))

    for command in ("cairn me", "cairn why", "cairn link", "cairn about-me"):
        reply = await chat.say(CAT, command)

        assert "You are left out" in said(reply)
        assert {one.name for one in actions(reply)} == {"page-make", "page-kept"}
    assert await chat.rows("SELECT 1 FROM account WHERE handle = :who", who=chat.keys.handle(CAT)) == []


async def test_empty_page_says_so(chat: Chat) -> None:
    await chat.with_page(CAT)

    assert "Nothing has counted within the last 60 days" in said(await chat.say(CAT, "cairn me"))
    assert "Nothing of yours has counted" in said(await chat.say(CAT, "cairn why"))


async def _lines_wait(chat: Chat, *texts: str) -> None:
    """Let private lines wait for Ann."""
    await chat.live()
    (number,) = (await chat.rows("SELECT member FROM account WHERE handle = :who", who=chat.keys.handle(ANN)))[0]
    of = chat.place.community, chat.place.space
    async with chat.database.write() as connection:
        for one in texts:
            told = (Paragraph((one,)),)
            letter = Letter(*of, one, Purpose.ANSWER, told, member=number, due=NOW, expires=NOW + DAY_MS, line=True)
            assert await post(connection, letter, chat.keys)


async def test_private_lines_are_shown_once(chat: Chat) -> None:
    await _lines_wait(chat, "somebody thanked you")

    first, second = [said(await chat.say(ANN, "cairn me")) for _ in range(2)]

    assert "somebody thanked you" in first
    assert "somebody thanked you" not in second


@pytest.mark.parametrize("use", ["cairn help", "cairn thank", "why"])
async def test_private_lines_stand_behind_whatever_their_reader_did(chat: Chat, use: str) -> None:
    chat.door = Door(chat.database, chat.keys, registry(), Asking())
    await _lines_wait(chat, "one", "two", "three", "four")

    did = [chat.press(ANN, use) if use == "why" else chat.say(ANN, use, person=BOB) for _ in range(3)]
    first, second, third = [said(await one).partition("This has waited for you")[2] for one in did]

    assert (first.split(), second.split()[:1], third) == (["one", "two", "three"], ["four"], "")


async def test_private_lines_wait_while_forms_long_answers_and_own_choices_are_in_the_way(chat: Chat) -> None:
    chat.door = Door(chat.database, chat.keys, registry(), Asking())
    await _lines_wait(chat, "somebody thanked you")
    replies = [
        await chat.press(ANN, "about-me-edit"),
        await chat.press(ANN, "page-leave-out"),
        await chat.press(ANN, "page-back"),
        await chat.say(ANN, "cairn privacy"),
    ]

    assert ["waited for you" in said(one) for one in replies] == [False] * len(replies)
    assert "somebody thanked you" in said(await chat.say(ANN, "cairn help"))


async def test_acts_come_first_then_the_rule_and_what_it_made_of_them(chat: Chat) -> None:
    reply = await chat.say(ANN, "cairn why")
    shown = said(reply)

    assert "answered others in help: 2 counted, 2 points in Helping (rule: 1 point each, at most 2 points a day)" in (
        shown
    )
    jumps = [one for one in parts(reply) if isinstance(one, Jump)]
    assert [(one.platform, one.place, one.key) for one in jumps] == [
        ("discord", "C1", "d:3"), ("discord", "C1", "d:1"), ("discord", "C1", "d:2")
    ]  # fmt: skip
    assert shown.index(str(TODAY * DAY_MS)) < shown.index(str((TODAY - 1) * DAY_MS))


async def test_multiplier_is_named_with_its_times(chat: Chat) -> None:
    await chat.press(ANN, "about-me-save", country="peru")
    await chat.settle()

    assert "2 times as much because of far away" in said(await chat.say(ANN, "cairn why"))


async def test_earlier_days_are_turned_to_one_page_after_another(chat: Chat) -> None:
    await chat.hear(*(answer(ANN, 100 + n, day=TODAY - n) for n in range(2, 9)))
    await chat.settle()
    days, reply = [], await chat.say(ANN, "cairn why")
    for _ in range(3):
        days.append([n for n in range(9) if f" {(TODAY - n) * DAY_MS} " in said(reply)])
        more = [one for one in actions(reply) if one.name == "why-more"]
        if not more:
            break
        reply = await chat.press(ANN, "why-more", *more[0].arguments)
        assert reply.replaces

    assert days == [[0, 1, 2, 3, 4], [5, 6, 7, 8]]


async def test_forged_day_shows_nothing_but_the_callers_own(chat: Chat) -> None:
    for forged in ("", "-1", "x" * 50, "9" * 40, "²", "0", "1.5"):
        shown = said(await chat.press(ANN, "why-more", forged))

        assert "d:4" not in shown
        assert "Something went wrong" not in shown


async def test_joined_accounts_show_one_page(chat: Chat) -> None:
    await chat.press(BOB, "link-join", code_of(await chat.say(ANN, "cairn link")))
    await chat.settle()

    assert said(await chat.say(BOB, "cairn me")) == said(await chat.say(ANN, "cairn me"))
    assert "wrote something" in said(await chat.say(BOB, "cairn why"))


async def test_call_is_a_contact_that_the_member_began_themselves(chat: Chat) -> None:
    await chat.say(BOB, "cairn help")
    await chat.say(CAT, "cairn help")

    met = await chat.rows("SELECT a.handle, c.met_at FROM contact c JOIN account a ON a.member = c.member")
    assert (chat.keys.handle(BOB), chat.now - 60_000) in met
    assert chat.keys.handle(CAT) not in {row[0] for row in met}


async def test_thanks_received_are_among_the_acts(chat: Chat) -> None:
    await chat.hear(message(BOB, 50, kind=Kind.THANKS, target=ANN))
    await chat.settle()

    assert "was thanked: one counted, 0.5 points in Helping" in said(await chat.say(ANN, "cairn why")).replace(
        "  ", " "
    )


def test_actions_fit_what_platforms_carry() -> None:
    assert len(Action("why-more", ("99999",)).text) <= 100
