"""Month by month: who wrote, who engaged, who is new, stayed, came back or fell silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.columns import Acts, Ints
from scoring.measures.gaps import Stretch, missing
from scoring.measures.history import Deeds, Period
from scoring.signals import WRITTEN, Kind

_MONTHS = 100_000
"""More months than any history has, so that a member and a month fit into one number."""


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One UTC month; `month` is `YYYY-MM`. `engaged` = `new` + `retained` + `returned`, always.

    `writers` wrote a message or a reply. `new` engaged for the first time ever, `retained` had engaged in the month
    before too, `returned` had engaged before, but not then; `lost` had engaged in the month before and did not in this.
    `missing` are kinds of which not everything was heard: where there are any, no count of the month is whole.
    """

    month: str
    writers: int
    engaged: int
    new: int
    retained: int
    returned: int
    lost: int
    missing: tuple[Kind, ...] = ()


def months(acts: Acts, done: Deeds, period: Period, gaps: Sequence[Stretch] = ()) -> tuple[MonthFigures, ...]:
    """Return the months from the first to the last act of the period, empty ones too.

    Acts and deeds are those of all history, because "new" asks about it; months count only the days in the period.
    """
    inside = period.holds(acts.day)
    if not inside.any():
        return ()
    of_acts = _months(acts.day[inside])
    first, last = int(of_acts.min()), int(of_acts.max())
    written = np.isin(acts.kind[inside], WRITTEN)
    writers = _count(_pairs(acts.member[inside][written], of_acts[written]), first, last)
    moves = _moves(done, period, first, last)
    names = np.arange(first, last + 1).astype("datetime64[M]").astype(str).tolist()
    counts = np.column_stack((writers, *moves)).tolist()
    unheard = _unheard(gaps, period, names)
    counts = np.column_stack((writers, *moves)).tolist()
    return tuple(replace(MonthFigures(name, *counts[n]), missing=unheard[n]) for n, name in enumerate(names))


def _unheard(gaps: Sequence[Stretch], period: Period, names: Sequence[str]) -> list[tuple[Kind, ...]]:
    """Return for each month of which kinds something is missing in those of its days that lie in the period."""
    spans = [days_of_month(name) for name in names]
    return [missing(gaps, max(begin, period.first), min(end, period.last)) for begin, end in spans]


def days_of_month(month: str) -> tuple[int, int]:
    """Return the first and the last day of a month (`YYYY-MM`)."""
    first = np.datetime64(month, "M")
    begin, after = (one.astype("datetime64[D]").astype(int).item() for one in (first, first + 1))
    return begin, after - 1


def _moves(done: Deeds, period: Period, first: int, last: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Count per month who engaged, and of them new, retained, returned; and who was lost."""
    month = _months(done.day)
    members, who = np.unique(done.member, return_inverse=True)
    debut = np.full(len(members), last + 1)
    np.minimum.at(debut, who, month)
    # The month before the first is whole even where the period begins inside a month.
    counted = period.holds(done.day) | (month == first - 1)
    active = _pairs(who[counted], month[counted])
    new = active[debut[active[:, 0]] == active[:, 1]]
    after = active + (0, 1)
    retained = _both(active, after)
    engaged, fresh, stayed = (_count(pairs, first, last) for pairs in (active, new, retained))
    before = _count(after, first, last)
    return engaged, fresh, stayed, engaged - fresh - stayed, before - stayed


def _months(days: Ints) -> Ints:
    """Return months since January 1970."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _pairs(member: Ints, month: Ints) -> Ints:
    """Return the distinct rows of member and month."""
    keys = np.unique(member * _MONTHS + month)
    return np.column_stack((keys // _MONTHS, keys % _MONTHS))


def _both(one: Ints, other: Ints) -> Ints:
    """Return the rows that stand in both."""
    keys = [rows[:, 0] * _MONTHS + rows[:, 1] for rows in (one, other)]
    return one[np.isin(keys[0], keys[1], assume_unique=True)]


def _count(pairs: Ints, first: int, last: int) -> Ints:
    """Count the rows of each month from `first` to `last`."""
    inside = (pairs[:, 1] >= first) & (pairs[:, 1] <= last)
    return np.bincount(pairs[inside, 1] - first, minlength=last - first + 1)
