"""hikari, a client that shares no code with discord.py, pointed at a sandbox, with what it hears written down."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

import hikari

from integrations.sandbox.discord.server import Sandbox

E = TypeVar("E", bound=hikari.Event)
Answering = Callable[[hikari.InteractionCreateEvent], Coroutine[Any, Any, None]]
INTENTS = hikari.Intents.ALL_UNPRIVILEGED | hikari.Intents.GUILD_MEMBERS


class Heard:
    """All events that a client dispatched, in order."""

    def __init__(self) -> None:
        self.events: list[hikari.Event] = []
        self._news = asyncio.Event()

    async def take(self, event: hikari.Event) -> None:
        self.events.append(event)
        self._news.set()

    def of(self, kind: type[E]) -> list[E]:
        return [one for one in self.events if isinstance(one, kind)]

    async def hears(self, kind: type[E], times: int = 1, within: float = 30.0) -> list[E]:
        await self.until(lambda: len(self.of(kind)) >= times, within)
        return self.of(kind)

    async def until(self, condition: Callable[[], object], within: float = 30.0) -> None:
        async with asyncio.timeout(within):
            while not condition():
                self._news.clear()
                await self._news.wait()


@contextlib.asynccontextmanager
async def hikari_at(server: Sandbox, answer: Answering | None = None) -> AsyncIterator[tuple[hikari.GatewayBot, Heard]]:
    """Log in at a sandbox, and answer interactions. Only its REST address is given: hikari asks for the gateway's."""
    quiet: dict[str, Any] = {"banner": None, "logs": None, "suppress_optimization_warning": True}
    bot = hikari.GatewayBot(server.token, rest_url=server.rest_url, intents=INTENTS, **quiet)
    heard = Heard()
    bot.subscribe(hikari.Event, heard.take)
    if answer is not None:
        bot.subscribe(hikari.InteractionCreateEvent, answer)
    # an update is looked for on the internet, where no test goes
    await bot.start(check_for_updates=False)
    try:
        yield bot, heard
    finally:
        await bot.close()
