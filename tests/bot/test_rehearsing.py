"""What a rehearsal tells of two histories: who stands where, who moves, and when how much would be offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bot.rules import parse_rules
from bot.standing import histories
from bot.standing.rehearsing import Rehearsal
from scoring.assess import BandChanges, Crossings
from scoring.columns import Ints
from scoring.measures.history import History
from scoring.signals import day_number
from tests.bot.rules.small_rules import SMALL, changed

FRIDAY = day_number(dt.date(2024, 3, 1))
NEW = changed("entry: 5", "entry: 4")


def column(rows: Sequence[tuple[int, ...]], place: int) -> Ints:
    return np.array([row[place] for row in rows], np.int64)


def history(text: str, bands: Sequence[tuple[int, int, int]], steps: Sequence[tuple[int, int, int]]) -> History:
    """Return a history in which members came into bands (member, day, band) and reached steps (member, day, step)."""
    return replace(
        histories.nothing(parse_rules(text, "m.yaml")),
        changes=BandChanges(*(column(bands, place) for place in range(3))),
        crossings=Crossings(*(column(steps, place) for place in range(3))),
    )


def rehearsed(before: History, after: History, ids: dict[int, str]) -> dict[str, object]:
    return Rehearsal(before, after, FRIDAY, ids).document("Home")


def test_moves_count_everybody_and_name_those_with_a_page() -> None:
    before = history(SMALL, [(1, FRIDAY, 1), (2, FRIDAY, 1), (3, FRIDAY, 1), (4, FRIDAY, 2), (4, FRIDAY + 1, 0)], [])
    after = history(NEW, [(1, FRIDAY, 2), (2, FRIDAY, 2), (3, FRIDAY, 1), (4, FRIDAY, 1)], [])
    found = rehearsed(before, after, {1: "one", 3: "three"})
    assert found["bands"] == [
        {"band": "Following", "before": 3, "after": 2},
        {"band": "Taking part", "before": 0, "after": 2},
    ]
    assert found["moves"] == [
        {"from": "Following", "to": "Taking part", "members": 2, "ids": ["one"]},
        {"from": None, "to": "Following", "members": 1, "ids": []},
    ]


def test_band_that_the_new_rules_lack_is_told_too() -> None:
    renamed = SMALL.replace("Taking part", "Helping")
    before, after = history(SMALL, [(1, FRIDAY, 2)], []), history(renamed, [(1, FRIDAY, 2)], [])
    found = rehearsed(before, after, {})
    assert found["bands"] == [
        {"band": "Following", "before": 0, "after": 0},
        {"band": "Helping", "before": 0, "after": 1},
        {"band": "Taking part", "before": 1, "after": 0},
    ]


def test_offers_are_told_by_week_from_monday_with_the_busiest() -> None:
    steps = [(1, FRIDAY, 0), (2, FRIDAY + 2, 0), (3, FRIDAY + 3, 0), (4, FRIDAY + 20, 0)]
    found = rehearsed(history(SMALL, [], steps[:1]), history(NEW, [], steps), {})
    assert found["offers"] == {
        "before": 1,
        "after": 4,
        "steps": [{"step": "come", "before": 1, "after": 4}],
        "weeks": [
            {"week": "2024-02-26", "offers": 2, "incomplete": []},
            {"week": "2024-03-04", "offers": 1, "incomplete": []},
            {"week": "2024-03-11", "offers": 0, "incomplete": []},
            {"week": "2024-03-18", "offers": 1, "incomplete": []},
        ],
        "peak": {"week": "2024-02-26", "offers": 2},
    }


def test_nothing_to_offer_has_no_busiest_week() -> None:
    found = rehearsed(history(SMALL, [], []), history(NEW, [], []), {})
    assert found["offers"] == {"before": 0, "after": 0, "steps": [], "weeks": [], "peak": None}
