"""Killed at named points around each commit, and at any moment: what was heard is stored once, and scores are right."""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd
from tests.faults.doomed import KILLED
from tests.faults.lives import MOSTLY_SQLITE, READY_SECONDS, SOAK, lives

MANY = 100
PAUSE = 0.02
"""Seconds between two acts while the process lives."""
POINTS = [(part, point) for part in ("signals", "heard", "scores") for point in ("before", "after")]
FEW = [("signals", "before"), ("signals", "after"), ("scores", "before")]


@pytest.mark.parametrize(
    ("points", "times", "acts"),
    [(FEW, [2], 15), pytest.param([*POINTS, ("any", "begun")], [1, 2, 3, 7, 20], 2_000, marks=SOAK)],
)
async def test_process_that_ends_at_a_commit_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, points: list[tuple[str, str]], times: list[int], acts: int
) -> None:
    each = acts // (len(times) * len(points))
    async with lives(database_url, tmp_path) as those:
        crowd = Crowd(those.server.guild("Garden"))
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


@MOSTLY_SQLITE
@pytest.mark.parametrize(("kills", "acts"), [(2, 100), pytest.param(500, 50_000, marks=SOAK)])
async def test_process_killed_at_any_moment_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, kills: int, acts: int
) -> None:
    chance, took = random.Random(3), list[float]()
    each = acts // kills
    async with lives(database_url, tmp_path) as those:
        crowd = Crowd(those.server.guild("Garden"))
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
