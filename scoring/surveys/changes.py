"""What changed since the last run of a survey.

Both runs are taken as different people (unpaired), also where many answered both: in confidential and anonymous surveys
nobody may know who did. That errs towards "no change".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from scoring.comparisons import Difference, Method, by_normal, of_distributions, of_means, of_shares
from scoring.surveys.answers import Coded, Several
from scoring.surveys.figures import Mean, Nps, choices, counts


class Compared(StrEnum):
    """What of two runs was compared."""

    SHARE = "share of those who answered"
    MEAN = "mean of those who answered"
    NPS = "net promoter score of those who answered"


@dataclass(frozen=True, slots=True)
class Change:
    """A figure then and now. `difference` is None where nothing can be tested; `code` is a share's choice."""

    compared: Compared
    before: float | None
    now: float | None
    difference: Difference | None
    code: int | None = None


def of_mean(before: Mean | None, now: Mean | None) -> Change:
    """Compare two means."""
    difference = of_means(before.moments, now.moments) if before and now else None
    return Change(Compared.MEAN, _value(before), _value(now), difference)


def of_nps(before: Nps | None, now: Nps | None) -> Change:
    """Compare two net promoter scores; the difference is in points, like the scores."""
    if before is None or now is None:
        return Change(Compared.NPS, _value(before), _value(now), None)
    error = 100 * sqrt(before.variance / before.n + now.variance / now.n)
    difference = by_normal(now.value - before.value, error, Method.MULTINOMIAL)
    return Change(Compared.NPS, before.value, now.value, difference)


def of_choices(before: Coded | Several, now: Coded | Several) -> tuple[Change, ...]:
    """Compare the shares of each choice; both runs must offer the same choices."""
    was = counts(before) if isinstance(before, Coded) else choices(before)
    is_ = counts(now) if isinstance(now, Coded) else choices(now)
    codes = now.codes if isinstance(now, Coded) else tuple(range(len(is_)))
    return tuple(
        Change(Compared.SHARE, one.value, other.value, of_shares(one, other), code)
        for code, one, other in zip(codes, was, is_, strict=True)
    )


def of_distribution(before: Coded, now: Coded) -> float | None:
    """Return how likely chance alone makes two runs' answers so different: Pearson's test; None where it is none."""
    table = [[one.numerator for one in counts(column)] for column in (before, now)]
    tested = of_distributions(table)
    return tested[0] if tested else None


def _value(of: Mean | Nps | None) -> float | None:
    return None if of is None else of.value
