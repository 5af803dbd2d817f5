"""Where the ways that Slack gives for an answer have run out, people are answered in another one, and still alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.language import Words
from integrations.sandbox.slack.blocks.walking import elements
from integrations.sandbox.slack.limits import LIFTED
from tests.scenarios.discord_rig import until
from tests.scenarios.slack_rig import SlackRig, slack_rig

WORDS = Words("en")


@pytest.fixture
async def rig(sqlite_url: str) -> AsyncIterator[SlackRig]:
    async with slack_rig(sqlite_url) as made:
        yield made


@pytest.mark.parametrize("bot", [True, False], ids=["in the channel", "directly"])
async def test_answer_whose_address_is_used_up_comes_beside_or_directly(rig: SlackRig, bot: bool) -> None:
    """In a channel that Cairn is not in, nothing can be shown to one person alone."""
    alice, bob = rig.team.person("Alice"), rig.team.person("Bob")
    place = rig.team.channel("general", members=[alice, bob], bot=bot)
    used = await (await alice.uses("/cairn", "me", place)).said()
    rig.server.hub.limits = replace(LIFTED, response=(0, 1800.0))
    await alice.clicks(used.message, "cairn:page-kept")
    found = alice.ephemerals if bot else alice.dm.messages
    before = 1 if bot else 0
    await until(lambda: len(found) > before)
    told = alice.ephemerals[-1] if bot else list(alice.dm.messages.values())[-1]
    assert len(told.text) > 50
    assert not place.messages
    assert not bob.ephemerals


async def test_form_whose_time_is_over_is_opened_by_a_button(rig: SlackRig) -> None:
    """And who used a command is told in words to do so again, since its form was all that there was."""
    boss = rig.team.admin("Boss")
    place = rig.team.channel("general", members=[boss])
    rig.server.hub.triggers.lasts = -1.0
    used = await (await boss.uses("/cairn-team", "log", place)).said()
    assert WORDS.plain("chat.not_opened") in used.message.text
    setup = await (await boss.uses("/cairn-team", "setup", place)).said()
    assert used.private
    assert setup.private
    opens = next(one["action_id"] for _, one in elements(setup.message.blocks) if "slack-form" in one["action_id"])
    rig.server.hub.triggers.lasts = 60.0
    assert (await (await boss.clicks(setup.message, opens)).viewed()).view.shown["blocks"]


async def test_shortcut_whose_time_is_over_is_answered_directly(rig: SlackRig) -> None:
    """It comes without any address, so a direct message is all that is left."""
    alice = rig.team.person("Alice")
    rig.team.channel("general", members=[alice])
    rig.server.hub.triggers.lasts = -1.0
    await alice.shortcut("cairn thank")
    await until(lambda: alice.dm.messages)
    (told,) = alice.dm.messages.values()
    assert WORDS.plain("chat.not_opened") in told.text
