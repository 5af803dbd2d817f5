"""Newcomers who were answered: by somebody else, soon, and only those whose time is over."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.columns import NOBODY, Acts
from scoring.measures.history import Period
from scoring.measures.welcomes import SETTLING_IN, welcomes
from scoring.signals import DAY_MS, NOWHERE, Kind

HOUR = 3_600_000
LATER = (SETTLING_IN + 10) * DAY_MS
OLD = (9, 0, Kind.MESSAGE, NOBODY)
END = LATER + 30 * DAY_MS
ALWAYS = Period(0, 10_000)


def acts(*rows: tuple[int, int, Kind, int]) -> Acts:
    """Return acts of (member, moment, kind, counterpart)."""
    table = np.array(rows, np.int64).reshape(-1, 4)
    none = np.zeros(len(table), np.int64)
    member, at, kind, other = table.T
    return Acts(member, at // DAY_MS, at, kind, none, other, none, (NOWHERE,))


@pytest.mark.parametrize(
    ("answer", "answered"),
    [
        ((9, LATER + HOUR, Kind.REPLY, 1), 1),
        ((9, LATER + DAY_MS, Kind.MENTION, 1), 1),
        ((9, LATER + DAY_MS + 1, Kind.REPLY, 1), 0),
        ((9, LATER - 1, Kind.REPLY, 1), 0),
        ((1, LATER + HOUR, Kind.REPLY, 1), 0),
        ((9, LATER + HOUR, Kind.REACTION, 1), 0),
        ((9, LATER + HOUR, Kind.REPLY, 2), 0),
        ((9, LATER + HOUR, Kind.REPLY, NOBODY), 0),
    ],
)
def test_answer_counts_that_somebody_else_gives_within_a_day(answer: tuple[int, int, Kind, int], answered: int) -> None:
    found = welcomes(acts(OLD, (1, LATER, Kind.MESSAGE, NOBODY), answer), ALWAYS, END)

    assert (found.numerator, found.denominator) == (answered, 1)


def test_whose_day_is_not_over_is_left_out() -> None:
    there = acts(OLD, (1, LATER, Kind.MESSAGE, NOBODY))

    assert welcomes(there, ALWAYS, LATER + DAY_MS - 1).denominator == 0
    assert welcomes(there, ALWAYS, LATER + DAY_MS).denominator == 1


def test_who_was_there_when_history_begins_is_no_newcomer() -> None:
    early = acts(OLD, (1, (SETTLING_IN - 1) * DAY_MS, Kind.MESSAGE, NOBODY))

    assert welcomes(early, ALWAYS, END).denominator == 0


def test_only_first_messages_of_the_period_count() -> None:
    there = acts(OLD, (1, LATER, Kind.MESSAGE, NOBODY), (2, LATER + 5 * DAY_MS, Kind.MESSAGE, NOBODY))
    day = LATER // DAY_MS

    assert welcomes(there, Period(day, day), END).denominator == 1


def test_empty_history_has_no_newcomers() -> None:
    assert welcomes(acts(), ALWAYS, END).denominator == 0
