"""From tallies to where people stand: totals per band, bands over time, and steps reached.

All three are pure folds over the days of the tallies. A total is the sum over a window of whole UTC days that ends with
`as_of`. A band rises on the day its entry is reached and falls only on a review day (the first of a month), and only
where the total is below 90 % of the entry (the hold of Orbit's model, the low-water mark of Discourse's).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from scoring.columns import Bools, Ints, starts
from scoring.mountain import TIMES_ONE, Step
from scoring.road import Road
from scoring.signals import date_of, day_number

HOLD_PERCENT = 90
"""A band is kept at a review while its total is at least this share of its entry."""

NO_BAND = 0
"""The band number of who is in none; the Mountain's n-th band (from 0) has number n + 1."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Points of members per band (index) within the window, in hundred-thousandths; only those that are not zero."""

    member: Ints
    band: Ints
    points: Ints


@dataclass(frozen=True, slots=True)
class BandChanges:
    """The days on which members' bands changed and the band number from then on, sorted by member and day."""

    member: Ints
    day: Ints
    band: Ints


@dataclass(frozen=True, slots=True)
class Crossings:
    """The days on which members' totals reached a step (index), sorted by member, day and step."""

    member: Ints
    day: Ints
    step: Ints


@dataclass(frozen=True, slots=True)
class Held:
    """Since which day members have held a role in some programme: parallel arrays, indexes into `roles`."""

    member: Ints
    role: Ints
    day: Ints
    roles: tuple[str, ...]


def totals(road: Road, as_of: int) -> Totals:
    """Return the window's totals at the end of `as_of`."""
    found = []
    for band, lane in enumerate(road.lanes):
        member = lane.members()
        points = lane.total(member, as_of)
        there = points != 0
        found.append((member[there], np.full(np.count_nonzero(there), band), points[there]))
    member, bands, points = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((bands, member))
    return Totals(member[order], bands[order], points[order])


def crossings(road: Road, held: Held | None = None) -> Crossings:
    """Return when each step was reached: it holds at a day's end and did not at the end of the day before."""
    found = [_crossed(road, number, step, held) for number, step in enumerate(road.mountain.steps)]
    rows = np.concatenate([*found, np.empty((0, 3), np.int64)])
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    return Crossings(rows[:, 0], rows[:, 1], rows[:, 2])


def _crossed(road: Road, number: int, step: Step, held: Held | None) -> Ints:
    """Return rows of member, day and step number."""
    lane = road.lanes[step.band]
    member, day = lane.at(np.flatnonzero(_reached(step, lane.windows()) & ~_reached(step, lane.windows(back=1))))
    if step.without_role and held is not None:
        open_to = ~_has_held(held, step.without_role, member, day)
        member, day = member[open_to], day[open_to]
    return np.column_stack((member, day, np.full(len(member), number)))


def _reached(step: Step, windows: tuple[Ints, Ints]) -> Bools:
    points, days = windows
    enough = points >= step.points * TIMES_ONE
    return enough & (days >= step.days) if step.days > 1 else enough


def _has_held(held: Held, role: str, member: Ints, day: Ints) -> Bools:
    """Whether each member had held the role by that day (letter case aside)."""
    wanted = [n for n, name in enumerate(held.roles) if name.casefold() == role.casefold()]
    rows = np.isin(held.role, wanted)
    order = np.lexsort((held.day[rows], held.member[rows]))
    members, first = np.unique(held.member[rows][order], return_index=True)
    since = held.day[rows][order][first]
    if not len(members):
        return np.zeros(len(member), np.bool_)
    at = np.minimum(np.searchsorted(members, member), len(members) - 1)
    return np.asarray((members[at] == member) & (since[at] <= day))


def band_changes(road: Road, as_of: int) -> BandChanges:
    """Fold the days into each member's band over time, month by month: first the review, then the rises."""
    members, rises = _rises(road)
    current = np.zeros(len(members), np.int64)
    found: list[Ints] = []
    for first, after in _months(rises, as_of):
        found.append(_review(road, members, current, first))
        lower, upper = np.searchsorted(rises[:, 1], (first, after))
        found.append(_rise(current, rises[lower:upper]))
    rows = np.concatenate([*found, np.empty((0, 3), np.int64)])
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    # A review and rises on one day end in one band; where that is the band of the day before, nothing changed.
    ends = np.append(starts(rows[:, 0] * (as_of + 2) + rows[:, 1]), len(rows))[1:] - 1
    rows = rows[ends]
    fresh = np.ones(len(rows), np.bool_)
    fresh[1:] = (rows[1:, 0] != rows[:-1, 0]) | (rows[1:, 2] != rows[:-1, 2])
    rows = rows[fresh]
    return BandChanges(members[rows[:, 0]], rows[:, 1], rows[:, 2])


def _rises(road: Road) -> tuple[Ints, Ints]:
    """Return who reached a band's entry at all, and when: rows of their index, day and band number, by day and band."""
    found = []
    for band, lane in enumerate(road.lanes):
        reached, _ = lane.windows()
        member, day = lane.at(np.flatnonzero(reached >= road.mountain.bands[band].entry * TIMES_ONE))
        found.append(np.column_stack((member, day, np.full(len(member), band + 1))))
    rises = np.concatenate(found)
    rises = rises[np.lexsort((rises[:, 2], rises[:, 1]))]
    members = np.sort(rises[:, 0])
    members = members[starts(members)]
    rises[:, 0] = np.searchsorted(members, rises[:, 0])
    return members, rises


def _months(rises: Ints, as_of: int) -> list[tuple[int, int]]:
    """Return the months (first day, first day of the next) from the first rise to `as_of`."""
    if not len(rises):
        return []
    months = []
    first = day_number(date_of(int(rises[0, 1])).replace(day=1))
    while first <= as_of:
        after = _next_month(first)
        months.append((first, after))
        first = after
    return months


def _next_month(first: int) -> int:
    """Return the day number of the first day of the month after that of a first day."""
    return day_number((date_of(first) + dt.timedelta(days=31)).replace(day=1))


def _review(road: Road, members: Ints, current: Ints, day: int) -> Ints:
    """Let members whose total is below the hold fall to the highest band they still hold; changes `current`."""
    who = np.flatnonzero(current)
    if not len(who):
        return np.empty((0, 3), np.int64)
    kept = np.full(len(who), NO_BAND, np.int64)
    for band, lane in enumerate(road.lanes):
        entry = road.mountain.bands[band].entry * TIMES_ONE
        holds = lane.total(members[who], day) * 100 >= entry * HOLD_PERCENT
        kept = np.where(holds & (current[who] > band), band + 1, kept)
    fell = kept < current[who]
    current[who[fell]] = kept[fell]
    return np.column_stack((who[fell], np.full(int(fell.sum()), day), kept[fell]))


def _rise(current: Ints, rises: Ints) -> Ints:
    """Apply a month's rises (who, day, band), sorted by day and band; changes `current`."""
    higher = rises[rises[:, 2] > current[rises[:, 0]]]
    order = np.lexsort((higher[:, 2], higher[:, 1], higher[:, 0]))
    higher = higher[order]
    # Members ascend, so a running maximum over member * 2^8 + band never carries a band into the next member.
    best = np.maximum.accumulate(higher[:, 0] * 256 + higher[:, 2]) if len(higher) else np.empty(0, np.int64)
    fresh = np.ones(len(higher), np.bool_)
    fresh[1:] = best[1:] > best[:-1]
    taken = higher[fresh]
    np.maximum.at(current, taken[:, 0], taken[:, 2])
    return taken
