"""Each member's points, band by band and day by day: what the totals of any window are read from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.columns import Bools, Ints, starts
from scoring.mountain import Mountain
from scoring.points import Tallies


class Road:
    """Members' points per band and day, made ready to answer for any day what the window's total was."""

    def __init__(self, tallies: Tallies, mountain: Mountain, as_of: int) -> None:
        """Sort the tallies up to `as_of` that gave points into bands, members and days."""
        self.mountain = mountain
        first = min(int(tallies.day.min(initial=as_of)), as_of)
        self.lanes = tuple(_lanes(tallies, mountain, first, as_of))
        """One per band of the Mountain."""


class Lane:
    """The points of one band: a row per member and day, sorted by both."""

    def __init__(self, days: tuple[int, int], window: int, keys: Ints, points: Ints) -> None:
        """Add up the points of each key, a member times the number of `days` (first, last) plus the day.

        `points` begin with a 0; both columns are the lane's own from now on.
        """
        self._first, self._days = days[0], days[1] - days[0] + 2
        self._window = window
        if not (keys[1:] >= keys[:-1]).all():
            order = np.argsort(keys, kind="stable")
            keys, points[1:] = keys[order], points[1:][order]
        np.cumsum(points, out=points)
        ends = np.flatnonzero(np.append(keys[1:] != keys[:-1], True)[: len(keys)])
        whole = len(ends) == len(keys)
        self._keys = keys if whole else keys[ends]
        self._sums = points if whole else points[np.append(0, ends + 1)]

    def __len__(self) -> int:
        return len(self._keys)

    def members(self) -> Ints:
        """Return the members who have points in this band, sorted."""
        member = self._keys // self._days
        return member[starts(member)]

    def at(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return the members and days of rows."""
        member = self._keys[rows] // self._days
        return member, self._keys[rows] - member * self._days + self._first

    def windows(self, back: int = 0) -> tuple[Ints, Ints]:
        """Return points and active days of the windows that end with each row's own day, or `back` days (1) before."""
        rows = len(self._keys)
        upper = np.arange(1 - back, rows + 1 - back)
        lower = self._lower(back)
        return self._sums[1 - back : rows + 1 - back] - self._sums[lower], upper - lower

    def _lower(self, back: int) -> Ints:
        """Return for each row the first one in its window."""
        member = self._keys // self._days
        if self._days - 2 < self._window:  # no window has lost a day yet: each goes back to its member's first row
            first = starts(member)
            return np.repeat(first, np.diff(np.append(first, len(member))))
        base = member * self._days
        gone = self._keys - base - (back + self._window)
        return np.asarray(np.searchsorted(self._keys, base + np.maximum(gone, -1), "right"))

    def total(self, member: Ints, day: int) -> Ints:
        """Return the members' points in the window that ends with a day."""
        upper, lower = self._bounds(member, day)
        return np.asarray(self._sums[upper] - self._sums[lower])

    def active_days(self, member: Ints, day: int) -> Ints:
        """Return on how many days of the window that ends with a day the members had points."""
        upper, lower = self._bounds(member, day)
        return upper - lower

    def _bounds(self, member: Ints, day: int) -> tuple[Ints, Ints]:
        base, since = member * self._days, day - self._first
        upper = np.searchsorted(self._keys, base + min(since, self._days - 1), "right")
        return upper, np.searchsorted(self._keys, base + max(since - self._window, -1), "right")


def _lanes(tallies: Tallies, mountain: Mountain, first: int, last: int) -> Iterator[Lane]:
    """Yield each band's lane. Filled part by part: each more column as long as a history costs more than the work."""
    band_of = np.array([one.band for one in mountain.types], np.int64)
    room = np.bincount(band_of, np.bincount(tallies.type, minlength=len(band_of)), len(mountain.bands)).astype(int)
    keys = [np.empty(most, np.int64) for most in room]
    points = [np.zeros(most + 1, np.int64) for most in room]
    filled = [0] * len(room)
    for part in tallies.parts():
        worth = (part.points != 0) & (part.day <= last)
        key = part.member * (last - first + 2) + (part.day - first)
        band = band_of[part.type]
        for n in np.flatnonzero(room).tolist():
            mine: Bools = worth & (band == n)
            begin, end = filled[n], filled[n] + int(np.count_nonzero(mine))
            keys[n][begin:end], points[n][begin + 1 : end + 1] = key[mine], part.points[mine]
            filled[n] = end
    for n, rows in enumerate(filled):
        yield Lane((first, last), mountain.window, keys[n][:rows], points[n][: rows + 1])
