import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from scoring.measures.history import Period, deeds
from scoring.measures.months import MonthFigures, months
from scoring.signals import Kind, day_number
from tests.scoring.measures.builders import Act, history

ALWAYS = Period(-1_000_000, 1_000_000)
ROWS = st.lists(
    st.builds(
        Act, st.integers(1, 5), st.sampled_from([Kind.MESSAGE, Kind.REPLY, Kind.REACTION]), st.integers(19_000, 19_300)
    ),
    max_size=40,
)


def by_month(rows: list[Act], period: Period = ALWAYS) -> tuple[MonthFigures, ...]:
    of = history(rows)
    return months(of.acts, deeds(of), period)


def wrote(member: int, day: str, kind: Kind = Kind.MESSAGE) -> Act:
    return Act(member, kind, day_number(dt.date.fromisoformat(day)))


def test_no_acts_make_no_months() -> None:
    assert by_month([]) == ()


def test_members_are_new_retained_lost_and_returned() -> None:
    rows = [wrote(1, "2025-03-31"), wrote(1, "2025-04-01"), wrote(2, "2025-03-05"), wrote(2, "2025-05-09")]
    assert by_month(rows) == (
        MonthFigures("2025-03", writers=2, engaged=2, new=2, retained=0, returned=0, lost=0),
        MonthFigures("2025-04", writers=1, engaged=1, new=0, retained=1, returned=0, lost=1),
        MonthFigures("2025-05", writers=1, engaged=1, new=0, retained=0, returned=1, lost=1),
    )


def test_empty_months_between_are_listed() -> None:
    found = by_month([wrote(1, "2024-12-31"), wrote(1, "2025-02-01")])
    assert [(one.month, one.engaged, one.lost) for one in found] == [
        ("2024-12", 1, 0),
        ("2025-01", 0, 1),
        ("2025-02", 1, 0),
    ]


def test_acts_no_type_matches_open_a_month_but_engage_nobody() -> None:
    (only,) = by_month([wrote(1, "2025-03-31", Kind.REACTION)])
    assert (only.month, only.writers, only.engaged) == ("2025-03", 0, 0)


def test_what_came_before_the_period_is_remembered() -> None:
    rows = [wrote(1, "2025-01-10"), wrote(2, "2025-02-10"), wrote(1, "2025-03-10"), wrote(3, "2025-02-20")]
    rows += [wrote(3, "2025-03-20")]
    period = Period(day_number(dt.date(2025, 3, 1)), day_number(dt.date(2025, 3, 31)))
    (march,) = by_month(rows, period)
    assert (march.engaged, march.new, march.retained, march.returned, march.lost) == (2, 0, 1, 1, 1)


def test_days_outside_the_period_do_not_count_in_its_months() -> None:
    period = Period(day_number(dt.date(2025, 3, 10)), day_number(dt.date(2025, 3, 20)))
    (march,) = by_month([wrote(1, "2025-03-09"), wrote(2, "2025-03-10"), wrote(3, "2025-03-21")], period)
    assert (march.writers, march.engaged) == (1, 1)


@given(ROWS, st.integers(19_000, 19_300), st.integers(0, 300))
def test_engaged_are_new_retained_or_returned_and_the_lost_were_there(rows: list[Act], first: int, length: int) -> None:
    found = by_month(rows, Period(first, first + length))
    assert all(one.engaged == one.new + one.retained + one.returned for one in found)
    for before, after in zip(found, found[1:], strict=False):
        assert after.lost == before.engaged - after.retained


@given(ROWS)
def test_months_do_not_depend_on_order_or_repetition(rows: list[Act]) -> None:
    assert by_month(rows) == by_month(rows[::-1] + rows)


@given(ROWS)
def test_everybody_is_new_once(rows: list[Act]) -> None:
    engaged = {row.member for row in rows if row.kind is not Kind.REACTION}
    assert sum(one.new for one in by_month(rows)) == len(engaged)
