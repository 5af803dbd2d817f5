"""How a Cairn may end while people are busy, on whatever platform: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import asyncio
import random
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text

from bot.operating.readiness import STOPPING
from bot.operating.running import SECOND_SIGNAL
from bot.storage.engine import Database
from tests.faults.doomed import KILLED
from tests.faults.lives import READY_SECONDS, AnyLives, Life, until

PAUSE = 0.02
"""Seconds between two acts while the process lives."""
POINTS = [(part, point) for part in ("signals", "heard", "scores") for point in ("before", "after")]
EVERY = [*POINTS, ("any", "begun")]
MANY = 100
TOLD_SECONDS = 1.0
DRAINED_SECONDS = 20.0


async def ends_at_commits(
    those: AnyLives[Any], points: Sequence[tuple[str, str]], times: Sequence[int], acts: int
) -> None:
    """Let it end by itself at named points around commits, the first, second ... of their sort."""
    each = acts // (len(times) * len(points))
    crowd = those.crowd()
    for n in times:
        for part, point in points:
            async with those.life(part, point, n) as life:
                await those.heard(life)
                busy = asyncio.create_task(crowd.goes_on())
                assert await life.ended() == KILLED, life.told
                busy.cancel()
            await crowd.acts(each)
            await those.an_hour_passes()
    async with those.life():
        await crowd.acts(max(acts - crowd.done, 0))
        await those.agree()


async def is_killed(those: AnyLives[Any], kills: int, acts: int) -> None:
    """Kill it at any moment, while it starts and while it is ready."""
    chance, took, crowd = random.Random(3), list[float](), those.crowd()
    each = acts // kills
    for n in range(kills):
        async with those.life() as life:
            if n % 2:  # else it is killed while it starts or reads what it has missed
                took.append(await life.ready())
            else:
                await those.heard(life)
            await crowd.acts(chance.randrange(each // 10, 2 * each - each // 10), PAUSE)
        await crowd.acts(chance.randrange(10))
        await those.an_hour_passes()
    async with those.life() as life:
        took.append(await life.ready())
        await crowd.acts(max(acts - crowd.done, 0), PAUSE)
        await those.agree()
    told = f"{crowd.done} acts; ready after {statistics.median(took):.1f} s, and {max(took):.1f} s at worst"
    sys.stdout.write(f"{told}\n")
    assert crowd.done >= acts
    if kills >= MANY:  # how long a few starts take says more about the machine than about Cairn
        assert statistics.median(took) <= READY_SECONDS, told


async def is_stopped(those: AnyLives[Any], pause: float) -> None:
    """Ask it to stop under load (R21): it says so at once, drains and ends in order."""
    crowd = those.crowd()
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


async def is_stopped_twice(those: AnyLives[Any], times: int) -> None:
    """Ask it to stop while it can store nothing, and ask again: it ends at once."""
    crowd = those.crowd()
    for _ in range(times):
        async with those.life() as life:
            await life.ready()
            await crowd.acts(50)
            async with _nobody_else_writes(those.rig.url):  # what was heard cannot be stored: it would wait for long
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
async def _nobody_else_writes(url: str) -> AsyncIterator[None]:
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
