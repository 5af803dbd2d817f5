import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.measures.pathways import Pathway, pathway
from scoring.signals import day_number
from tests.scoring.measures.builders import Act, columns, took_part

OPEN_LIFE_SCIENCE = Path(__file__).parents[4] / "shared" / "data" / "ols-cohorts" / "participation.csv"


def mentees_to_mentors(rows: list[Act]) -> Pathway:
    return pathway(columns(rows), "Open Seeds", "participant", "mentor")


def mentee(member: int, cohort: int) -> Act:
    return took_part(member, "Open Seeds", f"round {cohort}", "participant", cohort * 100)


def mentor(member: int, cohort: int) -> Act:
    return took_part(member, "Open Seeds", f"round {cohort}", "mentor", cohort * 100)


def test_pathway_of_nothing_is_empty() -> None:
    found = mentees_to_mentors([])
    assert (found.cohorts, found.people, found.later.value) == ((), 0, None)


def test_last_cohort_is_not_yet_known() -> None:
    first, last = mentees_to_mentors([mentee(1, 1), mentee(2, 2)]).cohorts
    assert first.known
    assert first.next is not None
    assert first.next.value == 0
    assert not last.known
    assert (last.people, last.next, last.later, last.any_role_later) == (1, None, None, None)


def test_next_asks_only_the_cohort_that_began_next() -> None:
    first, *_ = mentees_to_mentors([mentee(1, 1), mentee(2, 1), mentor(1, 2), mentor(2, 3)]).cohorts
    assert first.next is not None
    assert first.later is not None
    assert (first.next.numerator, first.later.numerator, first.people) == (1, 2, 2)


def test_mentoring_in_the_same_or_an_earlier_cohort_is_no_return() -> None:
    found = mentees_to_mentors([mentor(1, 1), mentee(1, 2), mentor(1, 2), mentee(2, 3)])
    assert found.later.numerator == 0
    assert found.people == 2


def test_overall_begins_with_the_first_cohort_as_mentee() -> None:
    assert mentees_to_mentors([mentee(1, 1), mentor(1, 2), mentee(1, 3)]).later.numerator == 1


def test_two_places_in_one_cohort_are_one_person() -> None:
    found = mentees_to_mentors([mentee(1, 1), mentee(1, 1), mentor(1, 2), mentor(1, 2)])
    assert found.cohorts[0].people == 1
    assert found.cohorts[0].next is not None
    assert found.cohorts[0].next.numerator == 1


def test_cohorts_that_began_on_one_day_come_next_together() -> None:
    twins = [took_part(member, "Open Seeds", name, "mentor", 200) for member, name in ((1, "north"), (2, "south"))]
    first, *rest = mentees_to_mentors([mentee(1, 1), mentee(2, 1), *twins]).cohorts
    assert first.next is not None
    assert first.next.numerator == 2
    assert [one.known for one in rest] == [False, False]


def test_other_programmes_do_not_count() -> None:
    elsewhere = took_part(1, "Sprint", "2018", "mentor", 500)
    (only,) = mentees_to_mentors([mentee(1, 1), elsewhere]).cohorts
    assert not only.known


def test_letter_case_of_names_does_not_matter() -> None:
    acts = columns([mentee(1, 1), mentor(1, 2)])
    assert pathway(acts, "open seeds", "Participant", "MENTOR").later.numerator == 1


@given(st.lists(st.builds(lambda make, *a: make(*a), st.sampled_from([mentee, mentor]), *[st.integers(1, 6)] * 2)))
def test_pathway_does_not_depend_on_order_or_repetition(rows: list[Act]) -> None:
    assert mentees_to_mentors(rows) == mentees_to_mentors(rows[::-1] + rows)


@pytest.mark.skipif(not OPEN_LIFE_SCIENCE.exists(), reason="the shared data is not here")
def test_open_life_science_table_comes_out_exactly() -> None:
    found = pathway(columns(open_life_science()), "Open Seeds", "participant", "mentor")
    table = [
        (one.cohort, one.people, *(ratio and ratio.numerator for ratio in (one.next, one.later, one.any_role_later)))
        for one in found.cohorts
    ]
    assert table == [
        ("ols-1", 29, 5, 7, 14),
        ("ols-2", 52, 6, 11, 19),
        ("ols-3", 66, 4, 8, 18),
        ("ols-4", 34, 8, 11, 17),
        ("ols-5", 71, 8, 13, 18),
        ("ols-6", 41, 6, 10, 14),
        ("ols-7", 54, 11, 13, 21),
        ("ols-8", 69, 0, 3, 5),
        ("ols-9-catalyst", 27, 0, 0, 0),
        ("ols-9-dra", 79, None, None, None),
    ]
    assert found.cohorts[0].first_day == day_number(dt.date(2020, 1, 20))
    assert (found.people, found.later.numerator, found.later.denominator) == (487, 66, 487)


def open_life_science() -> list[Act]:
    """Read the file as the published table does: a person is a `person_id`.

    Seven people have two ids under one `name_key`; joining them gives 662 people and one more return in any role for
    each of ols-2 and ols-3.
    """
    with OPEN_LIFE_SCIENCE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    numbers = {person: number for number, person in enumerate(sorted({row["person_id"] for row in rows}), 1)}
    return [
        took_part(
            numbers[row["person_id"]],
            "Open Seeds",
            row["cohort"],
            row["role"],
            day_number(dt.date.fromisoformat(row["date"])),
        )
        for row in rows
    ]
