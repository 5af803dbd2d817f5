from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.surveys.drawing import NEVER, drawn, lots, rested

PEOPLE = st.lists(st.tuples(st.integers(1, 10_000), st.integers(-1, 4)), unique_by=lambda one: one[0], max_size=60)


def columns(people: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([one for one, _ in people], np.int64), np.array([where for _, where in people], np.int64)


@given(PEOPLE, st.integers(0, 70), st.binary(max_size=8), st.randoms())
def test_same_seed_draws_the_same_people_in_whatever_order_they_are_listed(
    people: list[tuple[int, int]], most: int, seed: bytes, chance: object
) -> None:
    shuffled = people.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert drawn(*columns(people), most, seed).tolist() == drawn(*columns(shuffled), most, seed).tolist()


@given(PEOPLE, st.integers(0, 70), st.binary(max_size=8))
def test_as_many_are_drawn_as_asked_for_in_proportion_and_one_of_each_stratum_where_possible(
    people: list[tuple[int, int]], most: int, seed: bytes
) -> None:
    number, where = columns(people)
    found = drawn(number, where, most, seed)
    codes, sizes = np.unique(where, return_counts=True)
    taken = np.array([int(np.isin(number[where == code], found).sum()) for code in codes])

    assert len(found) == len(set(found.tolist())) == min(most, len(people))
    assert (taken <= sizes).all()
    if most >= len(codes):
        assert (taken >= 1).all()
        exact = sizes * min(most / max(len(people), 1), 1)
        # One each may cost the others some, but never more than there are strata.
        assert (np.abs(taken - exact) < 1 + len(codes)).all()
        if (exact >= 1).all():
            assert (np.abs(taken - exact) < 1).all()


def test_each_person_is_drawn_as_often_as_any_other_over_many_seeds() -> None:
    people, strata = np.arange(40), np.repeat([0, 1], [30, 10])
    times = np.zeros(40)
    for seed in range(400):
        times[drawn(people, strata, 8, str(seed).encode())] += 1

    # 80 each are expected, with a spread of 8.
    assert times.sum() == 3_200
    assert (np.abs(times - 80) < 36).all()


def test_another_seed_draws_others_and_a_stranger_changes_nobody_s_lot() -> None:
    people = np.arange(1_000)

    assert set(drawn(people, people * 0, 50, b"a").tolist()) != set(drawn(people, people * 0, 50, b"b").tolist())
    assert lots(people, b"a").tolist() == lots(np.arange(2_000), b"a")[:1_000].tolist()


@pytest.mark.parametrize(
    ("last", "willing", "asked"),
    [(NEVER, False, True), (70, False, True), (71, False, False), (100, False, False), (100, True, True)],
)
def test_whoever_was_asked_within_thirty_days_is_left_in_peace_unless_they_want_it(
    last: int, willing: bool, asked: bool
) -> None:
    assert rested(np.array([last]), np.array([willing]), 100).tolist() == [asked]
