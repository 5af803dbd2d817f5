"""On Slack people are asked beside what they do, seen by nobody else; what waits for somebody stands on their page."""

from __future__ import annotations

import json

import pytest

from bot.chat.speech import Paragraph
from bot.gate import Purpose
from bot.sending.outbox import Letter, post
from bot.storage import outgoing
from bot.storage.engine import Database
from integrations.sandbox.slack.people import Person
from tests.scenarios.discord_rig import until
from tests.scenarios.slack_rig import SlackRig, slack_rig

WAYS = pytest.mark.parametrize("http", [False, True], ids=["sockets", "http"])


async def goes_live(rig: SlackRig) -> None:
    database = Database(rig.url)
    try:
        async with database.write() as connection:
            await outgoing.go_live(connection, 1, rig.server.settings.clock())
    finally:
        await database.close()


def asked(person: Person) -> int:
    """Return how often somebody was shown the question."""
    return sum("page-make" in json.dumps(one.blocks) for one in person.ephemerals)


def words(person: Person) -> str:
    """Return what stands on somebody's page."""
    return json.dumps(person.home.shown) if person.home is not None else ""


@WAYS
async def test_who_writes_is_asked_once_where_they_wrote(database_url: str, http: bool) -> None:
    """After a restart, too; who was asked or has a page is left alone, as is what happened while Cairn was away."""
    async with slack_rig(database_url, http=http, start=False) as rig:
        await goes_live(rig)
        await rig.start()
        alice, bob, carol, dora = rig.team.people(["Alice", "Bob", "Carol", "Dora"])
        robot = rig.team.machine("Robot")
        general = rig.team.channel("general", members=[alice, bob, carol, dora, robot])
        first = await alice.says(general, "hello")
        await robot.says(general, "beep")
        await until(lambda: asked(alice))
        shown = alice.ephemerals[0]
        assert (shown.channel_id, shown.text) != (general.id, "")
        assert "page-leave-out" in json.dumps(shown.blocks)
        await (await alice.clicks(shown, "cairn:page-make")).said()
        await bob.reacts(first, "tada")
        await until(lambda: asked(bob))
        await rig.agrees()
        await rig.stop()
        rig.server.courier.sockets.drop()
        await dora.says(general, "while nobody listens")
        await rig.start()
        await alice.says(general, "hello again")
        await bob.says(general, "hello again")
        old = rig.server.settings.clock() - 600_000
        await carol.at(old, told=True).says(general, "what comes late")
        await rig.agrees()
        await carol.says(general, "just now")
        await until(lambda: asked(carol))
        assert [asked(one) for one in (alice, bob, carol, dora, robot)] == [1, 1, 1, 0, 0]
        assert {one.user for one in general.messages.values()} == {alice.id, bob.id, carol.id, dora.id, robot.id}

        async def settled() -> bool:
            return {row[0] for row in await rig.query("SELECT state FROM outbox")} == {"sent"}

        await until(settled)
        rows = await rig.query("SELECT way, purpose, channel, message, content FROM outbox")
        assert rows == [("beside", "notice", "", "", None)] * 3


async def test_what_waits_for_somebody_stands_on_their_page(database_url: str) -> None:
    """It is there until they take it; writing in a channel is no use of Cairn, so nothing is shown beside that."""
    async with slack_rig(database_url, start=False) as rig:
        await goes_live(rig)
        await rig.start()
        alice = rig.team.person("Alice")
        general = rig.team.channel("general", members=[alice])
        await alice.says(general, "hello")
        await until(lambda: asked(alice))
        await (await alice.clicks(alice.ephemerals[0], "cairn:page-make")).said()
        database, now = Database(rig.url), rig.server.settings.clock()
        try:
            async with database.write() as connection:
                [(member, space)] = await rig.query("SELECT a.member, s.id FROM account a, space s")
                said = (Paragraph(("A letter that waited for you",)),)
                letter = Letter(1, space, "one", Purpose.ANSWER, said, member, due=now, expires=now + 10**9, line=True)
                assert await post(connection, letter, rig.keys)
        finally:
            await database.close()
        before = len(alice.ephemerals)
        await alice.says(general, "hello again")
        await rig.agrees()
        assert len(alice.ephemerals) == before
        await alice.opens_home()
        await until(lambda: "me-waiting" in words(alice))
        assert alice.home is not None
        shown = await (await alice.clicks(alice.home, "cairn:me-waiting")).viewed()
        assert "A letter that waited for you" in json.dumps(shown.view.shown)
        await until(lambda: "me-waiting" not in words(alice))
        assert await rig.query("SELECT state FROM outbox WHERE key = 'one'") == [("sent",)]
