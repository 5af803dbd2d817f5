import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.columns import Ints
from scoring.measures.suppression import SMALLEST, hidden

COUNTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=6)


def hide(*counts: int) -> list[bool]:
    return [bool(one) for one in hidden(np.array([counts]))]


def test_five_or_more_everywhere_hides_nothing() -> None:
    assert hide(5, 7, 30) == [False, False, False]


def test_nought_says_nothing_about_anybody() -> None:
    assert hide(0, 7, 30) == [False, False, False]


def test_one_small_value_takes_the_next_smallest_with_it() -> None:
    assert hide(20, 3, 9, 40) == [False, True, True, False]


def test_two_small_values_cover_for_each_other() -> None:
    assert hide(20, 3, 4, 40) == [False, True, True, False]


def test_two_small_values_of_less_than_five_people_take_a_third() -> None:
    assert hide(20, 1, 2, 40) == [True, True, True, False]


def test_noughts_do_not_cover() -> None:
    assert hide(0, 3, 0, 40) == [False, True, False, True]


def test_value_that_stands_alone_is_covered_by_unknown() -> None:
    assert hide(0, 3) == [True, True]


@pytest.mark.parametrize("order", [(3, 9, 6), (6, 3, 9), (9, 6, 3)])
def test_position_does_not_matter(order: tuple[int, ...]) -> None:
    assert {count for count, hides in zip(order, hide(*order), strict=True) if hides} == {3, 6}


def test_rest_of_less_than_five_is_hidden_too() -> None:
    part, rest = np.array([6, 6, 6]), np.array([9, 9, 2])
    assert hidden(np.stack((part, rest))).tolist() == [True, False, True]


def test_what_is_hidden_elsewhere_stays_hidden() -> None:
    assert hidden(np.array([[7, 8, 9]]), np.array([False, True, False])).tolist() == [True, True, False]


@given(COUNTS)
def test_nothing_small_is_shown_or_left_over(counts: list[tuple[int, int]]) -> None:
    part, rest = np.array(counts).T
    whole = hidden((part + rest)[np.newaxis])
    inner = hidden(np.stack((part, rest)), whole)
    assert (inner >= whole).all()
    _holds(part + rest, whole)
    _holds(part, inner)
    _holds(rest, inner)


def _holds(table: Ints, hide: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
    shown, left_over = table[~hide], table[hide]
    assert not ((shown > 0) & (shown < SMALLEST)).any()
    if not left_over.any():
        return
    everything = not shown.any()
    assert left_over.sum() >= SMALLEST or everything
    only_unknown = bool(everything and not table[1:].any())
    assert len(left_over) > 1 or only_unknown
