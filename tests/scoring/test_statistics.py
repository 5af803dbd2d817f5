import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.statistics import Ratio, wilson


def test_ratio_of_nothing_has_no_value() -> None:
    assert Ratio(0, 0).value is None
    assert Ratio(0, 0).interval is None


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_published_table(numerator: int, denominator: int, low: float, high: float) -> None:
    assert wilson(numerator, denominator) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000), st.data())
def test_wilson_holds_the_share_and_stays_inside_zero_to_one(denominator: int, data: st.DataObject) -> None:
    ratio = Ratio(data.draw(st.integers(0, denominator)), denominator)
    assert ratio.interval is not None
    assert ratio.value is not None
    low, high = ratio.interval
    assert 0 <= low <= ratio.value <= high <= 1


@given(st.integers(1, 10_000), st.data())
def test_wilson_of_the_rest_is_the_mirror(denominator: int, data: st.DataObject) -> None:
    numerator = data.draw(st.integers(0, denominator))
    low, high = wilson(numerator, denominator)
    assert wilson(denominator - numerator, denominator) == pytest.approx((1 - high, 1 - low), abs=1e-12)
