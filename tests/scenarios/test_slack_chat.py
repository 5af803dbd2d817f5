"""People use Cairn in Slack: commands, forms, buttons, the Home tab; over sockets and over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.scenarios.discord_rig import until
from tests.scenarios.slack_rig import slack_rig

WAYS = pytest.mark.parametrize("http", [False, True], ids=["sockets", "http"])


def words(shown: Any) -> str:
    """Return all that somebody reads in blocks."""
    return json.dumps(shown, ensure_ascii=False)


@WAYS
async def test_a_member_makes_a_page_and_reads_it(database_url: str, http: bool) -> None:
    """By a command, a click, and on the Home tab."""
    async with slack_rig(database_url, http=http) as rig:
        alice = rig.team.person("Alice")
        general = rig.team.channel("general", members=[alice])
        await alice.says(general, "hello")
        await rig.agrees()
        used = await alice.uses("/cairn", "me", general)
        await used.said()
        assert used.private
        assert "page-make" in words(used.message.blocks)
        asked = await (await alice.clicks(used.message, "cairn:page-make")).said()
        assert "page-invite" in words(asked.message.blocks)
        await alice.opens_home()
        await until(lambda: alice.home is not None)
        assert alice.home is not None
        assert "Around" in words(alice.home.shown)
