"""Whether newcomers were answered: who wrote for the first time, and got an answer from somebody else soon after."""

from __future__ import annotations

import numpy as np

from scoring.columns import NOBODY, Acts, Ints, starts
from scoring.measures.history import Period
from scoring.signals import DAY_MS, WRITTEN, Kind
from scoring.statistics import Ratio

SETTLING_IN = 30
"""Who writes within so many days after a history begins may have been there before: they are no newcomers."""


def welcomes(acts: Acts, period: Period, until: int, within: int = DAY_MS) -> Ratio:
    """Return how many of those who first wrote in a period were answered within some time (ms).

    `acts` are all of history. Whose time is not over at the moment `until` (ms) is left out. A reply or mention by
    somebody else is an answer.
    """
    member, first = _firsts(acts)
    if not len(member):
        return Ratio(0, 0)
    day = first // DAY_MS
    new = period.holds(day) & (first + within <= until) & (day >= int(acts.day.min()) + SETTLING_IN)
    member, first = member[new], first[new]
    return Ratio(int(np.count_nonzero(_answered(acts, member, first, within))), len(member))


def _firsts(acts: Acts) -> tuple[Ints, Ints]:
    """Return who ever wrote, sorted, and the moment of each one's first message."""
    written = np.isin(acts.kind, WRITTEN) & (acts.member != NOBODY)
    who, at = acts.member[written], acts.at[written]
    order = np.lexsort((at, who))
    begin = starts(who[order])
    return who[order][begin], at[order][begin]


def _answered(acts: Acts, member: Ints, first: Ints, within: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Mark the members to whom somebody else spoke soon after their first message."""
    spoke = np.isin(acts.kind, (Kind.REPLY, Kind.MENTION)) & (acts.counterpart != acts.member)
    to, at = acts.counterpart[spoke], acts.at[spoke]
    place = np.minimum(np.searchsorted(member, to), max(len(member) - 1, 0))
    if not len(member):
        return np.zeros(0, np.bool_)
    after = at - first[place]
    counts = (member[place] == to) & (after >= 0) & (after <= within)
    return np.isin(member, to[counts])
