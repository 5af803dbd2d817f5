"""What of a question's figures may be shown: cells, a mean or score, and bounds that give nothing more away.

A mean is one more equation about the cells that are hidden: with two of them it would tell both. So it is shown beside
hidden cells only where each of these could still be anything within a span of five people; else without any cells; else
not at all. Its bounds then follow from nothing but itself: they are those of the widest spread that it allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import sqrt

import numpy as np

from scoring.columns import Bools, Ints
from scoring.statistics import Z95, Ratio
from scoring.surveys.answers import Coded, Floats, Measured, Several
from scoring.surveys.figures import Mean, Nps, mean, nps, quantiles
from scoring.surveys.small import FIVE, Floor, hidden, hidden_choices, hidden_table


@dataclass(frozen=True, slots=True)
class Value:
    """A mean or score as a point of a series, with its 95 % bounds; `n` is how many answered."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Published:
    """What may be shown of a question in one view.

    `n` is how many answered, None where they are too few. A cell is None where it is hidden; there are none at all
    where the whole line is. `rest` is what the hidden cells come to together.
    """

    n: int | None
    cells: tuple[Ratio | None, ...] = ()
    value: Value | None = None
    rest: int = 0


NOTHING = Published(None)
"""What is shown of too few, or where all answered alike."""


@dataclass(frozen=True, slots=True)
class _Line:
    """The cells of one line with the codes that their mean goes by, and that mean or score, if there is one."""

    codes: tuple[int, ...]
    cells: tuple[int, ...]
    found: Mean | Nps | None = None


class Figures(Enum):
    """How a column of codes is shown."""

    SCALE = "cells and their mean"
    RECOMMENDATION = "detractors, passives, promoters and their score"
    CHOICE = "cells"


def scale(column: Coded, floor: Floor = FIVE) -> Published:
    """Return what may be shown of an agreement question: its cells and their mean."""
    return _published(_line(column, Figures.SCALE), floor)


def recommendation(column: Coded, floor: Floor = FIVE) -> Published:
    """Return what may be shown of a 0-10 question: detractors, passives and promoters, and the net promoter score."""
    return _published(_line(column, Figures.RECOMMENDATION), floor)


def one_choice(column: Coded, floor: Floor = FIVE) -> Published:
    """Return what may be shown of one choice or a declared attribute: its cells; their codes have no mean."""
    return _published(_line(column, Figures.CHOICE), floor)


def in_segments(column: Coded, segment: Ints, figures: Figures, floor: Floor = FIVE) -> dict[int, Published]:
    """Return what may be shown side by side of the segments of a view, beside the view itself.

    `segment` has a code for each respondent. No hidden cell can be had by taking the other segments from the whole.
    Whether these segments may be shown at all is decided by `scoring.surveys.parting`.
    """
    codes = np.unique(segment).tolist()
    lines = [_line(column.where(segment == code), figures) for code in codes]
    if not lines:
        return {}
    hide = hidden_table(np.array([line.cells for line in lines], np.int64), floor)
    return {code: _published(line, floor, gone) for code, line, gone in zip(codes, lines, hide, strict=True)}


def _line(column: Coded, figures: Figures) -> _Line:
    if figures is Figures.RECOMMENDATION:
        found = nps(column)
        return _Line((-100, 0, 100), (found.detractors, found.passives, found.promoters) if found else (0, 0, 0), found)
    cells = tuple(int(np.sum(column.given == code)) for code in column.codes)
    return _Line(column.codes, cells, mean(column.given) if figures is Figures.SCALE else None)


def several_choices(column: Several, floor: Floor = FIVE) -> Published:
    """Return what may be shown of several choices."""
    people = len(column.given)
    chosen = column.given.sum(axis=0).astype(np.int64)
    hide = hidden_choices(chosen, people, floor)
    if people < floor.people or hide.all():
        return NOTHING
    cells = tuple(None if gone else Ratio(n, people) for n, gone in zip(chosen.tolist(), hide.tolist(), strict=True))
    return Published(people, cells)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What may be shown of numbers: the median where five lie on each side, the quartiles where five lie between."""

    n: int
    mean: Mean
    median: float | None
    quartiles: tuple[float, float] | None


def numbers(column: Measured, floor: Floor = FIVE) -> Numbers | None:
    """Return what may be shown of numbers; None of too few, or where all are the same."""
    given = column.given
    found, cut = mean(given), quantiles(column)
    if found is None or cut is None or len(given) < floor.people or not np.ptp(given):
        return None
    halves, quarters = len(given) >= 2 * floor.people, len(given) >= 4 * floor.people
    return Numbers(len(given), found, cut[1] if halves else None, (cut[0], cut[2]) if quarters else None)


def one_value(values: Ints | Floats, floor: Floor = FIVE) -> Value | None:
    """Return the mean of a number per respondent (their alignment, their score) as a point of a series.

    None of too few, or where all have the same.
    """
    found = mean(values)
    if found is None or found.low is None or found.high is None or found.n < floor.people or not np.ptp(values):
        return None
    return Value(found.value, found.low, found.high, found.n)


def _published(line: _Line, floor: Floor, hide: Bools | None = None) -> Published:
    n = sum(line.cells)
    if n < floor.people or max(line.cells) == n:
        return NOTHING
    hide = hidden(np.array(line.cells, np.int64), floor) if hide is None else hide
    shown = _cells(line.cells, hide, n)
    if line.found is None:
        return shown
    cells = list(zip(line.codes, line.cells, strict=True))
    gone = [one for one, away in zip(cells, hide.tolist(), strict=True) if away]
    if not gone:
        return Published(n, shown.cells, _exactly(line.found))
    vague = _vaguely(line.found.value, n, (min(line.codes), max(line.codes)))
    if shown.cells and _free(gone, floor):
        return Published(n, shown.cells, vague, shown.rest)
    return Published(n, (), vague) if _free(cells, floor) else shown


def _cells(cells: Sequence[int], hide: Bools, n: int) -> Published:
    if hide.all():
        return NOTHING
    shown = tuple(None if gone else Ratio(count, n) for count, gone in zip(cells, hide.tolist(), strict=True))
    return Published(n, shown, rest=sum(count for count, gone in zip(cells, hide.tolist(), strict=True) if gone))


def _exactly(found: Mean | Nps) -> Value:
    low, high = found.interval if isinstance(found, Nps) else (found.low, found.high)
    return Value(found.value, found.value if low is None else low, found.value if high is None else high, found.n)


def _vaguely(value: float, n: int, ends: tuple[float, float]) -> Value:
    """Return a value with the bounds of the most that answers between two ends can vary around it.

    R. Bhatia and C. Davis, American Mathematical Monthly 107 (2000), 353-357.
    """
    reach = Z95 * sqrt((ends[1] - value) * (value - ends[0]) / max(n - 1, 1))
    return Value(value, max(ends[0], value - reach), min(ends[1], value + reach), n)


def _free(cells: Sequence[tuple[int, int]], floor: Floor) -> bool:
    """Whether each of these cells can still hold very different numbers, when their sum and their mean are known."""
    people = sum(count for _, count in cells)
    total = sum(code * count for code, count in cells)
    return len(cells) > 2 and all(
        _span(code, [other for other, _ in cells if other != code], people, total) >= floor.people for code, _ in cells
    )


def _span(code: int, others: Sequence[int], people: int, total: int) -> float:
    """Return between how many and how few a cell can hold, the others being anywhere from their lowest to highest."""
    least, most = 0.0, float(people)
    for end, sign in ((min(others), 1), (max(others), -1)):
        slope, room = sign * (code - end), sign * (total - end * people)
        if slope > 0:
            most = min(most, room / slope)
        else:
            least = max(least, room / slope)
    return most - least
