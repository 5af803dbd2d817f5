"""Being removed from a space: its data wait for a time of grace, in case it was a mistake, and are then deleted.

An outage is no removal; who tells us so is the integration.
"""

from __future__ import annotations

import json

from bot.consent.choices import EVERYWHERE
from bot.storage import choosing, erasing, leaving, spaces
from bot.storage.engine import Database
from bot.storage.erasing import Wanted
from bot.storage.wiping import wipe
from scoring.signals import DAY_MS

GRACE_DAYS = 30
"""How long data wait, where the community does not say fewer days (`purge_after`)."""
_PEOPLE = 20
_LEFT = "removal"


class Removal:
    """Purges spaces from which Cairn was removed."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database

    async def left(self, space: int, at: int) -> None:
        """Put down that Cairn was removed from a space (ms); may be told again and again."""
        async with self._database.write() as connection:
            await leaving.left(connection, space, at)

    async def returned(self, space: int) -> bool:
        """Put down that Cairn is there again, and all as it was; returns whether it had been removed."""
        async with self._database.write() as connection:
            return await leaving.returned(connection, space)

    async def run(self, community: int, now: int) -> int:
        """Purge the spaces whose time of grace is over (ms); returns how many. It may be interrupted anywhere."""
        async with self._database.read() as connection:
            there = json.loads(await spaces.whole(connection, community) or "{}")
            gone = await leaving.gone(connection, community)
        grace = min(int(there.get("purge_after", GRACE_DAYS)), GRACE_DAYS) * DAY_MS
        over = [number for number, since in gone if since + grace <= now]
        for number in over:
            await self._purge(community, number)
        if over:
            await wipe(self._database)
        return len(over)

    async def _purge(self, community: int, number: int) -> None:
        for part in (leaving.acts, leaving.answers):
            after: int | None = 0
            while after is not None:
                async with self._database.write() as connection:
                    if not await leaving.is_gone(connection, number):
                        return
                    after = await part(connection, community, number, after)
        async with self._database.write() as connection:
            if not await leaving.is_gone(connection, number):
                return
            await leaving.records(connection, community, number)
        await self._people(community)
        async with self._database.write() as connection:
            await leaving.end(connection, number)

    async def _people(self, community: int) -> None:
        """Delete those of whom nothing else is kept; they are not remembered as wishing to be forgotten."""
        while True:
            async with self._database.write() as connection:
                handles = await leaving.lonely(connection, community, _PEOPLE)
                for handle in handles:
                    whose = await choosing.family(connection, community, handle)
                    if whose is not None:
                        wanted = Wanted(EVERYWHERE, community, whose.root, _LEFT)
                        await erasing.themselves(connection, wanted, whose)
            if not handles:
                return
