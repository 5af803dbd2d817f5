"""A day of busy servers, with everything that can befall a connection, ends with what the sandbox's ledger says."""

from __future__ import annotations

import random

from tests.scenarios.discord_disturbances import ALL, QUICK, busy
from tests.scenarios.discord_people import SECRET, crowd
from tests.scenarios.discord_rig import rig

HOURS = 24


async def a_day(url: str, guilds: tuple[str, ...], *, shards: int, seed: int, acts: int) -> None:
    """Live through a day, with a disturbance each hour; what is stored is compared with the ledger each time."""
    rng = random.Random(seed)
    async with rig(url, guilds, shards=shards) as one:
        crowds = [crowd(one, name, seed) for name in guilds]
        await one.start()
        await one.heard()
        troubles = [*ALL, *rng.choices(QUICK, k=HOURS - len(ALL))]
        rng.shuffle(troubles)
        for trouble in troubles:
            await busy(crowds, acts)
            await trouble(one, crowds, rng)
            await busy(crowds, acts)
            await one.skip(3600)
            await one.agrees(trouble.__name__)
        assert len(await one.gaps()) >= len(one.missed)
        await one.stop()
        await one.check()
        await one.keeps_quiet(SECRET)


async def test_day_of_a_busy_server_ends_with_what_the_ledger_says(database_url: str) -> None:
    await a_day(database_url, ("Garden",), shards=1, seed=1, acts=6)


async def test_day_of_three_servers_on_two_shards_ends_with_what_the_ledger_says(database_url: str) -> None:
    await a_day(database_url, ("Garden", "Orchard", "Meadow"), shards=2, seed=2, acts=2)
