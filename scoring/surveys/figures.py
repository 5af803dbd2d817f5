"""Figures of one question: counts with intervals, mean, spread and distribution, the NPS, medians of numbers.

These are figures as they are. What of them may be shown to whom is decided by `scoring.surveys.small`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from scoring.columns import Ints
from scoring.comparisons import Moments
from scoring.distributions import t_quantile
from scoring.statistics import Z95, Ratio
from scoring.surveys.answers import Coded, Floats, Measured, Several, State

PROMOTERS, DETRACTORS = 9, 6
"""Who recommends with at least 9 promotes; with at most 6, detracts (F. F. Reichheld, HBR 81 (2003), 46-54)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How a question was taken: who answered, who would rather not say, who never came to it."""

    answered: int
    declined: int
    not_reached: int


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its 95 % interval and the spread (sample standard deviation); these are None for fewer than two."""

    n: int
    value: float
    spread: float | None
    low: float | None
    high: float | None

    @property
    def moments(self) -> Moments:
        """What a test needs."""
        return Moments(self.n, self.value, None if self.spread is None else self.spread**2)


@dataclass(frozen=True, slots=True)
class Nps:
    """Promoters less detractors in per cent of all who answered, -100 to 100, with its 95 % interval."""

    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        """How many answered."""
        return self.promoters + self.passives + self.detractors

    @property
    def value(self) -> float:
        """The score; somebody must have answered."""
        return 100 * (self.promoters - self.detractors) / self.n

    @property
    def variance(self) -> float:
        """The multinomial variance of one answer (1, 0 or -1)."""
        balance = (self.promoters - self.detractors) / self.n
        return (self.promoters + self.detractors) / self.n - balance**2

    @property
    def interval(self) -> tuple[float, float]:
        """The interval: the multinomial variance after three answers are added, half of them passive (adjusted Wald).

        Without these, a dozen answers that are all alike would have an interval of no width.
        """
        n = self.n + 3
        balance = (self.promoters - self.detractors) / n
        error = sqrt(((self.promoters + self.detractors + 1.5) / n - balance**2) / n)
        low, high = 100 * (balance - Z95 * error), 100 * (balance + Z95 * error)
        # Of a single answer, what was added can lie so heavy that the score itself would be left out.
        return max(-100.0, min(low, self.value)), min(100.0, max(high, self.value))


def taken(state: Ints) -> Taken:
    """Return how a question was taken."""
    counts = np.bincount(state, minlength=len(State)).tolist()
    return Taken(counts[State.ANSWERED], counts[State.DECLINED], counts[State.NOT_REACHED])


def counts(column: Coded) -> tuple[Ratio, ...]:
    """Return for each code how many chose it, of those who answered."""
    given = column.given
    return tuple(Ratio(int(np.count_nonzero(given == code)), len(given)) for code in column.codes)


def choices(column: Several) -> tuple[Ratio, ...]:
    """Return for each choice how many chose it (among others), of those who answered."""
    given = column.given
    return tuple(Ratio(int(n), len(given)) for n in given.sum(axis=0))


def mean(values: Ints | Floats) -> Mean | None:
    """Return the mean with Student's interval; None of nothing."""
    n = len(values)
    if not n:
        return None
    value = float(np.mean(values))
    if n == 1:
        return Mean(1, value, None, None, None)
    spread = float(np.std(values, ddof=1))
    reach = t_quantile(n - 1) * spread / sqrt(n)
    return Mean(n, value, spread, value - reach, value + reach)


def nps(column: Coded) -> Nps | None:
    """Return the net promoter score of recommendations from 0 to 10; None where nobody answered."""
    given = column.given
    promoters, detractors = int(np.sum(given >= PROMOTERS)), int(np.sum(given <= DETRACTORS))
    return Nps(promoters, len(given) - promoters - detractors, detractors) if len(given) else None


def quantiles(column: Measured, shares: Sequence[float] = (0.25, 0.5, 0.75)) -> tuple[float, ...] | None:
    """Return quantiles of numbers, by default the quartiles with the median between; None where nobody answered."""
    given = column.given
    return tuple(np.quantile(given, shares).tolist()) if len(given) else None
