"""Who is shown, and who is only counted; people of several files as one member; taking files of people back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.commands import Cairn
from tests.scenarios.dumps import differences, dump
from tests.scenarios.exports import earlier, later

MAPPING = """\
source: test
columns: {cohort: cohort, date: date, role: role}
person: [handle, {column: mail, as: mail}]
constants: {programme: open}
attributes: {country: country}
"""
PEOPLE = """\
handle,mail,cohort,date,role,country
ada,ada@x.example,one,2024-01-10,participant,Peru
bob,,one,2024-01-10,participant,Kenya
cleo,cleo@x.example,one,2024-01-11,participant,
"""
LATER = """\
handle,mail,cohort,date,role,country
adalove,ada@x.example,two,2024-06-10,mentor,Chile
bob,bob@x.example,two,2024-06-10,mentor,Kenya
,cleo@x.example,two,2024-06-11,mentor,Peru
bobby,bob@x.example,two,2024-06-12,expert,
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "people.yaml").write_text(MAPPING)
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "later.csv").write_text(LATER)
    return tmp_path / "people.csv", tmp_path / "later.csv"


def bring(cairn: Cairn, file: Path, *more: str) -> Any:
    command = ("import", "participation", file, "--mapping", file.parent / "people.yaml", "--community", "Home")
    return cairn(*command, *more, "--json").json


def members(cairn: Cairn) -> list[Any]:
    found: list[Any] = cairn("member", "list", "--json").json["members"]
    return found


def names(cairn: Cairn) -> list[set[str]]:
    """Return the accounts of each member."""
    return sorted(({each["id"] for each in one["accounts"]} for one in members(cairn)), key=sorted)


def test_identities_that_occur_together_are_one_member(cairn: Cairn, files: tuple[Path, Path]) -> None:
    bring(cairn, files[0])
    bring(cairn, files[1])
    assert names(cairn) == [
        {"ada", "ada@x.example", "adalove"},
        {"bob", "bob@x.example", "bobby"},
        {"cleo", "cleo@x.example"},
    ]
    found = cairn("member", "show", "mail:ada@x.example", "--json").json
    assert {one["day"] for one in found["tallies"]} == {"2024-01-10", "2024-06-10"}
    assert cairn("member", "show", "adalove", "--json").json == found
    pathway = ("pathways", "--programme", "open", "--from", "participant", "--to", "mentor", "--json")
    assert cairn(*pathway).json["overall"]["later"]["numerator"] == 3


@pytest.mark.parametrize("undone", [0, 1])
def test_undoing_a_file_of_people_parts_whom_it_had_joined(
    cairn: Cairn, cairn_here: Cairn, files: tuple[Path, Path], undone: int
) -> None:
    alone = cairn_here.on(f"sqlite:///{cairn.folder / 'alone.db'}")
    bring(alone, files[1 - undone])
    numbers = [bring(cairn, one)["import_id"] for one in files]
    assert cairn("import", "undo", numbers[undone]).code == 0
    one, two = (dump(each.url, whoever_came_first=False, hours=False) for each in (cairn, alone))
    assert differences(one, two) == {}
    assert names(cairn) == names(alone)
    assert cairn("report", "--json").json == alone("report", "--json").json


def test_either_order_of_two_files_of_people_joins_the_same(cairn_here: Cairn, files: tuple[Path, Path]) -> None:
    other = cairn_here.on(f"sqlite:///{cairn_here.folder / 'other.db'}")
    for each, ordered in ((cairn_here, files), (other, tuple(reversed(files)))):
        for file in ordered:
            bring(each, file)
    assert names(cairn_here) == names(other)


def test_undoing_everything_leaves_nobody(cairn_here: Cairn, files: tuple[Path, Path]) -> None:
    for number in [bring(cairn_here, one)["import_id"] for one in files]:
        cairn_here("import", "undo", number)
    assert {name: len(rows) for name, rows in dump(cairn_here.url).items() if rows} == {"community": 1, "rules": 1}
    assert cairn_here("import", "undo", 1).refused() == "import 1 was taken back already"


def test_counts_come_in_once_and_go_with_their_import(cairn: Cairn, tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("kind,day,place,n\ndownloads,2024-03-01,,12\nvisits,2024-03-01,page,7\n")
    command = ("import", "counts", file, "--community", "Home", "--json")
    assert cairn(*command).json["read"]["objects"] == 2
    assert cairn(*command).json["read"]["objects"] == 2
    assert len(dump(cairn.url)["count"]) == 2
    cairn("import", "undo", 1)
    assert dump(cairn.url)["count"] == []


def test_counted_people_are_in_group_figures_only(cairn_here: Cairn, tmp_path: Path) -> None:
    file = earlier(tmp_path / "earlier.zip")
    cairn_here("import", "slack-export", file, "--community", "Home", "--consent", "counted")
    report = cairn_here("report", "--json").json
    assert report["members"] == {"known": 3, "engaged": 3}
    assert sum(one["standing"] for one in report["bands"]) > 0
    assert members(cairn_here) == []
    for name in ("U1", "U2", "U3"):
        said = cairn_here("member", "show", name).refused()
        assert said == "this person is only counted: without a page, nobody is shown what they did"
    cairn_here("rules", "new", "mine.yaml", "--starter", "mentoring-programme")
    rehearsal = cairn_here("rules", "rehearse", "mine.yaml", "--json").json
    assert sum(one["members"] for one in rehearsal["moves"]) > 0
    assert [one["ids"] for one in rehearsal["moves"]] == [[] for _ in rehearsal["moves"]]
    for number in range(1, 4):
        assert "only counted" in cairn_here("member", "show", number).refused()


def test_space_keeps_its_policy_and_a_new_one_takes_the_operators_word(home: Cairn, tmp_path: Path) -> None:
    file = later(tmp_path / "later.zip")
    home("import", "slack-export", file, "--community", "Home", "--consent", "counted", "--keep", "30")
    listed = home("import", "list", "--json").json["imports"]
    assert [(one["consent"], one["keep"]) for one in listed] == [("notice", None), ("notice", 30)]
    assert len(members(home)) == 3
    home("import", "slack-export", file, "--community", "Away", "--consent", "counted")
    assert home("member", "list", "--community", "Away", "--json").json["members"] == []
    assert [row[-3] for row in dump(home.url)["space"]] == ["counted", "notice"]


def test_space_of_an_undone_import_can_be_imported_on_other_terms(cairn_here: Cairn, tmp_path: Path) -> None:
    file = earlier(tmp_path / "earlier.zip")
    command = ("import", "slack-export", file, "--community", "Home")
    cairn_here(*command)
    cairn_here("import", "undo", 1)
    cairn_here(*command, "--consent", "counted")
    assert members(cairn_here) == []
    states = [(one["state"], one["consent"]) for one in cairn_here("import", "list", "--json").json["imports"]]
    assert states == [("undone", "notice"), ("done", "counted")]


def test_person_counted_by_one_file_stays_counted_when_joined_to_a_page(
    cairn_here: Cairn, files: tuple[Path, Path]
) -> None:
    bring(cairn_here, files[0])
    bring(cairn_here, files[1], "--consent", "counted")
    assert names(cairn_here) == [{"cleo", "cleo@x.example"}]
    assert "only counted" in cairn_here("member", "show", "ada").refused()


def test_account_of_several_members_must_be_told_by_id(cairn_here: Cairn, tmp_path: Path) -> None:
    mapping = "source: s\ncolumns: {date: d, role: r}\nperson: [{column: a, as: one}, {column: b, as: two}]\n"
    (tmp_path / "people.yaml").write_text(mapping + "constants: {programme: p}\n")
    (tmp_path / "people.csv").write_text("a,b,d,r\nsam,,2024-01-01,mentor\n,sam,2024-01-02,mentor\n")
    bring(cairn_here, tmp_path / "people.csv")
    assert cairn_here("member", "show", "sam").refused().endswith("give a member's id instead")
    assert cairn_here("member", "show", "two:sam", "--json").json["tallies"][0]["day"] == "2024-01-02"


def test_misspelt_account_is_told_with_the_nearest_that_is_shown(cairn_here: Cairn, files: tuple[Path, Path]) -> None:
    bring(cairn_here, files[0])
    assert cairn_here("member", "show", "cleo@x.exampel").refused().endswith("did you mean 'cleo@x.example'?")
    bring(cairn_here, files[1], "--consent", "counted")
    assert "did you mean" not in cairn_here("member", "show", "adalov").refused()


def test_band_list_names_those_whose_band_it_is(home: Cairn) -> None:
    everyone = members(home)
    for band in {one["band"] for one in everyone} - {None}:
        listed = home("member", "list", "--band", band.upper(), "--json").json["members"]
        assert listed == [one for one in everyone if one["band"] == band]
