"""`cairn member export` and `forget`: for people who cannot use chat, and for good."""

from __future__ import annotations

import json
from pathlib import Path

from tests.scenarios.commands import Cairn
from tests.scenarios.test_cli_member import mentors as mentors  # noqa: PLC0414 - a fixture


def test_copy_holds_what_is_kept_of_one_person(mentors: Cairn, tmp_path: Path) -> None:
    found = mentors("member", "export", "ada", "--json").json

    assert [one["id"] for one in found["accounts"]] == ["ada"]
    assert len(found["kept"]["engagement"]["rows"]) == 2
    assert "bob" not in json.dumps(found)
    assert "Peru" in mentors("member", "export", "ada").out
    (tmp_path / "home.yaml").write_text("name: Home\nlanguage: de\n")
    assert mentors("config", "apply", "home.yaml").code == 0
    assert "Alles, was Cairn über dich speichert" in mentors("member", "export", "ada").out


def test_forgetting_says_first_what_it_would_do_and_then_does_it_for_good(mentors: Cairn, tmp_path: Path) -> None:
    assert mentors("db", "backup", "before.backup").code == 0
    would = mentors("member", "forget", "ada", "--json").json
    assert would == {"acts": 2, "accounts": 1, "forgotten": False, "files_cleared": True}
    assert mentors("member", "show", "ada", "--json").code == 0

    assert mentors("member", "forget", "ada", "--yes", "--json").json == would | {"forgotten": True}

    assert "ada" in mentors("member", "show", "ada").refused()
    assert mentors("db", "check", "--json").json["ok"]
    (tmp_path / "rows.csv").write_text((tmp_path / "rows.csv").read_text() + "cas,one,2026-02-01,mentor,Peru\n")
    again = ("import", "participation", "rows.csv", "--mapping", "mapping.yaml", "--community", "Home")
    assert mentors(*again).code == 0
    assert [one["accounts"][0]["id"] for one in mentors("member", "list", "--json").json["members"]] == ["bob", "cas"]

    assert mentors("db", "restore", "before.backup", "--replace").code == 0
    assert [one["accounts"][0]["id"] for one in mentors("member", "list", "--json").json["members"]] == ["bob"]
