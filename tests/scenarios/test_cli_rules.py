"""New rules: rehearsed without a trace, applied as rehearsed, and what an interrupted change leaves is swept."""

from __future__ import annotations

import signal
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.commands import ROOT, Cairn
from tests.scenarios.dumps import differences, dump
from tests.scenarios.exports import large, said_and_joined
from tests.scenarios.test_cli_machine import stopped

DEFAULT = (ROOT / "mountain.yaml").read_text(encoding="utf-8")
BANDS = Counter[str | None]


@pytest.fixture
def steeper(tmp_path: Path) -> Path:
    """The default rules with the lowest bands much harder to reach."""
    file = tmp_path / "steeper.yaml"
    file.write_text(DEFAULT.replace("    entry: 1\n", "    entry: 2\n"), encoding="utf-8")
    return file


def standing(cairn: Cairn) -> BANDS:
    return Counter(one["band"] for one in cairn("member", "list", "--json").json["members"])


def tallies(cairn: Cairn) -> int:
    return len(dump(cairn.url)["tally"])


def test_rehearsal_writes_nothing_and_says_what_applying_does(home: Cairn, steeper: Path) -> None:
    before, stood = dump(home.url), standing(home)
    rehearsal = home("rules", "rehearse", steeper, "--json").json
    assert differences(dump(home.url), before) == {}
    moves = rehearsal["moves"]
    assert sum(one["members"] for one in moves) > 0
    listed = home("member", "list", "--json").json["members"]
    band_of = {one["id"]: one["band"] for one in listed}
    assert all(band_of[who] == one["from"] for one in moves for who in one["ids"])
    assert {one["band"]: one["before"] for one in rehearsal["bands"] if one["before"]} == {
        band: n for band, n in stood.items() if band
    }
    applied = home("rules", "apply", steeper, "--json").json
    assert applied == {"community": "Home", "version": rehearsal["rules"]["to"], "changed": True}
    now = {one["id"]: one["band"] for one in home("member", "list", "--json").json["members"]}
    assert now == band_of | {who: one["to"] for one in moves for who in one["ids"]}
    again = home("rules", "rehearse", steeper, "--json").json
    assert (again["rules"]["from"], again["moves"]) == (applied["version"], [])
    for who in now:
        shown = home("member", "show", who, "--json").json
        assert (shown["band"], shown["rules"]["version"]) == (now[who], applied["version"])


def test_applying_twice_changes_nothing_the_second_time(cairn: Cairn, tmp_path: Path, steeper: Path) -> None:
    cairn("import", "slack-export", large(tmp_path / "large.zip", 300), "--community", "Home")
    before = tallies(cairn)
    assert cairn("rules", "apply", steeper, "--json").json["changed"] is True
    after = dump(cairn.url)
    assert {row[1][1] for row in after["tally"]} == {"active"}
    assert len(after["tally"]) == before
    ran = cairn("rules", "apply", steeper)
    assert "were in force already" in ran.out
    assert cairn("rules", "apply", steeper, "--json").json["changed"] is False
    assert differences(dump(cairn.url), after) == {}
    assert cairn("db", "check").code == 0


def test_going_back_to_the_old_rules_gives_the_old_scores(home: Cairn, tmp_path: Path, steeper: Path) -> None:
    before = home("member", "list", "--json").json
    old = tmp_path / "old.yaml"
    old.write_text(DEFAULT, encoding="utf-8")
    home("rules", "apply", steeper)
    assert home("member", "list", "--json").json != before
    home("rules", "apply", old)
    assert home("member", "list", "--json").json == before


def test_killed_change_of_rules_goes_on(cairn_here: Cairn, tmp_path: Path, steeper: Path) -> None:
    file = large(tmp_path / "large.zip", 3_000)
    other = cairn_here.on(f"sqlite:///{tmp_path / 'whole.db'}")
    for each in (cairn_here, other):
        each("import", "slack-export", file, "--community", "Home")
    other("rules", "apply", steeper)
    before = standing(cairn_here)
    settling = ("SELECT count(*) FROM tally WHERE rules = 2", 100)
    assert stopped(cairn_here, ("rules", "apply", steeper), settling, signal.SIGKILL) is not None
    assert standing(cairn_here) == before
    assert cairn_here("rules", "apply", steeper, "--json").json["changed"] is True
    assert differences(dump(cairn_here.url), dump(other.url)) == {}


def test_what_a_killed_change_left_of_the_old_rules_is_swept(home: Cairn, steeper: Path) -> None:
    home("rules", "apply", steeper)
    before = dump(home.url)
    with sqlite3.connect(home.url.removeprefix("sqlite:///")) as connection:
        connection.execute("INSERT INTO tally SELECT community, 1, day, member, type, counted, points FROM tally")
    connection.close()
    assert home("rules", "apply", steeper, "--json").json["changed"] is False
    assert differences(dump(home.url), before) == {}


def test_rules_that_use_more_let_a_file_come_in_again(cairn_here: Cairn, tmp_path: Path) -> None:
    file = said_and_joined(tmp_path / "joined.zip")
    command = ("import", "slack-export", file, "--community", "Home", "--json")
    first = cairn_here(*command).json
    assert (first["signals"]["join"], first["skipped"]["kind not in use"]) == (2, 2)
    rules = tmp_path / "more.yaml"
    rules.write_text(
        DEFAULT.replace(
            "engagements:\n",
            "engagements:\n  - {name: arrived, title: joined, band: Learning, when: {kind: join}, points: 1}\n",
            1,
        ),
        encoding="utf-8",
    )
    assert cairn_here("rules", "apply", rules, "--json").json["changed"] is True
    second = cairn_here(*command).json
    assert second["engagements"] == {"new": 2, "known": first["engagements"]["new"], "changed": 0, "retracted": 0}
    third = cairn_here(*command).json
    assert third["engagements"]["new"] == 0
    assert set(third) == set(first)


def test_rules_are_explained_and_written_for_people(home: Cairn, tmp_path: Path) -> None:
    assert "Participating" in home("rules", "explain").out
    assert home("rules", "explain", "--json").json["version"] == home("report", "--json").json["rules"]["version"]
    for starter in ("mentoring-programme", "network-of-chapters", "open-source-project"):
        assert home("rules", "new", f"{starter}.yaml", "--starter", starter).code == 0
        found: Any = home("rules", "check", f"{starter}.yaml", "--json").json
        assert found["valid"] is True
    assert "cannot be written" in home("rules", "new", "none/x.yaml", "--starter", "mentoring-programme").refused(2)


def test_rules_of_the_folder_are_those_of_a_new_community_only(home: Cairn, steeper: Path, tmp_path: Path) -> None:
    version = home("report", "--json").json["rules"]["version"]
    steeper.rename(tmp_path / "mountain.yaml")
    assert home("report", "--json").json["rules"]["version"] == version
    home("import", "slack-export", tmp_path / "earlier.zip", "--community", "Away")
    assert home("report", "--community", "Away", "--json").json["rules"]["version"] != version
