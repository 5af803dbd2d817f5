"""The PostgreSQL server is stopped in the middle of everything: Cairn waits, and nothing is lost or there twice."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.faults.crowd import Crowd
from tests.faults.lives import SOAK, lives
from tests.faults.server import Breakable, breakable

MANY = 20
BACK_SECONDS = 10.0
"""Within which all should be ready again, once the server is back; on a quiet machine."""


@pytest.fixture
def server() -> Iterator[Breakable]:
    try:
        with breakable() as one:
            yield one
    except postgres.NoServerError as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.mark.parametrize(("times", "away"), [(2, 1.0), pytest.param(50, 30.0, marks=SOAK)])
async def test_database_that_is_stopped_at_once_is_waited_for(
    server: Breakable, tmp_path: Path, times: int, away: float
) -> None:
    took = []
    async with lives(server.url, tmp_path) as those:
        crowd = Crowd(those.server.guild("Garden"))
        async with those.life() as life:
            await life.ready()
            busy = asyncio.create_task(crowd.goes_on(0.02))
            for _ in range(times):
                await asyncio.sleep(1)
                await server.stop_at_once()
                await life.not_ready()
                await asyncio.sleep(away)
                await server.start()
                back = time.monotonic()
                await life.ready()
                took.append(time.monotonic() - back)
            busy.cancel()
            await those.agree()
            assert those.server.gateway.counts["identifies"] == 1
    told = f"{times} times; ready again after {statistics.median(took):.1f} s, and {max(took):.1f} s at worst"
    sys.stdout.write(f"{told}\n")
    if times >= MANY:  # how long it takes a few times says more about the machine than about Cairn
        assert statistics.median(took) <= BACK_SECONDS, told
        late = [one for one in took if one > BACK_SECONDS]
        assert len(late) <= times // 50, took  # each should be in time; one may be the machine's
