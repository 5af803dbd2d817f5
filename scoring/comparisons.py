"""Two groups beside one another: how far apart they are, between which bounds, and whether chance would do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb, sqrt

from scoring.distributions import chi_squared_beyond, normal_two_sided, t_quantile, t_two_sided
from scoring.statistics import Z95, Ratio

FEWEST_EXPECTED = 5
"""Where fewer than so many are expected in a cell, a test by the normal distribution is off (Cochran 1954)."""


class Method(StrEnum):
    """Which test gave a p-value."""

    TWO_PROPORTIONS = "two-proportion z test"
    FISHER = "Fisher's exact test"
    WELCH = "Welch's t test"
    MULTINOMIAL = "z test with the multinomial variance"
    CHI_SQUARED = "chi-squared test"


@dataclass(frozen=True, slots=True)
class Moments:
    """What a mean's test needs: how many, their mean, and the sample variance (None for fewer than two)."""

    n: int
    mean: float
    variance: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The second group less the first; `low` to `high` holds it 95 times in 100.

    `p` is how likely chance alone brings a difference at least as large, from both sides.
    """

    value: float
    low: float
    high: float
    p: float
    test: Method


def of_shares(first: Ratio, second: Ratio) -> Difference | None:
    """Compare two shares of different people; None where one is of nobody.

    The interval is Newcombe's hybrid score interval (R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, method
    10). The test is the pooled two-proportion z test, and Fisher's where few are expected.
    """
    one, other = first.interval, second.interval
    if one is None or other is None or first.value is None or second.value is None:
        return None
    was, now = first.value, second.value
    below = sqrt((now - other[0]) ** 2 + (one[1] - was) ** 2)
    above = sqrt((other[1] - now) ** 2 + (was - one[0]) ** 2)
    p, test = _of_table(first, second)
    return Difference(now - was, max(now - was - below, -1.0), min(now - was + above, 1.0), p, test)


def of_means(first: Moments, second: Moments) -> Difference | None:
    """Compare two means of different people, by B. L. Welch's test (Biometrika 34 (1947), 28-35).

    None where one side has fewer than two, or where neither side varies.
    """
    if first.variance is None or second.variance is None:
        return None
    parts = first.variance / first.n, second.variance / second.n
    error = sqrt(sum(parts))
    if error == 0:
        return None
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (first.n - 1) + parts[1] ** 2 / (second.n - 1))
    value = second.mean - first.mean
    reach = t_quantile(freedom) * error
    return Difference(value, value - reach, value + reach, t_two_sided(value / error, freedom), Method.WELCH)


def fisher(first: Ratio, second: Ratio) -> float:
    """Return the two-sided p-value of R. A. Fisher's exact test: all tables no likelier than the one that was found."""
    hits = first.numerator + second.numerator
    least, most = max(0, hits - second.denominator), min(hits, first.denominator)
    ways = [comb(first.denominator, k) * comb(second.denominator, hits - k) for k in range(least, most + 1)]
    found = ways[first.numerator - least]
    return sum(one for one in ways if one <= found) / sum(ways)


def of_distributions(table: Sequence[Sequence[int]]) -> tuple[float, int, bool] | None:
    """Return Pearson's chi-squared test over a table of counts: its p-value, its degrees of freedom, and if it is weak.

    Rows are groups, columns are answers; those that nobody gave are left out. It is weak where more than a fifth of the
    cells are expected to hold fewer than five (Cochran 1954). None where there are fewer than two rows or columns.
    """
    rows = [row for row in table if sum(row)]
    columns = [sum(column) for column in zip(*rows, strict=True)]
    kept = [n for n, total in enumerate(columns) if total]
    if len(rows) < 2 or len(kept) < 2:
        return None
    whole = sum(columns)
    expected = [(row[n], sum(row) * columns[n] / whole) for row in rows for n in kept]
    value = sum((found - wanted) ** 2 / wanted for found, wanted in expected)
    freedom = (len(rows) - 1) * (len(kept) - 1)
    few = sum(wanted < FEWEST_EXPECTED for _, wanted in expected)
    return chi_squared_beyond(value, freedom), freedom, few * 5 > len(expected)


def _of_table(first: Ratio, second: Ratio) -> tuple[float, Method]:
    whole = first.denominator + second.denominator
    hits = first.numerator + second.numerator
    least = min(first.denominator, second.denominator) * min(hits, whole - hits) / whole
    if least < FEWEST_EXPECTED:
        return fisher(first, second), Method.FISHER
    pooled = hits / whole
    error = sqrt(pooled * (1 - pooled) * (1 / first.denominator + 1 / second.denominator))
    apart = second.numerator / second.denominator - first.numerator / first.denominator
    return normal_two_sided(apart / error), Method.TWO_PROPORTIONS


def by_normal(value: float, error: float, test: Method) -> Difference | None:
    """Return a difference whose standard error is known, by the normal distribution; None where nothing varies."""
    if error == 0:
        return None
    return Difference(value, value - Z95 * error, value + Z95 * error, normal_two_sided(value / error), test)
