"""The door: who may call what, how often, and what a caller is told when something goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from bot.chat.calling import Call, Caller
from bot.chat.speech import Action, Choice, Paragraph, Reply
from bot.commands.door import CALLS_A_MINUTE, Door, Pace, Place
from bot.commands.registry import Registry
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.errors import InputError
from bot.hearing.space_settings import Listed, SpaceSettings
from bot.keys import open_keys
from bot.language import Words
from bot.ports import Space
from bot.storage import communities, migrate
from bot.storage.engine import Database
from bot.teamwork.tools import Tools
from scoring.signals import Account

ANN, EVE = Account("discord", "", "1"), Account("slack", "T01", "U0EVE")
MODS, HEADS = ("10", "Mods"), ("11", "Heads")
SPACE = Place(1, 1, SpaceSettings(moderators=Listed.of(["mods"]), managers=Listed.of(["11"])))
MINUTE = 60_000


def said(reply: Reply) -> str:
    """Return the words of a reply."""
    return " ".join(str(span) for block in reply.blocks if isinstance(block, Paragraph) for span in block.text)


async def who_is(call: Call, room: Room) -> Reply:
    """Answer with the role."""
    return Reply((Paragraph((f"{room.role.name} in {room.words.tag}",)),))


async def wrong(call: Call, room: Room) -> Reply:
    """Refuse what was given."""
    raise InputError("there is no such day")


async def broken(call: Call, room: Room) -> Reply:
    """Fail."""
    raise RuntimeError("secret words")


async def near(typed: str, room: Room) -> list[Choice]:
    """Suggest what was typed thirty times."""
    return [Choice(f"{typed}{n}", typed) for n in range(30)]


COMMANDS = (
    Command("cairn all", who_is, options=(Asked("what", suggest=near),), acts={"all-again": Act(who_is)}),
    Command("cairn-team some", who_is, Role.MODERATOR, acts={"some-more": Act(who_is, Role.MODERATOR)}),
    Command("cairn-team few", who_is, Role.MANAGER, options=(Asked("what", suggest=near),)),
    Command("cairn wrong", wrong),
    Command("cairn broken", broken),
)


def call(command: str = "", *, roles: Iterable[tuple[str, str]] = (), at: int = 0, **more: object) -> Call:
    """Return a call of Ann's."""
    action = Action(str(more["action"])) if "action" in more else None
    caller = Caller(ANN, frozenset(roles), bool(more.get("runs")), str(more.get("locale", "")), bool(more.get("bot")))
    return Call(caller, at, command, action)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """A door to a handful of commands that need nothing stored."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    await migrate.upgrade(database)
    async with database.write() as connection:
        await communities.found(connection, "Home", "", "v", "mountain.yaml")
        await communities.add_space(connection, 1, Space("discord", "7"), "counted")
    try:
        yield Door(database, open_keys(tmp_path / "keys"), Registry(COMMANDS))
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("roles", "runs", "allowed"),
    [
        ((), False, {"cairn all"}),
        ([MODS], False, {"cairn all", "cairn-team some"}),
        ([HEADS], False, {"cairn all", "cairn-team some", "cairn-team few"}),
        ((), True, {"cairn all", "cairn-team some", "cairn-team few"}),
        ([("12", "Others")], False, {"cairn all"}),
    ],
)
async def test_roles_decide_which_commands_run(
    door: Door, roles: Iterable[tuple[str, str]], runs: bool, allowed: set[str]
) -> None:
    paths = [one.path for one in COMMANDS[:3]]
    answers = {path: said(await door.answer(call(path, roles=roles, runs=runs), SPACE)) for path in paths}

    assert {path for path, answer in answers.items() if " in en" in answer} == allowed


async def test_button_asks_for_the_same_right_as_its_command(door: Door) -> None:
    assert "moderators" in said(await door.answer(call(action="some-more"), SPACE))
    assert "MODERATOR" in said(await door.answer(call(action="some-more", roles=[MODS]), SPACE))


@pytest.mark.parametrize("wanted", [call("cairn gone"), call(action="forged"), call()])
async def test_what_does_not_exist_is_answered_kindly(door: Door, wanted: Call) -> None:
    assert "no longer in use" in said(await door.answer(wanted, SPACE))


async def test_machines_are_not_answered(door: Door) -> None:
    assert "no longer in use" in said(await door.answer(call("cairn all", bot=True), SPACE))


async def test_wrong_input_is_told_as_it_is(door: Door) -> None:
    assert said(await door.answer(call("cairn wrong"), SPACE)) == "there is no such day"


async def test_fault_of_ours_is_a_number_without_what_it_was(door: Door) -> None:
    answer = said(await door.answer(call("cairn broken"), SPACE))

    assert "written down under the number" in answer
    assert "secret" not in answer


async def test_caller_is_answered_in_their_own_language(door: Door) -> None:
    assert said(await door.answer(call("cairn all", locale="de-AT"), SPACE)) == "EVERYONE in de"
    assert said(await door.answer(call("cairn all", locale="fr"), SPACE)) == "EVERYONE in en"


@pytest.mark.parametrize("who", [ANN, EVE], ids=lambda who: who.platform)
async def test_who_floods_is_asked_kindly_to_wait_and_others_are_answered(door: Door, who: Account) -> None:
    """S17: on each platform alike, at the eleventh command within a minute."""
    answers = [said(await door.answer(Call(Caller(who), n, "cairn all"), SPACE)) for n in range(30)]

    assert CALLS_A_MINUTE == 10
    assert answers == ["EVERYONE in en"] * 10 + [Words("en").plain("common.slow_down")] * 20
    other = ANN if who is EVE else EVE
    assert said(await door.answer(Call(Caller(other), 30, "cairn all"), SPACE)) == "EVERYONE in en"


async def test_who_calls_too_often_waits_a_minute(door: Door) -> None:
    answers = [said(await door.answer(call("cairn all", at=n), SPACE)) for n in range(CALLS_A_MINUTE + 1)]

    assert [" in en" in one for one in answers] == [True] * CALLS_A_MINUTE + [False]
    assert " in en" in said(await door.answer(call("cairn all", at=MINUTE + CALLS_A_MINUTE), SPACE))


def test_pace_forgets_whoever_called_longest_ago() -> None:
    pace = Pace(most=2)
    first, second, third = (Account("discord", "", str(n)) for n in range(3))

    assert pace.allows(first, 0, 1)
    assert not pace.allows(first, 1, 1)
    assert pace.allows(second, 1, 1)
    assert pace.allows(third, 1, 1)
    assert pace.allows(first, 2, 1)


async def test_suggestions_are_for_those_who_may_use_the_command(door: Door) -> None:
    caller = Caller(ANN)

    assert len(await door.suggest(caller, 0, ("cairn all", "what", "x"), SPACE)) == 25
    assert await door.suggest(caller, 0, ("cairn-team few", "what", "x"), SPACE) == ()
    assert await door.suggest(caller, 0, ("cairn all", "else", "x"), SPACE) == ()


def test_two_commands_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two commands are called cairn all"):
        Registry((*COMMANDS, COMMANDS[0]))


async def test_settling_is_woken_by_what_was_done_and_by_nothing_that_was_refused(door: Door) -> None:
    woken: list[str] = []
    door.tools = Tools(told=lambda: woken.append("now"))
    await door.answer(call("cairn-team few"), SPACE)
    assert woken == []
    await door.answer(call("cairn all"), SPACE)
    await door.answer(call(action="all-again"), SPACE)
    assert len(woken) == 2
