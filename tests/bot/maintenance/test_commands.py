"""`cairn db` and `cairn config`: what they print, and their exit codes."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import run as cairn
from bot.storage import audit
from tests.bot.maintenance.filled import NAME, RULES, database_at, filled, run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in an empty current folder, without the settings of whoever runs it."""
    for name in os.environ:
        if name.upper().startswith("CAIRN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of the database in the settings, an empty one."""
    monkeypatch.setenv("CAIRN_DATABASE_URL", database_url)
    monkeypatch.setenv("CAIRN_KEYS_FILE", "keys")
    return database_url


@pytest.fixture
def community(url: str, folder: Path) -> str:
    """The URL of the database in the settings, with a community in it."""
    asyncio.run(_fill(url, folder))
    return url


async def _fill(url: str, folder: Path) -> None:
    async with filled(url, folder):
        pass


def meddle(url: str, statement: str) -> None:
    """Change the database behind Cairn's back."""

    async def change() -> None:
        async with database_at(url) as database:
            await run(database, statement)

    asyncio.run(change())


def items(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """Run `cairn config check --json` and return its items by name."""
    cairn(["config", "check", "--json"])
    return {one["item"]: one for one in json.loads(capsys.readouterr().out)["items"]}


def test_check_of_a_sound_database_is_fine(community: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cairn(["db", "check"]) == 0
    said = capsys.readouterr()
    assert f"fine  one engagement per object of {NAME}: 82 looked at" in said.out
    assert "WRONG" not in said.out
    assert said.err == ""


def test_check_prints_one_json_document(community: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cairn(["db", "check", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is True
    assert {one["community"] for one in document["checks"]} == {None, NAME}


def test_check_of_wrong_scores_exits_two(community: str, capsys: pytest.CaptureFixture[str]) -> None:
    meddle(community, "UPDATE tally SET points = 7 WHERE member = 1")
    assert cairn(["db", "check", "--json"]) == 2
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert document["ok"] is False
    assert "tally (member 1, day 2022-01-08, type wrote): stored counted 1, points" in str(document)
    assert said.err.startswith("cairn: ")
    assert said.err.endswith("this does not hold: scores\n")
    assert cairn(["db", "check"]) == 2
    assert f"WRONG scores of {NAME}" in capsys.readouterr().out


def test_check_can_leave_marks_alone(community: str, capsys: pytest.CaptureFixture[str]) -> None:
    meddle(community, "INSERT INTO stale VALUES (1, 2)")
    assert cairn(["db", "check", "--no-settle"]) == 0
    assert "(1 marks wait; those are left out)" in capsys.readouterr().out
    assert cairn(["db", "check"]) == 0
    assert "(1 marks waited and were settled)" in capsys.readouterr().out


def test_check_of_an_empty_database_is_fine(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cairn(["db", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_backup_and_restore_go_round(community: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cairn(["db", "backup", "one.backup"]) == 0
    said = capsys.readouterr().out
    assert "are in one.backup" in said
    assert "The key file keys is not in it" in said
    assert cairn(["db", "restore", "one.backup"]) == 1
    assert "this database is not empty" in capsys.readouterr().err
    assert cairn(["db", "restore", "one.backup", "--replace"]) == 0
    assert "What was there before is in " in capsys.readouterr().out
    assert cairn(["db", "check"]) == 0
    assert cairn(["config", "check"]) == 0


def test_audit_log_that_was_cut_off_is_noticed_by_what_was_kept(
    community: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def put(n: int) -> None:
        async with database_at(community) as database:
            for at in range(n):
                async with database.write() as connection:
                    await audit.put(connection, 1, at, None, "looked at a member")

    asyncio.run(put(3))
    assert cairn(["db", "backup", "one.backup"]) == 0
    assert cairn(["db", "check"]) == 0
    end = next(line for line in capsys.readouterr().out.splitlines() if "where the audit logs end" in line)
    kept = end.rpartition("now ")[2].rstrip(")")
    asyncio.run(put(1))
    assert cairn(["db", "check", "--head", kept, "--head", "one.backup"]) == 0
    meddle(community, "DELETE FROM audit WHERE n >= 3")

    assert cairn(["db", "check"]) == 0
    for one in (kept, "one.backup"):
        assert cairn(["db", "check", "--head", one]) == 2
        assert "had a row 3, which is gone" in capsys.readouterr().out
    assert cairn(["db", "check", "--head", "nonsense"]) != 0


def test_backup_over_a_file_and_restore_of_none_exit_one(community: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cairn(["db", "backup", "keys"]) == 1
    assert capsys.readouterr().err == "cairn: keys: this file exists already; give the name of a new one\n"
    assert cairn(["db", "restore", "none.backup"]) == 1
    assert capsys.readouterr().err == "cairn: none.backup: there is no such file\n"


def test_newer_database_exits_two(community: str, capsys: pytest.CaptureFixture[str]) -> None:
    meddle(community, "UPDATE alembic_version SET version_num = '9999'")
    for command in (["db", "upgrade"], ["db", "check"], ["config", "check"]):
        assert cairn(command) == 2
        said = capsys.readouterr()
        assert "newer than this version of Cairn" in said.out + said.err


def test_upgrade_says_what_it_did(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cairn(["db", "upgrade"]) == 0
    assert "upgraded from nothing to schema" in capsys.readouterr().out
    assert cairn(["db", "upgrade"]) == 0
    assert "nothing to upgrade" in capsys.readouterr().out


def test_config_check_makes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cairn(["config", "check"]) == 0
    said = capsys.readouterr().out
    assert "fine  database: sqlite:///data/cairn.db: not there yet; the first command makes it" in said
    assert "fine  key file: data/cairn.db.keys: not there yet" in said
    assert list(folder.iterdir()) == []


def test_config_check_names_what_is_in_force(community: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mountain.yaml").write_text(RULES.replace("points: 5", "points: 6"))
    found = items(capsys)
    assert "can be written to, schema" in found["database"]["said"]
    assert found["key file"]["said"] == "keys: fits"
    assert found["rules file"]["said"].startswith("mountain.yaml: no faults, version ")
    assert f"{NAME}: small.yaml, version " in found["rules in force"]["said"]
    assert (
        "(mountain.yaml differs; cairn rules apply mountain.yaml puts it in force)" in found["rules in force"]["said"]
    )


def test_wrong_setting_exits_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CAIRN_DATABSE_URL", "sqlite:///x")
    assert cairn(["config", "check"]) == 1
    said = capsys.readouterr()
    assert "WRONG settings: The settings are wrong: CAIRN_DATABSE_URL is unknown, did you mean" in said.out
    assert said.err == "cairn: the configuration does not work yet: settings\n"


def test_wrong_rules_exit_one(url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mountain.yaml").write_text("name: 7\n")
    assert cairn(["config", "check"]) == 1
    assert "WRONG rules file: " in capsys.readouterr().out


def test_lost_and_other_key_files_exit_one(community: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "keys").rename(folder / "away")
    assert cairn(["config", "check"]) == 1
    assert "WRONG key file: The key file keys is missing; put back the one" in capsys.readouterr().out
    (folder / "keys").write_text((folder / "away").read_text().replace('"pseudonym": "', '"pseudonym": "AAAA'))
    assert cairn(["config", "check"]) == 1
    assert "WRONG key file: The key file keys does not belong to this database" in capsys.readouterr().out
    (folder / "keys").write_text("{}")
    assert cairn(["config", "check"]) == 1
    assert "WRONG key file: keys: this is not a key file of Cairn" in capsys.readouterr().out


def test_key_file_that_others_can_read_is_warned_of(
    community: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "keys").chmod(0o644)
    assert cairn(["config", "check"]) == 0
    assert "warning: keys can be read by others on this machine" in capsys.readouterr().err


def test_folder_that_cannot_be_made_exits_two(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").touch()
    monkeypatch.setenv("CAIRN_DATABASE_URL", "sqlite:///file/cairn.db")
    assert cairn(["config", "check"]) == 2
    assert "the database cannot be made, because " in capsys.readouterr().out
    assert cairn(["db", "check"]) == 2
    assert "the database's folder cannot be made" in capsys.readouterr().err


def test_server_that_is_not_there_exits_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CAIRN_DATABASE_URL", "postgresql://somebody:secret@127.0.0.1:9/cairn")
    assert cairn(["config", "check"]) == 2
    said = capsys.readouterr()
    assert "WRONG database: postgresql://somebody:***@127.0.0.1:9/cairn: the database server does not" in said.out
    assert "secret" not in said.out + said.err


def test_database_that_may_only_be_read_exits_two(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = postgresql_url.rpartition("/")[2]
    meddle(postgresql_url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    monkeypatch.setenv("CAIRN_DATABASE_URL", postgresql_url)
    assert cairn(["config", "check"]) == 2
    assert "can be read but not written to" in capsys.readouterr().out
