"""How strongly people identify with the network, and the Network Strength score of a respondent as it was in 2016."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.columns import Ints
from scoring.statistics import Ratio
from scoring.surveys.answers import Coded, Floats, Named, State
from scoring.surveys.figures import Mean, mean

MOST_NAMED = 7
"""How many people one can name."""
_WEIGHTS = np.array([0, 1, 3, 5])
"""What never, rarely, sometimes and often are worth."""
_LOWEST, _HIGHEST = 1, 5


@dataclass(frozen=True, slots=True)
class Alignment:
    """The mean over respondents of what each agreed to on average, 0 to 1, and the share of everybody they are."""

    index: Mean
    coverage: Ratio


def alignment(items: Sequence[Coded], members: int) -> Alignment | None:
    """Return the alignment of a network with so many members; None where nobody answered any item.

    Each item is an agreement from 1 to 5, with a row per respondent; a respondent's alignment is the mean of
    (x - 1) / 4 over the items they answered.
    """
    each = alignments(items)
    found = mean(each)
    return None if found is None else Alignment(found, Ratio(len(each), max(members, len(each))))


def alignments(items: Sequence[Coded]) -> Floats:
    """Return the alignment of each respondent who answered an item, 0 to 1, in their order."""
    if not items:
        return np.array([])
    answered = np.stack([item.state == State.ANSWERED for item in items])
    shares = np.stack([(item.code - _LOWEST) / (_HIGHEST - _LOWEST) for item in items])
    counted = answered.sum(axis=0)
    sums = np.where(answered, shares, 0.0).sum(axis=0)
    return np.asarray(sums[counted > 0] / counted[counted > 0])


def connection(named: Named) -> Ints:
    """Return each respondent's connection score, 0 to 105: three ties to each of up to seven people, 0 to 5 each."""
    worth = _WEIGHTS[named.ties].sum(axis=1) if len(named.ties) else np.array([], np.int64)
    return np.bincount(named.respondent, worth, len(named.state)).astype(np.int64)


def strength(named: Named, items: Sequence[Coded]) -> Ints:
    """Return each respondent's score of 2016: connection times the sum of their agreement (no answer is 0), 0 to 1,050.

    A. Lofting, survey-to-gephi, commit 9529f01 (2016), with two items of agreement.
    """
    agreed = [np.where(item.state == State.ANSWERED, item.code, 0) for item in items]
    return np.asarray(connection(named) * np.sum(agreed, axis=0))
