"""Asked to stop under load: told at once, nothing lost, and ended in order; asked twice, ended at once."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import pytest

from bot.operating.running import SECOND_SIGNAL
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
            told = await _answer_changes(life) - asked
            assert await life.ended() == 0, life.told
            drained = time.monotonic() - asked
            busy.cancel()
        async with those.life():
            await until(those.rig.gaps)  # what the crowd went on with meanwhile takes a while to be read
            await those.agree()
    if not pause:  # in the long form; a busy machine has little to do with Cairn
        assert (told < TOLD_SECONDS, drained < DRAINED_SECONDS) == (True, True), (told, drained)


async def test_asked_twice_it_ends_at_once_and_nothing_is_lost(sqlite_url: str, tmp_path: Path) -> None:
    async with lives(sqlite_url, tmp_path) as those:
        crowd = Crowd(those.server.guild("Garden"))
        async with those.life() as life:
            await life.ready()
            await crowd.acts(50)
            life.process.send_signal(signal.SIGTERM)
            await _answer_changes(life)
            life.process.send_signal(signal.SIGTERM)
            assert await life.ended() in (SECOND_SIGNAL, 0)  # 0 where it was quicker than the second signal
        async with those.life():
            await those.agree()


async def _answer_changes(life: Life) -> float:
    """Return when it is no longer said that all is ready."""
    while (await life.asked("/readyz"))[0] == 200:
        pass
    return time.monotonic()


async def _true(value: object) -> object:
    return value
