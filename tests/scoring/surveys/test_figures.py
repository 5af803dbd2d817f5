from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scoring.comparisons import Method
from scoring.statistics import Ratio
from scoring.surveys.answers import Coded, Measured, Several, coded, states
from scoring.surveys.changes import of_choices, of_distribution, of_mean, of_nps
from scoring.surveys.figures import Nps, Taken, choices, counts, mean, nps, quantiles, taken
from scoring.surveys.rates import Asking, contactable, rates
from scoring.surveys.responders import makeup

AGREED = coded(range(1, 6), [5, 4, None, 1, 5, 4], [True] * 5 + [False])


def test_declined_and_never_reached_are_told_apart_and_count_in_no_share() -> None:
    assert taken(AGREED.state) == Taken(answered=4, declined=1, not_reached=1)
    assert counts(AGREED) == (Ratio(1, 4), Ratio(0, 4), Ratio(0, 4), Ratio(1, 4), Ratio(2, 4))


def test_several_choices_are_shares_of_whoever_answered_even_with_none() -> None:
    column = Several(states([True, True, False]), np.array([[True, False], [False, False], [True, True]]))

    assert choices(column) == (Ratio(1, 2), Ratio(0, 2))


def test_mean_of_one_has_no_bounds_and_of_nobody_is_none() -> None:
    assert mean(np.array([])) is None
    one = mean(np.array([4]))
    assert one is not None
    assert (one.value, one.low, one.spread) == (4.0, None, None)


def test_median_and_quartiles_are_those_of_whoever_answered() -> None:
    column = Measured(states([True, True, True, False, True]), np.array([3.0, 1, 2, 99, 4]))

    assert quantiles(column) == (1.75, 2.5, 3.25)
    assert quantiles(column.where(np.array([3]))) is None


def test_nps_is_promoters_less_detractors_in_per_cent() -> None:
    found = nps(coded(range(11), [10, 9, 9, 8, 7, 6, 0, None]))

    assert found == Nps(3, 2, 2)
    assert found.value == pytest.approx(100 / 7)
    assert nps(coded(range(11), [None])) is None


@pytest.mark.parametrize(("promoters", "passives", "detractors"), [(0.5, 0.3, 0.2), (0.85, 0.1, 0.05), (0.2, 0.2, 0.6)])
def test_nps_interval_holds_the_truth_about_95_times_in_100(
    promoters: float, passives: float, detractors: float
) -> None:
    n, truth, held = 20, 100 * (promoters - detractors), 0.0
    for p, d in product(range(n + 1), repeat=2):
        if p + d <= n:
            low, high = Nps(p, n - p - d, d).interval
            chance = comb(n, p) * comb(n - p, d) * promoters**p * detractors**d * passives ** (n - p - d)
            held += chance * (low <= truth <= high)

    assert 0.93 <= held <= 0.985


@example((0, 0, 1))
@given(st.tuples(*[st.integers(0, 300)] * 3).filter(any))
def test_nps_interval_holds_its_score_and_stays_on_the_scale(found: tuple[int, int, int]) -> None:
    one = Nps(*found)
    low, high = one.interval

    assert -100 <= low <= one.value <= high <= 100
    assert low < high


@given(st.lists(st.none() | st.integers(0, 10), min_size=1, max_size=30), st.randoms())
def test_figures_do_not_depend_on_the_order_of_respondents(given: list[int | None], chance: object) -> None:
    column = coded(range(11), given)
    order = np.argsort([chance.random() for _ in given])  # type: ignore[attr-defined]
    other = column.where(order)

    assert counts(column) == counts(other)
    assert nps(column) == nps(other)
    assert taken(column.state) == taken(other.state)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(2, 4))
def test_everybody_twice_has_the_same_shares_and_narrower_bounds(given: list[int], times: int) -> None:
    once, more = counts(coded(range(4), given)), counts(coded(range(4), given * times))

    assert [one.value for one in once] == [one.value for one in more]
    for one, other in zip(once, more, strict=True):
        assert one.interval is not None
        assert other.interval is not None
        assert other.interval[1] - other.interval[0] < one.interval[1] - one.interval[0]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_merged_cells_hold_what_their_parts_held(given: list[int]) -> None:
    column = coded(range(4), given)
    merged = Coded(column.state, column.code // 2, (0, 1))
    parts = [one.numerator for one in counts(column)]

    assert [one.numerator for one in counts(merged)] == [parts[0] + parts[1], parts[2] + parts[3]]


def test_rates_are_those_of_aapor() -> None:
    found = {one.name: one.ratio for one in rates(Asking(asked=120, reached=100, started=60, finished=45, gone=20))}

    assert found == {
        "reach": Ratio(100, 100),
        "RR1": Ratio(45, 100),
        "RR2": Ratio(60, 100),
        "COOP1": Ratio(45, 100),
        "COOP2": Ratio(60, 100),
        "completion": Ratio(45, 60),
    }
    assert contactable(300, 1_000).ratio == Ratio(300, 1_000)


def test_rate_of_a_survey_for_whoever_comes_by_has_no_name_of_aapor() -> None:
    names = [one.name for one in rates(Asking(100, 80, 40, 30), drawn=False)]

    assert "participation" in names
    assert not [name for name in names if name.startswith(("RR", "COOP"))]


@pytest.mark.parametrize("wrong", [(10, 11, 1, 1), (10, 9, 10, 1), (10, 9, 8, 9), (10, 9, 8, -1), (10, 10, 9, 9, 2)])
def test_counts_that_cannot_be_are_refused(wrong: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="started|hold"):
        Asking(*wrong)


def test_responders_are_compared_band_by_band() -> None:
    group = np.array([0] * 40 + [1] * 60)
    answered = np.array([True] * 30 + [False] * 10 + [True] * 20 + [False] * 40)
    found = makeup(group, answered)

    assert [(one.silent, one.responding) for one in found.groups] == [
        (Ratio(10, 50), Ratio(30, 50)),
        (Ratio(40, 50), Ratio(20, 50)),
    ]
    first = found.groups[0].difference
    assert first is not None
    assert first.value == pytest.approx(0.4)
    assert first.test is Method.TWO_PROPORTIONS
    assert found.p is not None
    assert found.p < 0.001
    assert not found.weak


def test_responders_cannot_be_compared_where_all_answered() -> None:
    found = makeup(np.array([0, 0, 1]), np.array([True] * 3))

    assert found.p is None
    assert [one.difference for one in found.groups] == [None, None]


def test_changes_since_the_last_run_name_what_was_compared_and_by_which_test() -> None:
    before = coded(range(1, 6), [1, 2, 3, 2, 2, 1, 3, 4, 2, 2])
    now = coded(range(1, 6), [4, 5, 3, 5, 4, 4, 5, 4, 2, 5])
    moved = of_mean(mean(before.given), mean(now.given))
    shares = of_choices(before, now)
    score = of_nps(Nps(30, 40, 30), Nps(60, 30, 10))

    assert moved.difference is not None
    assert moved.difference.test is Method.WELCH
    assert moved.difference.low > 0
    assert [one.code for one in shares] == [1, 2, 3, 4, 5]
    assert shares[1].difference is not None
    assert shares[1].difference.value == pytest.approx(-0.4)
    assert score.difference is not None
    assert score.difference.value == pytest.approx(50)
    assert score.difference.test is Method.MULTINOMIAL
    # By hand: variances 0.6 and 0.7 - 0.25 = 0.45 over 100 answers each; 1.96 x sqrt(1.05 / 100) x 100 = 20.08.
    assert score.difference.high - score.difference.value == pytest.approx(20.08, abs=0.01)
    probability = of_distribution(before, now)
    assert probability is not None
    assert probability < 0.05


def test_nothing_changed_where_there_was_no_last_run() -> None:
    now = nps(coded(range(11), [9, 9, 3]))

    assert of_nps(None, now).difference is None
    assert of_mean(None, None).now is None
