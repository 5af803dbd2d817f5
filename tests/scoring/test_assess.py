"""Totals, bands and crossings equal the oracle's walk from day to day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assess import band_changes, crossings, totals
from scoring.mountain import POINT, Band, Conditions, EngagementType, Mountain, Step, Touch
from scoring.points import Tallies, tally
from scoring.road import Road
from scoring.signals import DAY_MS, Kind, day_number
from tests.scenarios import mountains as m
from tests.scenarios import oracle
from tests.scenarios.oracle import About, Deed

HISTORIES = m.histories()
LAST_DAYS = st.integers(m.FIRST_DAY - 1, m.FIRST_DAY + m.DAYS + 40)
MARCH = day_number(dt.date(2020, 3, 1))


def mountain(*entries: int, window: int = 10, steps: tuple[Step, ...] = ()) -> Mountain:
    """Return a Mountain of bands in each of which a whole point is a stay's minute."""
    bands = tuple(Band(str(n), Touch.LOW, entry, "", "", focus=True) for n, entry in enumerate(entries))
    curve = tuple(n * POINT for n in range(101))
    types = tuple(
        EngagementType(str(n), "", n, Conditions((Kind.STAY,), places=(str(n),)), curve, per_amount=1)
        for n in range(len(entries))
    )
    return Mountain("x", "0" * 12, bands, types, steps=steps, window=window)


def tallied(*rows: tuple[int, int, int]) -> Tallies:
    """Return member 1's tallies of (day, band, points)."""
    columns = [[1, day, band, points, points * POINT * 100] for day, band, points in sorted(rows)]
    return Tallies(*(m.ints([row[n] for row in columns]) for n in range(5)))


def bands(rules: Mountain, as_of: int, *rows: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Return member 1's changes of bands."""
    road = Road(tallied(*rows), rules, as_of)
    return [(day, band) for _, day, band in m.change_list(band_changes(road, as_of))]


def crossed(rules: Mountain, as_of: int, *rows: tuple[int, int, int]) -> list[int]:
    """Return the days on which member 1 reached a step."""
    return [day for _, day, _ in m.crossing_list(crossings(Road(tallied(*rows), rules, as_of)))]


@settings(max_examples=120)
@given(HISTORIES, m.mountains(), m.abouts(), LAST_DAYS)
def test_standing_equals_the_oracle_s(deeds: list[Deed], rules: Mountain, about: About, as_of: int) -> None:
    scored = tally(m.columns(deeds), rules, m.belonging(about))
    road, table = Road(scored, rules, as_of), m.tally_table(scored)

    assert m.total_table(totals(road, as_of)) == oracle.totals(table, rules, as_of)
    assert m.change_list(band_changes(road, as_of)) == oracle.bands(table, rules, as_of)
    assert m.crossing_list(crossings(road, m.held(about))) == oracle.crossings(table, rules, as_of, about)


@settings(max_examples=30)
@given(HISTORIES, m.mountains(), LAST_DAYS)
def test_later_days_leave_earlier_changes_as_they_were(deeds: list[Deed], rules: Mountain, as_of: int) -> None:
    scored = tally(m.columns(deeds), rules)
    earlier, later = (band_changes(Road(scored, rules, day), day) for day in (as_of, as_of + 45))

    assert m.change_list(earlier) == [row for row in m.change_list(later) if row[1] <= as_of]


@settings(max_examples=30)
@given(HISTORIES, m.mountains(), LAST_DAYS)
def test_members_looked_at_one_by_one_stand_as_all_at_once(deeds: list[Deed], rules: Mountain, as_of: int) -> None:
    scored = tally(m.columns(deeds), rules)
    roads = [Road(scored.where(scored.member == one), rules, as_of) for one in m.MEMBERS]
    whole = Road(scored, rules, as_of)

    assert [row for road in roads for row in m.change_list(band_changes(road, as_of))] == m.change_list(
        band_changes(whole, as_of)
    )
    assert [row for road in roads for row in m.crossing_list(crossings(road))] == m.crossing_list(crossings(whole))


def test_window_holds_its_last_whole_days() -> None:
    rules, scored = mountain(POINT, window=10), tallied((100, 0, 2), (109, 0, 3))

    assert m.total_table(totals(Road(scored, rules, 109), 109)) == {(1, 0): 5 * POINT * 100}
    assert m.total_table(totals(Road(scored, rules, 110), 110)) == {(1, 0): 3 * POINT * 100}
    assert m.total_table(totals(Road(scored, rules, 119), 119)) == {}
    assert m.total_table(totals(Road(scored, rules, 99), 99)) == {}


def test_band_is_held_at_ninety_percent_and_lost_below() -> None:
    rules = mountain(10 * POINT, window=3)

    assert bands(rules, MARCH, (MARCH - 3, 0, 1), (MARCH - 2, 0, 9)) == [(MARCH - 2, 1)]
    assert bands(rules, MARCH, (MARCH - 3, 0, 2), (MARCH - 2, 0, 8)) == [(MARCH - 2, 1), (MARCH, 0)]


def test_band_falls_on_no_other_day_than_the_first_of_a_month() -> None:
    rules = mountain(10 * POINT, window=3)

    assert bands(rules, MARCH + 30, (MARCH, 0, 10)) == [(MARCH, 1)]
    assert bands(rules, MARCH + 31, (MARCH, 0, 10)) == [(MARCH, 1), (MARCH + 31, 0)]


def test_review_takes_the_points_of_its_own_day_in() -> None:
    rules = mountain(10 * POINT, window=3)

    assert bands(rules, MARCH, (MARCH - 5, 0, 10), (MARCH, 0, 9)) == [(MARCH - 5, 1)]


def test_fall_ends_in_the_highest_band_still_held() -> None:
    rules = mountain(POINT, 10 * POINT, 10 * POINT, window=3)

    assert bands(rules, MARCH, (MARCH - 4, 2, 10), (MARCH - 1, 1, 9), (MARCH - 1, 0, 5)) == [
        (MARCH - 4, 3),
        (MARCH, 2),
    ]


def test_several_bands_reached_in_a_day_are_one_rise() -> None:
    assert bands(mountain(POINT, POINT, POINT), 100, (100, 0, 1), (100, 1, 1)) == [(100, 2)]


def test_step_is_crossed_again_only_after_the_total_fell_below() -> None:
    rules = mountain(POINT, window=10, steps=(Step("s", "", 0, 5 * POINT),))

    assert crossed(rules, 150, (100, 0, 5), (105, 0, 5), (116, 0, 5)) == [100, 116]


def test_days_without_points_are_no_days_of_a_step() -> None:
    rules = mountain(POINT, window=10, steps=(Step("s", "", 0, 2 * POINT, days=2),))

    assert crossed(rules, 150, (100, 0, 5), (101, 0, 0)) == []
    assert crossed(rules, 150, (100, 0, 5), (101, 0, 0), (102, 0, 1)) == [102]


@pytest.mark.parametrize("as_of", [5, 100])
def test_nobody_has_no_standing(as_of: int) -> None:
    road = Road(tallied(), mountain(POINT), as_of)

    assert m.change_list(band_changes(road, as_of)) == []
    assert m.crossing_list(crossings(road)) == []


def test_days_before_1970_are_days_like_others() -> None:
    rules = mountain(10 * POINT, window=3)
    row = (-40 * DAY_MS) // DAY_MS

    assert bands(rules, 0, (row, 0, 10)) == [(row, 1), (-31, 0)]
