"""Two wordings, or two times of asking: who gets which, how many it takes, and which of them did better.

Who gets which follows from a salted digest, so it is the same each time and nobody can choose. Everybody counts with
the arm they were assigned to, whatever came of it. The comparison is made once, when as many as planned beforehand have
been assigned ("fixed horizon"): looking earlier and stopping at a good moment would find differences that are not
there. Other ways of comparing (sequential ones) can stand beside `FixedHorizon` with the same `result`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil, sqrt

import numpy as np

from scoring.columns import Ints
from scoring.comparisons import Difference, of_shares
from scoring.distributions import normal_quantile
from scoring.statistics import Ratio

_LOTS = 1 << 62


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment: its name, its salt (kept secret, so nobody can work out an arm) and how many arms it has."""

    name: str
    salt: bytes
    arms: int = 2

    def __post_init__(self) -> None:
        if self.arms < 2:
            raise ValueError("an experiment has two arms or more")


def assigned(of: Experiment, person: int) -> int:
    """Return a person's arm, 0 to `arms` - 1. It depends on nothing but the experiment and the person's number."""
    return _lot(of, person) * of.arms // _LOTS


def balanced(of: Experiment, people: Ints, strata: Ints) -> Ints:
    """Return the arms of people who are all known beforehand, in their order, even within each stratum.

    In a stratum (and over all of them together) two arms differ by one person at most. The order in which people are
    listed makes no difference; who comes later is another list.
    """
    lot = np.array([_lot(of, int(one)) for one in people], np.int64)
    order = np.lexsort((lot, strata))
    arms = np.empty(len(people), np.int64)
    # Dealt like cards, on from one stratum to the next; where the first card goes is a lot, too.
    arms[order] = (np.arange(len(people)) + _lot(of, -1) % of.arms) % of.arms
    return arms


@dataclass(frozen=True, slots=True)
class FixedHorizon:
    """A plan: so many people in each arm, then one look."""

    people: int

    def result(self, first: Ratio, second: Ratio) -> Difference | None:
        """Return how the second arm did beside the first; None before both have as many people as planned."""
        if min(first.denominator, second.denominator) < max(self.people, 1):
            return None
        return of_shares(first, second)


def people_needed(base: float, wished: float, power: float = 0.8, level: float = 0.05) -> int:
    """Return how many people each arm needs to find out that a share rises (or falls) from `base` to `wished`.

    `power` is how likely it then is to be found; `level` how likely a difference is found where there is none. By J. L.
    Fleiss, Statistical Methods for Rates and Proportions (1981), 3.2, without correction for continuity. Raises
    ValueError where the shares are equal, or where any of the four is not between 0 and 1.
    """
    if base == wished or not all(0 < one < 1 for one in (power, level)) or not all(0 <= p <= 1 for p in (base, wished)):
        raise ValueError("two different shares from 0 to 1 are needed, and a power and a level between 0 and 1")
    middle = (base + wished) / 2
    none = normal_quantile(1 - level / 2) * sqrt(2 * middle * (1 - middle))
    some = normal_quantile(power) * sqrt(base * (1 - base) + wished * (1 - wished))
    return ceil(((none + some) / (wished - base)) ** 2)


def counted(arms: Ints, answered: Sequence[bool], of: int) -> tuple[Ratio, ...]:
    """Return for each arm how many of those assigned to it answered."""
    did = np.asarray(answered, np.bool_)
    return tuple(Ratio(int(np.sum(did & (arms == arm))), int(np.sum(arms == arm))) for arm in range(of))


def _lot(of: Experiment, person: int) -> int:
    key = blake2b(of.salt, digest_size=32, person=b"experiment").digest()
    digest = blake2b(f"{person} {of.name}".encode(), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big") >> 2
