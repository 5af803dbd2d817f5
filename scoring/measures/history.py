"""What a report looks at: a community's history with what settling made of it, and the period asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scoring.assess import BandChanges, Crossings
from scoring.columns import NOBODY, Acts, Bools, Group, Ints
from scoring.measures.gaps import Stretch
from scoring.mountain import Credit, Mountain
from scoring.points import Tallies
from scoring.signals import Kind

_NO_BAND = -1


@dataclass(frozen=True, slots=True)
class Period:
    """Whole UTC days from `first` to `last`, both included, as day numbers."""

    first: int
    last: int

    def holds(self, days: Ints) -> Bools:
        """Mark the days that lie in the period."""
        return np.asarray((days >= self.first) & (days <= self.last))


@dataclass(frozen=True, slots=True)
class History:
    """Everything up to the report's `as_of`: acts with their engagement types (-1: none), and their scores.

    `types` is parallel to `acts` (see `scoring.points.types`); `changes` is sorted by member and day. `gaps` are the
    times of which something is missing.
    """

    mountain: Mountain
    acts: Acts
    types: Ints
    tallies: Tallies
    changes: BandChanges
    crossings: Crossings
    groups: tuple[Group, ...] = ()
    gaps: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Deeds:
    """Engagements that an engagement type matches, each put down to whom it counts for.

    `band` is the index of the type's band. Where a type credits the receiver (thanks), the receiver has the deed in the
    type's band and the author a deed of band -1: it engages them without giving them points.
    """

    member: Ints
    day: Ints
    band: Ints
    context: Ints

    def where(self, mask: Bools) -> Deeds:
        """Return the deeds for which the mask is true."""
        return Deeds(self.member[mask], self.day[mask], self.band[mask], self.context[mask])

    @property
    def members(self) -> Ints:
        """The distinct members, sorted."""
        return np.unique(self.member)


def deeds(history: History) -> Deeds:
    """Gather the engagements that some type matches."""
    matched = history.types >= 0
    acts, type_of = history.acts.where(matched), history.types[matched]
    bands = np.array([one.band for one in history.mountain.types] or [_NO_BAND], np.int64)
    receives = np.array([one.credit is Credit.RECEIVER for one in history.mountain.types] or [False])[type_of]
    band = bands[type_of]
    own = Deeds(acts.member, acts.day, np.where(receives, _NO_BAND, band), acts.context)
    given = receives & (acts.counterpart != NOBODY) & (acts.counterpart != acts.member)
    if not given.any():
        return own
    return Deeds(
        np.concatenate((own.member, acts.counterpart[given])),
        np.concatenate((own.day, acts.day[given])),
        np.concatenate((own.band, band[given])),
        np.concatenate((own.context, acts.context[given])),
    )


def of_programme(history: History, programme: str) -> History:
    """Keep the members who took part in a programme (letter case aside), with all they did anywhere.

    Ties and thanks that reach outside this circle lose their other side, so that every figure is about these members.
    """
    there = [n for n, one in enumerate(history.acts.contexts) if one.programme.casefold() == programme.casefold()]
    took_part = (history.acts.kind == Kind.PARTICIPATION) & np.isin(history.acts.context, there)
    circle = np.unique(history.acts.member[took_part])
    kept = np.isin(history.acts.member, circle)
    acts = history.acts.where(kept)
    changes, crossings = history.changes, history.crossings
    moved, crossed = np.isin(changes.member, circle), np.isin(crossings.member, circle)
    return History(
        mountain=history.mountain,
        acts=replace(acts, counterpart=np.where(np.isin(acts.counterpart, circle), acts.counterpart, NOBODY)),
        types=history.types[kept],
        tallies=history.tallies.where(np.isin(history.tallies.member, circle)),
        changes=BandChanges(changes.member[moved], changes.day[moved], changes.band[moved]),
        crossings=Crossings(crossings.member[crossed], crossings.day[crossed], crossings.step[crossed]),
        groups=tuple(_within(group, circle) for group in history.groups),
        gaps=history.gaps,
    )


def _within(group: Group, circle: Ints) -> Group:
    kept = np.isin(group.member, circle)
    return replace(group, member=group.member[kept], value=group.value[kept])
