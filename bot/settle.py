"""Scores what intake touched; the only writer of tallies, totals, bands and crossings.

Marks say what to look at: dirty member-days, then the members whose standing follows from them. Retraction, linking,
undo, exclusion and new rules do nothing but mark, so live and history take the same path. Each batch is one short
transaction; several settlers may run on PostgreSQL.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules import parse_rules
from bot.standing.pacing import Pace
from bot.standing.recounting import Recounting
from bot.storage import acts, belonging, communities, marks, old_tallies, tallies
from bot.storage.communities import Community
from bot.storage.engine import Database
from scoring.asked import counterparts_asked
from scoring.assess import band_changes, crossings, totals
from scoring.columns import Bools
from scoring.mountain import Mountain
from scoring.points import Tallies, tally, together
from scoring.road import Road
from scoring.signals import date_of, day_number

DAYS = 1_000
"""Member-days in one transaction, at most."""
MEMBERS = 500
"""Members in one transaction, at most."""
SECONDS, RESTING_SECONDS = 0.025, 0.015
"""What a transaction should take, so that others have their turn soon; sooner where settling rests for their sake."""


@dataclass(frozen=True, slots=True)
class InForce:
    """Rules that are settled: their number in the store, and what they say."""

    id: int
    mountain: Mountain


Progress = Callable[[int], None]


class Settler:
    """Settles one community's marks.

    It goes through them in turn: a member-day that is marked again while it does so is left for the next time, so that
    the busiest never keep the others waiting.
    """

    def __init__(self, database: Database, community: int, rest: float = 0.0) -> None:
        """Take the database, the community's number, and for how many times its own length to rest after each batch."""
        self._database = database
        self._community = community
        self._mountains: dict[int, Mountain] = {}
        self._recounting = Recounting(database, community)
        aim = RESTING_SECONDS if rest else SECONDS
        self._days = Pace(DAYS, aim, rest)
        self._members = Pace(MEMBERS, aim, rest)
        self._last_day = tallies.FIRST
        self._last_member = tallies.NOBODY_YET

    async def settle(self, progress: Progress | None = None, enough: Callable[[], bool] = lambda: False) -> int:
        """Settle all marks there are; returns how many member-days were settled.

        `progress` hears what is left; `enough` is asked after each batch whether to leave the others for another time.
        """
        while await self._recounting.work() and not enough():
            pass  # first of all what may count no longer, or again, is looked at and marked
        done, left, more = 0, await self._left() if progress else 0, True
        while more:
            size = self._days.size
            n = await self.days()
            done += n
            more = n >= size and not enough()  # fewer than asked for: those were the last ones
            if progress:
                progress(max(left - done, 0))
            await self._days.rest()
        more = True
        while more:
            size = self._members.size
            more = await self.members() >= size and not enough()
            await self._members.rest()
        if progress:
            progress(0)
        return done

    async def days(self) -> int:
        """Settle one batch of member-days; returns how many."""
        await self.read_rules()
        async with self._database.write() as connection:
            begin, size = time.perf_counter(), self._days.size
            taken = await tallies.take_dirty(connection, self._community, size, self._last_day)
            if taken:
                await self._settle_days(connection, taken)
        self._last_day = max(taken) if len(taken) == size else tallies.FIRST
        self._days.took(len(taken), begin)
        return len(taken)

    async def read_rules(self) -> None:
        """Read the rules before the first transaction that writes: checking them takes longer than such a one may."""
        if not self._mountains:
            async with self._database.read() as connection:
                await self.in_force(connection)

    async def _settle_days(self, connection: AsyncConnection, taken: list[tuple[int, int]]) -> None:
        root = await tallies.roots(connection, {who for _, who in taken})
        pairs = sorted({(day, root[who]) for day, who in taken})
        everyone = sorted({*taken, *pairs})
        in_force = await self.in_force(connection)
        asked = {kind for rules in in_force for kind in counterparts_asked(rules.mountain)}
        found = await acts.of_days(connection, self._community, pairs, asked)
        for rules in in_force:
            about = await belonging.of(connection, self._community, rules.mountain, {who for _, who in pairs})
            result = tally(found, rules.mountain, about)
            # Thanks and the like bring in acts whose other side is not in this batch: only whole member-days count.
            result = result.where(_among(result, pairs))
            before = about.counting(await old_tallies.of_days(connection, self._community, rules.id, pairs))
            await tallies.replace_tallies(connection, self._community, rules.id, everyone, together(result, before))
        await marks.stale_members(connection, self._community, {who for _, who in everyone})
        await self.roll_within(connection, max(day for day, _ in pairs))

    async def members(self) -> int:
        """Settle one batch of members' standing; returns how many."""
        await self.read_rules()
        async with self._database.write() as connection:
            begin, size = time.perf_counter(), self._members.size
            taken = await tallies.take_stale(connection, self._community, size, self._last_member)
            if taken:
                await self._settle_members(connection, taken)
        self._last_member = max(taken) if len(taken) == size else tallies.NOBODY_YET
        self._members.took(len(taken), begin)
        return len(taken)

    async def _settle_members(self, connection: AsyncConnection, taken: list[int]) -> None:
        as_of = (await self._about(connection)).as_of
        for rules in await self.in_force(connection):
            scored = await tallies.tallies_of(connection, self._community, rules.id, taken)
            held = await belonging.held(connection, self._community, rules.mountain, taken)
            road = Road(scored, rules.mountain, as_of)
            found = totals(road, as_of), band_changes(road, as_of), crossings(road, held)
            await tallies.replace_standing(connection, self._community, rules.id, taken, found)

    async def roll(self, day: int) -> None:
        """Move the window's end to a day: mark those whose points leave it, and everybody when a review falls in it."""
        async with self._database.write() as connection:
            await self.roll_within(connection, day)

    async def roll_within(self, connection: AsyncConnection, day: int) -> None:
        """Roll to a day in a transaction that is open; `read_rules` comes before it."""
        before = (await self._about(connection)).as_of
        if day <= before:
            return
        await communities.roll_to(connection, self._community, day)
        for rules in await self.in_force(connection):
            window = rules.mountain.window
            await tallies.mark_leaving(connection, self._community, before - window, day - window)
        if day_number(date_of(day).replace(day=1)) > before:
            await tallies.mark_banded(connection, self._community)

    async def in_force(self, connection: AsyncConnection) -> list[InForce]:
        """Return the rules to settle by: those in force and those being settled beside them."""
        found = []
        for one in await communities.rules_of(connection, self._community):
            if one.id not in self._mountains:
                self._mountains[one.id] = parse_rules(one.text, one.name)
            found.append(InForce(one.id, self._mountains[one.id]))
        return found

    async def _about(self, connection: AsyncConnection) -> Community:
        return await communities.get(connection, self._community)

    async def _left(self) -> int:
        async with self._database.read() as connection:
            return await marks.waiting(connection, self._community)


def _among(found: Tallies, pairs: list[tuple[int, int]]) -> Bools:
    """Mark the tallies whose (day, member) is one of the pairs."""
    wanted = np.array(pairs, np.int64)
    width = int(max(wanted[:, 1].max(), found.member.max(initial=0))) + 1
    return np.isin(found.day * width + found.member, wanted[:, 0] * width + wanted[:, 1])
