"""Who may do what, generated from the commands there are: every command, button, list, form and menu, by every kind of
caller; and whatever is forged, nothing of another community is reached.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Column, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.calling import Aim, Call, Caller, ChannelNow, Menu, RoleNow
from bot.chat.speech import Action, Asks, Reply
from bot.commands.door import Door, Place
from bot.commands.registry import registry
from bot.commands.spec import Role
from bot.hearing.space_settings import Listed
from bot.language import Words
from bot.storage.schema import metadata
from scoring.signals import Account, Kind
from tests.bot.commands.chat import (
    ANN,
    BOB,
    CAT,
    CHAT,
    HELP,
    TODAY,
    Chat,
    answer,
    chatting,
    message,
    said,
    settled_in,
)

WORDS = Words("en")
MODERATOR, MANAGER, CHIEF = ("10", "Mods"), ("11", "Heads"), ("20", "Chiefs")
ROLES = {"moderators": Listed.of(["10"]), "managers": Listed.of(["11"])}
ELSEWHERE = {"moderators": Listed.of(["10"]), "managers": Listed.of(["20"])}
FORGERIES = 1_000
SECRET = "mirage"
FAILED = WORDS.plain("common.failed", number="#").split("#")[0]
COMMANDS = registry().commands
CALLED = [(f"/{one.path}", one.role, Call(Caller(ANN), 0, one.path)) for one in COMMANDS]
PRESSED = [
    (name, act.role, Call(Caller(ANN), 0, action=Action(name))) for one in COMMANDS for name, act in one.acts.items()
]
USED = [
    (f"{menu.value} menu {one.path}", one.role, Call(Caller(ANN), 0, one.path, aim=Aim(BOB, "C2", "d:4", 0)))
    for one in COMMANDS
    for menu in one.menus
]
ALL = {name: (role, call) for name, role, call in (*CALLED, *PRESSED, *USED)}


@dataclass(frozen=True, slots=True)
class Kindred:
    """A kind of caller: which roles they have by now, and up to what they may do (None: nothing)."""

    may: Role | None
    roles: frozenset[tuple[str, str]] = frozenset()
    runs_space: bool = False
    bot: bool = False


CALLERS = {
    "machine": Kindred(None, frozenset({MANAGER}), runs_space=True, bot=True),
    "member": Kindred(Role.EVERYONE),
    "moderator": Kindred(Role.MODERATOR, frozenset({MODERATOR})),
    "manager": Kindred(Role.MANAGER, frozenset({MANAGER})),
    "owner": Kindred(Role.MANAGER, runs_space=True),
    "manager of another community": Kindred(Role.EVERYONE, frozenset({CHIEF})),
    "who calls a role of theirs by an id": Kindred(Role.EVERYONE, frozenset({("99", "Head"), ("98", "110")})),
}


@pytest.fixture
async def chat(database_url: str) -> AsyncIterator[Chat]:
    """A community of people with pages."""
    async with chatting(database_url, **ROLES) as (one, _):
        await one.with_page(ANN, BOB)
        await one.hear(message(ANN, 3), message(BOB, 4), answer(ANN, 5))
        await one.settle()
        yield one


def answers(door: Door, place: Place) -> Any:
    """Return what asks the door, each time as somebody else, so that nobody calls too often."""
    numbers = itertools.count(5_000)

    async def asked(call: Call, kind: Kindred, who: Account | None = None) -> Reply:
        number = next(numbers)
        account = who or Account("discord", "", str(number), bot=kind.bot)
        caller = Caller(account, kind.roles, kind.runs_space, "en", kind.bot)
        at = TODAY * 86_400_000 + number * 60_000
        return await door.answer(
            Call(caller, at, call.command, call.action, call.given, call.chosen, "C2", call.aim, call.look), place
        )

    return asked


def refusal(role: Role, kind: Kindred) -> str | None:
    """Return with which words a caller is refused what asks for a role, None where they may."""
    if kind.may is None:
        return WORDS.plain("common.unknown")
    if kind.may >= role:
        return None
    whom = WORDS.plain("common.managers" if role is Role.MANAGER else "common.moderators")
    return WORDS.plain("common.not_allowed", whom=whom)


@pytest.mark.parametrize("kind", CALLERS)
async def test_every_command_button_and_menu_is_for_whom_it_is_made_for_and_nobody_else(chat: Chat, kind: str) -> None:
    ask, who = answers(chat.door, chat.place), CALLERS[kind]
    not_allowed = {refusal(role, CALLERS["member"]) for role in Role}
    expected, found, broken = {}, {}, []
    for name, (role, call) in ALL.items():
        reply = said(await ask(call, who))
        expected[name] = refusal(role, who)
        found[name] = reply if who.bot or reply in not_allowed else None
        broken += [name] if FAILED in reply else []

    assert found == expected
    assert broken == []


async def test_role_that_is_lost_is_lost_at_the_next_call(chat: Chat) -> None:
    ask = answers(chat.door, chat.place)
    staff = {name: call for name, (role, call) in ALL.items() if role is not Role.EVERYONE}
    name, call = next(iter(staff.items()))
    assert WORDS.plain("common.not_allowed", whom=WORDS.plain("common.managers")) != said(
        await ask(call, CALLERS["manager"], CAT)
    ), name

    later = {name: said(await ask(call, CALLERS["member"], CAT)) for name, call in staff.items()}

    assert {name for name, reply in later.items() if "This is for" not in reply} == set()


EXCLUDES = {
    "moderator": {"member": True, "moderator": True, "manager": False, "owner": False},
    "manager": {"member": True, "moderator": True, "manager": True, "owner": True},
    "owner": {"member": True, "moderator": True, "manager": True, "owner": True},
}
"""Who may leave whom out, or the role that they hold."""


@dataclass(frozen=True, slots=True)
class Around:
    """A platform on which everybody else is of one kind."""

    of: Kindred

    async def channel(self, place: str) -> ChannelNow | None:
        return None

    async def person(self, who: Account) -> Caller | None:
        return Caller(who, self.of.roles, self.of.runs_space)

    async def role(self, role: str) -> RoleNow | None:
        return RoleNow("", self.of.runs_space)


@pytest.mark.parametrize("by", EXCLUDES)
async def test_nobody_decides_that_those_above_them_do_not_count(chat: Chat, by: str) -> None:
    ask, refused = answers(chat.door, chat.place), WORDS.plain("team.not_below")
    people, roles = {}, {}
    for whom in EXCLUDES[by]:
        around = Around(CALLERS[whom])
        person = Call(Caller(ANN), 0, "cairn-team exclude person", given={"who": BOB}, look=around)
        people[whom] = refused not in said(await ask(person, CALLERS[by]))
        for number, _ in CALLERS[whom].roles or {("30", "")}:
            role = Call(Caller(ANN), 0, "cairn-team exclude role", given={"role": number}, look=around)
            roles[whom] = refused not in said(await ask(role, CALLERS[by]))

    assert people == EXCLUDES[by]
    assert roles == EXCLUDES[by]


def test_matrix_covers_every_entrance_there_is() -> None:
    offered = {f"/{one.path}" for one in registry().offered(WORDS) if one.menu is None}

    assert offered | {name for one in COMMANDS for name in one.acts} <= set(ALL)
    assert {one.path for one in registry().offered(WORDS) if one.menu} <= {call.command for _, _, call in USED}
    assert {menu for one in COMMANDS for menu in one.menus} <= set(Menu)


@pytest.mark.parametrize("one", COMMANDS, ids=[one.path for one in COMMANDS])
def test_nothing_that_a_command_leads_to_is_for_more_people_than_its_root_says(one: Any) -> None:
    root = one.path.split()[0]

    assert root in ("cairn", "cairn-team")
    assert (one.role is Role.EVERYONE) == (root == "cairn")


async def test_suggestions_are_for_those_only_who_may_use_the_command(chat: Chat) -> None:
    asked = [(one, option) for one in COMMANDS for option in one.options if option.suggest is not None]
    for one, option in asked:
        for kind in CALLERS.values():
            if refusal(one.role, kind) is not None:
                caller = Caller(CAT, kind.roles, kind.runs_space, bot=kind.bot)
                wanted = (one.path, option.name, "")
                assert await chat.door.suggest(caller, chat.now, wanted, chat.place) == ()


async def test_forged_ids_of_another_community_reach_nothing_of_it(database_url: str) -> None:
    async with chatting(database_url, **ROLES) as (here, intake):
        place = await settled_in(here.database, intake, "Elsewhere", **ELSEWHERE)
        there = here.elsewhere(place)
        await _fill(here, there)
        before, ids = await _rows_of(there), await _ids(there)
        ask, dice = answers(here.door, here.place), random.Random(7)  # noqa: S311 - which forgery is tried, no secret
        failed, told, names = [], [], set()
        for call in itertools.islice(_forged(dice, ids), FORGERIES):
            reply = await ask(call, CALLERS["manager"])
            names.add(call.action.name if call.action else call.command)
            failed += [call] if FAILED in said(reply) else []
            told += [call] if SECRET in repr(reply) else []

        assert (failed, told) == ([], [])
        assert await _rows_of(there) == before
        assert names >= {name for one in COMMANDS for name in one.acts}


async def _fill(here: Chat, there: Chat) -> None:
    """Let people do things in both communities, and put a row of the other one's into every table that can hold it.

    But for an erasure: one that was broken off is finished by whoever asks for another, in whatever community.
    """
    for chat in (here, there):
        await chat.with_page(ANN, BOB)
        await chat.hear(message(ANN, 3, context=CHAT), answer(ANN, 5), message(BOB, 4, context=HELP))
        await chat.hear(message(BOB, 6, kind=Kind.THANKS, target=ANN))
        await chat.settle()
    await there.press(ANN, "about-me-save", country=SECRET, **{"handle:github": SECRET})
    await there.press(CAT, "link-join", "")
    async with here.database.write() as connection:
        for table in metadata.sorted_tables:
            if table.name == "erasure" or not {"community", "space"} & set(table.c.keys()):
                continue
            row = {one.name: await _value(connection, one, there) for one in table.columns if not one.nullable}
            row.pop("id", None)
            if not (await connection.execute(select(table).where(*_whose(table, there)).limit(1))).first():
                await connection.execute(insert(table).values(row))


async def _value(connection: AsyncConnection, column: Column[Any], there: Chat) -> Any:
    """Return something of the other community that a column takes."""
    if column.name == "community":
        return there.place.community
    if column.name == "space":
        return there.place.space
    for key in column.foreign_keys:
        return (await connection.execute(select(func.max(key.column)))).scalar_one()
    if column.name in ("about", "result", "settings"):
        return json.dumps({SECRET: SECRET})
    return {int: 1, str: SECRET, bool: False, bytes: b"x"}[column.type.python_type]


def _whose(table: Any, there: Chat) -> Iterator[Any]:
    if "community" in table.c:
        yield table.c.community == there.place.community
    elif "space" in table.c:
        yield table.c.space == there.place.space


async def _rows_of(there: Chat) -> dict[str, list[str]]:
    """Return every row that is the other community's."""
    found = {}
    async with there.database.read() as connection:
        for table in metadata.sorted_tables:
            whose = list(_whose(table, there))
            if whose:
                rows = (await connection.execute(select(table).where(*whose))).fetchall()
                found[table.name] = sorted(map(repr, map(tuple, rows)))
        rows = (await connection.execute(text("SELECT * FROM community"))).fetchall()
        found["community"] = [repr(tuple(row)) for row in rows if row[0] == there.place.community]
    return found


async def _ids(there: Chat) -> list[str]:
    """Return all that could stand for something of the other community's in an action."""
    found = {str(there.place.community), str(there.place.space), *(one.id for one in (ANN, BOB, CAT))}
    async with there.database.read() as connection:
        for table in metadata.sorted_tables:
            whose = list(_whose(table, there))
            for row in (await connection.execute(select(table).where(*whose))).fetchall() if whose else ():
                found |= {str(one) for one in row if isinstance(one, int | str) and 0 < len(str(one)) <= 60}
    return sorted(one for one in found if SECRET not in one)  # what was given may be told again


def _forged(dice: random.Random, ids: list[str]) -> Iterator[Call]:
    """Yield calls about things of the other community: every action and command in turn."""
    wanted: list[tuple[str, Any]] = [(name, None) for one in COMMANDS for name in one.acts]
    wanted += [("", one) for one in COMMANDS]
    fields = sorted({option.name for one in COMMANDS for option in one.options} | {"text", "country", "code", "handle"})
    while True:
        for name, command in wanted:
            some = [dice.choice(ids) for _ in range(4)]
            given: dict[str, Any] = {one: dice.choice(ids) for one in dice.sample(fields, 3)}
            if command is not None:
                given = {option.name: _given(dice, ids, option.asks) for option in command.options}
            aim = Aim(dice.choice((ANN, BOB, CAT)), "C2", "d:4", TODAY * 86_400_000) if dice.random() < 0.2 else Aim()
            action = Action(name, tuple(some[: dice.randint(0, 3)])) if name else None
            chosen = tuple(some[: dice.randint(0, 2)])
            yield Call(Caller(ANN), 0, command.path if command else "", action, given, chosen, "C2", aim)


def _given(dice: random.Random, ids: list[str], asks: Asks) -> Any:
    """Return what a platform could hand over for an option of a kind."""
    match asks:
        case Asks.PERSON:
            return Account("discord", "", dice.choice((ANN.id, BOB.id, dice.choice(ids))))
        case Asks.NUMBER:
            return float(next((one for one in dice.sample(ids, len(ids)) if one.isdecimal()), "1"))
        case Asks.YES_OR_NO:
            return dice.random() < 0.5
        case Asks.DAY:
            return dice.choice(("2026-02-01", dice.choice(ids)))
        case Asks.FILE:
            return None
        case _:
            return dice.choice(ids)
