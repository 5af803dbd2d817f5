"""People use Cairn in Slack: commands, forms, buttons, the Home tab; over sockets and over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.commands.registry import registry
from bot.language import Words
from scoring.signals import Kind
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


async def test_every_command_is_answered(database_url: str) -> None:
    """At once, or with a form that asks for what it needs; nothing of it is seen by others."""
    async with slack_rig(database_url) as rig:
        team = rig.team
        boss, bob = team.admin("Boss"), team.person("Bob")
        general = team.channel("general", members=[boss, bob])
        await bob.says(general, "hello")
        await rig.agrees()
        for one in registry().offered(Words("en")):
            if one.menu is not None:
                continue
            root, _, rest = one.path.partition(" ")
            used = await boss.uses(f"/{root}", rest, general)
            await until(lambda used=used: used.messages or used.views)  # type: ignore[misc]
            assert not used.trouble, one.path
            if used.views:
                assert one.options or one.opens_form, one.path
                await boss.closes(used.view)
            else:
                assert used.private, one.path
        assert [one.user for one in general.messages.values()] == [bob.id]


async def test_words_behind_a_thank_you_are_passed_on_to_nobody(sqlite_url: str) -> None:
    """It is taken at once, and who thanks is told."""
    async with slack_rig(sqlite_url) as rig:
        alice, bob = rig.team.person("Alice"), rig.team.person("Bob")
        general = rig.team.channel("general", members=[alice, bob])
        await bob.says(general, "hello")
        await rig.agrees()
        used = await (await alice.uses("/cairn", f"thank <@{bob.id}|bob> for the kea-green talk", general)).said()
        assert Words("en").plain("chat.spare_words") in words(used.message.blocks)
        assert [one.kind for one in (await rig.stored()).facts if one.kind is Kind.THANKS] == [Kind.THANKS]
        assert not await rig.holds("kea-green")


async def test_writing_to_cairn_is_a_contact_and_its_words_are_dropped(database_url: str) -> None:
    """Of who is known: it is put down when they last came to Cairn by themselves."""
    async with slack_rig(database_url) as rig:
        alice = rig.team.person("Alice")
        await alice.says(rig.team.channel("general", members=[alice]), "hello")
        await rig.agrees()
        assert not await rig.query("SELECT member FROM contact WHERE met_at > 0")
        await alice.writes_to_bot("a secret of mine")

        async def met() -> bool:
            return bool(await rig.query("SELECT member FROM contact WHERE met_at > 0"))

        await until(met)
        await rig.agrees()
        assert not await rig.holds("a secret of mine")
