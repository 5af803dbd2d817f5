from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.statistics import Ratio
from scoring.surveys.alignment import alignment, alignments, connection, strength
from scoring.surveys.answers import SOMEONE_ELSE, Named, coded, states
from scoring.surveys.published import one_value

NEVER, RARELY, SOMETIMES, OFTEN = range(4)


def test_respondent_s_score_is_the_one_worked_by_hand() -> None:
    # definitions of 2016: 17 for the connections (13 and 4) times 7 for Agree and Neutral.
    named = Named(
        states([True, True]),
        np.array([0, 0]),
        np.array([12, SOMEONE_ELSE]),
        np.array([[OFTEN, SOMETIMES, OFTEN], [RARELY, NEVER, SOMETIMES]]),
    )
    items = [coded(range(1, 6), [4, None]), coded(range(1, 6), [3, 5])]

    assert connection(named).tolist() == [17, 0]
    assert strength(named, items).tolist() == [119, 0]


def test_highest_score_is_1050() -> None:
    named = Named(states([True]), np.zeros(7, np.int64), np.arange(7), np.full((7, 3), OFTEN))

    assert strength(named, [coded(range(1, 6), [5]), coded(range(1, 6), [5])]).tolist() == [1_050]


def test_whoever_named_nobody_has_no_connections() -> None:
    nobody = np.array([], np.int64)

    assert connection(Named(states([True, False]), nobody, nobody, nobody.reshape(0, 3))).tolist() == [0, 0]


def test_alignment_is_the_mean_over_respondents_of_what_they_answered() -> None:
    items = [coded(range(1, 6), [5, 3, None, None]), coded(range(1, 6), [4, None, 1, None])]
    found = alignment(items, 12)

    assert found is not None
    assert found.index.value == pytest.approx((0.875 + 0.5 + 0) / 3)
    assert found.coverage == Ratio(3, 12)


def test_alignment_and_scores_are_points_of_a_series_for_five_people_or_more() -> None:
    items = [coded(range(1, 6), [5, 3, 4, 4, 2, None])]
    each = alignments(items)
    found = one_value(each)

    assert found is not None
    assert found.value == pytest.approx(0.65)
    assert found.n == 5
    assert found.low < found.value < found.high
    assert one_value(each[:4]) is None
    assert one_value(np.full(9, 119)) is None
    assert one_value(np.array([])) is None


def test_alignment_of_nobody_is_not_known() -> None:
    assert alignment([coded(range(1, 6), [None, None])], 12) is None
    assert alignment([], 12) is None


@given(st.lists(st.none() | st.integers(1, 5), min_size=1, max_size=20))
def test_alignment_stays_between_nought_and_one(given: list[int | None]) -> None:
    found = alignment([coded(range(1, 6), given)], 20)

    assert (found is None) == (set(given) == {None})
    assert found is None or 0 <= found.index.value <= 1
