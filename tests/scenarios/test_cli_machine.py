"""When the machine fails: one sentence, exit code 2, and the same command goes on once it works again."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.commands import Cairn, Ran
from tests.scenarios.dumps import differences, dump
from tests.scenarios.exports import earlier, large, later


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold a SQLite database as another program that writes would."""
    holder = sqlite3.connect(database, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")
    finally:
        holder.close()


def into(cairn: Cairn, file: Path) -> tuple[object, ...]:
    return ("import", "slack-export", file, "--community", "Home", "--json")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return earlier(tmp_path / "earlier.zip")


def test_database_locked_by_another_program_is_one_sentence(cairn_here: Cairn, small: Path, tmp_path: Path) -> None:
    assert cairn_here("db", "upgrade").code == 0
    impatient = cairn_here.on(f"{cairn_here.url}?timeout=0.1")
    with locked(tmp_path / "cairn.db"):
        assert "locked by another program" in impatient(*into(impatient, small)).refused(2)
        assert impatient("report", "--json").json["community"] is None
    assert cairn_here(*into(cairn_here, small)).json["engagements"]["new"] > 0


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("postgresql://cairn:secret@127.0.0.1:1/none", "does not answer"),
        ("sqlite:////proc/nowhere/cairn.db", "cannot be made"),
        ("sqlite:////dev/null/cairn.db", "cannot be made"),
        ("sqlite:////tmp", "cannot be opened"),
    ],
)
def test_database_that_cannot_be_opened_is_one_sentence(cairn_here: Cairn, url: str, part: str) -> None:
    said = cairn_here.on(url)("report", "--json").refused(2)
    assert part in said
    assert "secret" not in said


def test_file_that_is_no_database_is_left_as_it_is(cairn_here: Cairn, small: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_bytes(b"Dear reader, this is no database. " * 100)
    other = cairn_here.on(f"sqlite:///{file}")
    for command in (("report",), into(cairn_here, small), (*into(cairn_here, small), "--dry-run"), ("import", "list")):
        assert "not a database" in other(*command).refused(2)
    assert file.read_bytes() == b"Dear reader, this is no database. " * 100


def test_database_of_a_newer_version_is_refused_in_one_sentence(cairn_here: Cairn, small: Path, tmp_path: Path) -> None:
    cairn_here("db", "upgrade")
    with sqlite3.connect(tmp_path / "cairn.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for command in (("report",), into(cairn_here, small), (*into(cairn_here, small), "--dry-run")):
        assert "newer than this version of Cairn" in cairn_here(*command).refused(2)


def test_damaged_database_is_one_sentence(cairn_here: Cairn, small: Path, tmp_path: Path) -> None:
    cairn_here(*into(cairn_here, small))
    file = tmp_path / "cairn.db"
    content = bytearray(file.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    file.write_bytes(content)
    assert cairn_here("report", "--json").refused(2)


def no_larger_files(size: int) -> Any:
    """Return what keeps a process from writing files larger than `size` bytes: as a full disk would."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_full_disk_is_one_sentence_and_the_same_command_goes_on(cairn_here: Cairn, tmp_path: Path) -> None:
    file = large(tmp_path / "large.zip", 3_000)
    other = cairn_here.on(f"sqlite:///{tmp_path / 'whole.db'}")
    whole = other(*into(other, file)).json
    cairn_here("db", "upgrade")
    ran = cairn_here.apart(*into(cairn_here, file), before=no_larger_files(500_000))
    assert ran.refused(2)
    assert cairn_here(*into(cairn_here, file)).json | {"import_id": 1} == whole
    assert differences(dump(cairn_here.url), dump(other.url)) == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_database_that_may_only_be_read_is_one_sentence(cairn_here: Cairn, small: Path, tmp_path: Path) -> None:
    cairn_here("db", "upgrade")
    (tmp_path / "cairn.db").chmod(0o400)
    assert cairn_here(*into(cairn_here, small)).refused(2)


def test_closed_pipe_ends_in_silence(cairn_here: Cairn, small: Path) -> None:
    cairn_here(*into(cairn_here, small))
    for arguments in (("report", "--json"), ("report",)):
        reading, writing = os.pipe()
        os.close(reading)
        with cairn_here.started(*arguments, stdout=writing) as process:
            os.close(writing)
            _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")


def test_full_device_for_output_is_one_sentence(cairn_here: Cairn) -> None:
    with Path("/dev/full").open("w") as full, cairn_here.started("report", "--json", stdout=full) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err == "cairn: the output cannot be written: No space left on device\n"


RECORDED = "SELECT max(done) FROM import_run"
SCORED = "SELECT count(*) FROM tally"
UNDOING = "SELECT count(*) FROM import_run WHERE state = 'undoing'"


def stopped(cairn: Cairn, command: tuple[object, ...], moment: tuple[str, int], how: signal.Signals) -> Ran | None:
    """Start a command and stop it when a query gives at least a number; None where it was done before."""
    with cairn.started(*command) as process:
        wait(cairn, process, moment)
        process.send_signal(how)
        out, err = process.communicate(timeout=60)
    return None if process.returncode == 0 else Ran(process.returncode, out, err)


def wait(cairn: Cairn, process: subprocess.Popen[str], moment: tuple[str, int]) -> None:
    """Wait until a query gives at least a number, or the process has ended."""
    query, least = moment
    file = cairn.url.removeprefix("sqlite:///")
    while process.poll() is None:
        try:
            connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        except sqlite3.Error:
            continue
        try:
            if (connection.execute(query).fetchone()[0] or 0) >= least:
                return
        except sqlite3.Error:
            pass
        finally:
            connection.close()
        time.sleep(0.005)


@pytest.mark.parametrize("seed", range(2))
def test_killed_import_goes_on_to_the_same_figures(cairn_here: Cairn, tmp_path: Path, seed: int) -> None:
    file = large(tmp_path / "large.zip", 4_000)
    other = cairn_here.on(f"sqlite:///{tmp_path / 'whole.db'}")
    whole = other(*into(other, file)).json
    chance = random.Random(seed)
    moments = (RECORDED, chance.randrange(1, 3_000)), (RECORDED, chance.randrange(3_000, 6_000)), (SCORED, 1)
    for moment in moments:
        assert stopped(cairn_here, into(cairn_here, file), moment, signal.SIGKILL) is not None
    assert cairn_here(*into(cairn_here, file)).json == whole
    assert differences(dump(cairn_here.url), dump(other.url)) == {}
    listed = cairn_here("import", "list", "--json").json["imports"]
    assert [(one["import_id"], one["state"]) for one in listed] == [(1, "done")]


def test_killed_import_can_be_undone_and_a_killed_undo_goes_on(cairn_here: Cairn, tmp_path: Path, small: Path) -> None:
    cairn_here(*into(cairn_here, later(tmp_path / "later.zip")))
    before = dump(cairn_here.url)
    file = large(tmp_path / "large.zip", 4_000)
    assert stopped(cairn_here, into(cairn_here, file), (RECORDED, 2_000), signal.SIGKILL) is not None
    assert stopped(cairn_here, ("import", "undo", 2), (UNDOING, 1), signal.SIGKILL) is not None
    assert cairn_here("import", "undo", 2).code == 0
    assert differences(dump(cairn_here.url), before) == {}


def test_import_begun_again_while_it_is_being_undone_finishes_that_first(cairn_here: Cairn, small: Path) -> None:
    first = cairn_here(*into(cairn_here, small)).json
    before = dump(cairn_here.url)
    with sqlite3.connect(cairn_here.url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE import_run SET state = 'undoing'")
    connection.close()
    again = cairn_here(*into(cairn_here, small)).json
    assert again == first | {"import_id": 2}
    assert differences(dump(cairn_here.url), before) == {}


def test_interrupted_import_says_so_and_goes_on(cairn_here: Cairn, tmp_path: Path) -> None:
    file = large(tmp_path / "large.zip", 4_000)
    ran = stopped(cairn_here, into(cairn_here, file), (RECORDED, 1), signal.SIGINT)
    assert ran is not None
    assert ran.refused(130) == "stopped; the same command goes on where it was"
    other = cairn_here.on(f"sqlite:///{tmp_path / 'whole.db'}")
    assert cairn_here(*into(cairn_here, file)).json == other(*into(other, file)).json
