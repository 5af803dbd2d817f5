from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.surveys.answers import Measured, Several, Written, coded, states
from scoring.surveys.parting import NOTHING_SHOWN, Ballots, Refusal, ballots_of, by_counts, coarsened, refusal
from scoring.surveys.published import (
    NOTHING,
    Figures,
    in_segments,
    numbers,
    one_choice,
    recommendation,
    scale,
    several_choices,
)
from scoring.surveys.small import FIVE, Floor, hidden, hidden_choices, hidden_table

CELLS = st.lists(st.integers(0, 40), min_size=1, max_size=6).map(np.array)


def answers(*counts: int) -> list[int | None]:
    """Return so many answers of 1, of 2 and so on."""
    return [code for code, n in enumerate(counts, start=1) for _ in range(n)]


def said_by(*columns: np.ndarray) -> Ballots:
    """Return ballots 0, 1, 2 ... that say so in questions."""
    return ballots_of(np.arange(len(columns[0])), [coded(range(9), one.tolist()) for one in columns])


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ([10, 20, 30], [10, 20, 30]),
        ([4, 20, 30], [30]),
        ([0, 20, 30], [30]),
        ([4, 4, 30], [30]),
        ([2, 2, 30], []),
        ([20, 0, 0], []),
        ([3, 1], []),
    ],
)
def test_small_and_empty_cells_are_hidden_with_what_would_give_them_away(cells: list[int], kept: list[int]) -> None:
    there = np.array(cells)

    assert there[~hidden(there)].tolist() == kept


@given(CELLS)
def test_what_is_left_over_is_five_people_in_two_cells_or_nobody(cells: np.ndarray) -> None:
    hide = hidden(cells)
    gone = cells[hide]

    assert not len(gone) or hide.all() or (len(gone) > 1 and gone.sum() >= 5)
    assert (cells[~hide] >= 5).all()


@given(CELLS, st.data())
def test_order_of_cells_makes_no_difference_where_no_two_are_equal(cells: np.ndarray, data: st.DataObject) -> None:
    cells = np.unique(cells)
    order = data.draw(st.permutations(range(len(cells))))

    assert set(cells[~hidden(cells)].tolist()) == set(cells[order][~hidden(cells[order])].tolist())


def test_choice_is_hidden_where_few_chose_it_or_few_did_not() -> None:
    assert hidden_choices(np.array([4, 5, 15, 16, 0]), 20).tolist() == [True, False, False, True, True]


@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=1, max_size=5).map(np.array))
def test_hidden_cell_of_a_table_follows_from_no_sum_of_its_line_or_column(table: np.ndarray) -> None:
    hide = hidden_table(table)

    for lines, gone in ((table, hide), (table.T, hide.T)):
        for line, away in zip(lines, gone, strict=True):
            assert not away.any() or away.all() or (away.sum() > 1 and line[away].sum() >= 5)
    assert (table[~hide] >= 5).all()


def test_floor_is_lowered_to_three_with_a_reason_only() -> None:
    assert hidden(np.array([3, 7, 9]), Floor(3, "a team of nine that asked for it")).tolist() == [False] * 3
    with pytest.raises(ValueError, match="reason"):
        Floor(3)
    with pytest.raises(ValueError, match="never"):
        Floor(2, "we know one another")


def test_line_without_small_cells_is_shown_with_its_mean_and_interval() -> None:
    found = scale(coded(range(1, 4), answers(10, 20, 10)))

    assert found.n == 40
    assert [cell and cell.numerator for cell in found.cells] == [10, 20, 10]
    assert found.value is not None
    assert (found.value.value, found.rest) == (2.0, 0)


def test_mean_that_would_tell_two_hidden_cells_is_shown_without_cells() -> None:
    found = scale(coded(range(1, 4), answers(2, 30, 9)))

    assert found.cells == ()
    assert found.value is not None
    assert found.value.value == pytest.approx(89 / 41)


def test_mean_near_the_end_of_the_scale_is_not_shown_because_it_tells_who_is_not_there() -> None:
    found = scale(coded(range(1, 6), answers(0, 0, 0, 6, 34)))

    assert found.value is None
    assert [cell and cell.numerator for cell in found.cells] == [None, None, None, None, 34]
    assert found.rest == 6


@pytest.mark.parametrize("given", [[5] * 30, answers(1, 1, 1, 1), []])
def test_nothing_is_shown_of_few_or_where_all_answered_alike(given: list[int | None]) -> None:
    assert scale(coded(range(1, 6), given)) == NOTHING
    assert one_choice(coded(range(1, 6), given)) == NOTHING
    assert recommendation(coded(range(11), given)) == NOTHING


def test_score_beside_hidden_cells_has_bounds_that_follow_from_itself() -> None:
    found = recommendation(coded(range(11), [10] * 20 + [8] * 15 + [3] * 4))

    assert found.cells == ()
    assert found.value is not None
    score = found.value.value / 100
    assert found.value.low == pytest.approx(100 * (score - 1.959964 * np.sqrt((1 - score**2) / 38)))


@given(st.lists(st.integers(0, 9), min_size=3, max_size=4))
def test_no_other_small_cell_follows_from_what_is_shown(cells: list[int]) -> None:
    codes = np.arange(1, len(cells) + 1)
    found = scale(coded(codes.tolist(), answers(*cells)))
    if found.n is None:
        return
    shown = {k: cell.numerator for k, cell in enumerate(found.cells) if cell is not None}
    total = round(found.value.value * found.n) if found.value is not None else None

    for k in range(len(cells)):
        assert k in shown or _can_differ(k, cells[k], (len(cells), found.n, total), shown)


def _can_differ(k: int, truth: int, known: tuple[int, int, int | None], shown: dict[int, int]) -> bool:
    """Whether another number in a hidden cell fits all that is shown, by trying all ways there are to fill the rest."""
    size, people, total = known
    hidden_ones = [n for n in range(size) if n not in shown]
    people -= sum(shown.values())
    sums = {(0, 0)}
    others = [n for n in hidden_ones if n != k]
    left = None if total is None else total - sum((n + 1) * count for n, count in shown.items())
    if left is None:
        return len(others) > 0 and people > 0
    for n in others:
        sums = {(a + m, b + m * (n + 1)) for a, b in sums for m in range(people - a + 1)}
    return any((people - m, left - m * (k + 1)) in sums for m in range(people + 1) if m != truth)


@pytest.mark.parametrize("figures", Figures)
def test_hidden_cell_of_a_segment_cannot_be_had_from_the_whole(figures: Figures) -> None:
    said = [1] * 12 + [2] * 12 + [3] * 12 + [1] * 11 + [2] * 11 + [3] * 2
    column, segment = coded(range(1, 4), said), np.array([0] * 36 + [7] * 24)
    found = in_segments(column, segment, figures)

    assert list(found) == [0, 7]
    for cells in zip(found[0].cells, found[7].cells, strict=False):
        # The whole tells what both come to: either both are shown, or neither.
        assert [one is None for one in cells] in ([True, True], [False, False])


def test_segments_of_a_question_that_nobody_answered_show_nothing() -> None:
    column = coded(range(1, 4), [None] * 20)

    assert in_segments(column, np.arange(20) % 2, Figures.SCALE) == {0: NOTHING, 1: NOTHING}
    assert in_segments(column.where(np.array([], np.int64)), np.array([], np.int64), Figures.CHOICE) == {}


def test_several_choices_are_shown_but_for_those_of_few() -> None:
    chosen = np.array([[n < 10, n < 2, n < 19] for n in range(20)])
    found = several_choices(Several(states([True] * 20), chosen))

    assert [cell and cell.numerator for cell in found.cells] == [10, None, None]


@pytest.mark.parametrize(("n", "shown"), [(4, None), (5, (False, False)), (10, (True, False)), (20, (True, True))])
def test_median_needs_five_on_each_side_and_quartiles_five_between(n: int, shown: tuple[bool, bool] | None) -> None:
    found = numbers(Measured(states([True] * n), np.arange(n, dtype=np.float64)))

    assert (found and (found.median is not None, found.quartiles is not None)) == shown


def test_view_is_refused_that_differs_by_few_from_an_earlier_one() -> None:
    everybody = np.arange(20)
    after = NOTHING_SHOWN.after(everybody)

    assert refusal(NOTHING_SHOWN, [everybody]) is None
    assert refusal(after, [everybody]) is None
    assert refusal(after, [everybody[:16]]) is Refusal.APART  # four are left out: a deletion, or a filter
    assert refusal(after, [np.arange(24)]) is Refusal.APART  # four came late
    assert refusal(after, [np.append(everybody[1:], 20)]) is Refusal.APART  # one was edited
    assert refusal(after, [everybody[:4]]) is Refusal.FEW
    assert refusal(after, [everybody[:15]]) is None
    assert refusal(after, [np.arange(25)]) is None


def test_views_together_may_tell_apart_whom_none_of_them_does_alone() -> None:
    everybody, even = np.arange(40), np.arange(0, 40, 2)
    after = NOTHING_SHOWN.after(everybody).after(even)

    assert refusal(NOTHING_SHOWN.after(everybody), [np.arange(12)]) is None
    assert refusal(after, [np.arange(8)]) is Refusal.APART


def test_view_is_refused_that_parts_people_who_all_answered_alike() -> None:
    everybody = np.arange(20)
    said = np.where(everybody < 10, 5, everybody % 5 + 1)
    ballots = said_by(said)

    assert refusal(NOTHING_SHOWN, [everybody], ballots) is None
    assert refusal(NOTHING_SHOWN, [everybody[:10]], ballots) is Refusal.ALIKE
    assert refusal(NOTHING_SHOWN.after(everybody), [everybody[10:]], ballots) is Refusal.ALIKE
    assert refusal(NOTHING_SHOWN, [everybody], said_by(said, said * 0)) is Refusal.ALIKE


def test_view_is_refused_in_which_few_of_some_people_came_to_a_question() -> None:
    everybody = np.arange(30)
    came = coded(range(3), [one % 3 for one in range(30)], [one < 14 for one in range(30)])
    ballots = ballots_of(everybody, [came])

    assert refusal(NOTHING_SHOWN, [everybody], ballots) is None
    assert refusal(NOTHING_SHOWN, [everybody[:10], everybody], ballots) is Refusal.APART  # four of the rest came to it
    assert refusal(NOTHING_SHOWN, [everybody[:9], everybody], ballots) is None
    assert refusal(NOTHING_SHOWN, [everybody[:14], everybody], ballots) is None  # nobody of the rest did


def test_what_all_of_some_people_ticked_is_refused_and_what_none_did_is_not() -> None:
    ticked = np.array([[True, one % 2 == 0, False] for one in range(12)])
    everybody = np.arange(12)

    def judged(choices: np.ndarray) -> Refusal | None:
        return refusal(NOTHING_SHOWN, [everybody], ballots_of(everybody, [Several(states([True] * 12), choices)]))

    assert judged(ticked) is Refusal.ALIKE
    assert judged(ticked[:, 1:]) is None
    assert judged(ticked[:, 2:]) is Refusal.ALIKE  # all left all of them out


def test_words_and_people_have_nothing_to_be_told_apart_by() -> None:
    ballots = ballots_of(np.arange(9), [Written(states([True] * 9))])

    assert refusal(NOTHING_SHOWN, [np.arange(9)], ballots) is None
    assert refusal(NOTHING_SHOWN.after(np.arange(9)), [np.arange(9)], ballots_of(np.array([], np.int64), [])) is None


def test_counts_alone_decide_where_only_they_are_known() -> None:
    assert by_counts(0, 0)
    assert by_counts(5, 0)
    assert by_counts(7, 12)
    assert not by_counts(1, 0)
    assert not by_counts(9, 4)


def test_segments_are_joined_with_their_smaller_neighbour_until_they_can_be_shown() -> None:
    number = np.arange(30)
    segment = np.array([0] * 12 + [1] * 3 + [2] * 6 + [3] * 9)
    found = coarsened(NOTHING_SHOWN.after(number), said_by(number % 5), segment)

    assert found is not None
    assert [(code, int(np.sum(found == code))) for code in np.unique(found).tolist()] == [(0, 12), (1, 9), (3, 9)]


def test_segments_that_cannot_be_shown_are_joined_into_one_or_none() -> None:
    number = np.arange(8)

    together = coarsened(NOTHING_SHOWN, said_by(number % 2), number // 2)
    assert together is not None
    assert len(np.unique(together)) == 1
    assert coarsened(NOTHING_SHOWN, said_by(number * 0), number // 2) is None


@given(st.lists(st.sets(st.integers(0, 30)), max_size=6))
def test_groups_are_those_that_were_in_the_same_views_in_whatever_order(views: list[set[int]]) -> None:
    def parted(order: list[set[int]]) -> set[frozenset[int]]:
        now = NOTHING_SHOWN
        for view in order:
            now = now.after(np.array(sorted(view), np.int64))
        return {frozenset(now.ballot[now.group == one].tolist()) for one in np.unique(now.group)}

    seen: dict[tuple[bool, ...], set[int]] = {}
    for ballot in set().union(*views):
        seen.setdefault(tuple(ballot in view for view in views), set()).add(ballot)
    assert parted(views) == parted(views[::-1]) == {frozenset(one) for one in seen.values()}


def test_five_is_the_floor() -> None:
    assert FIVE.people == 5
