"""Discord as an integration: connects, listens, and makes good what was missed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord
from discord.http import Route

from bot.ports import Account, Called, Delivery, Finding, Host, Outcome
from integrations.discord.access import Access
from integrations.discord.asking import Answers
from integrations.discord.checking import look_over
from integrations.discord.gateway.wire import Client, Lives
from integrations.discord.session import Session
from integrations.discord.speaking.delivering import REMEMBERS
from integrations.discord.speaking.mouth import Speaking, deliver
from integrations.discord.timing import Timing

__all__ = ["Access", "Discord"]


class Discord:
    """An `Integration`. One process runs one of it: discord.py keeps the addresses of the interfaces per process."""

    name = "discord"

    def __init__(self, access: Access, timing: Timing | None = None) -> None:
        """Take how to reach Discord, and how long to wait for it."""
        self._access = access
        self._timing = timing or Timing()
        self._client: Client | None = None
        self._speaking: Speaking | None = None
        self._quiet: Callable[[], Awaitable[None]] | None = None
        self._naming: Session | None = None

    async def quiet(self) -> None:
        """Return when all that was heard so far is stored."""
        if self._quiet is not None:
            await self._quiet()

    @property
    def sequence(self) -> int:
        """The number of the last event that was heard, of all shards together."""
        return Lives(self._client).sequence() if self._client is not None else 0

    @property
    def connected(self) -> bool:
        """Whether all shards hear what happens."""
        client = self._client
        return client is not None and client.is_ready() and not any(one.is_closed() for one in client.shards.values())

    async def run(self, host: Host) -> None:
        """Listen until cancelled; see `bot.ports.Integration`."""
        Route.BASE = self._access.api_url.rstrip("/")
        async with Session(host, self._access, self._timing) as session:
            self._client, self._speaking, self._quiet = session.client, session.speaking, session.quiet
            self._naming = session
            try:
                await session.listen()
            finally:
                self._client = self._speaking = self._quiet = self._naming = None

    @property
    def remembers(self) -> float:
        """For how many seconds Discord knows a message's nonce again; see `bot.ports.Deliverer`."""
        return REMEMBERS

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Hand one message over, once; see `bot.ports.Deliverer`."""
        return await deliver(self._speaking, delivery)

    async def names(self, space: str, most: int) -> Called | None:
        """Return what people of a server are called now; see `bot.ports.Namer`."""
        return await self._naming.names(space, most) if self._naming is not None else None

    async def name_of(self, space: str, who: Account) -> str:
        """Return what somebody is called in a server now; see `bot.ports.Namer`."""
        return await self._naming.name_of(space, who) if self._naming is not None else ""

    async def check(self) -> list[Finding]:
        """Look whether it could run; see `bot.ports.Integration`."""
        Route.BASE = self._access.api_url.rstrip("/")
        async with discord.Client(intents=discord.Intents.none()) as client:
            answers = Answers(client.http, self._access.clock, lambda: None)
            return await look_over(client, self._access, answers)
