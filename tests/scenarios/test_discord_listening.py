"""Cairn on a made-up Discord, with the real client: what people do is stored once, whatever befalls the connection."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from bot.hosting import Desks, Policy
from bot.intake import Intake
from bot.metrics import Metrics
from bot.ports import ConfigError, Host, Kind
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings
from tests.scenarios.stories import KEYS
from tests.scenarios.world import RULES

LIFTED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=())
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Cairn:
    """A Cairn that can be started and stopped, and looked at."""

    server: Sandbox
    database: Database
    host: Host

    def discord(self, **more: object) -> Discord:
        access = {"token": self.server.token, "api_url": self.server.rest_url, "gateway_url": self.server.gateway_url}
        return Discord(Access(**(access | more)))  # type: ignore[arg-type]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Discord]:
        """Listen as long as the block lasts, and stop as the supervisor does."""
        discord = self.discord()
        running = asyncio.create_task(discord.run(self.host))
        try:
            await until(lambda: _true(discord.connected or running.done()))
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
            assert await self.stored() == Counter(expected)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + PATIENCE
    while not await holds():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.02)


async def _true(value: bool) -> bool:
    return value


@pytest.fixture
async def cairn(database_url: str) -> AsyncIterator[Cairn]:
    database = Database(database_url)
    await migrate.upgrade(database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        server = await stack.enter_async_context(Sandbox(Settings(limits=LIFTED)))
        intake = await stack.enter_async_context(Intake(database, KEYS))
        desks = Desks(database, intake, Policy("Garden", lambda: (RULES, "v", "m.yaml")), Metrics())
        yield Cairn(server, database, desks.host("discord"))


async def test_what_people_do_is_stored(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, (alice, bob) = guild.text("general"), guild.people(["alice", "bob"])
    async with cairn.listening():
        first = await alice.says(general, "hello")
        await bob.says(general, "yes", replies_to=first)
        await bob.reacts(first, "👍")
        gone = await alice.says(general, "oops")
        await alice.deletes(gone)
        await guild.bot("helper").says(general, "beep")
        await cairn.hears({Kind.MESSAGE: 1, Kind.REPLY: 1, Kind.REACTION: 1, Kind.MENTION: 1})


async def test_what_happened_while_cairn_was_down_is_made_good(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, (alice, bob) = guild.text("general"), guild.people(["alice", "bob"])
    async with cairn.listening():
        await alice.says(general, "hello")
        await cairn.hears({Kind.MESSAGE: 1})
    missed = [await bob.says(general, f"{n}") for n in range(130)]
    await alice.reacts(missed[-1], "👍")
    await bob.deletes(missed[0])
    async with cairn.listening():
        await alice.says(general, "back again")
        await cairn.hears({Kind.MESSAGE: 131, Kind.REACTION: 1})
        await until(lambda: _all(cairn.gaps))
    assert await cairn.gaps() == [True]


async def _all(gaps: Callable[[], Awaitable[list[bool]]]) -> bool:
    found = await gaps()
    return bool(found) and all(found)


async def test_lost_sessions_lose_nothing(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with cairn.listening() as discord:
        for n in range(3):
            await alice.says(general, f"before {n}")
            cairn.server.gateway.drop()
            await alice.says(general, f"meanwhile {n}")
        await cairn.hears({Kind.MESSAGE: 6})
        await until(lambda: _true(discord.connected))
        cairn.server.gateway.invalidate(resumable=False)
        await alice.says(general, "while there is no session")
        await cairn.hears({Kind.MESSAGE: 7})


async def test_wrong_token_is_one_sentence_and_not_tried_again(cairn: Cairn) -> None:
    with pytest.raises(ConfigError, match="CAIRN_DISCORD_TOKEN: Discord does not know this token"):
        await cairn.discord(token="wrong").run(cairn.host)  # noqa: S106 - it is wrong


async def test_intent_that_is_not_allowed_is_named_with_the_page_to_allow_it(cairn: Cairn) -> None:
    cairn.server.guild("Garden")
    cairn.server.world.application.privileged = 0
    with pytest.raises(ConfigError, match=r"CAIRN_DISCORD_MEMBERS: .*https://discord\.com/developers"):
        await cairn.discord(members=True).run(cairn.host)
