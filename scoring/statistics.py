"""Intervals in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
"""The 97.5 % quantile of the standard normal distribution: two sides of 95 %."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share that never travels without what it is a share of."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None where there is nothing to be a share of."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The share's Wilson 95 % interval; None where there is nothing to be a share of."""
        return wilson(self.numerator, self.denominator) if self.denominator else None


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share, inside 0 to 1. `denominator` must be above 0.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212; the
    one Brown, Cai and DasGupta (2001) advise for small numbers.
    """
    share = numerator / denominator
    squared = Z95 * Z95 / denominator
    middle = (share + squared / 2) / (1 + squared)
    reach = Z95 * sqrt(share * (1 - share) / denominator + squared / (4 * denominator)) / (1 + squared)
    # At the ends the formula gives 0 and 1 exactly; floats miss them by a hair.
    low = 0.0 if numerator == 0 else max(0.0, middle - reach)
    high = 1.0 if numerator == denominator else min(1.0, middle + reach)
    return low, high
