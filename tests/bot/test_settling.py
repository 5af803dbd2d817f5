"""Settling while Cairn runs: told to stop far behind, it leaves the rest for the next start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.operating.metrics import Metrics
from bot.standing.settling import Settling
from bot.storage.engine import Database
from tests.scenarios.simple import message
from tests.scenarios.words import LIVE, SOURCES
from tests.scenarios.world import Town, world

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
FAR_BEHIND = 1_000
"""Member-days: more than a few transactions settle."""


class Stopping(Database):
    """A database in which the first transaction that writes is told to stop."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.stop = asyncio.Event()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with super().write() as connection:
            self.stop.set()
            yield connection


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    with world(sqlite_url, KEYS) as place:
        yield place.found("town", sources=SOURCES)


def test_told_to_stop_far_behind_it_stops_between_two_batches_and_goes_on_later(town: Town) -> None:
    town.record(LIVE, [message(n, f"person{n % 50}", day=n // 50) for n in range(FAR_BEHIND)])

    async def stopped_at_once() -> None:
        database = Stopping(town.world.database.url)
        try:
            await asyncio.wait_for(Settling(database, Metrics(), last=0.0).run(database.stop), 60)
        finally:
            await database.close()

    town.world.run(stopped_at_once())
    left = town.waiting()
    assert 0 < left < FAR_BEHIND

    town.world.run(Settling(town.world.database, Metrics()).once())
    assert town.waiting() == 0
    assert town.differences() == {}
