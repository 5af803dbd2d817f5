"""All that Cairn says on Discord, put together: commands are offered, interactions answered, messages delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import discord

from bot.ports import Delivered, Delivery, Host, Outcome
from integrations.discord.listening.server import Server
from integrations.discord.payloads.ids import Payload
from integrations.discord.payloads.people import People
from integrations.discord.speaking.answering import Answering
from integrations.discord.speaking.delivering import SOON, Delivering
from integrations.discord.speaking.line import Line
from integrations.discord.speaking.registering import Registering
from integrations.discord.timing import Timing


class Speaking:
    """Speaks for one client, from its start to its end."""

    def __init__(
        self,
        client: discord.Client,
        host: Host,
        who: tuple[Mapping[str, Server], People],
        way: tuple[str, str],
        times: tuple[Callable[[], int], Timing],
    ) -> None:
        """Take the client, whom to ask, who is there, the address with the token, and the clock (ms) with waits."""
        self._client = client
        self._timing = times[1]
        servers, people = who
        self._line = Line(*way, trace=client.http.http_trace)
        self._answering = Answering(host, servers, people, self._line, times)
        self._registering = Registering(client.http, servers)
        self._delivering = Delivering(self._line, servers, times[1].sending)
        parsers = client._connection.parsers  # noqa: SLF001 - as for what is listened to
        parsers["INTERACTION_CREATE"] = self._answering.hear
        parsers["GUILD_CREATE"] = _both(self._registering.came, parsers["GUILD_CREATE"])

    async def run(self) -> None:
        """Offer commands wherever they are not offered yet as they ought to be, until cancelled."""
        while True:
            if self._client.application_id is not None:
                await self._registering.look(self._client.application_id)
            await asyncio.sleep(self._timing.note)

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Send one message."""
        return await self._delivering.deliver(delivery)

    async def close(self) -> None:
        """Give the answers that are nearly there, and end."""
        await self._answering.close()
        await self._line.close()


def _both(first: Callable[[Payload], None], then: Callable[[Payload], None]) -> Callable[[Payload], None]:
    def parse(d: Payload) -> None:
        first(d)
        then(d)

    return parse


async def deliver(speaking: Speaking | None, delivery: Delivery) -> Outcome:
    """Send one message; where nobody is connected, it is for later."""
    if speaking is None:
        return Outcome(Delivered.LATER, after=SOON, reason="not connected")
    return await speaking.deliver(delivery)
