"""Databases that count, wait or fail, for tests of who is told what and when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.engine import Database


class Watched(Database):
    """A database whose commits wait for a gate; `commits` holds how many engagements stood at each."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.commits: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that commits when the gate is open."""
        async with super().write() as connection:
            yield connection
            stored = await connection.execute(text("SELECT count(*) FROM engagement"))
            await self.gate.wait()
            self.commits.append(int(stored.scalar_one()))


class Counting(Database):
    """A SQLite database that counts the statements of its writing transactions."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.statements = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction whose statements are counted."""
        async with super().write() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            await raw.set_trace_callback(self._count)
            try:
                yield connection
            finally:
                await raw.set_trace_callback(None)

    def _count(self, statement: str) -> None:
        self.statements += 1


class Failing(Database):
    """A database whose transactions fail at their end, as on a full disk, while `failure` is set."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.failure: Exception | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that fails before its commit."""
        async with super().write() as connection:
            yield connection
            if self.failure is not None:
                raise self.failure
