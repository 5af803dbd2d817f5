"""The table of a day's points follows from points, each_next and daily_cap, and always ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import parse_rules
from tests.bot.rules.small_rules import changed

CURVES = {
    "points: 2": (0, 2000),
    "points: 0": (0, 0),
    "points: 2\n    daily_cap: 2": (0, 2000),
    "points: 2\n    daily_cap: 5": (0, 2000, 4000, 5000),
    "points: 1\n    each_next: 1": (0, 1000),
    "points: 1\n    each_next: 0": (0, 1000),
    "points: 1\n    each_next: 0.5\n    daily_cap: 1.6": (0, 1000, 1500, 1600),
    "points: 0.01\n    each_next: 0.5": (0, 10, 15, 17, 18),
    "curve: [1, 1.5, 1.75]": (0, 1000, 1500, 1750),
    "curve: [1]": (0, 1000),
}


@pytest.mark.parametrize("fields", CURVES)
def test_table_follows_from_the_fields(fields: str) -> None:
    mountain = parse_rules(changed("points: 1\n", f"{fields}\n"), "m.yaml")

    assert mountain.types[1].curve == CURVES[fields]


def test_longest_table_has_a_thousand_entries_beyond_nothing() -> None:
    mountain = parse_rules(changed("points: 1\n", "points: 1\n    daily_cap: 1000\n"), "m.yaml")

    assert len(mountain.types[1].curve) == 1001
    assert mountain.types[1].curve[-1] == 1_000_000


@given(st.integers(0, 1_000_000_000), st.integers(0, 100), st.integers(1, 1000))
def test_table_rises_ever_less_and_ends_at_its_cap(points: int, share: int, times: int) -> None:
    fields = f"points: {points / 1000}\n    each_next: {share / 100}\n"
    cap = min(points * times, 1_000_000_000)

    table = parse_rules(changed("points: 1\n", f"{fields}    daily_cap: {cap / 1000}\n"), "m.yaml").types[1].curve

    gains = [after - before for before, after in zip(table, table[1:], strict=False)]
    assert table[0] == 0
    assert 2 <= len(table) <= 1001
    assert gains == sorted(gains, reverse=True)
    assert gains[-1] > 0 or len(table) == 2
    assert points <= table[-1] <= cap
