from hypothesis import given
from hypothesis import strategies as st

from scoring.columns import NOBODY
from scoring.measures.ties import TIE_KINDS, by_kind, figures, ties
from scoring.signals import Kind
from tests.scoring.measures.builders import Act, columns

ROWS = st.lists(
    st.builds(Act, st.integers(1, 6), st.sampled_from(list(Kind)), st.integers(0, 9), st.integers(NOBODY, 6)),
    max_size=60,
)


def reply(member: int, other: int) -> Act:
    return Act(member, Kind.REPLY, other=other)


def test_ties_of_nothing_are_zero_and_have_no_reciprocity() -> None:
    found = figures(ties(columns([])))
    assert (found.events, found.self_events, found.pairs, found.reciprocity) == (0, 0, 0, None)


def test_ties_count_every_act_but_each_ordered_pair_once() -> None:
    found = figures(ties(columns([reply(1, 2), reply(1, 2), reply(2, 1), reply(1, 3), reply(3, 3)])))
    assert (found.events, found.self_events, found.pairs) == (5, 1, 3)
    assert found.reciprocity == 2 / 3


def test_ties_leave_out_acts_whose_other_side_is_unknown() -> None:
    assert figures(ties(columns([reply(1, NOBODY), reply(2, NOBODY)]))).events == 0


def test_ties_to_oneself_make_no_pair() -> None:
    found = figures(ties(columns([reply(4, 4)])))
    assert (found.events, found.self_events, found.pairs, found.reciprocity) == (1, 1, 0, None)


def test_ties_hold_the_number_of_acts_of_each_pair() -> None:
    found = ties(columns([reply(2, 1), reply(1, 2), reply(1, 2)]))
    assert list(zip(found.source.tolist(), found.target.tolist(), found.count.tolist(), strict=True)) == [
        (1, 2, 2),
        (2, 1, 1),
    ]


def test_kinds_are_kept_apart() -> None:
    acts = columns([reply(1, 2), Act(1, Kind.MENTION, other=2), Act(1, Kind.THANKS, other=2)])
    assert [one.events for one in by_kind(acts).values()] == [1, 1, 0]
    assert figures(ties(acts)).pairs == 1


@given(ROWS, st.randoms())
def test_ties_do_not_depend_on_order(rows: list[Act], chance: object) -> None:
    shuffled = sorted(rows, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert by_kind(columns(rows)) == by_kind(columns(shuffled))


@given(ROWS)
def test_ties_equal_a_plain_count(rows: list[Act]) -> None:
    known = [(row.member, row.other) for row in rows if row.kind in TIE_KINDS and row.other != NOBODY]
    pairs = {(one, other) for one, other in known if one != other}
    found = figures(ties(columns(rows)))
    assert found.events == len(known)
    assert found.self_events == sum(one == other for one, other in known)
    assert found.pairs == len(pairs)
    mutual = sum((other, one) in pairs for one, other in pairs)
    assert found.reciprocity == (mutual / len(pairs) if pairs else None)
