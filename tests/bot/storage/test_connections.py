"""Connections to PostgreSQL that were lost while they lay in the pool."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.errors import MachineError
from bot.storage.engine import RESTED_SECONDS, Database


async def backend(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def ends(url: str, process: int) -> None:
    """Let the server end a connection, and wait until it is gone."""
    other = Database(url)
    try:
        async with other.write() as connection:
            ended = await connection.execute(text("SELECT pg_terminate_backend(:one, 5000)"), {"one": process})
            assert ended.scalar_one()
    finally:
        await other.close()


def lies_long(database: Database) -> None:
    """Make all that lies in the pool old."""

    def older(_: Any, record: Any) -> None:
        record.info["used"] -= 2 * RESTED_SECONDS

    event.listen(database.reading.sync_engine.pool, "checkin", older)


def test_connection_that_was_lost_while_it_lay_is_made_anew_unseen(postgresql_url: str) -> None:
    async def story() -> None:
        database = Database(postgresql_url)
        lies_long(database)
        try:
            first = await backend(database)
            assert await backend(database) == first
            await ends(postgresql_url, first)
            assert await backend(database) not in (0, first)
        finally:
            await database.close()

    asyncio.run(story())


def test_connection_that_was_lost_just_now_fails_once_and_the_next_is_new(postgresql_url: str) -> None:
    async def story() -> None:
        database = Database(postgresql_url)
        pool = database.reading.sync_engine.pool
        event.listen(pool, "checkin", lambda _, record: record.info.update(used=record.info["used"] + 3600))
        try:
            first = await backend(database)
            await ends(postgresql_url, first)
            with pytest.raises(MachineError):
                await backend(database)
            assert await backend(database) not in (0, first)
        finally:
            await database.close()

    asyncio.run(story())
