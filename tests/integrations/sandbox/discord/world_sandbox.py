"""Our sandbox as one of the two worlds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator

from integrations.discord.gateway.wire import Client, Lives, intents
from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.model import Message
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.server import Sandbox, Settings
from tests.integrations.sandbox.discord.clients import pointed_at
from tests.integrations.sandbox.discord.conftest import LIFTED
from tests.integrations.sandbox.discord.two_worlds import MINUTE_MS, START_MS, Reading, World


class SandboxWorld:
    """Our sandbox, over the wire."""

    def __init__(self, server: Sandbox, clock: list[int], client: Client, reading: Reading) -> None:
        self.client, self.reading = client, reading
        self._server, self._clock = server, clock
        self._guild: GuildHandle = server.guild("Garden")
        self.guild = self._guild.id
        self.general, self.lounge = self._guild.text("general").id, self._guild.voice("lounge").id
        self.mentor = self._guild.role("mentor").id
        self._guild.people(["alice", "bob"])

    def _person(self, name: str) -> Person:
        return self._server.person(name)

    def _message(self, number: int) -> Message:
        found = (channel.messages.get(number) for channel in self._server.world.channels.values())
        return next(one for one in found if one is not None)

    def id_of(self, name: str) -> int:
        return self._person(name).id

    def now(self) -> int:
        return self._clock[0]

    async def lets_pass(self, minutes: int) -> None:
        await self.settles()
        self._clock[0] += minutes * MINUTE_MS

    async def settles(self) -> None:
        sessions = self._server.gateway.sessions.values()
        await until(lambda: Lives(self.client).sequence() == sum(one.sequence for one in sessions))

    async def says(self, who: str, text: str, place: int | None = None, replies_to: int | None = None) -> int:
        self._clock[0] += 1
        channel = self._server.world.channels[place or self.general]
        about = None if replies_to is None else self._message(replies_to)
        return (await self._person(who).says(channel, text, replies_to=about)).id

    async def edits(self, who: str, message: int) -> None:
        await self._person(who).edits(self._message(message), "changed")

    async def deletes(self, who: str, message: int) -> None:
        await self._person(who).deletes(self._message(message))

    async def reacts(self, who: str, message: int, emoji: str, *, on: bool = True) -> None:
        person = self._person(who)
        await (person.reacts if on else person.takes_back)(self._message(message), emoji)

    async def votes(self, who: str, message: int, answer: int, *, on: bool = True) -> None:
        person = self._person(who)
        await (person.votes if on else person.takes_vote_back)(self._message(message), answer)

    async def is_in_voice(self, who: str, place: int | None) -> None:
        if place is None:
            await self._person(who).leaves_voice(self._guild)
        else:
            await self._person(who).joins_voice(self._server.world.channels[place])

    async def is_interested(self, who: str, event: int, *, on: bool = True) -> None:
        person, known = self._person(who), self._guild.guild.events[event]
        await (person.interested if on else person.not_interested)(known)

    async def joins(self, who: str) -> None:
        await self._person(who).joins(self._guild)

    async def leaves(self, who: str) -> None:
        await self._person(who).leaves(self._guild)

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        yield

    def needs(self, what: str) -> None:
        pass


@contextlib.asynccontextmanager
async def sandbox_world() -> AsyncIterator[World]:
    clock, reading = [START_MS], Reading()
    async with Sandbox(Settings(limits=LIFTED, clock=lambda: clock[0])) as server:
        client = Client(reading, intents(members=True), clock=lambda: clock[0])
        world = SandboxWorld(server, clock, client, reading)
        with pointed_at(server.rest_url, server.gateway_url):
            await client.login(server.token)
            assert client.user is not None
            reading.people.own = str(client.user.id)
            running = asyncio.create_task(client.connect())
            try:
                await until(lambda: reading.guilds)
                yield world
            finally:
                await client.close()
                await asyncio.wait([running])


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds, of which nobody tells. Raises TimeoutError."""
    end = time.monotonic() + 30
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.005)
