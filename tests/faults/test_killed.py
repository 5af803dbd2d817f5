"""Killed at named points around each commit, and at any moment: what was heard is stored once, and scores are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.endings import EVERY, ends_at_commits, is_killed
from tests.faults.lives import MOSTLY_SQLITE, SOAK, lives, slack_lives

FEW = [("signals", "before"), ("signals", "after"), ("scores", "before")]
AROUND = [("signals", "before"), ("signals", "after")]
WAYS = pytest.mark.parametrize("http", [False, pytest.param(True, marks=SOAK)], ids=["sockets", "http"])


@pytest.mark.parametrize(
    ("points", "times", "acts"),
    [(FEW, [2], 15), pytest.param(EVERY, [1, 2, 3, 7, 20], 2_000, marks=SOAK)],
)
async def test_process_that_ends_at_a_commit_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, points: list[tuple[str, str]], times: list[int], acts: int
) -> None:
    async with lives(database_url, tmp_path) as those:
        await ends_at_commits(those, points, times, acts)


@MOSTLY_SQLITE
@pytest.mark.parametrize(("kills", "acts"), [(2, 100), pytest.param(500, 50_000, marks=SOAK)])
async def test_process_killed_at_any_moment_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, kills: int, acts: int
) -> None:
    async with lives(database_url, tmp_path) as those:
        await is_killed(those, kills, acts)


@MOSTLY_SQLITE
@WAYS
@pytest.mark.parametrize(
    ("points", "times", "acts"),
    [(AROUND[1:], [2], 15), pytest.param(EVERY, [1, 2, 3, 7, 20], 2_000, marks=SOAK)],
)
async def test_process_on_slack_that_ends_at_a_commit_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, http: bool, points: list[tuple[str, str]], times: list[int], acts: int
) -> None:
    """What was acknowledged is stored; what was not comes again (R1)."""
    async with slack_lives(database_url, tmp_path, http=http) as those:
        await ends_at_commits(those, points, times, acts)


@pytest.mark.soak
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("http", [False, True], ids=["sockets", "http"])
@pytest.mark.parametrize(("kills", "acts"), [(20, 1_000), (300, 30_000)])
async def test_process_on_slack_killed_at_any_moment_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, http: bool, kills: int, acts: int
) -> None:
    async with slack_lives(database_url, tmp_path, http=http) as those:
        await is_killed(those, kills, acts)
