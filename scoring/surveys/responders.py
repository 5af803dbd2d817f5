"""Those who answered beside those who were asked and did not: whether the answers speak for everybody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.columns import Bools, Ints
from scoring.comparisons import Difference, of_distributions, of_shares
from scoring.statistics import Ratio


@dataclass(frozen=True, slots=True)
class Group:
    """A band (or any group): its share of those who did not answer, of those who did, and how far these are apart."""

    code: int
    silent: Ratio
    responding: Ratio
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class Makeup:
    """How responders are made up beside the others; `p` is of a chi-squared test over all groups, if one can be made.

    `weak`: some groups are too small for that test to mean much.
    """

    groups: tuple[Group, ...]
    p: float | None
    weak: bool


def makeup(group: Ints, answered: Bools) -> Makeup:
    """Compare responders with the others. `group` and `answered` have a row for everybody who was asked."""
    codes = np.unique(group)
    table = [[int(np.sum(side & (group == code))) for code in codes] for side in (~answered, answered)]
    silent, responding = (sum(row) for row in table)
    found = []
    for code, was, now in zip(codes.tolist(), *table, strict=True):
        shares = Ratio(was, silent), Ratio(now, responding)
        found.append(Group(code, *shares, of_shares(*shares)))
    tested = of_distributions(table)
    return Makeup(tuple(found), tested[0] if tested else None, bool(tested and tested[2]))
