"""Commands while a server is busy: until a person has the first answer, with 200 messages a second arriving.

The made-up Discord runs in the same process, so its own work is part of each wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.measuring import Figure, Size
from benchmarks.stores import fresh_database, shelf
from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.keys import open_keys
from bot.operating.metrics import Metrics
from bot.operating.shipped import shipped
from bot.standing.settling import Settling
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings
from tests import postgres

EVENTS, COMMANDS = 200, 4
"""A second, of all people."""
PEOPLE = 200
_LIFTED = Limits(everywhere=(10**6, 1.0), others=(10**6, 1.0), routes=())


def run(size: Size) -> Iterator[Figure]:
    """Let people write and ask for help; the wait is from the use of a command to its first answer."""
    seconds = size.of(30, 8)
    with shelf() as databases, postgres.server() as server:
        for name, where in (("SQLite", None), ("PostgreSQL", server)):
            waits = asyncio.run(_play(databases.folder, where, seconds))
            note = f"{len(waits)} commands of {PEOPLE} people, {EVENTS} messages a second beside them, settled"
            for percent, goal in ((50, 0.15), (95, 0.3)):
                value = float(np.percentile(waits, percent))
                yield Figure(f"chat_discord on {name}: first answer, p{percent}", goal, value, unit="s", note=note)


async def _play(folder: Path, on: str | None, seconds: int) -> list[float]:
    url = f"sqlite:///{folder / 'chat.db'}" if on is None else await fresh_database(on)
    database, metrics, stop = Database(url), Metrics(), asyncio.Event()
    keys = open_keys(folder / "keys")
    await migrate.upgrade(database)
    rules = shipped("mountain.yaml")
    async with Sandbox(Settings(limits=_LIFTED)) as server, Intake(database, keys) as intake:
        guild = server.guild("Bench")
        desks = Desks(
            database, intake, Policy("Bench", lambda: (rules.read_text(encoding="utf-8"), "0", rules.name)), metrics
        )
        settling = Settling(database, metrics)
        desks.told = settling.wake
        discord = Discord(Access(server.token, server.rest_url, server.gateway_url))
        tasks = [asyncio.create_task(discord.run(desks.host("discord"))), asyncio.create_task(settling.run(stop))]
        await server.until(lambda: server.world.application.commands.get(guild.id), 60.0)
        waits = await _busy(guild, seconds)
        stop.set()
        tasks[0].cancel()
        await asyncio.wait(tasks)
    await database.close()
    return waits


async def _busy(guild: GuildHandle, seconds: int) -> list[float]:
    people, general = guild.people([f"person {n}" for n in range(PEOPLE)]), guild.text("general")
    waits: list[float] = []
    asked: list[asyncio.Task[None]] = []

    async def ask(n: int) -> None:
        began = time.perf_counter()
        await (await people[n % PEOPLE].uses(general, "/cairn help")).answered(60.0)
        waits.append(time.perf_counter() - began)

    began = time.perf_counter()
    for n in range(seconds * EVENTS):
        await asyncio.sleep(max(began + n / EVENTS - time.perf_counter(), 0.0))
        await people[n % PEOPLE].says(general, "hello")
        if n % (EVENTS // COMMANDS) == 0:
            asked.append(asyncio.create_task(ask(n // (EVENTS // COMMANDS))))
    await asyncio.gather(*asked)
    return waits
