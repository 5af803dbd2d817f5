"""What is on the clock: which jobs there are, when each is due, how it ended; for commands, figures and readiness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clockwork.duties import Job, Jobs, Missed
from bot.clockwork.periods import Cron, Period
from bot.sending.quiet import zone_named
from bot.storage import communities, tasks
from bot.storage.tasks import WHOLE, Held, Lane, Task

UTC = ZoneInfo("UTC")
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One job of one community (none: of the whole database) at one moment; times are in ms.

    `last` is what was put down last, `done` what was done last; `held`: somebody is at it. `late`: it is overdue since
    then, None where it is not. `failed` is what was begun and not finished, of what it left for later, too.
    """

    job: Job
    lane: Lane
    community: str | None
    zone: str
    next: int
    last: Task | None
    done: Task | None
    held: bool
    late: int | None
    failed: tuple[Task, ...] = ()

    @property
    def failing(self) -> bool:
        """Whether something was begun and not finished, and nobody is at it."""
        return bool(self.failed)


@dataclass(frozen=True, slots=True)
class Place:
    """Where jobs are done: a community's number and name, or the whole database, and the zone that counts there."""

    number: int
    name: str | None
    zone: ZoneInfo


async def places(connection: AsyncConnection) -> list[Place]:
    """Return the whole database and all communities. A zone that this machine does not know counts as UTC.

    The whole database has the zone of its communities where that is one, else UTC.
    """
    named = {one.id: one.name for one in await communities.everyone(connection)}
    zones = {of: zone_named(zone) or UTC for of, zone in (await communities.zones(connection)).items()}
    shared = set(zones.values())
    whole = Place(WHOLE, None, shared.pop() if len(shared) == 1 else UTC)
    return [whole, *(Place(number, name, zones.get(number, UTC)) for number, name in named.items())]


def duties(jobs: Jobs, there: Sequence[Place]) -> Iterator[tuple[Job, Place]]:
    """Yield each job with each place where it is done."""
    for job in jobs.by_name.values():
        for place in there:
            if job.whole == (place.number == WHOLE):
                yield job, place


def zone_of(job: Job, place: Place) -> ZoneInfo:
    """Return the zone in which a job's periods count."""
    return UTC if job.utc else place.zone


class Reckoner:
    """Works out periods at one moment (ms), each only once: most communities share their zone."""

    def __init__(self, now: int) -> None:
        """Take the moment."""
        self.now = now
        self._last: dict[tuple[str, str, int], Period | None] = {}
        self._next: dict[tuple[str, str], Period] = {}

    def last(self, cron: Cron, zone: ZoneInfo, ago: int = 0) -> Period | None:
        """Return the last period that was due so long ago (ms)."""
        key = (cron.line, zone.key, ago)
        if key not in self._last:
            self._last[key] = cron.last(zone, self.now - ago)
        return self._last[key]

    def next(self, cron: Cron, zone: ZoneInfo) -> Period:
        """Return the next period."""
        key = (cron.line, zone.key)
        if key not in self._next:
            self._next[key] = cron.next(zone, self.now)
        return self._next[key]


async def agenda(connection: AsyncConnection, jobs: Jobs, now: int) -> list[Entry]:
    """Return everything on the clock at a moment (ms), by job and then by community."""
    there, found = await places(connection), await _read(connection)
    reckoner, entries = Reckoner(now), []
    for job, place in duties(jobs, there):
        lane, zone = Lane(place.number, job.name), zone_of(job, place)
        waits = [one for one in found.open if one.lane == lane or one.lane in _parts(job, lane)]
        failed = tuple(one for one in waits if one.tries and not found.is_held(one.lane, now))
        coming = reckoner.next(job.cron, zone).due
        late = min(filter(None, (_late(job, lane, zone, (reckoner, found)), _stuck(job, waits, now))), default=None)
        last, done, held = found.last.get(lane), found.done.get(lane), found.is_held(lane, now)
        entries.append(Entry(job, lane, place.name, zone.key, coming, last, done, held, late, failed))
    return entries


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands in the store of all lanes."""

    held: Mapping[Lane, Held]
    last: Mapping[Lane, Task]
    done: Mapping[Lane, Task]
    open: Sequence[Task]

    def is_held(self, lane: Lane, now: int) -> bool:
        return lane in self.held and self.held[lane].lease > now


async def _read(connection: AsyncConnection) -> _Found:
    return _Found(
        await tasks.lanes_there(connection),
        await tasks.last(connection),
        await tasks.last_done(connection),
        await tasks.open_ones(connection),
    )


def _parts(job: Job, lane: Lane) -> set[Lane]:
    return {Lane(lane.community, f"{job.name}/{part}") for part in job.parts}


def _late(job: Job, lane: Lane, zone: ZoneInfo, now: tuple[Reckoner, _Found]) -> int | None:
    """Return since when a job is overdue: its last period that should long be done is not."""
    reckoner, found = now
    held, done, last = found.held.get(lane), found.done.get(lane), found.last.get(lane)
    should = reckoner.last(job.cron, zone, _patience(job))
    if held is None or should is None or should.due < held.since:
        return None
    if job.missed is Missed.SKIP and last is not None and last.state != tasks.WAITING:
        done = last
    return should.due if done is None or done.due < should.due else None


def _stuck(job: Job, waits: Sequence[Task], now: int) -> int | None:
    """Return since when something has been waiting for too long that is to be done once."""
    return min((one.due for one in waits if one.due < now - _patience(job)), default=None)


def _patience(job: Job) -> int:
    return round(job.late_hours * _HOUR_MS)


async def wish(connection: AsyncConnection, lane: Lane, now: int) -> str:
    """Let a job be done now, beside its periods, by whoever works next; returns the key under which it is put down."""
    key = f"by-hand-{now}"
    await tasks.add(connection, lane, key, now, {})
    return key


def troubles(one: Entry) -> str:
    """Return what is wrong with a job, in a few words; nothing where all is well."""
    late = f"is late since {_told(one.late)}" if one.late is not None else ""
    failed = (f"{each.lane.name} failed {each.tries} times: {each.said}" for each in one.failed)
    return "; ".join(filter(None, (late, *failed)))


def _told(at: int) -> str:
    return dt.datetime.fromtimestamp(at / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
