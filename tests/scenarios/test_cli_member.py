"""Every figure of a member is explained down to the acts behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.bot.rules.small_rules import SMALL
from tests.scenarios.commands import Cairn
from tests.scenarios.exports import earlier

MAPPING = """\
source: test
columns: {cohort: cohort, date: date, role: role}
person: [who]
constants: {programme: open}
attributes: {country: country}
"""
ROWS = """\
who,cohort,date,role,country
ada,one,2026-02-01,mentor,Peru
ada,two,2026-02-01,mentor,Peru
bob,one,2026-02-01,mentor,Laos
"""


@pytest.fixture
def mentors(cairn_here: Cairn, tmp_path: Path) -> Cairn:
    """A community under small rules that double what people in Peru do."""
    (tmp_path / "mountain.yaml").write_text(SMALL)
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    command = ("import", "participation", "rows.csv", "--mapping", "mapping.yaml", "--community", "Home")
    assert cairn_here(*command).code == 0
    return cairn_here


def shown(cairn: Cairn, who: str, *more: str) -> Any:
    return cairn("member", "show", who, *more, "--json").json


def test_tally_names_the_acts_and_the_multiplier_behind_its_points(mentors: Cairn) -> None:
    ada, bob = shown(mentors, "ada"), shown(mentors, "bob")
    act = {"kind": "participation", "at": "2026-02-01T00:00:00Z", "estimated": False, "programme": "open"}
    (tally,) = bob["tallies"]
    key = tally["engagements"][0].pop("key")
    assert tally == {
        "day": "2026-02-01",
        "type": "mentored",
        "title": "mentored",
        "band": "Taking part",
        "counted": 1,
        "points": 5.0,
        "multiplier": 1.0,
        "engagements": [act | {"cohort": "one", "role": "mentor"}],
    }
    assert key.startswith("p:test:one:mentor:")
    (doubled,) = ada["tallies"]
    # only the day's first is worth points, but both are told
    assert (doubled["multiplier"], doubled["points"], doubled["counted"]) == (2.0, 10.0, 2)
    assert {one["cohort"] for one in doubled["engagements"]} == {"one", "two"}


def test_totals_are_the_sum_of_the_tallies_and_bands_follow(mentors: Cairn) -> None:
    ada = shown(mentors, "ada")
    by_band = {one["band"]: one["points"] for one in ada["totals"]}
    assert by_band == {"Following": 0.0, "Taking part": sum(one["points"] for one in ada["tallies"])}
    assert (ada["band"], ada["history"]) == ("Taking part", [{"day": "2026-02-01", "band": "Taking part"}])


def test_member_is_shown_as_of_an_earlier_and_a_later_day(mentors: Cairn) -> None:
    before = shown(mentors, "ada", "--as-of", "2026-01-31")
    assert (before["band"], before["tallies"], before["history"]) == (None, [], [])
    after = shown(mentors, "ada", "--as-of", "2027-06-01")
    assert {one["points"] for one in after["totals"]} == {0.0}
    assert after["band"] is None
    assert len(after["tallies"]) == 1


def test_chat_is_told_by_channel_and_never_by_its_words(cairn_here: Cairn, tmp_path: Path) -> None:
    cairn_here("import", "slack-export", earlier(tmp_path / "earlier.zip"), "--community", "Home")
    ran = cairn_here("member", "show", "U1", "--json")
    engagements = [one for tally in ran.json["tallies"] for one in tally["engagements"]]
    assert {one["place"] for one in engagements} == {"general", "develop"}
    assert "<@U2>" not in ran.out
