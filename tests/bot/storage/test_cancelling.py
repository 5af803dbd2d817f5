"""Work on the store that is broken off, at any point, leaves nothing behind for whoever comes next."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from bot.storage.engine import Database


async def test_reading_that_is_broken_off_at_any_step_leaves_no_transaction_open(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")

    async def read() -> int:
        async with database.read() as connection:
            return int((await connection.execute(text("SELECT 1"))).scalar_one())

    try:
        for steps in range(60):
            broken = asyncio.create_task(read())
            for _ in range(steps % 12):
                await asyncio.sleep(0)
            broken.cancel()
            with suppress(asyncio.CancelledError):
                await broken
            assert await read() == 1
    finally:
        await database.close()
