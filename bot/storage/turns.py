"""Transactions that take turns with all others in which somebody of a community becomes known, changes or goes.

On PostgreSQL locks are taken in this order, so that nobody waits for somebody who waits for them: first the turn, then
a member's (`contacts.lock`), then rows, then whether messages go out (`outgoing`), and last the audit log's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import take_turns
from bot.storage.engine import Database


@asynccontextmanager
async def in_turn(database: Database, community: int) -> AsyncIterator[AsyncConnection]:
    """Open a transaction that writes, and wait for its turn first."""
    async with database.write() as connection:
        await take_turns(connection, community)
        yield connection
