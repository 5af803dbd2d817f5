"""A Cairn that listens to a made-up Discord, and can be started, stopped and looked at."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import text

from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.ports import Host, Kind
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.discord.timing import Timing
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings
from tests.canaries import MARK
from tests.scenarios.stories import KEYS
from tests.scenarios.world import RULES

LIFTED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=())
PATIENCE = 30.0
MINUTE = 60_000
EVERYTHING = """\
name: Everything
bands: [{name: Around, touch: low, entry: 1}, {name: Helping, touch: high, entry: 4, focus: true}]
engagements:
  - {name: did, band: Around, points: 1, when: {kind: [
     message, reply, reaction, mention, thread, join, leave, stay, rsvp, attendance, poll_vote, thanks, role,
     moderation]}}
steps: []
"""
"""Rules that use every kind which Discord tells of."""
HASTY = Timing(note=0.02, stays=0.02)


class Clock:
    """The time of both sides, as it is set; it begins now."""

    def __init__(self) -> None:
        self.now = time.time_ns() // 1_000_000

    def __call__(self) -> int:
        return self.now

    def forward(self, minutes: float) -> None:
        self.now += int(minutes * MINUTE)


@dataclass(frozen=True, slots=True)
class Cairn:
    """A Cairn that can be started and stopped, and looked at."""

    server: Sandbox
    database: Database
    host: Host
    metrics: Metrics = field(default_factory=Metrics)
    clock: Clock = field(default_factory=Clock)

    def discord(self, timing: Timing = HASTY, **more: object) -> Discord:
        access = {"token": self.server.token, "api_url": self.server.rest_url, "gateway_url": self.server.gateway_url}
        return Discord(Access(**({"clock": self.clock} | access | more)), timing)  # type: ignore[arg-type]

    @asynccontextmanager
    async def listening(self, timing: Timing = HASTY, **more: object) -> AsyncIterator[Discord]:
        """Listen as long as the block lasts, and stop as the supervisor does."""
        discord = self.discord(timing, **more)
        running = asyncio.create_task(discord.run(self.host))
        try:
            await until(lambda: true(discord.connected or running.done()))
            assert not running.done(), running.exception()
            yield discord
        finally:
            running.cancel()
            await asyncio.wait([running])

    async def stored(self) -> Counter[Kind]:
        """Return how many engagements hold, by kind."""
        async with self.database.read() as connection:
            rows = await connection.execute(text("SELECT kind, count(*) FROM engagement WHERE holds GROUP BY kind"))
            return Counter({Kind(row[0]): row[1] for row in rows})

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]

    async def catches_up(self) -> None:
        """Wait until all that has happened in the garden is stored."""
        before, guild = (await self.stored())[Kind.MESSAGE], self.server.guild("Garden")
        await guild.person("host").says(guild.text("general"), "so far")

        async def said() -> bool:
            return (await self.stored())[Kind.MESSAGE] == before + 1

        await until(said)

    async def gaps(self) -> list[bool]:
        """Return for each gap whether it was made good."""
        async with self.database.read() as connection:
            rows = await connection.execute(text("SELECT made_good FROM gap ORDER BY id"))
            return [bool(row[0]) for row in rows]

    async def hears(self, expected: dict[Kind, int]) -> None:
        """Wait until exactly this is stored."""

        async def same() -> bool:
            return await self.stored() == Counter(expected)

        try:
            await until(same)
        except TimeoutError:
            raise AssertionError(await self.stored()) from None


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + PATIENCE
    while not await holds():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.02)


async def true(value: bool) -> bool:
    return value


@asynccontextmanager
async def cairn_on(database_url: str, rules: str = RULES) -> AsyncIterator[Cairn]:
    """Run a sandbox, and what a Cairn beside it needs; nobody listens yet."""
    database, clock, metrics = Database(database_url), Clock(), Metrics()
    await migrate.upgrade(database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        server = await stack.enter_async_context(Sandbox(Settings(limits=LIFTED, clock=clock, mark=MARK)))
        intake = await stack.enter_async_context(Intake(database, KEYS))
        desks = Desks(database, intake, Policy("Garden", lambda: (rules, "v", "m.yaml")), metrics)
        yield Cairn(server, database, desks.host("discord"), metrics, clock)
