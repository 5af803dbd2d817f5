"""`cairn config apply`, `show` and `check` with a community file."""

from __future__ import annotations

from pathlib import Path

from tests.integrations.archives.archive_builder import said
from tests.scenarios.commands import Cairn
from tests.scenarios.exports import ts, workspace

FILE = """\
name: Acme
zone: Europe/Berlin
spaces:
  - platform: discord
    id: 123456789012345678
    channels: {in: [staff]}
    excluded_people: [223456789012345678]
"""


def file_in(cairn: Cairn, text: str = FILE) -> Path:
    path = cairn.folder / "community.yaml"
    path.write_text(text, "utf-8")
    return path


def test_file_is_applied_shown_and_applied_again(cairn: Cairn) -> None:
    file = file_in(cairn)

    first = cairn("config", "apply", file, "--json").json
    again = cairn("config", "apply", file, "--json").json
    shown = cairn("config", "show").out
    once_more = cairn("config", "apply", file_in(cairn, shown))

    assert {"about": "Acme", "change": "is a new community"} in first["changes"]
    assert again == {"community": "Acme", "dry_run": False, "changes": []}
    assert "223456789012345678" not in shown
    assert once_more.out == "Acme: all of this is in force already; nothing changes.\n"
    assert cairn("config", "show", "--json").json["spaces"][0]["channels"] == {"private": False, "in": ["staff"]}


def test_dry_run_says_what_would_change_and_writes_nothing(cairn_here: Cairn) -> None:
    file = file_in(cairn_here)

    told = cairn_here("config", "apply", file, "--dry-run").out

    assert "Acme: this would change:\n  Acme: is a new community\n" in told
    assert sorted(one.name for one in cairn_here.folder.iterdir()) == ["community.yaml"]


def test_file_of_another_name_does_not_make_a_second_community_by_chance(home: Cairn) -> None:
    file = file_in(home, FILE.replace("Acme", "Hone"))

    told = home("config", "apply", file).refused()

    assert "there is no community 'Hone'; did you mean 'Home'? (--new makes another one)" in told
    assert home("config", "apply", file, "--new").code == 0


def test_wrong_file_is_refused_with_every_line_and_nothing_is_applied(cairn_here: Cairn) -> None:
    file = file_in(cairn_here, FILE.replace("Europe/Berlin", "Berlin").replace("discord", "discrod"))

    ran = cairn_here("config", "apply", file)

    assert (ran.code, ran.out) == (1, "")
    assert [one.rpartition(f"{file}:")[2][0] for one in ran.sentences] == ["2", "4"]


def test_check_looks_at_a_community_file_that_is_named(cairn_here: Cairn) -> None:
    file = file_in(cairn_here)
    assert f"community file: {file}: no faults, Acme with 1 space" in cairn_here("config", "check", file).out

    ran = cairn_here("config", "check", file_in(cairn_here, "name: [x]\n"), "--json")

    assert ran.code == 1
    assert '"item": "community file",\n      "ok": false' in ran.out


def test_nothing_in_force_is_said_beside_the_output(cairn_here: Cairn) -> None:
    ran = cairn_here("config", "show")

    assert (ran.code, ran.out) == (0, "")
    assert "no community file is in force yet" in ran.err
    assert cairn_here("config", "show", "--json").json == {"name": None, "spaces": []}


def test_excluded_person_is_left_out_of_imports(cairn_here: Cairn) -> None:
    file = FILE.replace("discord", "slack").replace("123456789012345678", "T1").replace("223456789012345678", "U3")
    assert cairn_here("config", "apply", file_in(cairn_here, file)).code == 0

    export = workspace(
        cairn_here.folder / "export.zip",
        {"C1": "general"},
        {"C1": [said(ts(0), "U3"), said(ts(1), "U1", text="<@U3>"), said(ts(2), "U1")]},
    )
    told = cairn_here("import", "slack-export", export, "--community", "Acme", "--json").json

    assert (told["engagements"]["new"], told["skipped"]) == (2, {"left out": 2})
    assert told["signals"]["message"] == 3  # what was read; what became of it stands above
