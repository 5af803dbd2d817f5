"""A clock whose time a test sets, jobs that count what they do, and a community in which they do it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.clockwork.duties import Do, Job, Jobs, Means, Missed, Plan, Work, Write
from bot.clockwork.periods import Cron
from bot.clockwork.shifts import Bench, Timing
from bot.config import Settings
from bot.keys import Keys
from bot.storage import communities, migrate
from bot.storage.engine import Database
from bot.storage.tasks import Lane
from tests.scenarios.world import RULES

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
HOUR, DAY = 3_600.0, 86_400.0
COUNTING = (
    "INSERT INTO note (owner, space, name, value) VALUES ('test', :space, :name, '1') "
    "ON CONFLICT (owner, space, name) DO UPDATE SET value = CAST(CAST(note.value AS integer) + 1 AS text)"
)


@dataclass(slots=True)
class Told:
    """Hears how jobs fare."""

    done: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    stands: dict[str, tuple[float | None, float]] = field(default_factory=dict)

    def job_done(self, job: str) -> None:
        self.done[job] += 1

    def job_failed(self, job: str) -> None:
        self.failed[job] += 1

    def job_stands(self, job: str, age: float | None, late: float) -> None:
        self.stands[job] = (age, late)


def counts(name: str, community: int) -> Write:
    """Return a write that counts how often it was committed."""

    async def count(connection: AsyncConnection) -> bool:
        await connection.execute(text(COUNTING), {"space": community, "name": name})
        return False

    return count


async def counting(work: Work) -> Sequence[Write]:
    """Plan to count the period."""
    return [counts(f"{work.lane.name} {work.key}", work.community)]


def job(
    name: str = "daily",
    line: str = "30 2 * * *",
    plan: Plan = counting,
    *,
    missed: Missed = Missed.LATEST,
    utc: bool = False,
    whole: bool = False,
    from_start: bool = False,
    parts: dict[str, Do] | None = None,
) -> Job:
    return Job(name, "for a test", Cron(line), plan, missed, utc, whole, from_start, parts or {})


class Rig:
    """One process's clock at a time that the test sets."""

    def __init__(self, database: Database, at: float, jobs: Sequence[Job], timing: Timing | None = None) -> None:
        self.database = database
        self.at = at
        self.told = Told()
        self.jobs = Jobs.of(jobs)
        self.settings = Settings(database_url=database.url, keys_file=Path("keys"))
        self.keys = KEYS
        self.timing = timing or Timing()
        self.sit()

    def sit(self) -> None:
        """Begin as a process does, with the settings and keys there are now."""
        means = Means(self.keys, self.settings)
        self.bench = Bench(self.database, means, lambda: self.at, self.told, self.timing)
        self.clock = Clock(self.bench, self.jobs)

    @property
    def ms(self) -> int:
        return round(self.at * 1000)

    async def tick(self, at: float | None = None) -> None:
        """Let the clock look until it finds nothing more to do."""
        if at is not None:
            self.at = at
        before = -1
        while before != (before := self.told.done.total() + self.told.failed.total()):
            await self.clock.tick()
            await self.clock.rest()

    async def counted(self) -> dict[str, int]:
        """Return how often each period's write was committed, by job and period."""
        async with self.database.read() as connection:
            rows = await connection.execute(text("SELECT name, value FROM note WHERE owner = 'test' ORDER BY name"))
            return {row[0]: int(row[1]) for row in rows}

    async def states(self, lane: Lane) -> dict[str, tuple[str, int]]:
        """Return each piece of work of a lane: its state and how often it was begun."""
        async with self.database.read() as connection:
            rows = await connection.execute(
                text("SELECT key, state, tries FROM task WHERE community = :of AND lane = :name ORDER BY key"),
                {"of": lane.community, "name": lane.name},
            )
            return {row[0]: (row[1], row[2]) for row in rows}


@asynccontextmanager
async def founded(url: str, *zones: str) -> AsyncIterator[tuple[Database, list[int]]]:
    """Open a database with a community for each zone."""
    database = Database(url)
    try:
        await migrate.upgrade(database)
        async with database.write() as connection:
            numbers = [
                (await communities.found(connection, f"town {n}", RULES, "v", "f")).id for n in range(len(zones))
            ]
        for number, zone in zip(numbers, zones, strict=True):
            await move_to(database, number, zone)
        yield database, numbers
    finally:
        await database.close()


async def move_to(database: Database, community: int, zone: str) -> None:
    """Let a community be in a zone."""
    values = {"settings": json.dumps({"zone": zone}), "id": community}
    async with database.write() as connection:
        await connection.execute(text("UPDATE community SET settings = :settings WHERE id = :id"), values)


async def until(holds: Callable[[], object], within: float = 30.0) -> None:
    """Wait until a condition holds."""
    end = asyncio.get_running_loop().time() + within
    while not holds():
        assert asyncio.get_running_loop().time() < end, "it does not come about"
        await asyncio.sleep(0.01)


__all__ = ["DAY", "HOUR", "KEYS", "Rig", "Told", "counting", "counts", "founded", "job", "move_to", "until"]
