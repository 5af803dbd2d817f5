from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scoring.measures.findings import findings
from scoring.measures.gaps import BRIEF_MS, NOT_HEARD, SHOWN_LATER, Stretch, Unheard, missing, stretches, within
from scoring.measures.history import History, Period, deeds, of_programme
from scoring.measures.months import months
from scoring.signals import DAY_MS, Kind
from tests.scoring.measures.builders import Act, history, took_part

HOUR = 3_600_000
KINDS = (Kind.MESSAGE, Kind.REACTION, Kind.LEAVE, Kind.LOGGED)
READ_LATER = (Kind.REACTION, Kind.LEAVE)
"""What is missing of a time for good, of those kinds."""


def unheard(since: int, until: int, *, good: bool = False, space: str = "Garden") -> Unheard:
    return Unheard(space, since, until, good)


def history_with(of: History, gaps: tuple[Stretch, ...]) -> History:
    return replace(of, gaps=gaps)


def test_time_that_was_not_read_again_misses_all_that_is_heard() -> None:
    assert stretches([unheard(0, HOUR)], KINDS) == (
        Stretch("Garden", 0, HOUR, True, (Kind.MESSAGE, Kind.REACTION, Kind.LEAVE)),
    )


def test_time_that_was_read_again_misses_what_no_history_shows() -> None:
    (found,) = stretches([unheard(0, HOUR, good=True)], KINDS)
    assert (found.open, found.missing) == (False, READ_LATER)


def test_time_of_which_history_shows_all_that_is_in_use_is_complete() -> None:
    assert stretches([unheard(0, HOUR, good=True)], (Kind.MESSAGE, Kind.RSVP, Kind.LOGGED)) == ()


def test_restart_is_not_worth_a_word_and_an_outage_is() -> None:
    assert stretches([unheard(0, BRIEF_MS, good=True)], KINDS) == ()
    assert len(stretches([unheard(0, BRIEF_MS + 1, good=True)], KINDS)) == 1


def test_brief_time_that_was_not_read_again_is_told() -> None:
    assert len(stretches([unheard(0, 1)], KINDS)) == 1


def test_restarts_one_after_the_other_are_one_outage() -> None:
    rows = [unheard(n * 60_000, (n + 2) * 60_000, good=True) for n in range(10)]
    assert [(one.since, one.until) for one in stretches(rows[::-1], KINDS)] == [(0, 11 * 60_000)]


def test_times_of_two_spaces_stay_apart() -> None:
    found = stretches([unheard(0, HOUR), unheard(0, HOUR, space="Forum")], KINDS)
    assert [one.space for one in found] == ["Forum", "Garden"]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20), st.booleans()), max_size=12))
def test_what_is_joined_covers_exactly_what_was_put_down(rows: list[tuple[int, int, bool]]) -> None:
    found = stretches([unheard(since * HOUR, (since + long) * HOUR, good=good) for since, long, good in rows], KINDS)
    for still in (True, False):
        put = {hour for since, long, good in rows if good is not still for hour in range(since, since + long)}
        told = [hour for one in found if one.open is still for hour in range(one.since // HOUR, one.until // HOUR)]
        assert sorted(put) == sorted(told)


def test_day_that_begins_as_the_time_ends_is_complete() -> None:
    found = stretches([unheard(0, 2 * DAY_MS)], KINDS)
    assert within(found, 1, 1) == found
    assert within(found, 2, 9) == ()
    assert missing(found, 0, 0) == (Kind.MESSAGE, Kind.REACTION, Kind.LEAVE)
    assert missing(found, 2, 2) == ()


def test_what_only_listening_tells_of_is_missing_of_what_was_read_again() -> None:
    assert not SHOWN_LATER & NOT_HEARD
    (found,) = stretches([unheard(0, HOUR, good=True)], Kind)
    assert {
        Kind.REACTION, Kind.THANKS, Kind.LEAVE, Kind.STAY, Kind.ATTENDANCE, Kind.POLL_VOTE, Kind.ROLE,
    } <= set(found.missing)  # fmt: skip


def test_who_spoke_on_a_stage_is_missing_where_nobody_listened() -> None:
    for good in (False, True):
        (found,) = stretches([unheard(0, HOUR, good=good)], (Kind.PARTICIPATION, Kind.LOGGED))
        assert found.missing == (Kind.PARTICIPATION,)


def test_months_in_which_something_is_missing_are_marked_within_the_period_only() -> None:
    of = history([Act(1, day=0), Act(1, day=40), Act(1, day=70)])
    gaps = stretches([unheard(30 * DAY_MS, 32 * DAY_MS, good=True)], KINDS)  # two days of two months

    def marked(period: Period) -> list[tuple[str, bool]]:
        found = findings(history_with(of, gaps), period)
        return [(one.month, one.missing == READ_LATER) for one in found.months]

    assert marked(Period(0, 80)) == [("1970-01", True), ("1970-02", True), ("1970-03", False)]
    assert marked(Period(0, 29)) == [("1970-01", False)]
    assert marked(Period(32, 80)) == [("1970-02", False), ("1970-03", False)]


def test_month_without_gaps_is_whole() -> None:
    of = history([Act(1, day=0)])
    assert [one.missing for one in months(of.acts, deeds(of), Period(0, 5))] == [()]


def test_report_on_a_programme_keeps_what_was_not_heard() -> None:
    gaps = stretches([unheard(0, DAY_MS)], KINDS)
    of = history_with(history([took_part(1, "Open Leaders"), Act(2)]), gaps)
    assert findings(of_programme(of, "Open Leaders"), Period(0, 0)).gaps == gaps


def test_period_after_the_gap_has_none() -> None:
    of = history_with(history([Act(1, day=9)]), stretches([unheard(0, DAY_MS)], KINDS))
    assert findings(of, Period(1, 9)).gaps == ()
