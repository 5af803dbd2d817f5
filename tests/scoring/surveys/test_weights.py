from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.surveys.weights import UNKNOWN, Margin, Unmet, effective, raked, weighted_mean, weighted_share


def test_one_margin_is_post_stratification() -> None:
    found = raked([Margin(np.array([0] * 30 + [1] * 10), {0: 500, 1: 500})], 40)

    assert found.values.tolist() == pytest.approx([40 / 60] * 30 + [2.0] * 10)
    assert found.unmet == ()
    assert found.effective == pytest.approx(30.0)


def test_group_of_which_nobody_answered_is_named_and_its_part_goes_to_the_others() -> None:
    found = raked([Margin(np.array([0, 0, 1, 1]), {0: 40, 1: 40, 2: 20})], 4)

    assert found.values.tolist() == [1.0] * 4
    assert Unmet(0, 2, 0.2, 0.0) in found.unmet


def test_cap_holds_and_what_it_keeps_from_being_met_is_named() -> None:
    found = raked([Margin(np.array([0] * 49 + [1]), {0: 50, 1: 50})], 50, cap=5)

    assert found.values.max() == pytest.approx(5)
    assert found.values.mean() == pytest.approx(1)
    assert [(one.code, round(one.reached, 2)) for one in found.unmet] == [(0, 0.9), (1, 0.1)]


def test_whose_group_is_not_known_keeps_their_part() -> None:
    group = np.array([0, 0, 0, 1, UNKNOWN, UNKNOWN])
    found = raked([Margin(group, {0: 50, 1: 50})], 6)

    assert found.values[group == UNKNOWN].tolist() == pytest.approx([1.0, 1.0])
    assert found.values[group == 0].sum() == pytest.approx(found.values[group == 1].sum())
    assert found.unmet == ()


def test_nobody_weighs_nothing() -> None:
    found = raked([Margin(np.array([], np.int64), {0: 10})], 0)

    assert found.effective == 0
    assert found.unmet == (Unmet(0, 0, 1.0, 0.0),)
    assert weighted_mean(np.array([]), np.array([])) is None
    assert weighted_share(np.array([]), np.array([])) is None


def test_cap_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="cap"):
        raked([], 3, cap=0.5)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=40),
    st.lists(st.integers(1, 500), min_size=3, max_size=3),
    st.lists(st.integers(1, 500), min_size=2, max_size=2),
)
def test_weights_never_pass_the_cap_and_what_is_not_named_is_met(
    people: list[tuple[int, int]], bands: list[int], regions: list[int]
) -> None:
    groups = np.array(people).T
    margins = [Margin(groups[0], dict(enumerate(bands))), Margin(groups[1], dict(enumerate(regions)))]
    found = raked(margins, len(people), cap=4)

    assert found.values.mean() == pytest.approx(1)
    assert 0 < found.values.min() <= found.values.max() <= 4 + 1e-6
    assert 1 <= found.effective <= len(people) + 1e-9
    named = {(one.margin, one.code) for one in found.unmet}
    for n, margin in enumerate(margins):
        for code, count in margin.people.items():
            share = found.values[margin.group == code].sum() / found.values.sum()
            assert (n, code) in named or share == pytest.approx(count / sum(margin.people.values()), abs=0.006)


def test_equal_weights_change_nothing() -> None:
    values = np.array([1, 2, 3, 4, 5])
    found = weighted_mean(values, np.full(5, 3.0))

    assert found is not None
    assert found.value == 3.0
    assert found.effective == pytest.approx(5)
    assert effective(np.ones(9)) == 9
