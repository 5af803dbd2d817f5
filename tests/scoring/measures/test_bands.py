from scoring.measures.bands import BandFigures, StepFigures, bands, steps
from scoring.measures.history import Period, deeds
from scoring.mountain import POINT
from scoring.points import TALLY_POINT
from scoring.signals import Kind
from tests.scoring.measures.builders import Act, history, ratio, took_part

EVER = Period(0, 10_000)


def figures(rows: list[Act], period: Period = EVER) -> dict[str, BandFigures]:
    of = history(rows)
    done = deeds(of)
    return {one.band: one for one in bands(of, done.where(period.holds(done.day)), period)}


def test_bands_of_nothing_are_all_there_and_empty() -> None:
    found = figures([])
    assert list(found) == ["Learning", "Endorsing", "Participating"]
    assert all((one.points, one.entered, one.standing) == (0, 0, 0) for one in found.values())
    assert found["Learning"].members.value is None


def test_members_of_a_band_are_counted_once_over_all_engaged() -> None:
    found = figures([Act(1), Act(1, day=3), Act(2), took_part(2, "Sprint"), took_part(3, "Sprint")])
    assert [ratio(one.members) for one in found.values()] == [(2, 3), (0, 3), (2, 3)]


def test_thanks_count_for_whom_they_thank() -> None:
    found = figures([Act(1, Kind.THANKS, other=2), Act(3, Kind.THANKS, other=3)])
    assert ratio(found["Endorsing"].members) == (1, 3)


def test_points_are_those_of_the_period() -> None:
    found = figures([Act(1, day=1), Act(2, day=5), took_part(1, "Sprint", day=9)], Period(2, 5))
    assert [one.points for one in found.values()] == [TALLY_POINT, 0, 0]


def test_entered_is_a_rise_within_the_period_and_standing_is_now() -> None:
    rows = [took_part(1, "Sprint", day=1), took_part(2, "Sprint", day=5), Act(3, day=5), Act(4, day=9)]
    found = figures(rows, Period(2, 8))
    assert [(one.entered, one.standing) for one in found.values()] == [(1, 2), (0, 0), (1, 2)]


def test_who_rises_two_bands_at_once_enters_the_upper_one() -> None:
    found = figures([Act(1, day=1), took_part(1, "Sprint", day=1)])
    assert [(one.entered, one.standing) for one in found.values()] == [(0, 0), (0, 0), (1, 1)]


def test_falling_back_is_no_entering() -> None:
    rows = [took_part(1, "Sprint", day=1), *(Act(1, day=day) for day in (300, 420))]
    found = figures(rows, Period(200, 420))
    assert [(one.entered, one.standing) for one in found.values()] == [(0, 1), (0, 0), (0, 0)]


def test_steps_count_members_who_crossed_in_the_period() -> None:
    of = history([took_part(1, "Sprint", day=1), took_part(2, "Sprint", day=5), Act(3, day=5)])
    assert steps(of, Period(0, 9)) == (StepFigures("mentor", 2),)
    assert steps(of, Period(2, 9)) == (StepFigures("mentor", 1),)
    assert steps(of, Period(6, 9)) == (StepFigures("mentor", 0),)


def test_points_are_exact_units_of_tallies() -> None:
    assert figures([Act(1)])["Learning"].points * POINT == POINT * TALLY_POINT
