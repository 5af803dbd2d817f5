"""The Mountain by band and by step: who engaged there, who came up, who stands there, who reached what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.assess import NO_BAND, BandChanges
from scoring.columns import Bools, Ints
from scoring.measures.history import Deeds, History, Period
from scoring.statistics import Ratio


@dataclass(frozen=True, slots=True)
class BandFigures:
    """One band in a period.

    `members` engaged in it, over all engaged; `points` were given in it to everyone, in the units of a tally;
    `entered` are members whose band rose to it in the period, `standing` those whose band it is at the end of history.
    """

    band: str
    members: Ratio
    points: int
    entered: int
    standing: int


@dataclass(frozen=True, slots=True)
class StepFigures:
    """How many members crossed a step's threshold in the period."""

    step: str
    members: int


def bands(history: History, done: Deeds, period: Period) -> tuple[BandFigures, ...]:
    """Return the figures of each band, the lowest first; `done` are the deeds of the period."""
    names = [band.name for band in history.mountain.bands]
    engaged = len(done.members)
    members = _distinct(done.band, done.member, len(names))
    points = _points(history, period, len(names))
    entered = _entered(history.changes, period, len(names))
    standing = _standing(history.changes, len(names))
    return tuple(
        BandFigures(name, Ratio(int(members[n]), engaged), int(points[n]), int(entered[n]), int(standing[n]))
        for n, name in enumerate(names)
    )


def steps(history: History, period: Period) -> tuple[StepFigures, ...]:
    """Return for each step how many members crossed it in the period, in the order of the rules."""
    inside = period.holds(history.crossings.day)
    names = [step.name for step in history.mountain.steps]
    members = _distinct(history.crossings.step[inside], history.crossings.member[inside], len(names))
    return tuple(StepFigures(name, int(members[n])) for n, name in enumerate(names))


def _distinct(place: Ints, member: Ints, places: int) -> Ints:
    """Count the distinct members of each place (0 to `places` - 1; others are left out)."""
    return np.array([len(np.unique(member[place == n])) for n in range(places)], np.int64)


def _points(history: History, period: Period, places: int) -> Ints:
    inside = history.tallies.where(period.holds(history.tallies.day))
    band_of = np.array([one.band for one in history.mountain.types] or [0], np.int64)[inside.type]
    sums = np.zeros(places, np.int64)
    np.add.at(sums, band_of, inside.points)
    return sums


def _entered(changes: BandChanges, period: Period, places: int) -> Ints:
    before = np.full(len(changes.band), NO_BAND, np.int64)
    before[1:] = np.where(_same_as_before(changes.member), changes.band[:-1], NO_BAND)
    rose = (changes.band > before) & period.holds(changes.day)
    return _distinct(changes.band[rose] - 1, changes.member[rose], places)


def _standing(changes: BandChanges, places: int) -> Ints:
    last = np.ones(len(changes.member), np.bool_)
    last[:-1] = ~_same_as_before(changes.member)
    return _distinct(changes.band[last] - 1, changes.member[last], places)


def _same_as_before(member: Ints) -> Bools:
    return np.asarray(member[1:] == member[:-1])
