"""A day of busy servers, with everything that can befall a connection, ends with what the sandbox's ledger says."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from tests.scenarios.discord_disturbances import ALL, QUICK, busy
from tests.scenarios.discord_people import SECRET, crowd
from tests.scenarios.discord_rig import rig

THREE = ("Garden", "Orchard", "Meadow")


@dataclass(frozen=True, slots=True)
class Day:
    """A day: in which servers, by which seed, how much is done before and after each disturbance.

    On a `wild` one people also do what Discord does not show afterwards, while Cairn is not there.
    """

    guilds: tuple[str, ...]
    seed: int
    acts: int
    hours: int = 24
    wild: bool = False

    @property
    def shards(self) -> int:
        return min(len(self.guilds), 2)


async def live(url: str, day: Day) -> None:
    """Live through a day, with a disturbance each hour; what is stored is compared with the ledger each time."""
    rng = random.Random(day.seed)
    async with rig(url, day.guilds, shards=day.shards) as one:
        crowds = [crowd(one, name, day.seed) for name in day.guilds]
        for each in crowds:
            each.wild = day.wild
        await one.start()
        await one.heard()
        troubles = [*ALL, *rng.choices(QUICK, k=day.hours - len(ALL))]
        rng.shuffle(troubles)
        for trouble in troubles:
            await busy(crowds, day.acts)
            await trouble(one, crowds, rng)
            await busy(crowds, day.acts)
            await one.skip(86_400 / day.hours)
            await one.agrees(trouble.__name__)
        assert len(await one.gaps()) >= len(one.missed)
        await one.stop()
        await one.check()
        await one.keeps_quiet(SECRET, backups=True)


@pytest.mark.timeout(300)
async def test_day_of_a_busy_server_ends_with_what_the_ledger_says(database_url: str) -> None:
    await live(database_url, Day(("Garden",), seed=1, acts=6, hours=len(ALL)))


@pytest.mark.timeout(300)
async def test_day_of_three_servers_on_two_shards_ends_with_what_the_ledger_says(postgresql_url: str) -> None:
    await live(postgresql_url, Day(THREE, seed=2, acts=2, hours=len(ALL)))


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", range(10, 20))
async def test_long_wild_days_end_with_what_the_ledger_says(database_url: str, seed: int) -> None:
    await live(database_url, Day(THREE, seed, acts=60, hours=96, wild=True))
