"""Asked to stop under load: told at once, nothing lost, and ended in order; asked twice, ended at once."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.operating.readiness import STOPPING
from bot.operating.running import SECOND_SIGNAL
from bot.storage.engine import Database
from tests.faults.crowd import Crowd
from tests.faults.lives import MOSTLY_SQLITE, SOAK, Life, lives, until

TOLD_SECONDS = 1.0
DRAINED_SECONDS = 20.0


@MOSTLY_SQLITE
@pytest.mark.parametrize("pause", [0.02, pytest.param(0.0, marks=SOAK)])
async def test_stopped_under_load_it_is_not_ready_at_once_and_loses_nothing(
    database_url: str, tmp_path: Path, pause: float
) -> None:
    async with lives(database_url, tmp_path) as those:
        crowd = Crowd(those.server.guild("Garden"))
        async with those.life() as life:
            await life.ready()
            busy = asyncio.create_task(crowd.goes_on(pause))
            await until(lambda: _true(crowd.done >= 50))
            asked = time.monotonic()
            life.process.send_signal(signal.SIGTERM)
            told = await _is_told(life) - asked
            assert await life.ended() == 0, life.told
            drained = time.monotonic() - asked
            busy.cancel()
        async with those.life():
            await until(those.rig.gaps)  # what the crowd went on with meanwhile takes a while to be read
            await those.agree()
    assert (told < TOLD_SECONDS, drained < DRAINED_SECONDS) == (True, True), (told, drained)


@MOSTLY_SQLITE
@pytest.mark.parametrize("times", [1, pytest.param(50, marks=SOAK)])
async def test_asked_twice_it_ends_at_once_and_nothing_is_lost(database_url: str, tmp_path: Path, times: int) -> None:
    async with lives(database_url, tmp_path) as those:
        crowd = Crowd(those.server.guild("Garden"))
        for _ in range(times):
            async with those.life() as life:
                await life.ready()
                await crowd.acts(50)
                async with nobody_else_writes(database_url):  # what was heard cannot be stored: it would wait for long
                    await crowd.acts(50)
                    life.process.send_signal(signal.SIGTERM)
                    await _is_told(life)
                    life.process.send_signal(signal.SIGTERM)
                    asked = time.monotonic()
                    assert await life.ended() == SECOND_SIGNAL
                    assert time.monotonic() - asked < TOLD_SECONDS
            await those.an_hour_passes()
        async with those.life():
            await those.agree()


@asynccontextmanager
async def nobody_else_writes(url: str) -> AsyncIterator[None]:
    """Hold what everybody needs who stores something, until the block ends; nothing is changed."""
    database = Database(url)
    try:
        async with database.write() as connection:
            if database.kind == "postgresql":
                await connection.execute(text("LOCK TABLE engagement, setting, note"))
            yield
    finally:
        await database.close()


async def _is_told(life: Life) -> float:
    """Return when it is said that it stops, or nothing is said any more."""
    while True:
        status, said = await life.asked("/readyz")
        if not status or STOPPING in said:
            return time.monotonic()


async def _true(value: object) -> object:
    return value
