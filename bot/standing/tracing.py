"""One member's way on the Mountain, read from the store: where they stand, and the acts behind each tally."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settle import InForce
from bot.storage import belonging, contexts, ledger, tallies
from bot.storage.ledger import Entry
from scoring import assess, points
from scoring.assess import NO_BAND, Held
from scoring.columns import Acts
from scoring.mountain import TIMES_ONE, Mountain, Multiplier
from scoring.points import Belonging, Tallies
from scoring.road import Road
from scoring.signals import Context


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a member is on the way to a step (index): points in hundred-thousandths, and days on which they came.

    `open`: whether the step is for them at all; `reached`: whether it is reached now.
    """

    step: int
    points: int
    days: int
    open: bool
    reached: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """A tally: on which day, for which type (index), how many counted, the points, and the acts behind it.

    Points are in hundred-thousandths; `times` is what multipliers made of them.
    """

    day: int
    type: int
    counted: int
    points: int
    times: float
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """What settling found of one member up to a day."""

    member: int
    as_of: int
    mountain: Mountain
    scored: Tallies
    road: Road
    held: Held | None
    belonging: Belonging

    @property
    def totals(self) -> list[int]:
        """The points of each band within the window, in hundred-thousandths."""
        found = assess.totals(self.road, self.as_of)
        points_of = dict(zip(found.band.tolist(), found.points.tolist(), strict=True))
        return [points_of.get(n, 0) for n in range(len(self.mountain.bands))]

    @property
    def bands(self) -> list[tuple[int, int]]:
        """The days on which the band changed, and its number from then on."""
        found = assess.band_changes(self.road, self.as_of)
        return list(zip(found.day.tolist(), found.band.tolist(), strict=True))

    @property
    def band(self) -> tuple[int, int]:
        """Since which day they are in their band, and its number (`NO_BAND` for none)."""
        return self.bands[-1] if self.bands else (self.as_of, NO_BAND)

    @property
    def crossings(self) -> list[tuple[int, int]]:
        """The days on which steps were reached, and which (index)."""
        found = assess.crossings(self.road, self.held)
        return list(zip(found.day.tolist(), found.step.tolist(), strict=True))

    @property
    def reaches(self) -> list[Reach]:
        """How far they are on the way to each step."""
        who = np.array([self.member])
        found = []
        for n, step in enumerate(self.mountain.steps):
            lane = self.road.lanes[step.band]
            total, days = int(lane.total(who, self.as_of)[0]), int(lane.active_days(who, self.as_of)[0])
            reached = total >= step.points * TIMES_ONE and days >= step.days
            found.append(Reach(n, total, days, not self._has_held(step.without_role), reached))
        return found

    def _has_held(self, role: str) -> bool:
        if not role or self.held is None:
            return False
        roles = [n for n, name in enumerate(self.held.roles) if name.casefold() == role.casefold()]
        return bool(np.any((self.held.member == self.member) & np.isin(self.held.role, roles)))

    def multipliers(self, day: int) -> list[Multiplier]:
        """Return the multipliers that hold for them on a day."""
        return [
            one
            for one in self.mountain.multipliers
            if (one.first is None or one.first <= day)
            and (one.last is None or day <= one.last)
            and self.member in points.whom(one, self.belonging)
        ]


async def trail(connection: AsyncConnection, community: int, rules: InForce, member: int, as_of: int) -> Trail:
    """Return what the store holds of a member under some rules, up to a day."""
    mountain = rules.mountain
    scored = await tallies.tallies_of(connection, community, rules.id, [member])
    scored = scored.where(scored.day <= as_of)
    held = await belonging.held(connection, community, mountain, [member])
    about = await belonging.of(connection, community, mountain, [member])
    return Trail(member, as_of, mountain, scored, Road(scored, mountain, as_of), held, about)


Places = Mapping[int, Context]
"""Contexts by the store's number."""


async def behind(
    connection: AsyncConnection, community: int, of: Trail, days: Sequence[int]
) -> tuple[list[Behind], Places]:
    """Return a member's tallies of some days with the acts behind each, in order, and where those were done."""
    entries = await ledger.entries(connection, community, of.member, sorted(days))
    places = await contexts.some(connection, {one.context for one in entries})
    acts: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for entry, kind in zip(entries, _types(entries, places, of.mountain), strict=True):
        acts[entry.day, kind].append(entry)
    scored = of.scored.where(np.isin(of.scored.day, list(days)))
    columns = (scored.day, scored.type, scored.counted, scored.points)
    return [
        Behind(day, number, counted, worth, _times(of.mountain, number, counted, worth), tuple(acts[day, number]))
        for day, number, counted, worth in zip(*(one.tolist() for one in columns), strict=True)
    ], places


def _types(entries: Sequence[Entry], places: Places, mountain: Mountain) -> list[int]:
    """Return for each entry the index of its engagement type, -1 where none matches."""
    order = sorted(places)
    column = np.array(
        [(e.author, e.day, e.at, e.kind, order.index(e.context), e.about, e.amount) for e in entries]
        or np.empty((0, 7)),
        np.int64,
    )
    author, day, at, kind, context, about, amount = column.T
    found = Acts(author, day, at, kind, context, about, amount, tuple(places[one] for one in order))
    return [int(one) for one in points.types(found, mountain)]


def _times(mountain: Mountain, number: int, counted: int, worth: int) -> float:
    curve = mountain.types[number].curve
    plain = curve[min(counted, len(curve) - 1)] * TIMES_ONE
    return worth / plain if plain else 1.0
