"""Who may do what in Slack, generated from the commands there are: by command, button, form, and on the Home tab; and
whatever is forged, nobody gets more than is theirs, and nothing breaks.
"""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.commands.registry import registry
from bot.commands.spec import Role
from bot.ports import Action
from integrations.sandbox.slack.delivery.letters import INTERACTIVE, Letter
from integrations.sandbox.slack.interactions.begin import Begun
from integrations.sandbox.slack.model import Message, View
from integrations.sandbox.slack.people import Person
from integrations.slack.loading import FRESH_SECONDS
from integrations.slack.speaking.commands import OPTIONS
from integrations.slack.speaking.forms import Origin
from integrations.slack.speaking.home import RUN
from tests.scenarios.discord_rig import until
from tests.scenarios.slack_town import PATIENCE, SLOW, SlackTown, plain, slack_town

pytestmark = pytest.mark.timeout(300)  # on a machine that does ten other things
COMMANDS = registry().commands
SECRET = "canary"
JUNK: tuple[Any, ...] = (
    None, "", "x", "cairn", "cairn:", "cairn::::", "cairn:me:" + "9" * 300, 0, -1, 2**60, 1.5, True, [], {}, [[]],
    ["cairn:setup"], {"id": "T0"}, "\ud800".encode("utf-8", "replace").decode(), "<!channel>", "\x00", "[]", "{}",
    '["C01","cairn-team setup","U01","C01","s:C01:1.1",0,1]', '["x"]', "null", "U01000000ZZ", "T010000063Z", "W1",
)  # fmt: skip
"""What stands in forged payloads where something else belongs."""
FEW, MANY = 120, 1_000
CHANGED = "remark", "convening", "exclusion", "chapter", "rules_draft", "logged", "investment", "never_join", "member"
"""Tables of what the team changes, and of who there is."""


@pytest.fixture
async def here(sqlite_url: str) -> AsyncIterator[SlackTown]:
    """A workspace with a moderators' and a managers' group."""
    limits = replace(SLOW, answer=5.0)  # what is refused is waited for so long
    async with slack_town(sqlite_url, limits=limits) as town:
        await town.rig.start()
        form = await town.does(town.boss, "/cairn-team setup")
        await town.submits(town.boss, form, {"role": town.heads, "channel": town.team, "history": "none"})
        yield town


def refusal(here: SlackTown, who: Person, role: Role) -> str:
    """Return with what words somebody is refused what asks for a role."""
    whom = here.words("common.managers" if role is Role.MANAGER else "common.moderators", who)
    return f"This is for {whom}"


def ways() -> Iterator[tuple[str, Role, str]]:
    """Yield all that only the team may do: what it is, for whom, and how it is called."""
    for one in COMMANDS:
        if one.role is not Role.EVERYONE:
            yield "command", one.role, one.path
            yield "home", one.role, one.path
            yield "form", one.role, one.path
        for name, act in one.acts.items():
            if act.role is not Role.EVERYONE:
                yield "button", act.role, name


async def tries(here: SlackTown, who: Person, seen: Message, way: str, called: str) -> str:
    """Do something as somebody does it who makes their program send it; returns what they are told."""
    here.clock.skip(7.0)
    begun = Begun(here.rig.server.hub, who.by, here.rig.server.app)
    if way == "command":
        use = await who.uses("/cairn-team", called.partition(" ")[2], here.general)
    elif way == "form":
        use = await who.uses("/cairn", "thank", here.general)
        view = (await use.viewed(within=PATIENCE)).view
        view.shown["callback_id"] = Action(OPTIONS).text
        view.shown["private_metadata"] = Origin(here.general.id, called).packed
        use = begun.submission(view)
        await use.answered(PATIENCE)
        return plain(view)
    else:
        name = Action(called) if way == "button" else Action(RUN, tuple(called.split()))
        use = begun.action(seen, {"type": "button", "action_id": name.text, "block_id": "b", "action_ts": "1.1"})
    await use.answered(PATIENCE)
    await here.rig.server.until(lambda: bool(use.messages or use.views), PATIENCE)
    return plain(use.views[-1] if use.views else use.message)


async def test_only_the_team_does_what_is_the_teams_by_whatever_way(here: SlackTown) -> None:
    """A member, and who was a manager a moment ago, are refused everything; in the same words, whatever it was."""
    seen = await here.does(here.head, "/cairn help")
    member = await here.does(here.ann, "/cairn help")
    assert isinstance(seen, Message)
    assert isinstance(member, Message)
    here.rig.team.changes_group(here.heads, remove=[here.head])
    await here.rig.server.until(lambda: not here.rig.server.courier.under_way)
    for number, (way, role, called) in enumerate(ways()):
        who, shown = ((here.ann, member), (here.head, seen))[number % 2]
        told = await tries(here, who, shown, way, called)
        assert refusal(here, who, role) in told, (way, called, told)
    assert FRESH_SECONDS <= 60  # where Slack tells nothing of a group's change, it is asked for by then


def forged(dice: random.Random, here: SlackTown, like: dict[str, Any]) -> dict[str, Any]:
    """Return a payload in which up to four things are something else, anywhere in it."""
    payload: dict[str, Any] = json.loads(json.dumps(like))
    names = [*(one for one in registry_names()), *JUNK]
    for _ in range(dice.randint(1, 4)):
        at: Any = payload
        while isinstance(at, dict | list) and at:
            key = dice.choice(list(at) if isinstance(at, dict) else range(len(at)))
            if not isinstance(at[key], dict | list) or not at[key] or dice.random() < 0.15:
                at[key] = dice.choice(names)
                break
            at = at[key]
    return payload


def registry_names() -> Iterator[str]:
    for one in COMMANDS:
        yield one.path
        for name in one.acts:
            yield Action(name, ("1",)).text


@pytest.mark.parametrize("n", [FEW, pytest.param(MANY, marks=pytest.mark.soak)])
async def test_whatever_is_forged_changes_nothing_and_breaks_nothing(
    here: SlackTown, n: int, caplog: pytest.LogCaptureFixture
) -> None:
    """By members: ids of blocks, actions, forms and workspaces, what a form carries along, and what stands in it.

    By so many that nobody is too quick.
    """
    await here.does(here.head, "/cairn-team note", {"text": SECRET})
    shown = await here.does(here.ann, "/cairn help")
    form = await here.does(here.ann, "/cairn thank ?")
    assert isinstance(form, View)
    used = {"type": "button", "action_id": "cairn:note-drop:1", "block_id": "b", "action_ts": "1.1"}
    likes = [
        sent(here, who, do)
        for who in (here.person(f"crowd {number}") for number in range(n // 9))
        for do in (
            lambda of: of.action(shown, used),
            lambda of: of.submission(form),
            lambda of: of.shortcut("cairn-team log", None),
        )
    ]
    await here.rig.server.until(lambda: not here.rig.server.courier.under_way, PATIENCE)
    before = await changed(here)
    dice, told = random.Random(7), []
    for number in range(n):
        payload = forged(dice, here, likes[number % len(likes)])
        letter = Letter(here.rig.server.app, here.rig.team.id, INTERACTIVE, payload)
        here.rig.server.courier.send(letter)
        told.append(letter)
        if number % 200 == 119:
            await here.rig.server.until(lambda: not here.rig.server.courier.under_way, PATIENCE)
    assert [one for one in told if SECRET in json.dumps(one.reply)] == []
    assert await changed(here) == before
    assert "could not be answered" not in caplog.text
    assert here.words("help.what", here.bob) in plain(await here.does(here.bob, "/cairn help"))


def sent(here: SlackTown, who: Person, do: Any) -> dict[str, Any]:
    """Return what an app is told of something that somebody does."""
    return dict(do(Begun(here.rig.server.hub, who.by, here.rig.server.app)).letter.payload)


async def changed(here: SlackTown) -> Any:
    """Return what only the team changes."""
    await until(lambda: not here.rig.server.courier.under_way, PATIENCE)
    return [await here.rig.query(f"SELECT count(*) FROM {table}") for table in CHANGED]
