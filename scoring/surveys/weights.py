"""Weights that make respondents stand for everybody: raking to known margins, capped, with what that costs.

One margin is post-stratification; several are met in turn until all hold (W. E. Deming and F. F. Stephan, Annals of
Mathematical Statistics 11 (1940), 427-444).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from scoring.columns import Ints
from scoring.distributions import t_quantile
from scoring.statistics import Z95
from scoring.surveys.answers import Floats

UNKNOWN = -1
"""The code of a respondent of whom a margin's group is not known."""
CAP = 5.0
"""How many times the mean weight one person's may be."""
_ROUNDS = 1000
_MET = 1e-9
_CLOSE_ENOUGH = 0.005


@dataclass(frozen=True, slots=True)
class Margin:
    """What is known of everybody: `group` is each respondent's code, `people` how many of everybody have each code."""

    group: Ints
    people: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Unmet:
    """A group whose share cannot be reached: nobody of it answered, or the cap is in the way. Shares are 0 to 1."""

    margin: int
    code: int
    wanted: float
    reached: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight per respondent, 1 in the mean, and what could not be met with them."""

    values: Floats
    unmet: tuple[Unmet, ...]

    @property
    def effective(self) -> float:
        """How many equally weighted answers these are worth (L. Kish, Survey Sampling (1965), 11.7)."""
        return effective(self.values)


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weighted mean or share with its 95 % interval; `effective` is how many answers it is worth."""

    value: float
    low: float | None
    high: float | None
    effective: float


def raked(margins: Sequence[Margin], respondents: int, cap: float = CAP) -> Weights:
    """Return weights by which the respondents are made up as everybody is.

    Whose group is not known keeps their part of the whole. `cap` is 1 or more. Groups of which nobody answered cannot
    be met: their part goes to the others, and they are named.
    """
    if cap < 1:
        raise ValueError("a cap below the mean weight leaves nothing to weigh with")
    values = np.ones(respondents)
    if not respondents:
        return Weights(values, tuple(_unmet(margins, values)))
    steps = [_step(margin) for margin in margins]
    for _ in range(_ROUNDS):
        before = values
        for where, wanted in steps:
            values = _met(values, where, wanted)
        values = _capped(values, cap)
        if np.max(np.abs(values - before)) < _MET:
            break
    return Weights(values, tuple(_unmet(margins, values)))


def effective(values: Floats) -> float:
    """Return Kish's effective sample size: the square of the sum over the sum of squares."""
    squares = float(np.sum(values**2))
    return float(np.sum(values)) ** 2 / squares if squares else 0.0


def weighted_mean(values: Ints | Floats, weights: Floats) -> Weighted | None:
    """Return the weighted mean; its error is linearised, as for answers drawn with replacement. None of nothing."""
    n, whole = len(values), float(np.sum(weights))
    if not n or not whole:
        return None
    value = float(np.sum(weights * values)) / whole
    if n == 1:
        return Weighted(value, None, None, 1.0)
    error = sqrt(n / (n - 1) * float(np.sum((weights * (values - value)) ** 2))) / whole
    reach = t_quantile(n - 1) * error
    return Weighted(value, value - reach, value + reach, effective(weights))


def weighted_share(chosen: Ints, weights: Floats) -> Weighted | None:
    """Return the weighted share of ones among noughts and ones, with Wilson's interval at the effective sample size."""
    found = weighted_mean(chosen, weights)
    if found is None:
        return None
    n, share = found.effective, found.value
    squared = Z95 * Z95 / n
    middle = (share + squared / 2) / (1 + squared)
    reach = Z95 * sqrt(max(share * (1 - share), 0.0) / n + squared / (4 * n)) / (1 + squared)
    return Weighted(share, max(0.0, middle - reach), min(1.0, middle + reach), n)


_Step = tuple[Ints, Floats]


def _step(margin: Margin) -> _Step:
    """Return where each respondent stands among the groups that can be met, and these groups' shares.

    Who cannot be placed stands at the last place, whose share stays what it is (not a number).
    """
    there = [code for code, people in margin.people.items() if people > 0 and np.any(margin.group == code)]
    where = np.full(len(margin.group), len(there))
    for n, code in enumerate(there):
        where[margin.group == code] = n
    people = np.array([margin.people[code] for code in there], np.float64)
    return where, np.append(people / people.sum() if there else people, np.nan)


def _met(values: Floats, where: Ints, wanted: Floats) -> Floats:
    sums = np.bincount(where, values, len(wanted))
    placed = sums[:-1].sum()
    factors = np.ones(len(wanted))
    factors[:-1] = wanted[:-1] * placed / sums[:-1]
    return np.asarray(values * factors[where])


def _capped(values: Floats, cap: float) -> Floats:
    """Cut what is above the cap, and spread it over the others; the mean stays 1."""
    values = values / values.mean()
    for _ in range(len(values)):
        over = values > cap * (1 + _MET)
        if not over.any():
            break
        held = values >= cap
        spare = np.sum(values[over] - cap)
        values = np.where(over, cap, values)
        rest = ~held
        values[rest] *= 1 + spare / values[rest].sum()
    return values


def _unmet(margins: Sequence[Margin], values: Floats) -> list[Unmet]:
    found = []
    for n, margin in enumerate(margins):
        known = margin.group != UNKNOWN
        placed, people = float(np.sum(values[known])), sum(margin.people.values())
        for code, count in margin.people.items():
            wanted = count / people if people else 0.0
            reached = float(np.sum(values[known & (margin.group == code)])) / placed if placed else 0.0
            if abs(reached - wanted) > _CLOSE_ENOUGH:
                found.append(Unmet(n, code, wanted, reached))
    return found
