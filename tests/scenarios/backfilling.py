"""A Cairn on a made-up Discord for tests of back-fill: with spaces as a community file says, looked at from outside."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from bot.community import Terms, apply, parse_community
from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.storage import backfills, migrate
from bot.storage.backfills import Backfill
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.discord.timing import Timing
from integrations.platforms import PLATFORMS
from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.faults import Fault
from scoring.signals import DAY_MS, Kind
from tests.canaries import MARK
from tests.scenarios.stories import KEYS
from tests.scenarios.world import RULES

LIFTED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=())
PATIENCE = 60.0
THREADS = "  - {name: opened, band: Around, when: {kind: thread}, points: 0.1}\nmultipliers:\n"
WITH_THREADS = RULES.replace("multipliers:\n", THREADS)
QUICK = Timing(pace=0.0, look=0.05)
HISTORY = "/channels/{channel_id}/messages"


@dataclass(slots=True)
class Later(Fault):
    """A fault that strikes only after so many requests like its own."""

    after: int = 0

    def meets(self, method: str, path: str) -> bool:
        """Whether this fault is for a request."""
        found = Fault.meets(self, method, path)
        self.after -= found
        return found and self.after < 0


@dataclass(slots=True)
class Rig:
    """A Cairn that can be started and stopped, its made-up Discord, and one server of it."""

    server: Sandbox
    guild: GuildHandle
    database: Database
    desks: Desks
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def applies(self, wanted: str = "backfill: 90 days", consent: str = "notice", more: str = "") -> None:
        """Put a community file in force that names the server, if `wanted` says what holds in it."""
        space = f"  - {{platform: discord, id: '{self.guild.id}', {wanted}}}\n" if wanted else ""
        listed = f"spaces:\n{space}{more}" if space or more else "spaces: []\n"
        file = parse_community(f"name: Garden\nconsent: {consent}\n{listed}", "community.yaml", PLATFORMS)
        async with self.database.write() as connection:
            await apply(connection, file, Terms(KEYS, PLATFORMS, lambda: (WITH_THREADS, "v", "m.yaml")))
        await self.desks.refresh()

    @asynccontextmanager
    async def listening(self, timing: Timing = QUICK) -> AsyncIterator[Discord]:
        """Listen as long as the block lasts, and stop as the supervisor does."""
        server = self.server
        discord = Discord(Access(server.token, server.rest_url, server.gateway_url), timing)
        running = asyncio.create_task(discord.run(self.desks.host("discord")))
        try:
            await until(lambda: discord.connected or running.done())
            assert not running.done(), running.exception()
            yield discord
        finally:
            running.cancel()
            await asyncio.wait([running])

    async def reads_back(self, timing: Timing = QUICK) -> Backfill:
        """Listen until the history is read; returns what is put down of it."""
        async with self.listening(timing):
            return await self.is_read()

    async def is_read(self) -> Backfill:
        """Wait until the history is read."""
        await until(self._ended)
        found = await self.state()
        assert found is not None
        return found

    async def _ended(self) -> bool:
        found = await self.state()
        return found is not None and found.state == "done"

    async def state(self) -> Backfill | None:
        """Return what is put down of the back-fill."""
        async with self.database.read() as connection:
            return next((one for _, one in await backfills.everything(connection)), None)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.execute(text(sql))]

    async def stored(self) -> Counter[Kind]:
        """Return how many engagements hold, by kind."""
        rows = await self.rows("SELECT kind, count(*) FROM engagement WHERE holds GROUP BY kind")
        return Counter({Kind(row[0]): row[1] for row in rows})

    async def keys(self) -> set[str]:
        """Return the natural keys of the engagements that hold."""
        return {row[0] for row in await self.rows("SELECT key FROM engagement WHERE holds")}

    async def counts(self) -> Counter[tuple[str, int, str]]:
        """Return the anonymous numbers by kind, day and place."""
        rows = await self.rows('SELECT kind, day, place, n FROM "count"')
        return Counter({(row[0], row[1], row[2]): row[3] for row in rows})

    def pages(self) -> list[tuple[str, ...]]:
        """Return which pages of history were asked for, in order: the channel and what was asked."""
        return [(one.path["channel_id"], str(one.at)) for one in self.server.ledger.requests("GET", HISTORY)]


@asynccontextmanager
async def rigged(database_url: str, limits: Limits = LIFTED) -> AsyncIterator[Rig]:
    """Set up a Cairn that does not listen yet, and a server named Garden."""
    database = Database(database_url)
    await migrate.upgrade(database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        server = await stack.enter_async_context(Sandbox(Settings(limits=limits, mark=MARK)))
        intake = await stack.enter_async_context(Intake(database, KEYS))
        desks = Desks(database, intake, Policy("Garden", lambda: (WITH_THREADS, "v", "m.yaml")), Metrics())
        yield Rig(server, server.guild("Garden"), database, desks)


def days_ago(n: float) -> int:
    """Return the moment so many days ago, in ms."""
    return now() - round(n * DAY_MS)


def now() -> int:
    """Return this moment in ms."""
    return time.time_ns() // 1_000_000


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while True:
        found = holds()
        if found if isinstance(found, bool) else await found:
            return
        assert time.monotonic() < end, "it does not come to hold"
        await asyncio.sleep(0.02)
