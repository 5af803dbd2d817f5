from itertools import combinations as choose

from hypothesis import given
from hypothesis import strategies as st

from scoring.measures.history import Deeds, deeds
from scoring.measures.programmes import combinations, focused, programmes
from tests.scoring.measures.builders import MOUNTAIN, Act, history, ratio, took_part

ROWS = st.lists(
    st.builds(took_part, st.integers(1, 8), st.sampled_from("ABCD"), role=st.sampled_from(["participant", "listener"])),
    max_size=30,
)


def in_two_or_more(rows: list[Act]) -> tuple[Deeds, dict[tuple[str, ...], int]]:
    of = history(rows)
    chosen = focused(deeds(of), of.acts.contexts, MOUNTAIN)
    found = combinations(chosen, of.acts.contexts, len(chosen.members))
    return chosen, {one.programmes: one.members.numerator for one in found}


def test_each_programme_is_followed_by_its_cohorts_in_time() -> None:
    rows = [
        took_part(1, "Sprint", "2018", day=500),
        took_part(1, "Sprint", "2017", day=100),
        took_part(2, "Sprint", "2017", day=101),
        took_part(3, "Leaders", day=50),
        Act(4),
    ]
    of = history(rows)
    found = [(one.programme, one.cohort, ratio(one.members)) for one in programmes(deeds(of), of.acts.contexts, 4)]
    assert found == [
        ("Leaders", None, (1, 4)),
        ("Sprint", None, (2, 4)),
        ("Sprint", "2017", (2, 4)),
        ("Sprint", "2018", (1, 4)),
    ]


def test_cohorts_of_one_name_in_two_programmes_are_two() -> None:
    of = history([took_part(1, "Sprint", "5"), took_part(2, "Leaders", "5")])
    found = [(one.programme, one.cohort) for one in programmes(deeds(of), of.acts.contexts, 2)]
    assert found == [("Leaders", None), ("Leaders", "5"), ("Sprint", None), ("Sprint", "5")]


def test_two_cohorts_of_one_programme_are_one_programme() -> None:
    chosen, sets = in_two_or_more([took_part(1, "Sprint", "2017"), took_part(1, "Sprint", "2018")])
    assert (len(chosen.members), sets) == (0, {})


def test_bands_outside_the_focus_do_not_count_for_two_or_more() -> None:
    chosen, _ = in_two_or_more([took_part(1, "Sprint"), took_part(1, "Leaders", role="listener")])
    assert len(chosen.members) == 0


def test_combinations_are_exclusive_and_the_most_frequent_comes_first() -> None:
    rows = [took_part(member, name) for member in (1, 2, 3) for name in "AB"] + [took_part(3, "C")]
    _, sets = in_two_or_more(rows)
    assert list(sets.items()) == [(("A", "B"), 2), (("A", "B", "C"), 1)]


def test_chat_in_no_programme_is_no_programme() -> None:
    of = history([Act(1)])
    assert programmes(deeds(of), of.acts.contexts, 1) == ()


@given(ROWS)
def test_combinations_add_up_to_members_and_programmes(rows: list[Act]) -> None:
    chosen, sets = in_two_or_more(rows)
    found = programmes(chosen, history(rows).acts.contexts, len(chosen.members))
    assert sum(sets.values()) == len(chosen.members)
    for one in found:
        assert one.members.numerator == sum(n for names, n in sets.items() if one.programme in names)


@given(ROWS)
def test_combinations_equal_a_plain_count(rows: list[Act]) -> None:
    mine = {
        member: {row.context.programme for row in rows if row.member == member and row.context.role == "participant"}
        for member in range(1, 9)
    }
    _, sets = in_two_or_more(rows)
    possible = [names for size in (2, 3, 4) for names in choose("ABCD", size)]
    expected = {names: sum(one == set(names) for one in mine.values()) for names in possible}
    assert sets == {names: count for names, count in expected.items() if count}
