"""Both sides of listening: Cairn with all its parts, and discord.py or Bolt alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text

from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.keys import Keys
from bot.operating.collecting import collecting_seldom
from bot.operating.metrics import Metrics
from bot.operating.shipped import shipped
from bot.ports import Desk, Host, Integration, Receipt, Signal, Space
from bot.standing.settling import Settling
from bot.storage.engine import Database
from integrations.discord.gateway.wire import intents
from integrations.discord.integration import Access
from integrations.slack.access import Access as Slack
from integrations.slack.receiving.serving import EVENTS

PATIENCE = 60.0


class Bare(discord.AutoShardedClient):
    """discord.py with its own parsers and a listener that counts messages; else as Cairn has it.

    `members` lets it remember everybody, which takes memory and makes it faster.
    """

    def __init__(self, *, members: bool = False) -> None:
        super().__init__(
            intents=intents(members=members),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.all() if members else discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            enable_debug_events=False,
        )
        self.messages = 0

    async def on_message(self, message: discord.Message) -> None:
        """Count it."""
        self.messages += 1

    @asynccontextmanager
    async def connected(self, access: Access) -> AsyncIterator[None]:
        """Be connected to a feeder."""
        Route.BASE = access.api_url
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(access.gateway_url or "")
        await self.login(access.token)
        self.http.get_bot_gateway = _at(access)  # type: ignore[method-assign, assignment]
        running = asyncio.create_task(self.connect())
        try:
            await self.wait_until_ready()
            yield
        finally:
            await self.close()
            await asyncio.wait([running])


def _at(access: Access) -> Callable[[], Awaitable[object]]:
    async def get_bot_gateway() -> object:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return 1, access.gateway_url, limit

    return get_bot_gateway


@dataclass(slots=True)
class Cairn:
    """All that listens, stores and settles in `cairn run`, in this process; `waits` are seconds by signal."""

    database: Database
    keys: Keys
    stored: int = 0
    committed: list[float] = field(default_factory=list)
    scored: list[float] = field(default_factory=list)
    unscored: list[int] = field(default_factory=list)

    @asynccontextmanager
    async def listening(self, integration: Integration, *, settling: bool = False) -> AsyncIterator[None]:
        """Listen to a platform, and settle where asked to."""
        rules = shipped("mountain.yaml")
        metrics = Metrics()
        async with Intake(self.database, self.keys) as intake:
            policy = Policy("Benchmark", lambda: (rules.read_text(encoding="utf-8"), "0", rules.name))
            desks = Desks(self.database, intake, policy, metrics)
            settler = _Settling(self, Settling(self.database, metrics)) if settling else None
            if settler is not None:
                desks.told = settler.inner.wake
            stop = asyncio.Event()
            host: Any = _Host(self, desks.host(integration.name))
            tasks = [asyncio.create_task(integration.run(host))]
            if settler is not None:
                tasks.append(asyncio.create_task(settler.run(stop)))
            try:
                await _until(lambda: integration.connected or tasks[0].done())
                if tasks[0].done():
                    await tasks[0]  # raises why it cannot listen
                with collecting_seldom():
                    yield
            finally:
                tasks[0].cancel()
                await asyncio.wait(tasks[:1])
                stop.set()
                await asyncio.gather(*tasks[1:])

    async def has(self, n: int) -> None:
        """Wait until so many signals are committed."""
        while self.stored < n:  # noqa: ASYNC110 - to be told would cost more than to look
            await asyncio.sleep(0.002)

    async def count(self, table: str) -> int:
        """Return how many rows a table has."""
        async with self.database.read() as connection:
            return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


class Bolt:
    """Bolt with its adapter for aiohttp and a listener that counts messages; else as it is made."""

    def __init__(self, access: Slack) -> None:
        client = AsyncWebClient(access.bot_tokens[0], base_url=f"{access.api_url}/")
        app = AsyncApp(signing_secret=access.signing_secret, client=client)
        app.event("message")(self._count)
        self._site = app.server(access.port, EVENTS).web_app, access.host, access.port
        self.messages = 0

    async def _count(self, event: dict[str, Any]) -> None:
        self.messages += 1

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Take what Slack sends."""
        app, host, port = self._site
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            yield
        finally:
            await runner.cleanup()


async def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


class _Settling:
    """The settling loop, watched: when it has looked at all marks, what was committed before is scored."""

    def __init__(self, cairn: Cairn, inner: Settling) -> None:
        self._cairn = cairn
        self.inner = inner
        self._once = inner.once
        inner.once = self._watched  # type: ignore[method-assign]
        self.run = inner.run

    async def _watched(self, enough: Callable[[], bool] = lambda: False) -> int:
        cairn = self._cairn
        waiting, cairn.unscored = cairn.unscored, []
        done = await self._once(enough)
        now = time.time_ns() // 1_000_000
        cairn.scored += [(now - at) / 1000 for at in waiting]
        return done


class _Host:
    """A host whose desks are watched."""

    def __init__(self, cairn: Cairn, host: Host) -> None:
        self._cairn = cairn
        self._host = host

    def __getattr__(self, name: str) -> object:
        return getattr(self._host, name)

    async def desk(self, space: Space, **more: bool) -> Desk | None:
        desk = await self._host.desk(space, **more)
        return None if desk is None else _Desk(self._cairn, desk)  # type: ignore[return-value]


class _Desk:
    """A desk that notes when what it was given is committed."""

    def __init__(self, cairn: Cairn, desk: Desk) -> None:
        self._cairn = cairn
        self._desk = desk

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        receipt = await self._desk.record(signals)
        now, cairn = time.time_ns() // 1_000_000, self._cairn
        moments = [signal.at for signal in signals]
        cairn.stored += len(moments)
        cairn.committed += [(now - at) / 1000 for at in moments]
        cairn.unscored += moments
        return receipt
