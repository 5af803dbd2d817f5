"""A day of a busy server with every fault there is, one after another and several at once, ends as the ledger says.

Here Cairn is a process of its own, which is killed, asked to stop, cut off, and finds its database gone or its disk
full. `tests.scenarios.test_discord_busy_day` has the days on which only the connection suffers.
"""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import postgres
from tests.faults.afar import Breaks, afar
from tests.faults.server import Breakable, breakable
from tests.faults.troubles import ALL, QUARRY, SHORT, Trouble, broken_events
from tests.scenarios import discord_disturbances as disturbances
from tests.scenarios.discord_people import SECRET, crowd
from tests.scenarios.discord_rig import PATIENCE

HOURS = 24
THREE = ("Garden", "Orchard", "Meadow")
FREE = resource.RLIM_INFINITY
LITTLE = 32_768
OF_THE_CONNECTION: tuple[Trouble, ...] = tuple(one for one in disturbances.ALL if one is not disturbances.told_again)
"""Broken events cannot be told again: they hold what no program makes."""


@dataclass(frozen=True, slots=True)
class FullDisk:
    """The disk of a folder, which has room for a little more in the log of the process, and for no more in SQLite's.

    SQLite writes over the beginning of its own log once that is in the database; so a limit to how long it is now would
    stop nothing.
    """

    folder: Path

    async def breaks(self, process: int) -> None:
        """Let it be full but for a few pages."""
        longest = max(one.stat().st_size for one in self.folder.glob("log*"))
        resource.prlimit(process, resource.RLIMIT_FSIZE, (longest + LITTLE, FREE))

    async def mends(self, process: int | None) -> None:
        """Let there be space again; a process that has ended had the limit to itself."""
        if process is not None:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (FREE, FREE))


@dataclass(frozen=True, slots=True)
class StoppedServer:
    """A PostgreSQL server that stops at once."""

    server: Breakable

    async def breaks(self, process: int) -> None:
        """Stop it."""
        await self.server.stop_at_once()

    async def mends(self, process: int | None) -> None:
        """Start it again."""
        await self.server.start()


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are stored, how that breaks, and how much is logged: a full disk would hold no long log either."""

    url: str
    breaks: Breaks
    level: str


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")
        yield Place(url, FullDisk(tmp_path), "info")
        return
    try:
        with breakable() as server:
            yield Place(server.url, StoppedServer(server), "debug")
    except postgres.NoServerError as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@dataclass(frozen=True, slots=True)
class Day:
    """A day: its troubles, by which seed, how much is done before and after each, in which servers.

    Troubles come in the order they are given in; in `rounds`, each time in any order. On a `wild` day people also do
    what Discord does not show afterwards, while Cairn is not there. A long day waits with more `patience` (seconds): it
    is lived through beside other tests, and what was missed may be thousands of acts.
    """

    troubles: Sequence[Trouble]
    seed: int
    acts: int = 3
    guilds: tuple[str, ...] = ("Garden",)
    rounds: int = 0
    wild: bool = False
    patience: float = PATIENCE

    @property
    def shards(self) -> int:
        return min(len(self.guilds), 2)

    def befalls(self, rng: random.Random) -> Iterator[Trouble]:
        """Yield the troubles."""
        yield from () if self.rounds else self.troubles
        for _ in range(self.rounds):
            yield from rng.sample(self.troubles, len(self.troubles))


async def live(place: Place, folder: Path, day: Day) -> None:
    """Live through a day; what is stored is compared with the ledger after each trouble."""
    rng = random.Random(day.seed)
    async with afar(place.url, folder, (*day.guilds, QUARRY), day.shards) as one:
        one.store, one.level, one.aside = place.breaks, place.level, frozenset({QUARRY})
        one.patience = day.patience
        one.broken = await broken_events(one.server, crowd(one, QUARRY, day.seed))
        crowds = [crowd(one, name, day.seed) for name in day.guilds]
        for each in crowds:
            each.wild = day.wild
        await one.start()
        await one.stores()
        for trouble in day.befalls(rng):
            await disturbances.busy(crowds, day.acts)
            await trouble(one, crowds, rng)
            await disturbances.busy(crowds, day.acts)
            await one.skip(HOURS * 3_600 / len(day.troubles))
            await one.agrees(trouble.__name__)
        await one.stop()
        await one.check()
        await one.keeps_quiet(SECRET, backups=True)


@pytest.mark.timeout(300)
async def test_day_with_every_fault_ends_with_what_the_ledger_says(place: Place, tmp_path: Path) -> None:
    await live(place, tmp_path, Day(SHORT, seed=1))


@pytest.mark.soak
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("seed", range(1, 5))
async def test_long_days_with_faults_in_any_order_end_with_what_the_ledger_says(
    place: Place, tmp_path: Path, seed: int
) -> None:
    troubles = (*ALL, *OF_THE_CONNECTION)
    long = Day(troubles, seed, acts=30, guilds=THREE, rounds=5, wild=seed % 2 == 0, patience=15 * PATIENCE)
    await live(place, tmp_path, long)
