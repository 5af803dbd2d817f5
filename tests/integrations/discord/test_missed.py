"""However many gaps there are, each moment of each place is read once, and nothing is called read before it is."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from integrations.discord.history.missed import Gap, Missed, read, written
from integrations.discord.payloads.ids import id_at, moment_in

START = 1_700_000_000_000
MOMENTS = range(60)
PLACES = ("general", "help", "old")
GAPS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 8)).map(lambda one: (START + one[0], START + one[0] + one[1])),
    min_size=1, max_size=5,
)  # fmt: skip


def missed(*times: tuple[int, int]) -> Missed:
    found = Missed()
    for number, (since, until) in enumerate(times, 1):
        found = found.with_gap(Gap(number, since, until))
    return found


def steps(left: Missed, place: str, most: int = 1_000) -> list[int]:
    """Return the moments that reading a place would read, one message a millisecond and one a page."""
    found: list[int] = []
    while (after := left.next_in(place)) is not None and len(found) < most:
        number = after + 1
        assert number in left
        found.append(moment_in(number))
        left = left.read(place, id_at(moment_in(number) + 1) - 1)
    return found


@given(GAPS)
def test_each_moment_of_overlapping_gaps_is_read_once_and_in_order(times: list[tuple[int, int]]) -> None:
    expected = [START + n for n in MOMENTS if any(since <= START + n <= until for since, until in times)]
    assert steps(missed(*times), "general") == expected
    assert [START + n for n in MOMENTS if id_at(START + n) + 7 in missed(*times)] == expected


@given(GAPS, GAPS, st.lists(st.tuples(st.sampled_from(PLACES), st.integers(0, 60)), max_size=6))
def test_gap_that_comes_while_others_are_being_read_is_read_in_every_place(
    times: list[tuple[int, int]], more: list[tuple[int, int]], so_far: list[tuple[str, int]]
) -> None:
    left, known = missed(*times), {(place, moment) for place in PLACES for moment in steps(missed(*times), place)}
    for place, n in so_far:
        left = left.read(place, max(left.at(place), id_at(START + n) - 1))
    done = known - {(place, moment) for place in PLACES for moment in steps(left, place)}
    for number, (since, until) in enumerate(more, 10):
        left = left.with_gap(Gap(number, since, until))
    wanted = {(place, moment) for place in PLACES for moment in steps(missed(*more), place)}
    still = {(place, moment) for place in PLACES for moment in steps(read(written(left)), place)}
    assert still >= wanted | (known - done)


@given(GAPS)
def test_gap_is_made_good_when_every_place_is_read_to_its_end(times: list[tuple[int, int]]) -> None:
    whole = missed(*times)
    good, left = whole.ended(())
    assert (sorted(good), left.gaps) == ([one.number for one in whole.gaps], ())

    reached = whole.read("old", id_at(START + 30) - 1)
    good, left = reached.ended({"old"})
    assert sorted(good) == [one.number for one in whole.gaps if one.until < START + 30]
    assert sorted(good + [one.number for one in left.gaps]) == [one.number for one in whole.gaps]
    assert steps(left, "old") == [one for one in steps(reached, "old") if left.gaps and one >= START + 30]
    assert steps(left, "general") == []


def test_what_was_refused_stays_open_beside_later_gaps_and_is_read_at_last() -> None:
    _, left = missed((START, START + 5)).ended({"old"})
    left = left.with_gap(Gap(2, START + 40, START + 41))
    assert steps(left, "general") == [START + 40, START + 41]
    assert steps(left, "old") == [*range(START, START + 6), START + 40, START + 41]
    good, left = left.read("old", id_at(START + 20)).ended({"old"})
    assert (good, [one.number for one in left.gaps]) == ([1], [2])


def test_note_of_an_earlier_version_is_read() -> None:
    rows = [[3, START, START + 4, ["general"], 1], [4, START + 9, START + 9, []]]
    assert [one.number for one in read(json.dumps(rows)).gaps] == [3, 4]
    assert steps(read(json.dumps(rows)), "general") == [*range(START, START + 5), START + 9]
    assert (read(None), read("[]")) == (Missed(), Missed())


def test_gap_that_only_the_store_knows_is_read_and_one_that_is_made_good_is_not() -> None:
    left = missed((START, START + 5)).read("general", id_at(START + 3) - 1)
    assert left.made_of([(1, START, START + 5)]) == left
    killed_before_the_note = left.made_of([(1, START, START + 5), (2, START + 2, START + 7)])
    assert steps(killed_before_the_note, "general") == list(range(START + 2, START + 8))
    assert steps(left.made_of([]), "general") == []


def test_first_id_of_a_gap_belongs_to_it() -> None:
    left = missed((START, START))
    assert id_at(START) in left
    assert id_at(START) - 1 not in left
    assert left.next_in("general") == id_at(START) - 1
