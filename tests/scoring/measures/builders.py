"""Small histories written as rows, turned into the columns that measures take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.assess import band_changes, crossings
from scoring.columns import NOBODY, Acts, Group, Ints
from scoring.measures.history import History
from scoring.mountain import POINT, Band, Conditions, Credit, EngagementType, Mountain, Step, Touch
from scoring.points import tally, types
from scoring.road import Road
from scoring.signals import DAY_MS, NOWHERE, Context, Kind
from scoring.statistics import Ratio


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


def ratio(one: Ratio | None) -> tuple[int, int] | None:
    """Show a ratio as a pair."""
    return None if one is None else (one.numerator, one.denominator)


LEARNING, ENDORSING, PARTICIPATING = range(3)

MOUNTAIN = Mountain(
    name="a small one",
    version="0" * 12,
    bands=(
        Band("Learning", Touch.LOW, 1 * POINT, "", "", focus=False),
        Band("Endorsing", Touch.LOW, 2 * POINT, "", "", focus=False),
        Band("Participating", Touch.HIGH, 5 * POINT, "", "", focus=True),
    ),
    types=(
        EngagementType("thanked", "", ENDORSING, Conditions((Kind.THANKS,)), (0, POINT), credit=Credit.RECEIVER),
        EngagementType("speak", "", LEARNING, Conditions((Kind.PARTICIPATION,), roles=("listener",)), (0, POINT)),
        EngagementType("take part", "", PARTICIPATING, Conditions((Kind.PARTICIPATION,)), (0, 5 * POINT)),
        EngagementType("talk", "", LEARNING, Conditions((Kind.MESSAGE, Kind.REPLY)), (0, POINT, 2 * POINT)),
    ),
    steps=(Step("mentor", "Become a mentor", PARTICIPATING, 5 * POINT),),
)
"""Three bands; messages and replies teach, thanks endorse, participations take part; reactions match nothing."""


def history(rows: Iterable[Act], groups: tuple[Group, ...] = ()) -> History:
    """Score rows under the small Mountain, as settling does."""
    acts = columns(rows)
    tallies = tally(acts, MOUNTAIN)
    as_of = int(acts.day.max()) if len(acts) else 0
    road = Road(tallies, MOUNTAIN, as_of)
    changes = band_changes(road, as_of)
    return History(MOUNTAIN, acts, types(acts, MOUNTAIN), tallies, changes, crossings(road), groups)


def group(name: str, values: dict[int, str]) -> Group:
    """Declare members' values of a group."""
    names = sorted(set(values.values()))
    return Group(name, ints(list(values)), ints([names.index(value) for value in values.values()]), tuple(names))
