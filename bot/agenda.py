"""What is on the clock: which jobs there are, when each is due, how it ended; for commands, figures and readiness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.duties import Job, Jobs, Missed
from bot.periods import Cron, Period
from bot.quiet import zone_named
from bot.storage import communities, tasks
from bot.storage.tasks import WHOLE, Held, Lane, Task

UTC = ZoneInfo("UTC")
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One job of one community (none: of the whole database) at one moment; times are in ms.

    `last` is what was put down last, `done` what was done last; `held`: somebody is at it. `late`: it is overdue since
    then, None where it is not.
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

    @property
    def failing(self) -> bool:
        """Whether it was begun and not finished, and nobody is at it."""
        return self.last is not None and self.last.state == tasks.WAITING and self.last.tries > 0 and not self.held


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
    there, held = await places(connection), await tasks.lanes_there(connection)
    last, done = await tasks.last(connection), await tasks.last_done(connection)
    reckoner, entries = Reckoner(now), []
    for job, place in duties(jobs, there):
        lane, zone = Lane(place.number, job.name), zone_of(job, place)
        stands = _Stands(held.get(lane), last.get(lane), done.get(lane))
        late, coming = _late(job, zone, reckoner, stands), reckoner.next(job.cron, zone).due
        busy = stands.held is not None and stands.held.lease > now
        entries.append(Entry(job, lane, place.name, zone.key, coming, stands.last, stands.done, busy, late))
    return entries


@dataclass(frozen=True, slots=True)
class _Stands:
    held: Held | None
    last: Task | None
    done: Task | None


def _late(job: Job, zone: ZoneInfo, reckoner: Reckoner, stands: _Stands) -> int | None:
    """Return since when a job is overdue: its last period that should long be done is not."""
    should = reckoner.last(job.cron, zone, round(job.late_hours * _HOUR_MS))
    if stands.held is None or should is None or should.due < stands.held.since:
        return None
    ended = stands.done
    if job.missed is Missed.SKIP and stands.last is not None and stands.last.state != tasks.WAITING:
        ended = stands.last
    return should.due if ended is None or ended.due < should.due else None


async def wish(connection: AsyncConnection, lane: Lane, now: int) -> str:
    """Let a job be done now, beside its periods, by whoever works next; returns the key under which it is put down."""
    key = f"by-hand-{now}"
    await tasks.add(connection, lane, key, now, {})
    return key


def troubles(one: Entry) -> str:
    """Return what is wrong with a job, in a few words; nothing where all is well."""
    late = f"is late since {_told(one.late)}" if one.late is not None else ""
    failing = f"failed {one.last.tries} times: {one.last.said}" if one.failing and one.last is not None else ""
    return "; ".join(filter(None, (late, failing)))


def _told(at: int) -> str:
    return dt.datetime.fromtimestamp(at / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
