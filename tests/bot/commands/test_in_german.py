"""A community that speaks German reads no English: the default Mountain, all commands of members, and the copy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.chat.calling import Call, Caller
from bot.chat.speech import Action, File, Reply, Select
from bot.rules import parse_rules
from bot.storage import communities
from scoring.signals import Account, Context, Kind
from tests.bot.commands.chat import (
    ANN,
    BOB,
    CAT,
    TODAY,
    Chat,
    another_space,
    chatting,
    message,
    parts,
    said,
)
from tests.bot.languages import ENGLISH

DEFAULT = Path(__file__).parents[3] / "mountain.yaml"
PLACE, ROUND = Context("C9", "plausch"), Context("", "", programme="Runde", role="mentor")
LEADER = ("7", "Heads")


@pytest.fixture
async def berg(database_url: str) -> AsyncIterator[Chat]:
    """A community of the default Mountain that speaks German, in which things were done."""
    rules = DEFAULT.read_text(encoding="utf-8")
    async with chatting(database_url) as (chat, intake):
        async with chat.database.write() as connection:
            version = parse_rules(rules, DEFAULT.name).version
            one = await communities.found(connection, "Berg", rules, version, DEFAULT.name)
        place = await another_space(chat.database, intake, one.id, "900", language="de", minimum_age=16)
        there = chat.elsewhere(place)
        there.language = "de"
        await there.with_page(ANN)
        await there.hear(
            *(message(ANN, n, day=TODAY - n, context=PLACE) for n in range(3)),
            message(ANN, 10, context=ROUND, kind=Kind.PARTICIPATION),
            message(BOB, 11, context=PLACE, kind=Kind.THANKS, target=ANN),
            *(message(ANN, 20 + n, kind=kind, context=PLACE) for n, kind in enumerate(
                (Kind.THREAD, Kind.JOIN, Kind.STAY, Kind.RSVP, Kind.ATTENDANCE, Kind.POLL_VOTE, Kind.ROLE, Kind.LOGGED)
            )),
        )  # fmt: skip
        await there.settle()
        yield there


def read(reply: Reply) -> str:
    """Return all that is read of a reply: its words, what there is to choose, and the copy in words."""
    choices = [one.label for part in parts(reply) if isinstance(part, Select) for one in part.choices]
    files = [one.content.decode() for one in reply.blocks if isinstance(one, File) and one.name.endswith(".txt")]
    return " ".join((said(reply), *choices, *files))


async def as_leader(chat: Chat, command: str = "", act: str = "", **given: Any) -> Reply:
    """Give a command, or press a button, as somebody who may do everything."""
    name, *arguments = act.split(":")
    caller = Caller(CAT, frozenset({LEADER}), locale="de")
    action = Action(name, tuple(arguments)) if act else None
    chat.now += 60_000
    return await chat.door.answer(Call(caller, chat.now, command, action, given=given), chat.place)


async def test_members_read_no_english(berg: Chat) -> None:
    commands = ("me", "why", "rules", "page", "privacy", "about-me", "link", "help")
    told = {one: read(await berg.say(ANN, f"cairn {one}")) for one in commands}
    standing = told["me"]
    berg.now += 600_000
    told |= {
        f"part {n}": read(await berg.choose(ANN, "rules-part", n)) for n in ("0", "1", "2", "3", "4", "more", "steps")
    }
    berg.now += 600_000
    presses = ("privacy-looks", "privacy-correct", "privacy-stop", "privacy-forget", "privacy-young", "privacy-export",
               "rules-comment", "about-me-edit", "about-me-handles", "page-bring", "page-quiet", "me", "page-quiet-end",
               "page-leave-out", "page", "privacy", "page-back", "page-make", "page-close")  # fmt: skip
    told |= {one: read(await berg.press(ANN, one)) for one in presses}

    assert {one: found for one, text in told.items() if (found := ENGLISH.findall(text))} == {}
    assert all("Lernen" in one for one in (told["me"], standing))
    assert "hat eine Nachricht geschrieben" in told["why"]
    assert "Zeit in einem Sprachkanal" in told["privacy-correct"]
    assert "kommt nichts von selbst zu dir; so hast du es gewählt" in told["me"]
    assert "Jetzt beenden" in told["me"]
    assert told["page-quiet-end"].startswith("Ab jetzt geht es weiter")


async def test_the_team_reads_no_english(berg: Chat) -> None:
    given: dict[str, dict[str, Any]] = {
        "log": {"who": ANN, "what": "was-seen"},
        "member": {"who": ANN},
        "rules edit": {"type": "was-thanked"},
    }
    plain = ("undo", "jobs", "report", "rules show", "rules rehearse", "setup", "note", "programme show",
             "chapter list", "event list", "exclude list", "merge", "pause", "resume")  # fmt: skip
    told = {}
    for one in (*given, *plain):
        berg.now += 60_000
        told[one] = read(await as_leader(berg, f"cairn-team {one}", **given.get(one, {})))
    suggested = await berg.door.suggest(
        Caller(CAT, frozenset({LEADER}), locale="de"), berg.now, ("cairn-team log", "what", ""), berg.place
    )
    told["suggested"] = " ".join(one.label for one in suggested)

    assert {one: found for one, text in told.items() if (found := ENGLISH.findall(text))} == {}
    assert "hat Dank von anderen bekommen" in told["rules show"]
    assert "hat etwas getan, das die Moderation notiert hat" in told["suggested"]


async def test_strangers_read_no_english(berg: Chat) -> None:
    stranger = Account("discord", "", "555000000000000005")

    assert ENGLISH.findall(read(await berg.say(stranger, "cairn me"))) == []
