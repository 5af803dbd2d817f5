"""Each period comes once, whatever zones do with their clocks."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clockwork.periods import Cron

UTC = dt.UTC
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Adelaide", "Australia/Lord_Howe", "UTC"]
DAY_MS = 86_400_000


def ms(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).timestamp() * 1000)


def told(at: int) -> str:
    return dt.datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("zone", "key", "due"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30"),  # never on the wall: as much later as it was moved
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),  # twice on the wall: the first one
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30"),
        ("America/New_York", "2026-11-01T02:30", "2026-11-01T07:30"),
        ("Australia/Adelaide", "2026-10-04T02:30", "2026-10-03T17:00"),
        ("Australia/Adelaide", "2026-04-05T02:30", "2026-04-04T16:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30"),  # half an hour on
        ("Australia/Lord_Howe", "2026-04-05T02:30", "2026-04-04T16:00"),
    ],
)
def test_the_night_of_a_move_has_one_period_at_its_moment(zone: str, key: str, due: str) -> None:
    day = ms(f"{key[:10]}T00:00+00:00")

    found = Cron("30 2 * * *").after(ZoneInfo(zone), day - DAY_MS, day + DAY_MS, 9)

    assert [told(one.due) for one in found if one.key == key] == [due]


@pytest.mark.parametrize(
    ("zone", "autumn", "line"),
    [
        ("America/New_York", "2026-11-01", "45 1"),
        ("Australia/Lord_Howe", "2026-04-05", "45 1"),
        ("Europe/Berlin", "2026-10-25", "45 2"),
    ],
)
def test_a_time_that_comes_twice_is_over_after_the_first(zone: str, autumn: str, line: str) -> None:
    autumn = {"America/New_York": "2026-11-01", "Australia/Lord_Howe": "2026-04-05", "Europe/Berlin": "2026-10-25"}[
        zone
    ]
    clock = {"America/New_York": "45 1", "Australia/Lord_Howe": "45 1", "Europe/Berlin": "45 2"}[zone]
    cron, first = Cron(f"{clock} * * *"), None
    noon = ms(f"{autumn}T12:00+00:00")
    for minute in range(-24 * 60, 12 * 60):
        last = cron.last(ZoneInfo(zone), noon + minute * 60_000)
        assert last is not None
        if last.key.startswith(autumn):
            first = first or noon + minute * 60_000
            assert (last.due, first) == (first, last.due)
    assert first is not None


@pytest.mark.hypothesis
@given(
    zone=st.sampled_from([*ZONES, "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo", "Asia/Tehran"]),
    start=st.integers(ms("2009-01-01T00:00+00:00") // 60_000, ms("2030-01-01T00:00+00:00") // 60_000),
    line=st.sampled_from(["30 2 * * *", "0 0 * * *", "15 3 * * mon", "0 9 1 * *", "59 23 * * fri,sun", "0 */6 * * *"]),
)
@settings(max_examples=150)
def test_periods_of_a_stretch_are_the_last_ones_seen_on_the_way(zone: str, start: int, line: str) -> None:
    cron, where, begin = Cron(line), ZoneInfo(zone), start * 60_000
    end = begin + 9 * DAY_MS

    found = cron.after(where, begin, end, 999)

    keys = [one.key for one in found]
    assert keys == sorted(set(keys))
    assert all(begin < one.due <= end for one in found)
    for one in found:
        seen = cron.last(where, one.due)
        assert seen is not None
        # Two names may fall on one moment where a time is left out; the later name is then the last.
        assert seen.due == one.due
        assert seen.key >= one.key
        assert cron.next(where, one.due - 1).due == one.due
        before = cron.last(where, one.due - 1)
        assert before is None or before.key < seen.key


@pytest.mark.hypothesis
@given(
    zone=st.sampled_from([*ZONES, "Africa/Casablanca", "America/Sao_Paulo"]),
    day=st.dates(dt.date(2009, 1, 2), dt.date(2030, 1, 1)),
    minute=st.integers(0, 24 * 60 - 1),
)
@settings(max_examples=150)
def test_every_day_of_a_zone_has_one_period_whatever_the_time(zone: str, day: dt.date, minute: int) -> None:
    cron, where = Cron(f"{minute % 60} {minute // 60} * * *"), ZoneInfo(zone)
    noon = dt.datetime.combine(day, dt.time(12), UTC)
    around = round(noon.timestamp() * 1000)

    found = cron.after(where, around - 3 * DAY_MS, around + 3 * DAY_MS, 99)

    ours = [one for one in found if one.key.startswith(day.isoformat())]
    assert len(ours) == 1
    wall = dt.datetime.fromtimestamp(ours[0].due / 1000, where)
    meant = dt.datetime.combine(day, dt.time(minute // 60, minute % 60))
    assert dt.timedelta() <= wall.replace(tzinfo=None) - meant <= dt.timedelta(hours=1)


def test_a_rare_day_is_found_years_back_and_ahead() -> None:
    leap, now = Cron("0 6 29 2 *"), ms("2027-11-01T00:00+00:00")

    last = leap.last(ZoneInfo("UTC"), now)

    assert last is not None
    assert last.key == "2024-02-29T06:00Z"
    assert leap.next(ZoneInfo("UTC"), now).key == "2028-02-29T06:00Z"


@pytest.mark.parametrize("line", ["* * *", "61 * * * *", "0 9 * * 1", "0 0 31 2 *", "a b c d e", "", "0 9 * * mon-5"])
def test_a_line_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Cron(line)
