"""Declared groups (country, pronouns): how engaged members are spread over them, small groups hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.columns import Bools, Group, Ints
from scoring.measures.suppression import hidden
from scoring.statistics import Ratio

UNKNOWN = "unknown"
"""The value of members who declared none."""


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Members with one value of a declared group; `members` is None where the figure is suppressed."""

    group: str
    value: str
    members: Ratio | None

    @property
    def suppressed(self) -> bool:
        """Whether the figure is hidden because it is, or would give away, one about fewer than five people."""
        return self.members is None


def groups(declared: Sequence[Group], members: Ints, within: Ints | None = None) -> tuple[GroupFigures, ...]:
    """Spread members (distinct, sorted) over each group: shown values by size, hidden ones by name, "unknown" last.

    `within` are the members of a table that is shown too and contains this one; nothing can be worked out from the two
    together. A value without members is left out, unless leaving it out would tell.
    """
    return tuple(row for group in declared for row in _group(group, members, within))


def _group(group: Group, members: Ints, within: Ints | None) -> list[GroupFigures]:
    names = [UNKNOWN, *sorted({value for value in group.values if value} - {UNKNOWN})]
    counts = _counts(group, names, members)
    if not len(members):
        return [GroupFigures(group.name, UNKNOWN, Ratio(0, 0))]
    hide = _hidden(group, names, counts, within)
    shown = [n for n in np.argsort(-counts, kind="stable").tolist() if n and counts[n] and not hide[n]]
    order = [*shown, *(n for n in range(1, len(names)) if hide[n]), 0]
    return [GroupFigures(group.name, names[n], None if hide[n] else Ratio(int(counts[n]), len(members))) for n in order]


def _hidden(group: Group, names: list[str], counts: Ints, within: Ints | None) -> Bools:
    if within is None:
        return hidden(counts[np.newaxis])
    whole = _counts(group, names, within)
    return hidden(np.stack((counts, whole - counts)), hidden(whole[np.newaxis]))


def _counts(group: Group, names: list[str], members: Ints) -> Ints:
    """Count the members of each name; those without a row, or with an empty value, are "unknown"."""
    number_of = {name: number for number, name in enumerate(names)}
    renamed = np.array([number_of.get(value, 0) for value in group.values] or [0], np.int64)
    here = np.isin(group.member, members)
    keys = np.unique(group.member[here] * len(names) + renamed[group.value[here]])
    counts = np.bincount(keys % len(names), minlength=len(names)).astype(np.int64)
    counts[0] += len(members) - len(np.unique(group.member[here]))
    return counts
