"""Two Cairns in one channel, and machines that echo whatever they say: neither ever answers the other (S20)."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from bot.chat.speech import Paragraph
from bot.gate import Purpose
from bot.sending.outbox import Letter, post
from bot.storage import outgoing
from bot.storage.engine import Database
from integrations.sandbox.discord.model import Channel
from integrations.sandbox.discord.people import Person
from scoring.signals import DAY_MS, Kind
from tests.scenarios.chat import text_of
from tests.scenarios.discord_rig import Rig, rig, until
from tests.scenarios.stories import KEYS

MINUTES = 10
MONDAY_NOON = 2.5 * DAY_MS / 1000
"""Seconds from where a rig's clock begins: on a weekend nothing goes out."""


async def test_two_cairns_in_one_channel_never_answer_each_other(
    sqlite_url: str, sqlite_ready: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_ready, tmp_path / "other.db")
    async with rig(sqlite_url) as one:
        one.clock.skip(MONDAY_NOON)
        other = Rig(f"sqlite:///{tmp_path / 'other.db'}", one.server, one.proxy, one.clock, io.StringIO(), KEYS)
        guild = one.server.guild("Garden")
        general, alice = guild.text("general"), guild.person("alice")
        both, sent = (one, other), one.server.ledger.sent
        try:
            for each in both:
                await each.start()
                await until(lambda each=each: listens(each))  # type: ignore[misc]
                await goes_live(each)
            echo = Echo(one, general)
            for minute in range(MINUTES):
                await alice.says(general, "hello")
                for each in both:
                    await says(each, general, minute)
                await until(lambda minute=minute: len(sent()) >= 2 * (minute + 1))  # type: ignore[misc]
                await echo.answers()
                one.clock.skip(60)
            assert echo.answered == 2 * MINUTES
            for _ in range(MINUTES):  # nobody says anything any more but the machines
                await echo.goes_on()
                one.clock.skip(60)
            await alice.says(general, "bye")
            for each in both:
                await until(lambda each=each: has_heard(each, MINUTES + 1))  # type: ignore[misc]
            assert len(sent()) == 2 * MINUTES
            for each in both:
                assert {fact.who for fact in (await each.stored()).facts} == {str(alice.id)}
        finally:
            await other.stop()


class Echo:
    """Two machines that say again what Cairn says: one answers it and names it, the other is a webhook."""

    def __init__(self, one: Rig, place: Channel) -> None:
        guild = one.server.guild("Garden")
        self._server, self._place = one.server, place
        self._bot, self._hook = guild.bot("another Cairn"), guild.webhook("workflow")
        self._cairn = Person(one.server.hub, one.server.world.bot)
        self.answered = 0

    async def answers(self) -> None:
        """Answer each message of Cairn that has not been answered."""
        for request in self._server.ledger.sent()[self.answered :]:
            message = self._server.world.message(self._place.id, int(request.made))
            assert message is not None
            said = await self._bot.says(self._place, text_of(message), replies_to=message, mentions=[self._cairn])
            await self._bot.reacts(said, "👍")
            await self._hook.says(self._place, text_of(message))
            self.answered += 1

    async def goes_on(self) -> None:
        """Say something though nothing was said."""
        await self._bot.says(self._place, "/cairn me", mentions=[self._cairn])
        await self._hook.says(self._place, f"{self._cairn.mention} help")


async def listens(one: Rig) -> bool:
    if one.discord is None or not one.discord.connected:
        return False
    return bool(await one.query("SELECT 1 FROM note WHERE name = 'heard'"))


async def has_heard(one: Rig, messages: int) -> bool:
    facts = (await one.stored()).facts
    return sum(n for fact, n in facts.items() if fact.kind is Kind.MESSAGE) == messages


async def goes_live(one: Rig) -> None:
    database = Database(one.url)
    try:
        async with database.write() as connection:
            await outgoing.go_live(connection, 1, one.clock())
    finally:
        await database.close()


async def says(one: Rig, place: Channel, minute: int) -> None:
    """Let a Cairn say something in a channel by itself."""
    ((space, community),) = await one.query("SELECT id, community FROM space")
    blocks = (Paragraph((f"What Cairn does here, {minute}",)),)
    letter = Letter(
        community, space, f"notice {minute}", Purpose.NOTICE, blocks, channel=str(place.id), due=one.clock()
    )
    database = Database(one.url)
    try:
        async with database.write() as connection:
            assert await post(connection, letter, KEYS)
    finally:
        await database.close()
