"""What people say of themselves: it is theirs, may be empty, counts before any import's word, and is taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert, update

from bot.chat.calling import Caller
from bot.chat.speech import Form
from bot.hearing.space_settings import Consent
from bot.identity import declared
from bot.language import Words
from bot.rights.exporting import export
from bot.storage import belonging, choosing
from bot.storage.schema import attribute
from bot.storage.schema import rules as rules_table
from tests.bot.commands.chat import (
    ANN,
    BOB,
    RULES,
    Chat,
    actions,
    answer,
    chatting,
    code_of,
    message,
    said,
    settled_in,
)

ZONE = ":zone"


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    """A community in which Ann has a page and Bob is only counted."""
    async with chatting(database_url, zone="Europe/Berlin") as (one, _):
        await one.with_page(ANN)
        await one.hear(answer(ANN, 1), message(BOB, 2))
        await one.settle()
        yield one


async def zone_of(chat: Chat) -> list[str | None]:
    return [row[0] for row in await chat.rows("SELECT zone FROM contact WHERE community = :of AND zone IS NOT NULL")]


async def countries(chat: Chat) -> dict[int, str]:
    """Return the countries that count, by member."""
    async with chat.database.read() as connection:
        found = await belonging.group(connection, chat.place.community, "country")
    return {who: found.values[value] for who, value in zip(found.member.tolist(), found.value.tolist(), strict=True)}


async def imported(chat: Chat, value: str) -> None:
    """Let an import say that Ann is from somewhere."""
    ((number,),) = await chat.rows("SELECT id FROM account WHERE handle = :who", who=chat.keys.handle(ANN))
    row = {"community": chat.place.community, "account": number, "name": "country", "source": 3, "value": value}
    async with chat.database.write() as connection:
        await connection.execute(insert(attribute).values(row))


def form_of(form: Form | None) -> dict[str, str]:
    assert form is not None
    return {one.name: one.value for one in form.fields}


@pytest.mark.parametrize("typed", ["Europe/Lisbon", "europe/lisbon", " Europe/Lisbon "])
async def test_zone_is_put_down_however_it_is_typed(chat: Chat, typed: str) -> None:
    assert "Europe/Lisbon" in said(await chat.say(ANN, "cairn about-me", zone=typed))
    assert await zone_of(chat) == ["Europe/Lisbon"]


async def test_zone_that_does_not_exist_changes_nothing_and_near_ones_are_named(chat: Chat) -> None:
    await chat.say(ANN, "cairn about-me", zone="America/Lima")

    wrong = said(await chat.say(ANN, "cairn about-me", zone="Europe/Lisbonne"))

    assert "no time zone called Europe/Lisbonne" in wrong
    assert "Did you mean Europe/Lisbon," in wrong
    for forged in ("../../etc/passwd", "x" * 4_000, "Mars/Base\n<@1>", "+02:00"):
        assert "There is no time zone called" in said(await chat.press(ANN, "about-me-save", **{ZONE: forged}))
    assert await zone_of(chat) == ["America/Lima"]


async def test_suggested_zones_begin_with_what_is_typed_and_tell_the_time(chat: Chat) -> None:
    async def suggested(typed: str) -> list[str]:
        wanted = ("cairn about-me", "zone", typed)
        return [one.label for one in await chat.door.suggest(Caller(ANN), chat.now, wanted, chat.place)]

    assert (await suggested("lis"))[0] == "Europe/Lisbon (12:00)"
    assert (await suggested("new y"))[0] == "America/New_York (07:00)"
    assert (await suggested(""))[0] == "Europe/Berlin (13:00)"
    assert await suggested("nowhere at all") == []
    assert len(await suggested("a")) == 25


async def test_form_shows_what_is_there_and_empty_takes_it_back(chat: Chat) -> None:
    await chat.press(ANN, "about-me-save", **{ZONE: "Asia/Tokyo", "country": "  Peru\n ", "gender": "woman"})

    form = (await chat.press(ANN, "about-me-edit", "0")).form
    assert form_of(form) == {ZONE: "Asia/Tokyo", "country": "Peru", "gender": "woman"}

    await chat.press(ANN, "about-me-save", **{ZONE: "", "country": "", "gender": "woman"})
    assert await zone_of(chat) == []
    assert await countries(chat) == {}
    assert form_of((await chat.press(ANN, "about-me-edit")).form)["gender"] == "woman"


async def test_sensitive_groups_are_explained(chat: Chat) -> None:
    reply = await chat.say(ANN, "cairn about-me")
    form = (await chat.press(ANN, "about-me-edit", "0")).form

    assert "gender (sensitive)" in said(reply)
    assert form is not None
    assert ["never scored" in one.hint for one in form.fields] == [False, False, True]


async def test_what_is_said_multiplies_and_is_spelled_as_the_rules_spell_it(chat: Chat) -> None:
    points = "SELECT sum(points) FROM tally WHERE community = :of AND type = 1"
    ((before,),) = await chat.rows(points)

    await chat.press(ANN, "about-me-save", country="PERU")
    await chat.settle()
    ((doubled,),) = await chat.rows(points)
    await chat.press(ANN, "about-me-save", country="")
    await chat.settle()

    assert (doubled, await chat.rows(points)) == (2 * before, [(before,)])


async def test_own_word_counts_before_an_imports_also_when_it_is_empty(chat: Chat) -> None:
    await imported(chat, "Laos")
    (who,) = await countries(chat)
    assert (await countries(chat))[who] == "Laos"
    assert "Laos" in said(await chat.say(ANN, "cairn about-me"))

    await chat.press(ANN, "about-me-save", country="Peru")
    assert (await countries(chat))[who] == "Peru"

    await chat.press(ANN, "about-me-save", country="")
    assert await countries(chat) == {}
    assert "Laos" not in said(await chat.say(ANN, "cairn about-me"))


async def test_handles_lie_encrypted_are_shown_and_taken_back(chat: Chat) -> None:
    await chat.press(
        ANN,
        "about-me-save",
        **{
            "handle:github": "https://github.com/ann-in-garden/",
            "handle:mastodon": "https://social.example/@ann",
            "handle:orcid": "0000-0002-1825-009x",
        },
    )

    shown = said(await chat.say(ANN, "cairn about-me"))
    assert all(one in shown for one in ("ann-in-garden", "ann@social.example", "0000-0002-1825-009X"))
    stored = dict(await chat.rows("SELECT name, value FROM attribute WHERE community = :of"))
    assert "ann" not in stored["handle:github"]
    assert declared.opened(chat.keys, "handle:github", stored["handle:github"]) == "ann-in-garden"

    await chat.press(ANN, "about-me-save", **{"handle:github": ""})
    assert "ann-in-garden" not in said(await chat.say(ANN, "cairn about-me"))


async def test_export_holds_handles_as_they_were_given(chat: Chat) -> None:
    await chat.press(ANN, "about-me-save", **{"handle:github": "ann-in-garden"})
    async with chat.database.read() as connection:
        whose = await choosing.family(connection, chat.place.community, chat.keys.handle(ANN))
    assert whose is not None

    copy = await export(chat.database, chat.keys, (chat.place.community, whose), Words("en"))

    assert b"ann-in-garden" in copy.whole


async def test_what_is_no_handle_is_said_and_the_rest_is_kept(chat: Chat) -> None:
    given = {"github": "no spaces allowed", "gitlab": "ann", "mastodon": "ann", "orcid": "1"}

    reply = said(await chat.press(ANN, "about-me-save", **{f"handle:{one}": value for one, value in given.items()}))

    refused = [one for one in ("GitHub", "GitLab", "Mastodon", "ORCID") if f"names on {one} look like" in reply]
    assert refused == ["GitHub", "Mastodon", "ORCID"]
    assert "GitLab ann" in reply


async def test_nothing_is_kept_under_names_that_nobody_asks_about(chat: Chat) -> None:
    await chat.press(ANN, "about-me-save", salary="high", **{"handle:bank": "x", "zone": "UTC", "": "x", "band": "Top"})

    assert await chat.rows("SELECT name FROM attribute WHERE community = :of") == []
    assert await zone_of(chat) == []


async def test_hostile_values_become_one_short_line(chat: Chat) -> None:
    hostile = "@everyone\n\u202e<@1> \0" + "x" * 10_000

    await chat.press(ANN, "about-me-save", country=hostile)

    (value,) = (await countries(chat)).values()
    assert len(value) <= declared.LONGEST
    assert value.isprintable()
    assert value.startswith("@everyone <@1>")


async def test_joined_accounts_say_one_thing(chat: Chat) -> None:
    await chat.press(BOB, "about-me-save", **{"country": "Laos", ZONE: "Asia/Vientiane"})
    await chat.press(BOB, "link-join", code_of(await chat.say(ANN, "cairn link")))
    await chat.press(ANN, "about-me-save", **{"country": "Peru", ZONE: "America/Lima"})

    assert list((await countries(chat)).values()) == ["Peru"]
    assert await zone_of(chat) == ["America/Lima"]
    await chat.press(BOB, "about-me-save", **{"country": "", ZONE: ""})
    assert (await countries(chat), await zone_of(chat)) == ({}, [])


async def test_another_communitys_words_are_neither_seen_nor_changed(database_url: str) -> None:
    async with chatting(database_url) as (chat, intake):
        there = chat.elsewhere(await settled_in(chat.database, intake, "Elsewhere"))
        await chat.press(ANN, "about-me-save", **{"country": "Peru", ZONE: "America/Lima"})
        await there.press(ANN, "about-me-save", country="Laos")

        assert list((await countries(chat)).values()) == ["Peru"]
        assert "Peru" not in said(await there.say(ANN, "cairn about-me"))
        assert (await zone_of(chat), await zone_of(there)) == (["America/Lima"], [])


async def test_who_is_left_out_tells_nothing(chat: Chat) -> None:
    await chat.choices.leave_out(chat.said(BOB))

    for reply in (
        await chat.press(BOB, "about-me-save", country="Peru"),
        await chat.press(BOB, "about-me-edit", "0"),
        await chat.press(BOB, "about-me-handles"),
        await chat.say(BOB, "cairn about-me", zone="UTC"),
    ):
        assert "You are left out" in said(reply)
    assert await countries(chat) == {}


async def test_strict_space_keeps_nothing_before_a_yes(database_url: str) -> None:
    async with chatting(database_url, consent=Consent.STRICT) as (chat, _):
        reply = await chat.press(BOB, "about-me-save", country="Peru")

        assert "page-make" in {one.name for one in actions(reply)}
        assert await chat.rows("SELECT 1 FROM account WHERE community = :of") == []


async def test_every_group_has_a_place_in_some_form(chat: Chat) -> None:
    names = [f"g{n}" for n in range(9)]
    rules = (
        RULES.replace("[country, gender]", str(names)).replace("[gender]", "[]").replace("group: country", "group: g0")
    )
    async with chat.database.write() as connection:
        await connection.execute(update(rules_table).values(text=rules))

    pages = [one.arguments for one in actions(await chat.say(ANN, "cairn about-me")) if one.name == "about-me-edit"]
    asked = [form_of((await chat.press(ANN, "about-me-edit", *page)).form) for page in pages]

    assert [name for form in asked for name in form if name != ZONE] == names
    assert max(map(len, asked)) <= 5
