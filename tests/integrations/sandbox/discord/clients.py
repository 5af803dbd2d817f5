"""The real discord.py, pointed at a sandbox, with what it hears written down."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

import yarl

from integrations.sandbox.discord.server import Sandbox
from tests.integrations.sandbox.discord.library import app_commands, discord, gateway, http

QUICK: dict[str, Any] = {"guild_ready_timeout": 0.05, "heartbeat_timeout": 30.0}
USUAL = discord.Intents(16844417)


C = TypeVar("C", "Client", "ShardedClient")


class Hearing:
    """Keeps what a client hears, in order, by the name of the event."""

    heard: list[tuple[str, tuple[Any, ...]]]
    _news: asyncio.Event

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if not event.startswith("socket_"):
            self.heard.append((event, args))
            self._news.set()
        super().dispatch(event, *args, **kwargs)  # type: ignore[misc]

    def of(self, event: str) -> list[Any]:
        return [args[0] if len(args) == 1 else args for name, args in self.heard if name == event]

    async def until(self, condition: Callable[[], object], within: float = 8.0) -> None:
        async with asyncio.timeout(within):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def hears(self, event: str, times: int = 1) -> Any:
        await self.until(lambda: len(self.of(event)) >= times)
        return self.of(event)[-1]


class Client(Hearing, discord.Client):
    """A client that also has a command tree and begins new sessions without waiting."""

    def __init__(self, **options: Any) -> None:
        self.heard, self._news = [], asyncio.Event()
        super().__init__(**{**QUICK, "intents": USUAL, **options})
        self.tree = app_commands.CommandTree(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        pass


class ShardedClient(Hearing, discord.AutoShardedClient):
    """The same with several shards."""

    def __init__(self, **options: Any) -> None:
        self.heard, self._news = [], asyncio.Event()
        super().__init__(**{**QUICK, "intents": USUAL, **options})

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        pass


@contextlib.contextmanager
def pointed_at(rest_url: str, gateway_url: str) -> Iterator[None]:
    """Point discord.py at other servers; its two addresses belong to the whole process."""
    before = http.Route.BASE, gateway.DiscordWebSocket.DEFAULT_GATEWAY
    http.Route.BASE = rest_url
    gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    try:
        yield
    finally:
        http.Route.BASE, gateway.DiscordWebSocket.DEFAULT_GATEWAY = before


@contextlib.asynccontextmanager
async def connected(server: Sandbox, client: C) -> AsyncIterator[C]:
    """Log a client in, wait until it is ready, and close it afterwards."""
    with pointed_at(server.rest_url, server.gateway.resume_url):
        running = asyncio.create_task(client.start(server.token))
        ready = asyncio.create_task(client.hears("ready"))
        try:
            await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
            await ready
            yield client
        finally:
            ready.cancel()
            await client.close()
            await asyncio.gather(running, ready, return_exceptions=True)
            await _end_heartbeats()


async def _end_heartbeats() -> None:
    """End the threads that discord.py leaves behind for connections that were cut before their session had begun."""
    for thread in threading.enumerate():
        if isinstance(thread, gateway.KeepAliveHandler):
            thread.stop()
            await asyncio.to_thread(thread.join)
