"""A connection whose other end has silently gone is noticed and taken up again; a quiet one is left in peace."""

from __future__ import annotations

import asyncio
import time

import pytest

from integrations.discord.timing import Timing
from integrations.sandbox.discord.server import Sandbox
from tests.scenarios.discord_people import SECRET, crowd
from tests.scenarios.discord_rig import Rig, rig, until

BEAT_MS, HOUR_MS = 41_250, 3_600_000
"""How often Discord has a client say that it is there; and an hour."""
LONG = (pytest.mark.soak, pytest.mark.timeout(3_600))


async def frozen(one: Rig) -> float:
    """Freeze the connection while people are busy; returns after how many seconds all was heard."""
    people = crowd(one, "Garden", 6)
    await one.start()
    await one.heard()
    await people.act(10)
    await one.heard()
    one.proxy.freeze()
    began = time.monotonic()
    await people.act(20)
    await until(lambda: one.server.gateway.counts["resumes"] == 1, within=150)
    took = time.monotonic() - began
    await one.stores()
    await one.agrees()
    assert await one.gaps() == []
    assert one.server.gateway.counts["identifies"] == 1
    await one.stop()
    await one.check()
    await one.keeps_quiet(SECRET)
    return took


async def stays(server: Sandbox, seconds: float, beats: int) -> None:
    """Check that nothing but heartbeats happens for a while."""
    await asyncio.sleep(seconds)
    assert server.gateway.counts["heartbeats"] >= beats
    assert server.gateway.counts["connections"] == 1


async def test_frozen_connection_is_noticed_and_taken_up_again(database_url: str) -> None:
    async with rig(database_url) as one:
        one.timing = Timing(pause=one.clock.pause, note=0.05, stays=0.2, silence=1.0, closing=0.5)
        assert await frozen(one) < 30


async def test_quiet_connection_is_left_in_peace(sqlite_url: str) -> None:
    async with rig(sqlite_url, heartbeat=0.5) as one:
        one.timing = Timing(pause=one.clock.pause, note=0.05, stays=0.2, silence=4.0)
        await one.start()
        await one.heard()
        await stays(one.server, 5.5, 6)


@pytest.mark.parametrize(
    ("hours", "heartbeat", "silence"),
    [(8, 0.001, 10.0), pytest.param(24, 0.001, 10.0, marks=LONG), pytest.param(24, 0.5, 2.0, marks=LONG)],
)
async def test_quiet_hours_bring_no_new_connection(
    sqlite_url: str, hours: int, heartbeat: float, silence: float
) -> None:
    async with rig(sqlite_url, heartbeat=heartbeat) as one:
        one.server.gateway.most_said = 1_000_000  # hours are seconds here
        one.timing = Timing(pause=one.clock.pause, note=1.0, silence=silence)
        people = crowd(one, "Garden", 6)
        await one.start()
        await one.heard()
        await people.act(5)
        await one.stores()
        await pass_by(one, hours * HOUR_MS)
        counts = one.server.gateway.counts
        assert (counts["connections"], counts["identifies"], counts["resumes"]) == (1, 1, 0)
        await people.act(5)
        await one.stores()
        await one.agrees()
        assert await one.gaps() == []
        await one.stop()
        await one.check()
        await one.keeps_quiet(SECRET)


async def pass_by(one: Rig, ms: int) -> None:
    """Let as many heartbeats come as in so long a time, and set the clock forward with each."""
    first = heard = one.server.gateway.counts["heartbeats"]
    while (heard - first) * BEAT_MS < ms:
        await until(lambda heard=heard: one.server.gateway.counts["heartbeats"] > heard)  # type: ignore[misc]
        now = one.server.gateway.counts["heartbeats"]
        one.clock.skip((now - heard) * BEAT_MS / 1_000)
        heard = now


@pytest.mark.soak
@pytest.mark.timeout(400)
async def test_frozen_connection_is_noticed_within_two_minutes(sqlite_url: str) -> None:
    async with rig(sqlite_url, heartbeat=41.25) as one:
        one.timing = Timing(pause=one.clock.pause)
        assert await frozen(one) <= 75


@pytest.mark.soak
@pytest.mark.timeout(2_400)
async def test_quiet_half_hour_brings_no_new_connection(sqlite_url: str) -> None:
    async with rig(sqlite_url, heartbeat=41.25) as one:
        one.timing = Timing()
        await one.start()
        await one.heard()
        await stays(one.server, 1_800, 40)
