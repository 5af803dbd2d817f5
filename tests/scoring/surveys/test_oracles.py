"""What we work out by hand is what scipy, statsmodels and svy work out, each by its own way.

They are imported by the tests that need them: together they take longer to load than all else here takes to run.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from scoring.comparisons import Moments, fisher, of_distributions, of_means, of_shares
from scoring.distributions import chi_squared_beyond, normal_quantile, normal_two_sided, t_quantile, t_two_sided
from scoring.experiments import people_needed
from scoring.statistics import Ratio
from scoring.surveys.figures import mean
from scoring.surveys.weights import Margin, effective, raked, weighted_mean, weighted_share

SHARES = [
    (Ratio(56, 70), Ratio(48, 80)),
    (Ratio(9, 10), Ratio(3, 10)),
    (Ratio(0, 20), Ratio(7, 25)),
    (Ratio(5, 5), Ratio(0, 5)),
]


@pytest.fixture(scope="module")
def stats() -> Any:
    return import_module("scipy.stats")


@pytest.fixture(scope="module")
def proportion() -> Any:
    return import_module("statsmodels.stats.proportion")


@pytest.fixture(scope="module")
def answers() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    chance = np.random.default_rng(7)
    return chance.integers(1, 6, 60), chance.integers(0, 3, 60), chance.integers(0, 2, 60)


@pytest.mark.parametrize("freedom", [1, 2, 3.7, 29, 4999])
def test_student_s_distribution_is_scipy_s(stats: Any, freedom: float) -> None:
    for t in (0.0, 0.01, 0.7, 1.96, 2.5, 9.0, 60.0):
        assert t_two_sided(t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), rel=1e-9, abs=1e-300)
    assert t_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-9)


@pytest.mark.parametrize("freedom", [1, 2, 9, 120])
def test_chi_squared_and_normal_distribution_are_scipy_s(stats: Any, freedom: int) -> None:
    for value in (0.0, 0.1, 1.0, 3.84, 20.0, 150.0, 400.0):
        # The series is taken from 1, so what is left of it is as near as a float is to 1.
        assert chi_squared_beyond(value, freedom) == pytest.approx(stats.chi2.sf(value, freedom), rel=1e-9, abs=1e-15)
        assert normal_two_sided(value / 10) == pytest.approx(2 * stats.norm.sf(value / 10), rel=1e-12)
    assert normal_quantile(0.8) == pytest.approx(stats.norm.ppf(0.8), rel=1e-12)


@pytest.mark.parametrize(("first", "second"), SHARES)
def test_interval_of_two_shares_is_newcombe_s_of_statsmodels(proportion: Any, first: Ratio, second: Ratio) -> None:
    found = of_shares(first, second)
    told = proportion.confint_proportions_2indep(
        second.numerator, second.denominator, first.numerator, first.denominator, method="newcomb"
    )

    assert found is not None
    assert (found.low, found.high) == pytest.approx(told, abs=1e-9)


@pytest.mark.parametrize(("first", "second"), SHARES)
def test_test_of_two_shares_is_fisher_s_of_scipy_or_the_z_test_of_statsmodels(
    stats: Any, proportion: Any, first: Ratio, second: Ratio
) -> None:
    table = [[one.numerator, one.denominator - one.numerator] for one in (first, second)]
    found = of_shares(first, second)

    assert found is not None
    assert fisher(first, second) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-9)
    if min(stats.contingency.expected_freq(table).ravel()) < 5:
        assert found.p == fisher(first, second)
    else:
        hits, people = zip(*((one.numerator, one.denominator) for one in (first, second)), strict=True)
        assert found.p == pytest.approx(proportion.proportions_ztest(hits, people)[1], rel=1e-9)


def test_test_of_two_means_is_welch_s_of_scipy(stats: Any) -> None:
    first, second = np.array([1, 2, 2, 3, 5, 4]), np.array([4, 4, 5, 3, 5, 5, 4, 5])
    told = stats.ttest_ind(second, first, equal_var=False)
    sides = [mean(first), mean(second)]
    found = of_means(*(Moments(len(one), float(one.mean()), float(one.var(ddof=1))) for one in (first, second)))

    assert found is not None
    assert found.p == pytest.approx(told.pvalue, rel=1e-9)
    assert (found.low, found.high) == pytest.approx(tuple(told.confidence_interval()), rel=1e-9)
    for side, values in zip(sides, (first, second), strict=True):
        assert side is not None
        interval = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
        assert (side.low, side.high) == pytest.approx(interval, rel=1e-9)


def test_test_of_distributions_is_pearson_s_of_scipy(stats: Any) -> None:
    table = [[10, 12, 30, 0], [22, 9, 11, 0], [8, 8, 9, 0]]
    told = stats.chi2_contingency([row[:3] for row in table], correction=False)
    found = of_distributions(table)

    assert found is not None
    assert found[0] == pytest.approx(told.pvalue, rel=1e-9)
    assert found[1:] == (told.dof, False)


@pytest.mark.parametrize(("base", "wished"), [(0.3, 0.4), (0.05, 0.1), (0.6, 0.5)])
def test_as_many_people_as_needed_give_the_power_that_statsmodels_finds(
    proportion: Any, base: float, wished: float
) -> None:
    n = people_needed(base, wished)

    def power(people: int) -> float:
        both = proportion.power_proportions_2indep(wished - base, base, people, return_results=True)
        return float(both.power)

    # Fleiss' formula leaves the far side of the test out; it gives nothing that can be seen.
    assert power(n - 2) < 0.8 <= power(n + 1)


def test_weights_are_those_that_svy_rakes(answers: Any) -> None:
    _, band, region = answers
    people = {0: {0: 500, 1: 300, 2: 200}, 1: {0: 400, 1: 600}}
    sample = _sample(answers)
    told = sample.weighting.rake(controls={"band": people[0], "region": people[1]}, tol=1e-12, max_iter=1000)
    wanted = told.data["rk_wgt"].to_numpy()

    found = raked([Margin(band, people[0]), Margin(region, people[1])], 60)

    assert found.values == pytest.approx(wanted / wanted.mean(), rel=1e-6)
    assert found.unmet == ()
    assert found.effective == pytest.approx(60 / (1 + np.var(wanted) / wanted.mean() ** 2), rel=1e-9)


def test_weighted_mean_and_its_interval_are_svy_s(answers: Any) -> None:
    agreed, band, _ = answers
    weights = raked([Margin(band, {0: 500, 1: 300, 2: 200})], 60).values
    told = _sample(answers, weights).estimation.mean("agreed").estimates[0]

    found = weighted_mean(agreed, weights)

    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((told.est, told.lci, told.uci), rel=1e-9)


def test_weighted_share_is_svy_s_and_its_interval_statsmodels_at_the_effective_size(
    proportion: Any, answers: Any
) -> None:
    agreed, band, _ = answers
    weights = raked([Margin(band, {0: 500, 1: 300, 2: 200})], 60).values
    told = {one.y_level: one for one in _sample(answers, weights).estimation.prop("region").estimates}

    found = weighted_share(answers[2], weights)

    assert found is not None
    n = effective(weights)
    assert found.value == pytest.approx(told[1].est, rel=1e-9)
    assert (found.low, found.high) == pytest.approx(proportion.proportion_confint(found.value * n, n, method="wilson"))
    assert agreed.shape == (60,)


def _sample(answers: Any, weights: Any = None) -> Any:
    svy, polars = import_module("svy"), import_module("polars")
    agreed, band, region = answers
    columns = {"agreed": agreed, "band": band, "region": region, "w": np.ones(60) if weights is None else weights}
    return svy.Sample(polars.DataFrame(columns), svy.Design(wgt="w"))
