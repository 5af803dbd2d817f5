"""Clocks in processes of their own: they race, are killed in the middle, and are paused past their lease."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.agenda import agenda
from bot.storage import tasks
from bot.storage.engine import Database
from bot.storage.tasks import Lane
from tests.bot.clockwork import DAY, Rig, founded
from tests.faults.ticking import START, jobs

pytestmark = pytest.mark.timeout(400)  # each starts up to five processes
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


class Process:
    """A clock in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def put(self, seconds: float) -> None:
        """Put its clock forward, and let it look."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seconds}\n".encode())

    async def heard(self) -> str:
        """Return its next line."""
        assert self._process.stdout is not None
        return (await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)).decode().strip()


@asynccontextmanager
async def ticking(url: str, folder: Path) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.ticking", url, str(folder)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    one = Process(process)
    try:
        assert await one.heard() == "ready"
        yield one
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


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


async def test_two_processes_do_each_period_once(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "go on").touch()
    async with (
        founded(database_url, "UTC", "Europe/Berlin", "America/New_York") as (database, _),
        ticking(database_url, tmp_path) as one,
        ticking(database_url, tmp_path) as other,
    ):
        for seconds in (0.0, DAY, 3 * DAY, DAY):
            one.put(seconds)
            other.put(seconds)
            said = [await one.heard(), await other.heard()]
        # Three towns: five nights of three jobs, and of the slow one, which writes twice, the last night at each look.
        assert sorted(await commits(database)) == [1] * 3 * (5 * 3 + 3 * 2)
        assert sum(int(line.split()[1]) for line in said) == 3 * (5 * 3 + 3)


async def test_a_process_paused_past_its_lease_writes_nothing_when_it_wakes(database_url: str, tmp_path: Path) -> None:
    async with founded(database_url, "UTC") as (database, (town,)), ticking(database_url, tmp_path) as paused:
        paused.put(0.0)
        assert await paused.heard() == "done 0"
        paused.put(DAY)
        await only_the_slow_one_is_left(database, tmp_path)
        paused.send(signal.SIGSTOP)
        (tmp_path / "go on").touch()
        async with ticking(database_url, tmp_path) as other:
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
    database_url: str, tmp_path: Path
) -> None:
    async with founded(database_url, "UTC") as (database, (town,)):
        async with ticking(database_url, tmp_path) as killed:
            killed.put(0.0)
            await killed.heard()
            killed.put(DAY)
            await only_the_slow_one_is_left(database, tmp_path)
            killed.send(signal.SIGKILL)
        (tmp_path / "go on").touch()
        async with ticking(database_url, tmp_path) as next_one:
            next_one.put(DAY + 61)
            await next_one.heard()
        assert await commits(database) == [1] * 5
        assert (await Rig(database, START, []).states(Lane(town, "slow")))["2026-03-11T02:30Z"] == ("done", 2)


async def test_processes_killed_at_any_moment_do_each_period_once(sqlite_url: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    (tmp_path / "go on").touch()
    async with founded(sqlite_url, "UTC", "UTC") as (database, _):
        await Rig(database, START, jobs(tmp_path)).tick()
        for life in range(3):
            async with ticking(sqlite_url, tmp_path) as one:
                one.put(life * DAY)
                await asyncio.sleep(chance.uniform(0.0, 0.15))
                one.send(signal.SIGKILL)
        async with ticking(sqlite_url, tmp_path) as last:
            last.put(2 * DAY + 7_300)  # what was broken off most often waits for an hour or two
            await last.heard()
        own = Rig(database, START + 2 * DAY + 7_300, jobs(tmp_path))
        async with database.read() as connection:
            assert [one for one in await agenda(connection, own.jobs, own.ms) if one.late or one.failing] == []
        assert set(await commits(database)) == {1}
        # Two nights of three jobs in two towns; of the slow one only the last night must have come.
        assert len(await commits(database, "NOT LIKE")) == 2 * 3 * 2
        assert len(await commits(database, "LIKE")) in (4, 6, 8)
