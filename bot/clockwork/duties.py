"""What a job is: when it is due, and what it wants written. Jobs are found by scanning `bot/jobs/`."""

from __future__ import annotations

import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import jobs as folder
from bot.clockwork.periods import Cron
from bot.config import Settings
from bot.keys import Keys
from bot.storage import tasks
from bot.storage.engine import Database
from bot.storage.tasks import Lane

LATER_CAME = "a later one came"
"""Why work was given up."""
LATE_HOURS = 6.0
"""So long after it was due a job that is not done counts as overdue."""


class Missed(StrEnum):
    """What becomes of periods in which nobody was there to do the job."""

    LATEST = "latest"
    """Only the last one is made up for."""
    EACH = "each"
    """Each is made up for, in order, up to a month back."""
    SKIP = "skip"
    """None is: what is late by more than a quarter of an hour is left."""


@dataclass(frozen=True, slots=True)
class Means:
    """What all jobs may use."""

    keys: Keys
    settings: Settings


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work: in which community (0: the whole database), for which period or subject, due when (ms).

    `database` refuses every write as soon as somebody else has taken the work over, with PassedOnError.
    """

    database: Database
    means: Means
    lane: Lane
    key: str
    due: int
    now: int
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def community(self) -> int:
        """The community's number, 0 for the whole database."""
        return self.lane.community

    def later(self, part: str, key: str, *, instead: bool = False, **about: object) -> Write:
        """Return what leaves something for one of the job's `parts`: once for each key, however often it is left.

        `instead`: it stands for all that waits there from before, which is given up.
        """
        lane = Lane(self.community, f"{self.lane.name}/{part}")

        async def leave(connection: AsyncConnection) -> bool:
            if await tasks.add(connection, lane, key, self.now, about) and instead:
                await tasks.skip(connection, lane, key, self.now, LATER_CAME)
            return False

        return leave


Write = Callable[[AsyncConnection], Awaitable[bool]]
"""One short transaction. It is run again as long as it says that more is left; run twice, it does no harm."""
Plan = Callable[[Work], Awaitable[Sequence[Write]]]
"""Reads, and returns what is to be written. The last write commits together with the word that the job is done."""
Do = Callable[[Work], Awaitable[str]]
"""Does what takes long or needs more than the database, and says in a few words what was done. It may be broken off at
any point, and is then begun again."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job. Each plug-in module has one, called `JOB`.

    `cron` counts in the community's zone, or with `utc` in UTC. A `whole` job is for the whole database, once.
    `from_start`: the period before a community is first seen is due, too. `parts` do what the job leaves for later.
    """

    name: str
    about: str
    cron: Cron
    plan: Plan
    missed: Missed = Missed.LATEST
    utc: bool = False
    whole: bool = False
    from_start: bool = False
    parts: Mapping[str, Do] = field(default_factory=dict)
    late_hours: float = LATE_HOURS


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs by name. ValueError where two of them bear one name."""

    by_name: Mapping[str, Job]

    @classmethod
    def of(cls, found: Iterable[Job]) -> Jobs:
        """Gather jobs."""
        by_name: dict[str, Job] = {}
        for one in found:
            if one.name in by_name or "/" in one.name:
                raise ValueError(f"a job cannot be called {one.name}, or two are")
            by_name[one.name] = one
        return cls(by_name)

    def does(self, lane: Lane) -> tuple[Job, Do | None] | None:
        """Return the job of a lane, with which of its parts; None where this Cairn knows no such work."""
        name, _, part = lane.name.partition("/")
        job = self.by_name.get(name)
        if job is None or (part and part not in job.parts):
            return None
        return job, job.parts[part] if part else None


@cache
def everything() -> Jobs:
    """Return all jobs there are."""
    names = sorted(one.name for one in pkgutil.iter_modules(folder.__path__))
    return Jobs.of(import_module(f"{folder.__name__}.{name}").JOB for name in names)
