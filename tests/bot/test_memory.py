"""Memory that is free is given back to the system."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from bot.operating.memory import GivingBack, trim

LARGE, SMALL = 20_000, 3_000
MUCH = LARGE * SMALL // 2


def test_what_is_free_between_what_is_in_use_is_given_back() -> None:
    if not trim():
        pytest.skip("this system's C library does not do that")
    kept = [bytes(SMALL) for _ in range(LARGE)]
    for n in range(0, LARGE, 16):  # every sixteenth stays
        kept[n + 1 : n + 16] = [b""] * len(kept[n + 1 : n + 16])
    before = resident()

    assert trim()

    assert before - resident() > MUCH // 2
    assert len(kept) == LARGE


def resident() -> int:
    """Return this process's memory in use, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_memory_is_given_back_again_and_again_until_told_to_stop() -> None:
    loop, stop, times = asyncio.get_running_loop(), asyncio.Event(), []

    def give_back() -> None:
        times.append(1)
        if len(times) == 3:
            loop.call_soon_threadsafe(stop.set)

    await asyncio.wait_for(GivingBack(give_back, 0.001).run(stop), 60)

    assert len(times) >= 3


async def test_told_to_stop_it_ends_at_once() -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(GivingBack(seconds=3_600).run(stop))
    await asyncio.sleep(0)
    stop.set()

    await asyncio.wait_for(running, 60)
