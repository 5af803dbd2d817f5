"""Slack is listened to as it happens, over sockets and over HTTP, on both databases."""

from __future__ import annotations

import pytest

from scoring.signals import Kind
from tests.scenarios.discord_rig import until
from tests.scenarios.slack_rig import THANKS, found, slack_rig

WAYS = pytest.mark.parametrize("http", [False, True], ids=["sockets", "http"])


@WAYS
async def test_a_morning_in_a_channel_is_stored_as_the_ledger_has_it(database_url: str, http: bool) -> None:
    """Messages, answers, mentions, reactions, thanks; edits and deletions; machines and private talk are left."""
    async with slack_rig(database_url, http=http) as rig:
        team = rig.team
        alice, bob, robot = team.person("Alice"), team.person("Bob"), team.machine("Robot")
        general, board = (
            team.channel("general", members=[alice, bob, robot]),
            team.private("board", members=[alice, bob]),
        )
        rig.hidden.add(board.id)
        first = await alice.says(general, "hello everyone", [bob])
        answer = await bob.replies(first, "hello you")
        await alice.replies(first, "for all", broadcast=True)
        await bob.reacts(first, THANKS)
        await alice.reacts(first, THANKS)
        await bob.reacts(answer, "tada")
        await bob.takes_back(answer, "tada")
        await alice.reacts(answer, f"{THANKS}::skin-tone-2")
        await robot.says(general, "beep")
        await robot.reacts(first, "robot_face")
        await bob.says(board, "in private")
        gone = await bob.says(general, "a mistake", [alice])
        await alice.reacts(gone, "tada")
        await bob.deletes(gone)
        await alice.edits(first, "hello all")
        await alice.acts(general, "waves")
        await rig.agrees()
        stored = (await rig.stored()).facts
        assert {one.kind for one in stored} >= {Kind.MESSAGE, Kind.REPLY, Kind.REACTION, Kind.THANKS}
        assert not await rig.holds("hello everyone")


@WAYS
async def test_what_happens_while_cairn_is_stopped_is_read_from_history(database_url: str, http: bool) -> None:
    """Answers to older messages, too, and once."""
    async with slack_rig(database_url, http=http) as rig:
        alice, bob = rig.team.person("Alice"), rig.team.person("Bob")
        general = rig.team.channel("general", members=[alice, bob])
        old = await alice.says(general, "before")
        await rig.agrees()
        await rig.stop()
        rig.server.courier.sockets.drop()
        new = await bob.says(general, "meanwhile")
        await alice.replies(old, "an answer to what was before")
        await alice.reacts(new, "tada")
        await rig.start()
        await rig.agrees()
        await until(rig.all_read)


@pytest.mark.parametrize(
    ("database_url", "guests"), [("sqlite", False), ("postgresql", True)], indirect=["database_url"]
)
async def test_people_of_others_in_a_shared_channel_are_left(database_url: str, guests: bool) -> None:
    """Unless that is settled otherwise. Guests of the workspace itself belong to it, those of one channel, too."""
    async with slack_rig(database_url, known=False, start=False) as rig:
        await found(rig, "    guests: true\n" if guests else "")
        await rig.start()
        other = rig.server.team("Others", installed=False)
        alice, eve, gina = rig.team.person("Alice"), other.person("Eve"), rig.team.guest("Gina", single_channel=True)
        shared = rig.team.channel("shared", members=[alice, gina])
        rig.team.shares(shared, other)
        await eve.joins(shared)
        if not guests:
            rig.strangers.add(eve.id)
        said = await alice.says(shared, "hello over there")
        await eve.replies(said, "hello")
        await eve.reacts(said, "tada")
        await gina.replies(said, "hello from here")
        await gina.reacts(said, THANKS)
        await alice.says(shared, "still there?")
        await rig.agrees()
        who = {one.who for one in rig.truth()}
        assert who == {alice.id, gina.id} | ({eve.id} if guests else set())
        used = await (await gina.uses("/cairn", "me", shared)).said()
        assert "page-make" in str(used.message.blocks)
