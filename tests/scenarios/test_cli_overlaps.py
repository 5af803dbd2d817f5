"""Two exports of one workspace: in either order the same, and each can be taken back without a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integrations.archives.archive_builder import Record, said
from tests.scenarios.commands import Cairn
from tests.scenarios.dumps import differences, dump
from tests.scenarios.exports import cut, earlier, later, ts, workspace
from tests.scenarios.test_cli_open_data import DD2030


@pytest.fixture
def captures(tmp_path: Path) -> tuple[Path, Path]:
    return earlier(tmp_path / "earlier.zip"), later(tmp_path / "later.zip")


def bring(cairn: Cairn, *files: Path) -> list[Any]:
    return [cairn("import", "slack-export", one, "--community", "Home", "--json").json for one in files]


def shown(cairn: Cairn) -> list[Any]:
    """Everything that commands show, members by their accounts."""
    members = cairn("member", "list", "--json").json["members"]
    listed = sorted((([*one["accounts"]], one["band"], one["points"]) for one in members), key=repr)
    return [cairn("report", "--json").json, cairn("network", "--json").json, listed]


def same_in_either_order(cairn: Cairn, other: Cairn, files: tuple[Path, Path]) -> None:
    bring(cairn, *files)
    bring(other, *reversed(files))
    one, two = (dump(each.url, whoever_came_first=False) for each in (cairn, other))
    assert differences(one, two) == {}
    assert shown(cairn) == shown(other)


def test_either_order_of_two_exports_gives_the_same(
    cairn: Cairn, cairn_here: Cairn, captures: tuple[Path, Path]
) -> None:
    same_in_either_order(cairn, cairn_here.on(f"sqlite:///{cairn.folder / 'other.db'}"), captures)


def test_later_capture_decides_and_answers_find_their_thread(cairn_here: Cairn, captures: tuple[Path, Path]) -> None:
    _, second = bring(cairn_here, *captures)
    assert second["engagements"]["known"] > 0
    ties = cairn_here("network", "--json").json["ties"]
    # U1 and U3 answered U2's thread, which only the earlier export holds
    assert (ties["reply"]["events"], ties["reply"]["pairs"]) == (2, 2)
    # of the first message U3's wave stayed, U2's went and a tada came; the eyes are gone, the heart and wave are new
    assert ties["reaction"]["events"] == 4
    # naming somebody stays, though the text was edited: only missing reactions count as taken back
    assert ties["mention"]["events"] == 2


def test_later_name_of_a_channel_counts(cairn_here: Cairn, captures: tuple[Path, Path]) -> None:
    bring(cairn_here, *reversed(captures))
    names = {row[4] for row in dump(cairn_here.url)["context"]}
    assert "building" in names
    assert "develop" not in names


@pytest.mark.parametrize("undone", [0, 1])
def test_undoing_one_of_two_exports_leaves_the_other_as_if_alone(
    cairn: Cairn, cairn_here: Cairn, captures: tuple[Path, Path], undone: int
) -> None:
    alone = cairn_here.on(f"sqlite:///{cairn.folder / 'alone.db'}")
    bring(alone, captures[1 - undone])
    numbers = [one["import_id"] for one in bring(cairn, *captures)]
    assert cairn("import", "undo", numbers[undone]).code == 0
    one, two = (dump(each.url, whoever_came_first=False) for each in (cairn, alone))
    assert differences(one, two) == {}
    assert shown(cairn) == shown(alone)


def test_undoing_the_second_restores_the_first_exactly(cairn_here: Cairn, captures: tuple[Path, Path]) -> None:
    bring(cairn_here, captures[0])
    before, saw = dump(cairn_here.url), shown(cairn_here)
    (second,) = bring(cairn_here, captures[1])
    cairn_here("import", "undo", second["import_id"])
    assert differences(dump(cairn_here.url), before) == {}
    assert shown(cairn_here) == saw


def test_undoing_both_leaves_nobody(cairn: Cairn, captures: tuple[Path, Path]) -> None:
    for one in bring(cairn, *captures):
        assert cairn("import", "undo", one["import_id"]).code == 0
    left = {name: len(rows) for name, rows in dump(cairn.url).items() if rows}
    assert left == {"community": 1, "rules": 1}
    assert bring(cairn, *captures)[0]["engagements"]["new"] > 0


def early(one: Record) -> Record | None:
    """What an export in the middle of April would hold: fewer replies and another set of reactions."""
    if float(one["ts"]) > 1_744_675_200:
        return None
    reactions = [
        {**each, "users": each["users"][:2], "count": len(each["users"][:2])} for each in one.get("reactions", [])
    ]
    return one | {"reactions": reactions}


def late(one: Record) -> Record | None:
    """What an export at the end of April would hold on a plan that forgets March; some reactions are gone."""
    if float(one["ts"]) < 1_743_465_600:
        return None
    return one | {"reactions": [each for each in one.get("reactions", []) if len(each["users"]) != 2]}


def test_real_history_cut_in_two_is_the_same_in_either_order_and_each_part_can_be_undone(
    cairn_here: Cairn, shared_data: Path, tmp_path: Path
) -> None:
    source = shared_data / DD2030
    parts = (
        cut(source, tmp_path / "early.zip", early, {"1_雑談": "chat"}),
        cut(source, tmp_path / "late.zip", late),
    )
    other = cairn_here.on(f"sqlite:///{tmp_path / 'other.db'}")
    same_in_either_order(cairn_here, other, parts)
    alone = cairn_here.on(f"sqlite:///{tmp_path / 'alone.db'}")
    bring(alone, parts[1])
    assert cairn_here("import", "undo", 1).code == 0
    one, two = (dump(each.url, whoever_came_first=False) for each in (cairn_here, alone))
    assert differences(one, two) == {}


def test_answer_waits_for_its_thread(cairn_here: Cairn, tmp_path: Path) -> None:
    answer = workspace(tmp_path / "answer.zip", {"C1": "general"}, {"C1": [said(ts(9), "U1", thread_ts=ts(1))]})
    thread = workspace(tmp_path / "thread.zip", {"C1": "general"}, {"C1": [said(ts(1), "U2", thread_ts=ts(1))]})
    bring(cairn_here, answer)
    assert cairn_here("network", "--json").json["ties"]["reply"]["events"] == 0
    bring(cairn_here, thread)
    assert cairn_here("network", "--json").json["ties"]["reply"]["pairs"] == 1
    cairn_here("import", "undo", 2)
    assert cairn_here("network", "--json").json["ties"]["reply"]["events"] == 0
