"""The clock: looks at short intervals for what is due, and has it done, each lane by itself.

It keeps nothing in memory that decides anything: what is due follows from the time, and what was done stands in the
store. So it does not matter how many clocks there are, how long none ran, or that one was put forward or back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clockwork.agenda import Entry, Place, Reckoner, agenda, duties, places, wish, zone_of
from bot.clockwork.duties import Do, Job, Jobs
from bot.clockwork.shifts import Bench, Shift
from bot.errors import CairnError
from bot.operating.logs import unexpected
from bot.storage import tasks
from bot.storage.tasks import Held, Lane, Task

TICK_SECONDS = 15.0
"""How often is looked."""
LOOK_OVER_SECONDS = 60.0
"""How often is looked what is overdue."""
AT_ONCE = 4
"""How many lanes are worked off at once."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Due:
    lane: Lane
    does: tuple[Job, Do | None]
    zone: ZoneInfo


class Clock:
    """The clock of one process."""

    def __init__(self, bench: Bench, jobs: Jobs) -> None:
        """Take what to work with and the jobs."""
        self._bench = bench
        self._jobs = jobs
        self._busy: dict[Lane, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._woken = asyncio.Event()
        self._looked_over: int | None = None
        self.entries: Sequence[Entry] = ()
        """What is on the clock, as it was looked over last; empty before."""

    async def run(self, stop: asyncio.Event) -> None:
        """Have done what is due, until told to stop; then what is being done is finished.

        Broken off meanwhile, it breaks that off as well. Raises MachineError as the storage does.
        """
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._woken.clear()
                await self.tick()
                woken = asyncio.create_task(self._woken.wait())
                await asyncio.wait((stopped, woken), timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                woken.cancel()
            await self.rest()
        finally:
            stopped.cancel()
            for one in self._busy.values():
                one.cancel()
            await self.rest()

    async def tick(self) -> None:
        """Look once, and begin what is due and nobody is at."""
        now = self._bench.ms()
        async with self._bench.database.read() as connection:
            found = await self._due(connection, now)
            if self._looked_over is None or abs(now - self._looked_over) >= LOOK_OVER_SECONDS * 1000:
                self.entries, self._looked_over = await agenda(connection, self._jobs, now), now
                self._tell(now)
        for one in found:
            if one.lane not in self._busy:
                self._busy[one.lane] = asyncio.create_task(self._work(one), name=one.lane.name)

    def late(self) -> list[str]:
        """Return the names of the jobs that are overdue anywhere, as it was looked over last."""
        return sorted({one.job.name for one in self.entries if one.late is not None})

    def _tell(self, now: int) -> None:
        """Tell how each job stands, in the community where it stands worst."""
        for name in self._jobs.by_name:
            here = [one for one in self.entries if one.job.name == name]
            ages = [(now - (one.done.ended_at or now)) / 1000 for one in here if one.done is not None]
            late = max(((now - one.late) / 1000 for one in here if one.late is not None), default=0.0)
            self._bench.told.job_stands(name, max(ages, default=None), late)

    async def rest(self) -> None:
        """Wait until nothing is being done any more."""
        while self._busy:
            await asyncio.wait(list(self._busy.values()))

    async def by_hand(self, lane: Lane) -> Task:
        """Have a job done now, with what it leaves for later; returns how it stands then.

        Where another process is at it, that one does it, and it still waits. Raises as the storage does.
        """
        async with self._bench.database.write() as connection:
            key = await wish(connection, lane, self._bench.ms())
        async with self._bench.database.read() as connection:
            there = {one.number: one for one in await places(connection)}
        job = self._jobs.by_name[lane.name]
        zone = zone_of(job, there[lane.community])
        await Shift(self._bench, lane, (job, None), zone).work()
        for part, do in job.parts.items():
            await Shift(self._bench, Lane(lane.community, f"{job.name}/{part}"), (job, do), zone).work()
        async with self._bench.database.read() as connection:
            done = await tasks.get(connection, lane, key)
        if done is None:
            raise CairnError(f"{lane.name} has been taken away meanwhile")
        return done

    async def _due(self, connection: AsyncConnection, now: int) -> list[_Due]:
        there = await places(connection)
        held = await tasks.lanes_there(connection)
        zones = {one.number: one.zone for one in there}
        wanted = await self._periods(connection, now, there, held)
        for lane in await tasks.waiting(connection, now, self._bench.timing.soon_ms):
            does = self._jobs.does(lane)
            if does is not None and lane.community in zones and lane not in wanted:
                wanted[lane] = _Due(lane, does, zones[lane.community])
        return [one for lane, one in wanted.items() if lane not in held or not self._taken(held[lane], now)]

    async def _periods(
        self, connection: AsyncConnection, now: int, there: Sequence[Place], held: Mapping[Lane, Held]
    ) -> dict[Lane, _Due]:
        """Return the lanes that are new, or of which the last period is not put down yet."""
        reckoner, found, keys = Reckoner(now), {}, {}
        for job, place in duties(self._jobs, there):
            lane, zone = Lane(place.number, job.name), zone_of(job, place)
            last = reckoner.last(job.cron, zone)
            if lane not in held or (last is not None and last.due >= held[lane].since):
                found[lane] = _Due(lane, (job, None), zone)
                keys[lane] = last.key if last is not None else ""
        known = await tasks.there(connection, [(lane, key) for lane, key in keys.items() if lane in held])
        return {lane: one for lane, one in found.items() if (lane, keys[lane]) not in known}

    def _taken(self, lane: Held, now: int) -> bool:
        return now < lane.lease <= now + self._bench.timing.lease_ms

    async def _work(self, due: _Due) -> None:
        begun = 0
        try:
            async with self._places:
                begun = await Shift(self._bench, due.lane, due.does, due.zone).work()
        except CairnError as error:
            _logger.warning("%s: %s", due.lane.name, error)
        except Exception as error:  # noqa: BLE001 - whatever happens to one lane, the others go on
            unexpected(_logger, due.lane.name, error)
        finally:
            del self._busy[due.lane]
            if begun:  # it may have left something for later
                self._looked_over = None
                self._woken.set()
