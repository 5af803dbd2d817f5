"""`cairn jobs list` and `run`: what is on the clock, and having it done by hand."""

from __future__ import annotations

from pathlib import Path

from bot.clockwork.duties import everything
from tests.scenarios.commands import Cairn
from tests.scenarios.exports import earlier

COMMUNITY = """\
name: Acme
zone: Europe/Berlin
"""


def furnish(cairn: Cairn, text: str = COMMUNITY) -> None:
    file = cairn.folder / "community.yaml"
    file.write_text(text, "utf-8")
    assert cairn("config", "apply", file).code == 0


def test_an_empty_database_has_what_concerns_the_whole_of_it(cairn: Cairn) -> None:
    jobs = cairn("jobs", "list", "--json").json["jobs"]

    assert {one["job"] for one in jobs} == {one.name for one in everything().by_name.values() if one.whole}
    assert {(one["community"], one["done"], one["late_since"], one["last"]) for one in jobs} == {
        (None, None, None, None)
    }
    assert "there is no community yet" in cairn("jobs", "run", "roll").refused()


def test_all_jobs_of_a_community_are_listed_in_its_zone_and_run_by_hand(cairn: Cairn) -> None:
    furnish(cairn)

    before = {one["job"]: one for one in cairn("jobs", "list", "--json", "--community", "Acme").json["jobs"]}
    ran = {name: cairn("jobs", "run", name, "--json").json for name in before}
    after = {one["job"]: one for one in cairn("jobs", "list", "--json").json["jobs"]}
    table = cairn("jobs", "list").out

    assert before.keys() == everything().by_name.keys()
    assert (before["backup"]["zone"], before["renewal"]["zone"], before["roll"]["zone"]) == (
        "Europe/Berlin",
        "Europe/Berlin",
        "UTC",
    )
    assert {(one["state"], one["said"]) for one in ran.values()} == {("done", "")}
    assert [one["job"] for one in after.values() if one["done"] is None or one["late_since"] or one["running"]] == []
    assert [line.split()[0] for line in table.splitlines()[1:] if line[0] != " "] == list(after)
    assert ran["backup"]["parts"]["backup/write"].endswith("is written")
    assert all(cairn("jobs", "run", name).code == 0 for name in ("backup", "roll"))


def test_a_backup_by_hand_can_be_restored(cairn_here: Cairn) -> None:
    furnish(cairn_here)
    told = cairn_here("jobs", "run", "backup").out

    (file,) = (cairn_here.folder / "backups").iterdir()
    other = cairn_here.on(f"sqlite:///{cairn_here.folder / 'other.db'}")

    assert told == f"backup is done.\n{file.name} is written.\n"
    assert other("db", "restore", file).code == 0
    assert other("config", "show").out == cairn_here("config", "show").out


def test_an_import_is_taken_back_when_its_days_are_over_and_not_before(cairn_here: Cairn, tmp_path: Path) -> None:
    file = earlier(tmp_path / "earlier.zip")
    assert cairn_here("import", "slack-export", file, "--community", "Home", "--keep", "30").code == 0
    run = cairn_here("import", "list", "--json").json

    assert cairn_here("jobs", "run", "imports").code == 0

    assert cairn_here("import", "list", "--json").json == run


def test_what_fails_is_one_sentence_and_stays_on_the_list(cairn_here: Cairn) -> None:
    furnish(cairn_here)
    (cairn_here.folder / "backups").touch()

    ran = cairn_here("jobs", "run", "backup")
    jobs = {one["job"]: one for one in cairn_here("jobs", "list", "--json").json["jobs"]}

    assert (ran.code, ran.out) == (2, "")
    assert "the folder for backups cannot be made: File exists" in ran.sentences[-1]
    assert [(one["of"], one["tries"]) for one in jobs["backup"]["failed"]] == [("backup/write", 1)]
    assert "\nbackup backup/write failed 1 times: " in cairn_here("jobs", "list").out
    assert jobs["backup"]["last"]["state"] == "done"  # the job itself; what it left for later is tried again


def test_names_that_are_no_jobs_are_refused_with_the_nearest(cairn_here: Cairn) -> None:
    assert cairn_here("jobs", "run", "backups").refused() == "NAME: there is no job 'backups'; did you mean 'backup'?"
    furnish(cairn_here)
    assert "no community 'Acne'" in cairn_here("jobs", "list", "--community", "Acne").refused()


def test_a_zone_that_does_not_exist_is_refused(cairn_here: Cairn) -> None:
    file = cairn_here.folder / "community.yaml"
    file.write_text("name: Acme\nzone: Europe/Berlim\n", "utf-8")
    assert "'Europe/Berlim' is not a time zone" in cairn_here("config", "apply", file).err


def test_doctor_says_how_jobs_fare_once_some_were_done(cairn_here: Cairn) -> None:
    furnish(cairn_here)
    before = cairn_here("doctor", "--json").out
    cairn_here("jobs", "run", "roll")

    assert '"jobs"' not in before
    assert "all are done at their time" in cairn_here("doctor", "--json").out
