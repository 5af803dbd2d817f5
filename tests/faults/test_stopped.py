"""Asked to stop under load: told at once, nothing lost, and ended in order; asked twice, ended at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.endings import is_stopped, is_stopped_twice
from tests.faults.lives import MOSTLY_SQLITE, SOAK, lives, slack_lives


@MOSTLY_SQLITE
@pytest.mark.parametrize("pause", [0.02, pytest.param(0.0, marks=SOAK)])
async def test_stopped_under_load_it_is_not_ready_at_once_and_loses_nothing(
    database_url: str, tmp_path: Path, pause: float
) -> None:
    async with lives(database_url, tmp_path) as those:
        await is_stopped(those, pause)


@MOSTLY_SQLITE
@pytest.mark.parametrize("times", [1, pytest.param(50, marks=SOAK)])
async def test_asked_twice_it_ends_at_once_and_nothing_is_lost(database_url: str, tmp_path: Path, times: int) -> None:
    async with lives(database_url, tmp_path) as those:
        await is_stopped_twice(those, times)


@pytest.mark.soak
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("http", [False, True], ids=["sockets", "http"])
async def test_stopped_on_slack_under_load_it_loses_nothing(database_url: str, tmp_path: Path, http: bool) -> None:
    async with slack_lives(database_url, tmp_path, http=http) as those:
        await is_stopped(those, 0.005)


@pytest.mark.soak
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("http", [False, True], ids=["sockets", "http"])
async def test_asked_twice_on_slack_it_ends_at_once_and_nothing_is_lost(
    database_url: str, tmp_path: Path, http: bool
) -> None:
    async with slack_lives(database_url, tmp_path, http=http) as those:
        await is_stopped_twice(those, 10)
