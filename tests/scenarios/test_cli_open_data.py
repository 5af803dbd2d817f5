"""The open data through `cairn import` as an operator would: exactly the counts that an independent count found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.commands import ROOT, Cairn
from tests.scenarios.dumps import differences, dump

HOUSTON = "slack-houston-datavis/houston-datavis-export.zip"
DD2030 = "slack-dd2030/dd2030-export-2025-04-30.zip"
PYSCRIPT = "discord-pyscript"
SPRINT = "mozilla-global-sprint/mozsprint_"
ROWS = {
    "ols-participation": "ols-cohorts/participation.csv",
    "ols-people": "ols-cohorts/people.csv",
    "global-sprint-2017": f"{SPRINT}github_events_2017.csv",
    "global-sprint-2018": f"{SPRINT}github_events_2018.csv",
    "global-sprint-2017-lib": f"{SPRINT}events_2017_lib_noheader.csv",
}
LIBRARY = "global-sprint-2017-lib"
NEW = {"new": 0, "known": 0, "changed": 0, "retracted": 0}
COHORTS = """
ols-1 2020-01-20 29 5 7 14
ols-2 2020-08-31 52 6 11 19
ols-3 2021-02-08 66 4 8 18
ols-4 2021-09-13 34 8 11 17
ols-5 2022-02-21 71 8 13 18
ols-6 2022-09-19 41 6 10 14
ols-7 2023-02-27 54 11 13 21
ols-8 2023-09-18 69 0 3 5
ols-9-catalyst 2024-09-09 27 0 0 0
"""
"""Cohort, first day, mentees; of them mentors in the next, in any later, and anything in a later one."""


def rows_of(cairn: Cairn, data: Path, name: str) -> Any:
    mapping = ROOT / "docs" / "mappings" / f"{name}.yaml"
    return cairn(
        "import", "participation", data / ROWS[name], "--community", "Open", "--mapping", mapping, "--json"
    ).json


def figures(network: Any, *kinds: str) -> list[tuple[int, int, int, float]]:
    found = [network["ties"][kind] for kind in kinds]
    return [(one["events"], one["self"], one["pairs"], round(one["reciprocity"] or 0, 4)) for one in found]


def graph(network: Any) -> tuple[int, int, float, int, int]:
    one = network["graph"]
    return one["nodes"], one["edges"], round(one["density"], 5), one["components"], one["largest_component"]


def everything_shown(cairn: Cairn) -> list[Any]:
    return [cairn(*command, "--json").json for command in (("report",), ("network",), ("member", "list"))]


def changes_nothing(cairn: Cairn, command: tuple[object, ...], first: Any) -> None:
    """Check that importing once more is told as known and changes neither what is shown nor what is stored."""
    shown, stored = everything_shown(cairn), dump(cairn.url)
    again = cairn(*command).json
    assert again["engagements"] == NEW | {"known": first["engagements"]["new"]}
    assert {**again, "engagements": 0, "backlog": 0} == {**first, "engagements": 0, "backlog": 0}
    assert again["backlog"] == {}
    assert everything_shown(cairn) == shown
    assert differences(dump(cairn.url), stored) == {}


def test_houston_comes_in_with_its_counts_and_a_second_time_changes_nothing(cairn: Cairn, shared_data: Path) -> None:
    command = ("import", "slack-export", shared_data / HOUSTON, "--community", "Houston", "--json")
    found = cairn(*command).json
    assert found["read"] == {"objects": 1382, "channels": 16, "accounts": 71}
    assert found["people"] == {"writers": 32, "bots": 0}
    assert found["signals"] == {"message": 1025, "mention": 216, "reaction": 199, "join": 320, "leave": 3}
    assert found["engagements"] == {"new": 1440, "known": 0, "changed": 0, "retracted": 0}
    assert (found["first"], found["last"]) == ("2015-06-06", "2016-07-27")
    network = cairn("network", "--json").json
    ties = [(0, 0, 0, 0.0), (216, 61, 66, 0.5758), (198, 9, 71, 0.3662)]
    assert figures(network, "reply", "mention", "reaction") == ties
    assert graph(network) == (33, 78, 0.14773, 1, 33)
    assert graph(cairn("network", "--ties", "reply,mention", "--json").json)[:2] == (30, 47)
    months = [one["writers"] for one in cairn("report", "--json").json["months"]]
    assert months == [11, 8, 7, 5, 9, 5, 3, 8, 4, 5, 6, 4, 10, 13]
    changes_nothing(cairn, command, found)


def test_dd2030_comes_in_with_its_counts_and_a_second_time_changes_nothing(
    cairn_here: Cairn, shared_data: Path
) -> None:
    command = ("import", "slack-export", shared_data / DD2030, "--community", "Digital Democracy", "--json")
    found = cairn_here(*command).json
    assert found["read"] == {"objects": 6771, "channels": 29, "accounts": 278}
    assert found["people"] == {"writers": 171, "bots": 4}
    assert found["signals"]["message"] + found["signals"]["reply"] == 4718
    assert found["signals"]["mention"] == 614
    assert found["signals"]["reaction"] + found["skipped"]["reaction by a bot"] == 9240
    assert (found["first"], found["last"]) == ("2025-03-04", "2025-04-30")
    network = cairn_here("network", "--json").json
    ties = [(2638, 997, 405, 0.3605), (614, 3, 288, 0.3819), (9133, 61, 2752, 0.3488)]
    assert figures(network, "reply", "mention", "reaction") == ties
    assert graph(network) == (249, 2296, 0.07436, 1, 249)
    assert graph(cairn_here("network", "--ties", "reply,mention", "--json").json)[:2] == (113, 399)
    assert [one["writers"] for one in cairn_here("report", "--json").json["months"]] == [89, 121]
    changes_nothing(cairn_here, command, found)


def test_pyscript_comes_in_with_its_counts_and_a_second_time_changes_nothing(
    cairn_here: Cairn, shared_data: Path
) -> None:
    command = ("import", "discord-export", shared_data / PYSCRIPT, "--community", "PyScript", "--json")
    found = cairn_here(*command).json
    assert found["read"] == {"objects": 6072, "channels": 15, "accounts": 201}
    assert found["people"] == {"writers": 194, "bots": 5}
    assert found["signals"] == {"message": 4287, "reply": 1337, "mention": 754, "thread": 77}
    assert found["skipped"]["reaction without its people"] == 1479
    assert (found["first"], found["last"]) == ("2022-05-16", "2025-11-13")
    network = cairn_here("network", "--json").json
    assert figures(network, "reply", "mention") == [(1322, 76, 417, 0.6331), (754, 1, 272, 0.4485)]
    assert graph(network) == (149, 355, 0.0322, 1, 149)
    writers = [one["writers"] for one in cairn_here("report", "--json").json["months"]]
    assert (len(writers), writers[:6], writers[-6:]) == (43, [10, 6, 2, 8, 8, 11], [2, 9, 2, 6, 9, 1])
    changes_nothing(cairn_here, command, found)


@pytest.mark.parametrize(
    ("name", "rows", "engagements", "people"),
    [
        ("ols-participation", 1518, 1472, 669),
        ("global-sprint-2017", 4334, 4334, 450),
        ("global-sprint-2018", 4929, 4921, 699),
        ("global-sprint-2017-lib", 336, 336, 47),
    ],
)
def test_programme_file_comes_in_with_its_rows_and_people(
    cairn_here: Cairn, shared_data: Path, name: str, rows: int, engagements: int, people: int
) -> None:
    found = rows_of(cairn_here, shared_data, name)
    assert (found["read"]["objects"], found["engagements"]["new"]) == (rows, engagements)
    assert found["signals"] == {"participation": engagements}
    assert cairn_here("report", "--json").json["members"]["known"] == people
    again = rows_of(cairn_here, shared_data, name)
    assert again["engagements"] == NEW | {"known": engagements}


def test_person_of_several_programmes_is_one_member(cairn_here: Cairn, shared_data: Path) -> None:
    for name in ROWS:
        if name != LIBRARY:
            rows_of(cairn_here, shared_data, name)
    assert cairn_here("report", "--json").json["members"]["known"] == 1724
    # seven rows of the library's track came before the year's file begins, and two people are only in those
    assert rows_of(cairn_here, shared_data, LIBRARY)["engagements"] == NEW | {"new": 7, "known": 329}
    assert cairn_here("report", "--json").json["members"]["known"] == 1726
    changes = dump(cairn_here.url)
    for name in ROWS:
        assert rows_of(cairn_here, shared_data, name)["engagements"]["new"] == 0
    assert differences(dump(cairn_here.url), changes) == {}


def test_mentees_who_return_as_mentors_are_followed(cairn: Cairn, shared_data: Path) -> None:
    rows_of(cairn, shared_data, "ols-participation")
    command = ("pathways", "--programme", "open-life-science", "--from", "participant", "--to", "mentor", "--json")
    found = cairn(*command).json
    told = [
        (one["cohort"], one["first_day"], one["people"],
         *(one[name]["numerator"] for name in ("next", "later", "any_role_later")))
        for one in found["cohorts"]
        if one["status"] == "known"
    ]  # fmt: skip
    assert told == [(a, b, *map(int, rest)) for a, b, *rest in map(str.split, COHORTS.strip().splitlines())]
    last = found["cohorts"][-1]
    assert (last["cohort"], last["first_day"], last["people"]) == ("ols-9-dra", "2024-09-16", 79)
    assert (last["status"], last["next"], last["later"], last["any_role_later"]) == ("not yet known", None, None, None)
    overall = found["overall"]
    assert (overall["people"], overall["later"]["numerator"], overall["later"]["denominator"]) == (487, 66, 487)
