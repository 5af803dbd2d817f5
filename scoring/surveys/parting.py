"""Views of the same ballots: a view is refused where, with those that were given before, it would tell few apart.

All figures of a view depend on its ballots together, never on which of them said what. So whoever holds every figure
ever shown cannot tell apart two ballots that lay in the same views all along: whatever one said, the other may have
said. All that was shown thus parts the ballots into groups, and nobody's answer can be known as long as each group has
five people or more who did not all answer alike. This holds against every way of working things out, over filters,
weeks, late answers, edits and deletions, and it is all that has to be kept: of each ballot, its group.

A weighted figure depends on more: it counts as the views of all ballots of one weight each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scoring.columns import Ints
from scoring.surveys.answers import Coded, Column, Floats, Measured, Several, State
from scoring.surveys.small import FIVE, Floor


class Refusal(StrEnum):
    """Why a view is not given."""

    FEW = "fewer people answered than may be shown"
    APART = "it differs by too few people from what was shown before"
    ALIKE = "people whom it tells apart all answered alike"


@dataclass(frozen=True, slots=True)
class Parting:
    """Every ballot that was in some view, sorted by its number, and its group: those that were in the same views.

    An edited answer is a new ballot. An erased one stays here, as a number that leads nowhere.
    """

    ballot: Ints
    group: Ints

    def after(self, view: Ints) -> Parting:
        """Return the parting once a view is given."""
        ballot = np.union1d(self.ballot, view).astype(np.int64)
        was = np.full(len(ballot), -1)
        was[np.searchsorted(ballot, self.ballot)] = self.group
        group = np.unique(2 * was + np.isin(ballot, view), return_inverse=True)[1]
        return Parting(ballot, group.reshape(-1).astype(np.int64))

    @property
    def sizes(self) -> Ints:
        """How many ballots each group has."""
        return np.bincount(self.group)


NOTHING_SHOWN = Parting(np.array([], np.int64), np.array([], np.int64))
"""How ballots are parted before the first view."""


@dataclass(frozen=True, slots=True)
class Ballots:
    """The ballots there are, by number, and what each says: a line per ballot, a column per question that is shown.

    `says` is not a number (NaN) where a question was declined or never reached.
    """

    number: Ints
    says: Floats


def ballots_of(number: Ints, columns: Sequence[Column]) -> Ballots:
    """Return ballots with what they say in columns of one length; words and named people have no figures."""
    says = [one for column in columns for one in _said(column)]
    return Ballots(number, np.stack(says, axis=1) if says else np.empty((len(number), 0)))


def _said(column: Column) -> Iterator[Floats]:
    answered = column.state == State.ANSWERED
    if isinstance(column, Coded):
        yield np.where(answered, column.code, np.nan)
    elif isinstance(column, Measured):
        yield np.where(answered, column.value, np.nan)
    elif isinstance(column, Several):
        # Which choices one ticked is one answer; that all of a group ticked a certain one would tell of each of them,
        # that none did tells little: who did not is somebody of their own here.
        yield np.where(answered, np.unique(column.chosen, axis=0, return_inverse=True)[1].reshape(-1), np.nan)
        own = -1.0 - np.arange(len(answered))
        for chosen in column.chosen.T:
            yield np.where(answered, np.where(chosen, 1.0, own), np.nan)


def refusal(
    before: Parting, views: Sequence[Ints], ballots: Ballots | None = None, floor: Floor = FIVE
) -> Refusal | None:
    """Return why views must not be given after those of `before`; None where they may be, all of them together.

    Without `ballots` it is not looked at who answered what. Refusing tells of nothing but sizes; ALIKE is
    for the log of a test: people read the same sentence for each refusal.
    """
    now = before
    for view in views:
        if len(view) < floor.people:
            return Refusal.FEW
        now = now.after(view)
    if len(now.ballot) and int(now.sizes.min()) < floor.people:
        return Refusal.APART
    return _telling(now, ballots, floor) if ballots is not None else None


def by_counts(added: int, removed: int, floor: Floor = FIVE) -> bool:
    """Whether a view may follow the one before it, of which only is known how many ballots came and how many went."""
    return all(n == 0 or n >= floor.people for n in (added, removed))


def coarsened(before: Parting, ballots: Ballots, segment: Ints, floor: Floor = FIVE) -> Ints | None:
    """Return segments joined until all of them may be shown side by side; None where not even all together may be.

    `segment` has a code per ballot, `ballots` lists them in the same order. A segment is joined with the smaller of its
    neighbours in the order of the codes, so bands are joined with the next band; a joined one has the code of its
    lowest.
    """
    joined = segment.copy()
    while True:
        codes = np.unique(joined)
        bad = [code for code in codes if refusal(before, [ballots.number[joined == code]], ballots, floor)]
        views = [ballots.number[joined == code] for code in codes]
        if not bad and not refusal(before, views, ballots, floor):
            return joined
        if len(codes) < 2:
            return None
        _join(joined, codes, bad[0] if bad else codes[np.argmin([len(view) for view in views])])


def _join(joined: Ints, codes: Ints, code: int) -> None:
    at = int(np.flatnonzero(codes == code)[0])
    beside = [n for n in (at - 1, at + 1) if 0 <= n < len(codes)]
    other = codes[min(beside, key=lambda n: int(np.sum(joined == codes[n])))]
    joined[(joined == code) | (joined == other)] = min(code, int(other))


def _telling(now: Parting, ballots: Ballots, floor: Floor) -> Refusal | None:
    """Return what is wrong with some group in some column: few of it answered there, or all alike.

    Groups of which nobody answered say nothing, nor do those of which no ballot is left.
    """
    order = np.argsort(ballots.number)
    known = np.isin(now.ballot, ballots.number)
    if not known.any():
        return None
    says = ballots.says[order][np.searchsorted(ballots.number[order], now.ballot[known])]
    by_group = np.argsort(now.group[known], kind="stable")
    says, group = says[by_group], now.group[known][by_group]
    begins = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    answered = np.add.reduceat(~np.isnan(says), begins, axis=0, dtype=np.int64)
    if ((answered > 0) & (answered < floor.people)).any():
        return Refusal.APART
    alike = np.fmin.reduceat(says, begins, axis=0) == np.fmax.reduceat(says, begins, axis=0)
    return Refusal.ALIKE if alike.any() else None
