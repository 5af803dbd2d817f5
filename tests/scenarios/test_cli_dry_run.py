"""A dry run writes nothing at all and tells what the real one then does."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.commands import Cairn
from tests.scenarios.dumps import differences, dump
from tests.scenarios.exports import earlier, later


def told_and_done(cairn: Cairn, *command: object) -> None:
    """Check that a dry run tells what the command then does, but for the number it gets."""
    dry, done = cairn(*command, "--dry-run", "--json").json, cairn(*command, "--json").json
    assert (dry["dry_run"], dry["import_id"]) == (True, None)
    assert dry | {"dry_run": False, "import_id": done["import_id"]} == done


def test_dry_run_where_there_is_no_database_makes_none(cairn_here: Cairn, tmp_path: Path) -> None:
    command = ("import", "slack-export", earlier(tmp_path / "earlier.zip"), "--community", "Home")
    ran = cairn_here(*command, "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert "Nothing was written" in ran.out
    assert {one.name for one in tmp_path.iterdir()} == {"earlier.zip"}
    told_and_done(cairn_here, *command)


def test_dry_run_leaves_every_byte_of_a_database(home: Cairn, tmp_path: Path) -> None:
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    after = later(tmp_path / "later.zip")
    for community in ("Home", "New"):
        found = home("import", "slack-export", after, "--community", community, "--dry-run", "--json").json
        assert found["engagements"]["new"] > 0
    after.unlink()
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before
    told_and_done(home, "import", "slack-export", later(tmp_path / "later.zip"), "--community", "Home")


def test_dry_run_leaves_a_database_on_either_system_as_it_is(cairn: Cairn, tmp_path: Path) -> None:
    assert cairn("import", "slack-export", earlier(tmp_path / "earlier.zip"), "--community", "Home").code == 0
    before = dump(cairn.url)
    told_and_done_after = later(tmp_path / "later.zip")
    found = cairn("import", "slack-export", told_and_done_after, "--community", "Home", "--dry-run", "--json").json
    assert found["engagements"]["known"] > 0
    assert differences(dump(cairn.url), before) == {}
    assert len(cairn("import", "list", "--json").json["imports"]) == 1


def test_dry_run_of_what_is_known_says_so(home: Cairn, tmp_path: Path) -> None:
    told_and_done(home, "import", "slack-export", tmp_path / "earlier.zip", "--community", "Home")


def test_dry_run_needs_the_keys_of_the_database(home: Cairn, tmp_path: Path) -> None:
    (tmp_path / "keys").unlink()
    command = ("import", "slack-export", later(tmp_path / "later.zip"), "--community", "Home", "--dry-run")
    assert "key file" in home(*command).refused()
    assert not (tmp_path / "keys").exists()
