"""Several listeners and settlers at work in one database at once: all is stored once and scored right."""

from __future__ import annotations

import asyncio

import pytest
from cryptography.fernet import Fernet

from bot.errors import MachineError
from bot.intake import Intake
from bot.keys import Keys
from bot.settle import Settler
from bot.storage.engine import Database
from scoring.signals import Signal
from tests.scenarios.simple import gone, message, reaction, thanks
from tests.scenarios.words import LIVE, SOURCES
from tests.scenarios.world import Town, world

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
PEOPLE = ("ann", "bob", "cat", "dan")


def heap() -> list[Signal]:
    """Return a heap of signals about the same few messages."""
    messages = [message(n, PEOPLE[n % 4], day=n % 3, parent=0 if n % 5 == 1 else None) for n in range(40)]
    cheers = [reaction(n * 3, who) for n in range(10) for who in PEOPLE]
    rounds = [thanks(n, PEOPLE[n % 4], PEOPLE[(n + 1) % 4]) for n in range(12)]
    return [*messages, *cheers, *rounds, *(gone(messages[n]) for n in range(4, 40, 9))]


async def listen(town: Town, database: Database, signals: list[Signal]) -> None:
    """Give signals in small calls, each until it is taken."""
    async with Intake(database, KEYS, batch=16) as intake:
        for start in range(0, len(signals), 8):
            while True:
                try:
                    await intake.record(town.origin(LIVE), signals[start : start + 8])
                    break
                except MachineError:
                    await asyncio.sleep(0.01)


async def settle(town: Town, database: Database, ended: asyncio.Event) -> None:
    """Settle over and over until the listeners have ended."""
    settler = Settler(database, town.id)
    while not ended.is_set():
        await settler.settle()
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("settlers", [1, 2])
def test_listeners_and_settlers_at_once_store_once_and_score_right(database_url: str, settlers: int) -> None:
    async def together(town: Town) -> None:
        databases = [Database(database_url) for _ in range(3 + settlers)]
        ended = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as work:
                for database in databases[3:]:
                    work.create_task(settle(town, database, ended))
                async with asyncio.TaskGroup() as listeners:
                    for n, database in enumerate(databases[:3]):
                        signals = heap()[:: -1 if n == 1 else 1]
                        listeners.create_task(listen(town, database, signals[n * 10 :] + signals[: n * 10]))
                ended.set()
        finally:
            for database in databases:
                await database.close()

    with world(database_url, KEYS) as place:
        town = place.found("town", sources=SOURCES)
        alone = place.found("alone", sources=SOURCES)
        town.record(LIVE, heap()[:1])
        place.run(together(town))
        town.settle()
        alone.record(LIVE, heap())
        alone.settle()

        assert town.waiting() == 0
        assert town.holding() == alone.holding()
        assert sorted(town.scores().tallies.values()) == sorted(alone.scores().tallies.values())
        assert town.differences() == {}
