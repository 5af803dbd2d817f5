"""A database that lets somebody write only while a guard agrees."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.engine import Database

Guard = Callable[[AsyncConnection], Awaitable[None]]
"""What each transaction that writes begins with; it refuses by raising."""


class Guarded(Database):
    """The same database by the same connections; for what is handed a database and is not to know of the guard."""

    def __init__(self, whole: Database, guard: Guard) -> None:
        """Take the database and who guards it."""
        vars(self).update(vars(whole))
        self._whole = whole
        self._guard = guard

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that writes, once the guard has let it."""
        async with self._whole.write() as connection:
            await self._guard(connection)
            yield connection
