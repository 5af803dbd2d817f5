"""The Mountain is explained in words that anyone can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rules import explain, parse_rules, read_rules, starters
from tests.bot.rules.small_rules import SMALL, changed

FILES = {"default": Path(__file__).parents[3] / "mountain.yaml", **starters()}

EXPLAINED = """\
Small (rules bf74767f0604)
Points are counted per person and per band, over 365 days. They are not summed up over bands or
people. What somebody does counts as the first of these ways of engaging that fits.

TAKING PART  (we know one another, our attention is here; reached with 5 points)
  - mentored: 5 points, once a day
    (taking part, as mentor)

FOLLOWING  (we share with everybody; reached with 1 point)
  - wrote: 1 point, once a day
    (message)

What counts more (together at most 3 times as much)
  - far away: 2 times the points for country: Peru, from 2026-01-01, to 2026-12-31

What people are invited to
  - come: 3 points in Following
    leads to Taking part

Reports may show figures by what people tell of themselves: country, gender (in reports only, it
never counts).
"""


def test_small_file_is_explained() -> None:
    assert explain(parse_rules(SMALL, "m.yaml")) == EXPLAINED


IN_WORDS = {
    "points: 1\n    daily_cap: 3": "wrote: 1 point each, at most 3 points a day",
    "points: 1\n    daily_cap: 2.5": "wrote: 1 point each, at most 2.5 points a day",
    "points: 1\n    each_next: 0.5\n    daily_cap: 1.9": "wrote: 1 for the first, 0.5 for the second, 0.25 for the "
    "third, then less each time; at most 1.9 points a day",
    "curve: [1, 3]": "wrote: 1 for the first, 2 for the second; at most 3 points a day",
    "points: 0": "wrote: counted, without points",
    "points: 1\n    daily_cap: 2\n    cooldown: 1 hour": "1 point each, at most 2 points a day, one in each hour",
    "points: 1\n    daily_cap: 2\n    cooldown: 90 seconds": "at most 2 points a day, one in each 90 seconds",
}


@pytest.mark.parametrize("fields", IN_WORDS)
def test_day_is_put_into_words(fields: str) -> None:
    text = " ".join(explain(parse_rules(changed("points: 1\n", f"{fields}\n"), "m.yaml")).split())

    assert IN_WORDS[fields] in text


@pytest.mark.parametrize("name", FILES)
def test_explanation_goes_from_the_top_down_and_leaves_nothing_out(name: str) -> None:
    mountain = read_rules(FILES[name])

    text = explain(mountain)

    words = " ".join(text.split())
    places = [text.index(f"\n{band.name.upper()}  (") for band in reversed(mountain.bands)]
    assert places == sorted(places)
    assert all(band.gives in words and band.gets in words for band in mountain.bands)
    assert all(one.title in words for one in mountain.types)
    assert all(step.title in words and step.offer in words for step in mountain.steps)
    assert max(map(len, text.splitlines())) <= 100
