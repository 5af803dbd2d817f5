"""Works one lane off: takes it, does what is due in it, and puts down how that ended.

While it works it holds the lane by a lease that it renews. Every transaction it writes in looks first whether the lane
is still its own; so whoever was paused past their lease finds their writes refused, however late they wake.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clockwork.duties import LATER_CAME, Do, Job, Means, Missed, Work, Write
from bot.errors import CairnError, MachineError
from bot.operating.logs import unexpected
from bot.storage import tasks
from bot.storage.engine import Database
from bot.storage.guarded import Guarded
from bot.storage.tasks import Claim, Lane, Task
from scoring.signals import DAY_MS

EACH_DAYS, EACH_MOST = 31, 200
"""How far back each period is made up for, and how many at most."""
SKIP_MS = 900_000
"""How late work may begin that is not made up for."""
TOO_LATE = "nobody was there at its time"
_logger = logging.getLogger(__name__)


class PassedOnError(CairnError):
    """Somebody else has taken the work over; nothing more of it may be written."""


class Told(Protocol):
    """Who hears how jobs fare."""

    def job_done(self, job: str) -> None:
        """A job has come to its end."""
        ...

    def job_failed(self, job: str) -> None:
        """A job has failed once more."""
        ...

    def job_stands(self, job: str, age: float | None, late: float) -> None:
        """How long ago a job last came to its end (none: never), and for how long it is overdue (0: not), in s."""
        ...


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in seconds: how long a lane is held without a word, and how long work may take.

    What failed is tried again after a pause, twice as long each time, from `first_pause` to `longest_pause`.
    """

    lease: float = 60.0
    plan_limit: float = 600.0
    part_limit: float = 21_600.0
    first_pause: float = 60.0
    longest_pause: float = 21_600.0

    @property
    def lease_ms(self) -> int:
        """The lease in ms."""
        return round(self.lease * 1000)

    @property
    def soon_ms(self) -> int:
        """Nothing waits for longer than this (ms), but by a clock that was set back."""
        return round(self.longest_pause * 1000)

    def pause_ms(self, tries: int) -> int:
        """Return how long to wait after so many tries (ms)."""
        return round(min(self.first_pause * 2.0 ** min(max(tries, 1) - 1, 30), self.longest_pause) * 1000)


@dataclass(frozen=True, slots=True)
class Bench:
    """What all shifts work with. `now` gives seconds since 1970."""

    database: Database
    means: Means
    now: Callable[[], float]
    told: Told
    timing: Timing = field(default_factory=Timing)

    def ms(self) -> int:
        """Return the moment in ms."""
        return round(self.now() * 1000)


class Shift:
    """One lane, worked off once. `do` is the job's part, None for the job's own periods."""

    def __init__(self, bench: Bench, lane: Lane, does: tuple[Job, Do | None], zone: ZoneInfo) -> None:
        """Take what to work with, the lane, what does its work, and the zone its periods are in."""
        self._bench = bench
        self._lane = lane
        self._job, self._part = does
        self._zone = zone
        self._claim: Claim
        self._database = Guarded(bench.database, self._guard)

    async def work(self) -> int:
        """Do all that is due; returns how much was begun, 0 where the lane is somebody else's.

        Raises PassedOnError where it was taken over meanwhile, and MachineError as the storage does.
        """
        claim = await self._take()
        if claim is None:
            return 0
        self._claim, begun = claim, 0
        while (task := await self._next()) is not None:
            begun += 1
            await self._try(task)
        return begun

    async def _guard(self, connection: AsyncConnection) -> None:
        if not await tasks.hold(connection, self._claim, self._bench.ms() + self._bench.timing.lease_ms):
            raise PassedOnError(f"{self._lane.name} has been taken over by another process; it goes on there")

    async def _take(self) -> Claim | None:
        now = self._bench.ms()
        since = 0 if self._job.from_start else now
        async with self._bench.database.write() as connection:
            claim = await tasks.claim(connection, self._lane, since, now, self._bench.timing.lease_ms)
            if claim is not None and self._part is None:
                await self._put_down(connection, claim.since, now)
        return claim

    async def _put_down(self, connection: AsyncConnection, since: int, now: int) -> None:
        """Put down the periods that are due and were not put down before, as the job's policy has it."""
        cron, lane = self._job.cron, self._lane
        if self._job.missed is Missed.EACH:
            for one in cron.after(self._zone, max(since, now - EACH_DAYS * DAY_MS), now, EACH_MOST):
                await tasks.add(connection, lane, one.key, one.due, {})
            return
        last = cron.last(self._zone, now)
        if last is None or last.due < since or not await tasks.add(connection, lane, last.key, last.due, {}):
            return
        given_up = await tasks.skip(connection, lane, last.key, now, LATER_CAME)
        if given_up:
            _logger.warning("%s: %d earlier ones are given up, because a later one is due", lane.name, given_up)
        if self._job.missed is Missed.SKIP and now - last.due > SKIP_MS:
            await tasks.leave_out(connection, Task(lane, last.key, last.due, last.due), now, TOO_LATE)

    async def _next(self) -> Task | None:
        """Begin what is due next; where nothing is, the lane is let go."""
        timing = self._bench.timing
        async with self._database.write() as connection:
            now = self._bench.ms()
            task = await tasks.next_due(connection, self._lane, now, timing.soon_ms)
            if task is None:
                await tasks.release(connection, self._claim)
            else:
                # Put down before it is begun: what ends the whole process is tried more seldom each time, too.
                await tasks.begin(connection, task, now + timing.pause_ms(task.tries + 1))
        return task

    async def _try(self, task: Task) -> None:
        try:
            await self._within_lease(task)
        except PassedOnError:
            raise
        except asyncio.CancelledError:
            with suppress(CairnError):
                await self._put_back(task)
            raise
        except CairnError as error:
            await self._failed(task, str(error))
        except Exception as error:  # noqa: BLE001 - whatever happens to one job, the others go on
            await self._failed(task, unexpected(_logger, self._lane.name, error))
        else:
            self._bench.told.job_done(self._lane.name)

    async def _within_lease(self, task: Task) -> None:
        """Do the work while the lease is renewed, for no longer than it may take."""
        limit = self._bench.timing.plan_limit if self._part is None else self._bench.timing.part_limit
        worker, beat = asyncio.create_task(self._do(task)), asyncio.create_task(self._beat())
        try:
            await asyncio.wait((worker, beat), timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not worker.done():
                if beat.done():
                    beat.result()
                raise MachineError(f"it took longer than {round(limit / 60)} minutes and was broken off")
        finally:
            beat.cancel()
            worker.cancel()
            await asyncio.gather(worker, beat, return_exceptions=True)
        worker.result()

    async def _beat(self) -> None:
        """Renew the lease again and again. Raises PassedOnError where the lane is ours no longer."""
        while True:
            await asyncio.sleep(self._bench.timing.lease / 3)
            try:
                async with self._database.write():
                    pass
            except MachineError as error:
                _logger.warning("%s: the lease could not be renewed: %s", self._lane.name, error)

    async def _do(self, task: Task) -> None:
        work = Work(
            self._database, self._bench.means, self._lane, task.key, task.due, self._bench.ms(), task.about or {}
        )
        if self._part is not None:
            said = await self._part(work)
            async with self._database.write() as connection:
                await tasks.end(connection, task, self._bench.ms(), said)
            return
        writes = [*await self._job.plan(work)]
        for write in writes[:-1]:
            while await self._once(write, None):
                continue
        while await self._once(writes[-1] if writes else _nothing, task):
            continue

    async def _once(self, write: Write, last_of: Task | None) -> bool:
        """Run a write in a transaction of its own; returns whether more is left. The end commits with the last one."""
        async with self._database.write() as connection:
            more = await write(connection)
            if not more and last_of is not None:
                await tasks.end(connection, last_of, self._bench.ms(), "")
        return more

    async def _failed(self, task: Task, said: str) -> None:
        pause = self._bench.timing.pause_ms(task.tries + 1)
        self._bench.told.job_failed(self._lane.name)
        _logger.warning("%s failed and is tried again in %d s: %s", self._lane.name, pause // 1000, said)
        async with self._database.write() as connection:
            await tasks.failed(connection, task, self._bench.ms() + pause, said)

    async def _put_back(self, task: Task) -> None:
        async with self._database.write() as connection:
            await tasks.put_back(connection, task, self._bench.ms())
            await tasks.release(connection, self._claim)


async def _nothing(connection: AsyncConnection) -> bool:
    """Write nothing: the job found nothing to do."""
    return False
