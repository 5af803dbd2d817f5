"""The distributions that tests and intervals rest on, by closed forms and continued fractions: scipy takes 100 MB."""

from __future__ import annotations

from math import erfc, exp, inf, lgamma, log, sqrt
from statistics import NormalDist

_TINY = 1e-300
_NEAR = 1e-15
_STEPS = 500


def normal_two_sided(z: float) -> float:
    """Return how likely a standard normal value is at least as far from 0 as `z`."""
    return erfc(abs(z) / sqrt(2))


def normal_quantile(share: float) -> float:
    """Return the value below which that share of a standard normal distribution lies; `share` between 0 and 1."""
    return NormalDist().inv_cdf(share)


def t_two_sided(t: float, freedom: float) -> float:
    """Return how likely a value of Student's distribution is at least as far from 0 as `t`; `freedom` above 0."""
    return 1.0 if t == 0 else _beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def t_quantile(freedom: float, level: float = 0.95) -> float:
    """Return the t between whose minus and plus that share of Student's distribution lies."""
    low, high = 0.0, 2.0
    while t_two_sided(high, freedom) > 1 - level:
        low, high = high, high * 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if t_two_sided(middle, freedom) > 1 - level else (low, middle)
    return (low + high) / 2


def chi_squared_beyond(value: float, freedom: int) -> float:
    """Return how likely a chi-squared value is at least `value`, with so many degrees of freedom (1 or more)."""
    if value <= 0:
        return 1.0
    a, x = freedom / 2, value / 2
    return 1 - _gamma_series(a, x) if x < a + 1 else _gamma_fraction(a, x)


def _beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function: the continued fraction (DLMF 8.17.22), on its quicker side."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Work the fraction out from its front (Lentz's way, as Thompson and Barnett changed it)."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = 1 / _away(1 + term * d), _away(1 + term / c)
            found *= c * d
        if abs(c * d - 1) < _NEAR:
            break
    return found


def _gamma_series(a: float, x: float) -> float:
    """Return the regularised lower incomplete gamma function (DLMF 8.7.1)."""
    term = total = 1 / a
    n = a
    while abs(term) > abs(total) * _NEAR:
        n += 1
        term *= x / n
        total += term
    return total * exp(a * log(x) - x - lgamma(a))


def _gamma_fraction(a: float, x: float) -> float:
    """Return the regularised upper incomplete gamma function (DLMF 8.9.2)."""
    b = x + 1 - a
    c, d = inf, 1 / _away(b)
    found = d
    for n in range(1, _STEPS):
        b += 2
        term = -n * (n - a)
        d, c = 1 / _away(b + term * d), _away(b + term / c)
        found *= c * d
        if abs(c * d - 1) < _NEAR:
            break
    return found * exp(a * log(x) - x - lgamma(a))


def _away(value: float) -> float:
    """Keep a divisor from being nought."""
    return value if abs(value) > _TINY else _TINY
