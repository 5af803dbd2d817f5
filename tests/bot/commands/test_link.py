"""Accounts are joined by a code made with one and given with the other, and parted again; forgeries do neither."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.hearing.space_settings import Consent
from bot.identity.joining import CODE_MS
from bot.storage import people
from scoring.signals import Account
from tests.bot.commands.chat import (
    ANN,
    BOB,
    CAT,
    DAN,
    Chat,
    action,
    actions,
    another_space,
    chatting,
    code_of,
    message,
    said,
    settled_in,
)

SLACK = Account("slack", "T1", "U7")
PAGES = "SELECT id, page FROM member WHERE community = :of ORDER BY id"


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    """A community in which four people have written."""
    async with chatting(database_url) as (one, _):
        await one.hear(*(message(who, n) for n, who in enumerate((ANN, BOB, CAT, DAN))))
        yield one


async def families(chat: Chat) -> list[set[str]]:
    """Return who is one person: the pseudonyms of each member's accounts, where they are several."""
    found: dict[int, set[str]] = {}
    for member, handle in await chat.rows("SELECT member, handle FROM account WHERE community = :of"):
        found.setdefault(member, set()).add(handle)
    return [one for one in found.values() if len(one) > 1]


async def tallies(chat: Chat) -> list[tuple[int, ...]]:
    return await chat.rows("SELECT member, day, type, points FROM tally WHERE community = :of ORDER BY 1, 2, 3")


def both(chat: Chat, *who: Account) -> list[set[str]]:
    return [{chat.keys.handle(one) for one in who}]


async def test_code_joins_after_the_person_saw_whose_it_is(chat: Chat) -> None:
    code = code_of(await chat.say(ANN, "cairn link"))

    asked = await chat.say(SLACK, "cairn link", code=code.lower())

    assert f"This code is from discord {ANN.id}" in said(asked)
    assert await families(chat) == []
    yes = action(asked, "link-join")
    joined = await chat.press(SLACK, yes.name, *yes.arguments)
    assert joined.replaces
    assert await families(chat) == both(chat, ANN, SLACK)
    assert f"@{SLACK.id}" in said(joined)
    assert f"discord {ANN.id}" in said(joined)


async def test_no_joins_nothing(chat: Chat) -> None:
    asked = await chat.say(BOB, "cairn link", code=code_of(await chat.say(ANN, "cairn link")))

    assert "Nothing was joined" in said(await chat.press(BOB, action(asked, "link-stop").name))
    assert await families(chat) == []


async def test_code_lies_as_a_hash_and_is_gone_once_used(chat: Chat) -> None:
    code = code_of(await chat.say(ANN, "cairn link"))
    stored = str(await chat.rows("SELECT * FROM link_code WHERE community = :of"))
    assert code.replace("-", "") not in stored

    await chat.press(BOB, "link-join", code)

    assert await chat.rows("SELECT 1 FROM link_code WHERE community = :of") == []
    assert "does not hold" in said(await chat.press(CAT, "link-join", code))
    assert await families(chat) == both(chat, ANN, BOB)


async def test_code_is_used_once_also_in_a_race(chat: Chat) -> None:
    code = code_of(await chat.say(ANN, "cairn link"))

    replies = await asyncio.gather(*(chat.press(who, "link-join", code) for who in (BOB, CAT, DAN)))

    assert sum("are joined" in said(one) for one in replies) == 1
    assert [len(one) for one in await families(chat)] == [2]


async def test_code_ends_after_a_quarter_of_an_hour(chat: Chat) -> None:
    first, second = code_of(await chat.say(ANN, "cairn link")), code_of(await chat.say(CAT, "cairn link"))
    chat.now += CODE_MS - 4 * 60_000
    assert "are joined" in said(await chat.press(BOB, "link-join", first))
    chat.now += 4 * 60_000
    assert "does not hold" in said(await chat.say(DAN, "cairn link", code=second))
    assert "does not hold" in said(await chat.press(DAN, "link-join", second))


async def test_new_code_ends_the_one_before(chat: Chat) -> None:
    first, second = code_of(await chat.say(ANN, "cairn link")), code_of(await chat.say(ANN, "cairn link"))

    assert "does not hold" in said(await chat.press(BOB, "link-join", first))
    assert "are joined" in said(await chat.press(BOB, "link-join", second))


async def test_own_code_and_codes_of_ones_joined_accounts_join_nothing(chat: Chat) -> None:
    code = code_of(await chat.say(ANN, "cairn link"))
    assert "very account" in said(await chat.say(ANN, "cairn link", code=code))
    assert "very account" in said(await chat.press(ANN, "link-join", code))
    await chat.press(BOB, "link-join", code)

    assert "joined already" in said(await chat.press(BOB, "link-join", code_of(await chat.say(ANN, "cairn link"))))


async def test_guesses_and_forgeries_join_nothing(chat: Chat) -> None:
    await chat.say(ANN, "cairn link")

    for forged in ("", "A", "AAAAAAAAAA", "x" * 5_000, "'; DROP TABLE link_code; --", "²²²²²", "%", "\0"):
        assert "does not hold" in said(await chat.press(BOB, "link-join", forged))
        chat.now += 60_000
    assert await families(chat) == []


async def test_code_holds_in_its_own_community_only(database_url: str) -> None:
    async with chatting(database_url) as (chat, intake):
        there = chat.elsewhere(await settled_in(chat.database, intake, "Elsewhere"))
        near = chat.elsewhere(await another_space(chat.database, intake, chat.place.community, "888"))
        code = code_of(await chat.say(ANN, "cairn link"))

        assert "does not hold" in said(await there.press(BOB, "link-join", code))
        assert "are joined" in said(await near.press(CAT, "link-join", code))
        assert await families(there) == []


async def test_page_of_one_becomes_that_of_both(chat: Chat) -> None:
    await chat.with_page(ANN)
    await chat.press(BOB, "link-join", code_of(await chat.say(ANN, "cairn link")))
    await chat.settle()

    assert "wrote something" in said(await chat.say(BOB, "cairn me"))
    told = await chat.rows("SELECT what, value, version FROM choice WHERE community = :of AND value = 'joined'")
    assert told == [("page", "joined", "link 1")]


async def test_page_that_came_with_joining_goes_with_parting(chat: Chat) -> None:
    await chat.with_page(ANN)
    before = await chat.rows(PAGES)
    for _ in range(2):
        await chat.press(BOB, "link-join", code_of(await chat.say(ANN, "cairn link")))
        assert [page for _, page in await chat.rows(PAGES)][:2] == [True, True]
        mine = [one for one in actions(await chat.say(BOB, "cairn link")) if one.name == "link-part"]
        await chat.press(BOB, "link-part", *mine[0].arguments)
        assert await chat.rows(PAGES) == before
    assert await chat.choices.by_role(chat.said(BOB)), "joining and parting is no word about a page of their own"


async def test_page_made_while_joined_stays_with_both(chat: Chat) -> None:
    await chat.press(BOB, "link-join", code_of(await chat.say(ANN, "cairn link")))
    await chat.with_page(BOB)
    mine = [one for one in actions(await chat.say(BOB, "cairn link")) if one.name == "link-part"]
    await chat.press(BOB, "link-part", *mine[0].arguments)

    assert [page for _, page in await chat.rows(PAGES)][:2] == [True, True]


async def test_who_left_themselves_out_meanwhile_is_not_joined(chat: Chat) -> None:
    code = code_of(await chat.say(ANN, "cairn link"))
    await chat.choices.leave_out(chat.said(ANN))

    assert "does not hold" in said(await chat.press(BOB, "link-join", code))
    assert "You are left out" in said(await chat.press(ANN, "link-join", "AAAAAAAAAA"))
    assert await families(chat) == []


async def test_strict_space_joins_nobody_before_a_yes(database_url: str) -> None:
    async with chatting(database_url, consent=Consent.STRICT) as (chat, _):
        await chat.with_page(BOB)
        code = code_of(await chat.say(BOB, "cairn link"))

        assert "page-make" in {one.name for one in actions(await chat.say(ANN, "cairn link"))}
        assert "does not hold" in said(await chat.press(ANN, "link-join", code))
        assert await chat.rows("SELECT 1 FROM account WHERE handle = :who", who=chat.keys.handle(ANN)) == []


async def test_joined_accounts_are_parted_again_and_everything_is_as_before(chat: Chat) -> None:
    await chat.settle()
    before = await tallies(chat)
    await chat.press(BOB, "link-join", code_of(await chat.say(ANN, "cairn link")))
    await chat.settle()
    assert await tallies(chat) != before

    shown = await chat.say(ANN, "cairn link")
    mine = [one for one in actions(shown) if one.name == "link-part"]
    assert len(mine) == 2
    assert "stands by itself" in said(await chat.press(ANN, "link-part", *mine[1].arguments))
    await chat.settle()

    assert await families(chat) == []
    assert await tallies(chat) == before
    assert "nothing to part" in said(await chat.press(ANN, "link-part", *mine[1].arguments))


async def test_one_of_three_leaves_and_the_others_stay_together(chat: Chat) -> None:
    for who in (BOB, CAT):
        await chat.press(who, "link-join", code_of(await chat.say(ANN, "cairn link")))
    ((number,),) = await chat.rows("SELECT id FROM account WHERE handle = :who", who=chat.keys.handle(ANN))

    await chat.press(ANN, "link-part", str(number))

    assert await families(chat) == both(chat, BOB, CAT)


async def test_undoing_an_import_parts_whom_only_it_held_together(chat: Chat) -> None:
    numbers = dict(await chat.rows("SELECT handle, id FROM account WHERE community = :of"))
    ann, bob, cat = (numbers[chat.keys.handle(who)] for who in (ANN, BOB, CAT))
    async with chat.database.write() as connection:
        await people.join_accounts(connection, chat.place.community, 5, [(ann, bob)], 10_000)
    await chat.press(CAT, "link-join", code_of(await chat.say(BOB, "cairn link")))
    assert [len(one) for one in await families(chat)] == [3]

    await chat.press(BOB, "link-part", str(bob))
    assert await families(chat) == both(chat, ANN, CAT)
    async with chat.database.write() as connection:
        await people.part_accounts(connection, chat.place.community, 5)

    assert await families(chat) == []


async def test_others_accounts_are_never_parted(chat: Chat) -> None:
    await chat.press(BOB, "link-join", code_of(await chat.say(ANN, "cairn link")))
    numbers = [row[0] for row in await chat.rows("SELECT id FROM account WHERE community = :of")]

    for forged in (*map(str, numbers), "0", "-1", "9" * 60, "²", "x", ""):
        assert "nothing to part" in said(await chat.press(CAT, "link-part", forged))
    assert await families(chat) == both(chat, ANN, BOB)
