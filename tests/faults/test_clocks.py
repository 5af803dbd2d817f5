"""Clocks in processes of their own: they race, are killed in the middle, and are paused past their lease."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clockwork.agenda import agenda
from bot.storage import tasks
from bot.storage.engine import Database
from bot.storage.tasks import Lane
from tests.bot.clockwork import DAY, Rig, founded
from tests.faults.ticking import START, jobs

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


@pytest.fixture(scope="module")
def door() -> Iterator[str]:
    """Where to knock for a clock in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "door"))  # the test's own folder may have a name too long for a socket
        command = (sys.executable, "-m", "tests.faults.ticking", path)
        start = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        with start:  # its standard input is closed in the end: so it ends, with all that it made
            assert start.stdout is not None
            assert start.stdout.readline() == b"ready\n"
            yield path


class Process:
    """A clock in a process of its own."""

    def __init__(self, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self._reader, self._writer = streams
        self.number = 0

    def send(self, number: signal.Signals) -> None:
        os.kill(self.number, number)

    def put(self, seconds: float) -> None:
        """Put its clock forward, and let it look."""
        self._writer.write(f"{seconds}\n".encode())

    async def heard(self) -> str:
        """Return its next line; nothing where it has ended."""
        return (await asyncio.wait_for(self._reader.readline(), PATIENCE)).decode().strip()

    async def end(self) -> None:
        """Kill it, and wait until it is gone."""
        with suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        with suppress(ConnectionError):
            while await self.heard():
                continue
        self._writer.close()


@asynccontextmanager
async def ticking(door: str, url: str, folder: Path) -> AsyncIterator[Process]:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(door)
    streams = await asyncio.open_connection(sock=connection)
    one = Process(streams)
    streams[1].write(f"{json.dumps([url, str(folder)])}\n".encode())
    one.number = int(await one.heard())
    try:
        yield one
    finally:
        await one.end()


async def commits(database: Database, slow: str = "") -> list[int]:
    """Return how often each write of each period was committed: of all jobs, of the slow one (LIKE) or the others."""
    which = f" AND name {slow} 'slow%'" if slow else ""
    async with database.read() as connection:
        rows = await connection.execute(text(f"SELECT value FROM note WHERE owner = 'test'{which}"))
        return [int(row[0]) for row in rows]


async def only_the_slow_one_is_left(database: Database, folder: Path) -> None:
    """Wait until the other jobs are done and put down; so nothing is stopped while it writes."""
    end = time.monotonic() + PATIENCE
    while not (folder / "begun").exists() or len(await commits(database)) < 3 or await held(database) != ["slow"]:
        assert time.monotonic() < end, "it does not come about"
        await asyncio.sleep(0.05)


async def held(database: Database) -> list[str]:
    async with database.read() as connection:
        return sorted(one.name for one, stands in (await tasks.lanes_there(connection)).items() if stands.lease)


async def test_two_processes_do_each_period_once(door: str, database_url: str, tmp_path: Path) -> None:
    (tmp_path / "go on").touch()
    async with (
        founded(database_url, "UTC", "Europe/Berlin", "America/New_York") as (database, _),
        ticking(door, database_url, tmp_path) as one,
        ticking(door, database_url, tmp_path) as other,
    ):
        for seconds in (0.0, DAY, 3 * DAY, DAY):
            one.put(seconds)
            other.put(seconds)
            said = [await one.heard(), await other.heard()]
        # Three towns: five nights of three jobs, and of the slow one, which writes twice, the last night at each look.
        assert sorted(await commits(database)) == [1] * 3 * (5 * 3 + 3 * 2)
        assert sum(int(line.split()[1]) for line in said) == 3 * (5 * 3 + 3)


async def test_a_process_paused_past_its_lease_writes_nothing_when_it_wakes(
    door: str, database_url: str, tmp_path: Path
) -> None:
    async with founded(database_url, "UTC") as (database, (town,)), ticking(door, database_url, tmp_path) as paused:
        paused.put(0.0)
        assert await paused.heard() == "done 0"
        paused.put(DAY)
        await only_the_slow_one_is_left(database, tmp_path)
        paused.send(signal.SIGSTOP)
        (tmp_path / "go on").touch()
        async with ticking(door, database_url, tmp_path) as other:
            other.put(DAY + 30)
            assert await other.heard() == "done 0"  # the lease still holds
            other.put(31)
            assert await other.heard() == "done 1"
        paused.send(signal.SIGCONT)
        assert await paused.heard() == "done 3"
        assert await commits(database) == [1] * 5
        states = await Rig(database, START, []).states(Lane(town, "slow"))
        assert states == {"2026-03-11T02:30Z": ("done", 2)}


async def test_a_process_killed_in_the_middle_of_a_job_loses_and_repeats_nothing(
    door: str, database_url: str, tmp_path: Path
) -> None:
    async with founded(database_url, "UTC") as (database, (town,)):
        async with ticking(door, database_url, tmp_path) as killed:
            killed.put(0.0)
            await killed.heard()
            killed.put(DAY)
            await only_the_slow_one_is_left(database, tmp_path)
            killed.send(signal.SIGKILL)
        (tmp_path / "go on").touch()
        async with ticking(door, database_url, tmp_path) as next_one:
            next_one.put(DAY + 61)
            await next_one.heard()
        assert await commits(database) == [1] * 5
        assert (await Rig(database, START, []).states(Lane(town, "slow")))["2026-03-11T02:30Z"] == ("done", 2)


async def lives(door: str, url: str, folder: Path, dice: random.Random, *, days: int, stretches: int = 1) -> None:
    """Kill a clock a day, at any moment; after each stretch of days nothing is late, lost or done twice."""
    (folder / "go on").touch()
    async with founded(url, "UTC", "UTC") as (database, towns):
        await Rig(database, START, jobs(folder)).tick()
        for first in range(0, days * stretches, days):
            for day in range(first, first + days):
                async with ticking(door, url, folder) as one:
                    one.put(day * DAY)
                    await asyncio.sleep(dice.uniform(0.0, 0.15))
            end = (first + days - 1) * DAY + 30_000  # what was broken off most often waits for hours
            async with ticking(door, url, folder) as last:
                last.put(end)
                await last.heard()
            await look_at_all(database, Rig(database, START + end, jobs(folder)), towns, first + days - 1)


async def look_at_all(database: Database, rig: Rig, towns: list[int], nights: int) -> None:
    async with database.read() as connection:
        assert [one for one in await agenda(connection, rig.jobs, rig.ms) if one.late or one.failing] == []
    assert await commits(database, "NOT LIKE") == [1] * len(towns) * 3 * nights  # three jobs in each town
    for town in towns:
        states = await rig.states(Lane(town, "slow"))
        assert states[max(states)][0] == tasks.DONE
        for key, (state, _) in states.items():
            await look_at_the_slow_one(database, town, key, state)


async def look_at_the_slow_one(database: Database, town: int, key: str, state: str) -> None:
    """What its policy makes up for is done as a whole; what a later day took the place of may have been half done."""
    async with database.read() as connection:
        rows = await connection.execute(
            text("SELECT name, value FROM note WHERE owner = 'test' AND space = :town AND name LIKE 'slow%'"),
            {"town": town},
        )
        found = {str(row[0]): int(row[1]) for row in rows}
    assert state in (tasks.DONE, tasks.SKIPPED)
    # The last write commits with the word that it is done; those before it may be run again after a kill.
    assert found.get(f"slow end {key}", 0) == (state == tasks.DONE)
    assert found.get(f"slow {key}", 0) >= (state == tasks.DONE)


async def test_processes_killed_at_any_moment_do_each_period_once(door: str, sqlite_url: str, tmp_path: Path) -> None:
    await lives(door, sqlite_url, tmp_path, random.Random(7), days=3)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_processes_killed_for_two_hundred_days_do_each_period_once(
    door: str, database_url: str, tmp_path: Path
) -> None:
    await lives(door, database_url, tmp_path, random.Random(), days=20, stretches=10)
