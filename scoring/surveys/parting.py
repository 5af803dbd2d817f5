"""Views of the same ballots: a view is refused where, with those that were given before, it would tell few apart.

All figures of a view depend on its ballots together, never on which of them said what. So whoever holds every figure
ever shown cannot tell apart two ballots that lay in the same views all along: whatever one said, the other may have
said. All that was shown thus parts the ballots into groups, and nobody's answer can be known as long as each group has
five people or more who did not all answer alike. This holds against every way of working things out, over filters,
weeks, late answers, edits and deletions, and it is all that has to be kept: of each ballot, its group.

A weighted figure depends on more: it counts as the views of all ballots of one weight each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from scoring.columns import Bools, Ints
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
    """The ballots there are, by number, and what each says in the columns that are to be shown, a line per ballot."""

    number: Ints
    says: npt.NDArray[np.float64] | Ints | Bools


def refusal(
    before: Parting, views: Sequence[Ints], ballots: Ballots | None = None, floor: Floor = FIVE
) -> Refusal | None:
    """Return why views must not be given after those of `before`; None where they may be, all of them together.

    Without `ballots` it is not looked at whether people answered alike. Refusing tells of nothing but sizes; ALIKE is
    for the log of a test: people read the same sentence for each refusal.
    """
    now = before
    for view in views:
        if len(view) < floor.people:
            return Refusal.FEW
        now = now.after(view)
    if len(now.ballot) and int(now.sizes.min()) < floor.people:
        return Refusal.APART
    return Refusal.ALIKE if ballots is not None and _alike(now, ballots) else None


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


def _alike(now: Parting, ballots: Ballots) -> bool:
    """Whether in some group all say the same in some column; groups of which no ballot is left say nothing."""
    if not len(ballots.number):
        return False
    order = np.argsort(ballots.number)
    known = np.isin(now.ballot, ballots.number)
    says = np.atleast_2d(ballots.says[order].T).T[np.searchsorted(ballots.number[order], now.ballot[known])]
    if not len(says):
        return False
    by_group = np.argsort(now.group[known], kind="stable")
    group = now.group[known][by_group]
    begins = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    lowest = np.minimum.reduceat(says[by_group], begins, axis=0)
    return bool((lowest == np.maximum.reduceat(says[by_group], begins, axis=0)).any())
