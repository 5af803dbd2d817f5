"""Each event arrives up to four times, in any order and by several connections at once: it has one effect."""

from __future__ import annotations

import asyncio
import io
import random
from contextlib import AsyncExitStack
from typing import Any

import orjson
import pytest

from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.ports import Host
from bot.settle import Settler
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.discord.listening.ear import Ear
from integrations.discord.listening.server import Event, Server
from integrations.discord.payloads.ids import Payload, UnknownPlaceError
from integrations.discord.payloads.people import People
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.proxy import Proxy
from tests.canaries import MARK
from tests.faults.crowd import Crowd
from tests.faults.lives import SOAK
from tests.integrations.sandbox.discord.raw import raw
from tests.scenarios.discord_rig import LIFTED, RULES, Clock, Rig
from tests.scenarios.stories import KEYS

CONNECTIONS = 3
MOST_TIMES = 4


class NobodyToAsk:
    """Stands for Discord's other interface, which nobody asks here."""

    async def fetch(self, server: Server, unknown: UnknownPlaceError) -> Event | None:
        raise AssertionError(unknown.what)

    async def answers(self, server: Server, d: Payload) -> list[int] | None:
        raise NotImplementedError

    async def arrived(self, server: Server, at: int) -> None:
        """Read nothing back."""

    def planned(self, server: Server, d: Payload) -> None:
        """Look nothing up."""

    def listed(self, server: Server) -> None:
        raise NotImplementedError

    def watching(self, server: Server) -> None:
        """Look nobody up."""


@pytest.mark.parametrize("acts", [400, pytest.param(10_000, marks=SOAK)])
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=SOAK), pytest.param(3, marks=SOAK)])
async def test_event_told_often_and_out_of_order_has_one_effect(database_url: str, acts: int, seed: int) -> None:
    chance, clock, database = random.Random(seed), Clock(), Database(database_url)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Sandbox(Settings(limits=LIFTED, clock=clock, mark=MARK)))
        beginning, events = await told(server, acts, seed)
        await migrate.upgrade(database)
        stack.push_async_callback(database.close)
        intake = await stack.enter_async_context(Intake(database, KEYS))
        desks = Desks(database, intake, Policy("Garden", lambda: (RULES, "v", "m.yaml")), Metrics())
        often = [event for event in events for _ in range(chance.randint(1, MOST_TIMES))]
        chance.shuffle(often)
        parts = [often[n::CONNECTIONS] for n in range(CONNECTIONS)]
        await asyncio.gather(*(hears(desks.host("discord"), [beginning, *part], clock) for part in parts))
        await Settler(database, 1).settle()

        rig = Rig(database_url, server, Proxy(server.port), clock, io.StringIO())
        await rig.agrees()
        await rig.check()
        await rig.keeps_quiet("canary")


async def told(server: Sandbox, acts: int, seed: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Let people do something; returns how the server began, and all events that tell of it, each once."""
    crowd = Crowd(server.guild("Garden"), seed)
    async with raw(server) as listener:
        await listener.identify(server.token)
        await listener.hear_until("GUILD_CREATE")
        await crowd.acts(acts)
        await crowd.changes_its_mind()
        (session,) = server.gateway.sessions.values()
        _, beginning, *events = [orjson.loads(frame) for frame in session.missed(0)]
    return beginning, events


async def hears(host: Host, frames: list[dict[str, Any]], clock: Clock) -> None:
    """Take events as one connection does, and store what they say."""
    ear = Ear(host, People(own="1"), NobodyToAsk())
    for frame in frames:
        await ear.room()
        ear.hear(frame["t"], frame["d"], clock())
        await asyncio.sleep(0)
    await ear.quiet()
    await ear.close()
