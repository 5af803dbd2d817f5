"""Small histories written as rows, turned into the columns that measures take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.columns import NOBODY, Acts, Ints
from scoring.signals import DAY_MS, NOWHERE, Context, Kind


@dataclass(frozen=True, slots=True)
class Act:
    """One engagement, with what a test does not care about left at its default."""

    member: int
    kind: Kind = Kind.MESSAGE
    day: int = 0
    other: int = NOBODY
    context: Context = NOWHERE


def columns(rows: Iterable[Act]) -> Acts:
    """Turn rows into Acts."""
    rows = list(rows)
    contexts = tuple(dict.fromkeys(row.context for row in rows))
    day = ints([row.day for row in rows])
    return Acts(
        member=ints([row.member for row in rows]),
        day=day,
        at=day * DAY_MS,
        kind=ints([row.kind for row in rows]),
        context=ints([contexts.index(row.context) for row in rows]),
        counterpart=ints([row.other for row in rows]),
        amount=np.zeros(len(rows), np.int64),
        contexts=contexts,
    )


def took_part(member: int, programme: str, cohort: str = "", role: str = "participant", day: int = 0) -> Act:
    """A participation."""
    return Act(member, Kind.PARTICIPATION, day, context=Context(programme=programme, cohort=cohort, role=role))


def ints(values: Sequence[int]) -> Ints:
    """Turn numbers into a column."""
    return np.array(values, np.int64)
