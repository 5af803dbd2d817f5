"""From tallies to where people stand: totals per band, bands over time, and steps reached.

All three are pure folds over the days of the tallies. A total is the sum over a window of whole UTC days that ends with
`as_of`. A band rises on the day its entry is reached and falls only on a review day (the first of a month), and only
where the total is below 90 % of the entry (the hold of Orbit's model, the low-water mark of Discourse's).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from scoring.columns import Bools, Ints, split
from scoring.mountain import TIMES_ONE, Mountain, Step
from scoring.points import Tallies
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


class Road:
    """Each member's points per band and day, made ready to answer for any day what the window's total was."""

    def __init__(self, tallies: Tallies, mountain: Mountain, as_of: int) -> None:
        """Group the tallies up to `as_of` that gave points by member, band and day."""
        worth = (tallies.day <= as_of) & (tallies.points != 0)
        past = tallies if worth.all() else tallies.where(worth)
        self.mountain = mountain
        self._first = int(past.day.min()) if len(past) else as_of
        self._days = as_of - self._first + 2
        self.members, who = _dense(past.member)
        band_of = np.array([one.band for one in mountain.types], np.int64)
        keys = who * len(mountain.bands)
        keys += band_of[past.type]
        keys *= self._days
        keys += past.day
        keys -= self._first
        points = past.points
        if not (keys[1:] >= keys[:-1]).all():
            order = np.argsort(keys, kind="stable")
            keys, points = keys[order], points[order]
        starts = _run_starts(keys)
        self._keys = keys[starts]
        self.points = np.add.reduceat(points, starts) if len(starts) else np.empty(0, np.int64)
        self._sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(self.points)))
        group, day = split(self._keys, self._days)
        begins = _run_starts(group)
        self._begins = np.repeat(begins, np.diff(np.append(begins, len(group))))
        self.who, self.band = split(group, len(mountain.bands))
        self.day = day + self._first

    def total(self, who: Ints, band: Ints | int, day: Ints | int) -> Ints:
        """Return window totals at the end of a day; `who` are indexes into `members`."""
        upper, lower = self._bounds(who, band, day)
        return np.asarray(self._sums[upper] - self._sums[lower])

    def active_days(self, who: Ints, band: Ints | int, day: Ints | int) -> Ints:
        """Return on how many days of the window there were points in that band."""
        upper, lower = self._bounds(who, band, day)
        return upper - lower

    def own_windows(self, rows: Ints, back: int = 0) -> tuple[Ints, Ints]:
        """Return points and active days of the windows that end with the rows' own days, or `back` days (1) before."""
        upper = rows + 1 - back
        if self._days - 2 < self.mountain.window:  # no window has lost a day yet: each goes back to its first row
            lower = self._begins[rows]
        else:
            left = self.day[rows] - back - self.mountain.window - self._first
            base = self._keys[rows] - (self.day[rows] - self._first)
            lower = np.searchsorted(self._keys, base + np.maximum(left, -1), "right")
        return self._sums[upper] - self._sums[lower], upper - lower

    def _bounds(self, who: Ints, band: Ints | int, day: Ints | int) -> tuple[Ints, Ints]:
        base = (who * len(self.mountain.bands) + band) * self._days
        upper = np.searchsorted(self._keys, base + np.minimum(np.asarray(day) - self._first, self._days - 1), "right")
        gone = np.maximum(np.asarray(day) - self.mountain.window - self._first, -1)
        return upper, np.searchsorted(self._keys, base + gone, "right")


def totals(tallies: Tallies, mountain: Mountain, as_of: int) -> Totals:
    """Return the window's totals at the end of `as_of`."""
    inside = (tallies.day <= as_of) & (tallies.day > as_of - mountain.window)
    now = tallies if inside.all() else tallies.where(inside)
    members, who = _dense(now.member)
    band_of = np.array([one.band for one in mountain.types], np.int64)
    keys = who * len(mountain.bands) + band_of[now.type]
    sums = np.zeros(len(members) * len(mountain.bands), np.int64)
    np.add.at(sums, keys, now.points)
    there = np.flatnonzero(sums)
    return Totals(members[there // len(mountain.bands)], there % len(mountain.bands), sums[there])


def crossings(road: Road, held: Held | None = None) -> Crossings:
    """Return when each step was reached: it holds at a day's end and did not at the end of the day before."""
    found = [_crossed(road, number, step, held) for number, step in enumerate(road.mountain.steps)]
    rows = np.concatenate([*found, np.empty((0, 3), np.int64)])
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    return Crossings(rows[:, 0], rows[:, 1], rows[:, 2])


def _crossed(road: Road, number: int, step: Step, held: Held | None) -> Ints:
    """Return rows of member, day and step number."""
    rows = np.flatnonzero(road.band == step.band)
    crossed = rows[_reached(step, road.own_windows(rows)) & ~_reached(step, road.own_windows(rows, back=1))]
    member, day = road.members[road.who[crossed]], road.day[crossed]
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
    entries = np.array([band.entry * TIMES_ONE for band in road.mountain.bands], np.int64)
    reached, _ = road.own_windows(np.arange(len(road.day)))
    up = np.flatnonzero(reached >= entries[road.band])
    up = up[np.lexsort((road.band[up], road.day[up]))]
    rises = np.column_stack((road.who[up], road.day[up], road.band[up] + 1))
    current = np.zeros(len(road.members), np.int64)
    found: list[Ints] = []
    for first, after in _months(rises, as_of):
        found.append(_review(road, current, first, entries))
        lower, upper = np.searchsorted(rises[:, 1], (first, after))
        found.append(_rise(current, rises[lower:upper]))
    rows = np.concatenate([*found, np.empty((0, 3), np.int64)])
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    # A review and rises on one day end in one band; where that is the band of the day before, nothing changed.
    ends = np.append(_run_starts(rows[:, 0] * (as_of + 2) + rows[:, 1]), len(rows))[1:] - 1
    rows = rows[ends]
    fresh = np.ones(len(rows), np.bool_)
    fresh[1:] = (rows[1:, 0] != rows[:-1, 0]) | (rows[1:, 2] != rows[:-1, 2])
    rows = rows[fresh]
    return BandChanges(road.members[rows[:, 0]], rows[:, 1], rows[:, 2])


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


def _review(road: Road, current: Ints, day: int, entries: Ints) -> Ints:
    """Let members whose total is below the hold fall to the highest band they still hold; changes `current`."""
    who = np.flatnonzero(current)
    if not len(who):
        return np.empty((0, 3), np.int64)
    kept = np.full(len(who), NO_BAND, np.int64)
    for band in range(len(entries)):
        holds = road.total(who, band, day) * 100 >= entries[band] * HOLD_PERCENT
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


def _dense(values: Ints) -> tuple[Ints, Ints]:
    """Return the distinct values, sorted, and for each value its index among them."""
    if len(values) and bool((values[1:] >= values[:-1]).all()):
        starts = np.zeros(len(values), np.int64)
        starts[1:] = values[1:] != values[:-1]
        index = np.cumsum(starts)
        return values[_run_starts(values)], index
    distinct, index = np.unique(values, return_inverse=True)
    return distinct, index


def _run_starts(ordered: Ints) -> Ints:
    """Return the positions at which a new run of equal values begins."""
    return np.flatnonzero(np.concatenate((np.ones(min(len(ordered), 1), np.bool_), ordered[1:] != ordered[:-1])))
