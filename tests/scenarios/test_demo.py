"""`cairn demo`, run as people run it: as a program of its own, from any folder."""

import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.demo import story
from bot.errors import MachineError
from integrations.archives.slack_export import SlackExport
from tools import make_sample

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "bot" / "sample"


def python(*arguments: str, cwd: Path, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "80", **settings}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, input=typed, capture_output=True, text=True, check=False
    )


@dataclass(frozen=True, slots=True)
class Played:
    """A demo that was played from its beginning to its end, and the folder that keeps it."""

    code: int
    out: str
    err: str
    started_in: Path
    kept: Path

    @property
    def said(self) -> str:
        """What was printed, wherever lines broke."""
        return " ".join(self.out.replace("│", " ").split())


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play the whole demo and its prompt once, from a folder with broken settings that nobody may write to."""
    folder, kept = tmp_path_factory.mktemp("broken settings"), tmp_path_factory.mktemp("demo") / "kept"
    (folder / ".env").write_text("CAIRN_NONSENSE=1\n")
    (folder / "mountain.yaml").write_text("not: [rules")
    folder.chmod(0o555)
    done = python(
        "-m", "bot", "demo", "--fast", "--keep", "--folder", str(kept), cwd=folder, typed="as Bela\n/cairn me\n",
        CAIRN_DATABASE_URL="sqlite:///mine.db",
    )  # fmt: skip
    return Played(done.returncode, done.stdout, done.stderr, folder, kept)


@pytest.mark.timeout(400)
def test_demo_shows_real_figures(played: Played) -> None:
    said = played.said
    assert (played.code, played.err) == (0, "")
    for one in story.SCENES:
        assert all(f"$ cairn {' '.join(command[:2])}" in said for command in one.commands)
    assert "newcomers' first messages" in said
    assert "In the made-up Discord it is 2016-07-27." in said
    for figure in ("messages 1,025", "mentions 216", "reactions 199"):
        assert figure in said, figure
    assert "1,025 messages, 216 mentions, 199 reactions" in said
    assert "487 people were there as participant; 66 of them (13.6%) came back later as mentor" in said
    assert "2023-09-18 Collaborating 2024-09-09 Leading" in said
    assert "What to try next" in said


@pytest.mark.timeout(400)
def test_demo_leaves_everything_else_alone(played: Played) -> None:
    assert sorted(file.name for file in played.started_in.iterdir()) == [".env", "mountain.yaml"]


@pytest.mark.timeout(400)
def test_demo_shows_people_who_talk_to_cairn_within_80_columns(played: Played) -> None:
    _, _, rest = played.out.partition("2. The same Discord, in chat")
    talk, _, _ = rest.partition("3. Slack beside it")
    assert max(map(len, talk.splitlines())) <= 80
    for turn in story.TURNS:
        assert re.search(rf"^{turn.who}( in #general)?: ", talk, re.MULTILINE), turn
    assert talk.count("cairn · only visible to Hana") > 4
    first, *_, last = re.findall(r"Collaborating +[█░]{10} +([0-9.]+) of", talk)
    assert float(first) < float(last)
    assert "Logged for @Hana on" in talk
    assert "facilitated or taught: one counted" in talk
    assert "What the draft would change" in talk
    assert "[Rehearse it]  [Put it in force]  [Throw it away]" in talk


@pytest.mark.timeout(400)
def test_demo_shows_discord_and_slack_side_by_side_and_one_member_in_both(played: Played) -> None:
    _, _, rest = played.out.partition("3. Slack beside it")
    talk, _, _ = rest.partition("4. The same history, from a file")
    assert max(map(len, talk.splitlines())) <= 80
    for turn in story.SLACK_TURNS:
        assert re.search(rf"{turn.who}( in #(general|allotment))?: ", talk), turn
    (code,) = set(re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", talk))
    assert f"/cairn link {code}" in talk
    assert "Your accounts are joined" in talk
    beside = [line[2:].split(" │ ") for line in talk.splitlines() if not line.startswith("  │")]
    here, there = zip(*[(one[0].strip(), one[1].strip()) for one in beside if len(one) == 2], strict=True)
    assert (here[0], there[0]) == ("Discord", "Slack")
    assert here[3:] == there[3:]
    assert any(re.fullmatch(r"Collaborating +█{10} +3 of 3", line) for line in here)
    assert "message in allotment" in played.said
    with closing(sqlite3.connect(played.kept / "data" / "cairn.db")) as database:
        joined = database.execute("SELECT count(*) FROM member WHERE merged_into IS NOT NULL AND id <> merged_into")
        assert joined.fetchone() == (1,)


@pytest.mark.timeout(400)
def test_demo_that_is_kept_does_what_is_typed_and_ends_with_it(played: Played) -> None:
    _, _, prompt = played.out.partition("The Garden is yours")
    assert "as Hana> as Bela" in prompt
    assert "Bela in #general: /cairn me" in prompt
    assert "cairn · only visible to Bela" in prompt
    assert "as Bela> \n" in prompt


@pytest.mark.timeout(400)
def test_demo_keeps_its_database_where_what_was_heard_equals_what_was_imported(played: Played) -> None:
    mine, there = f"sqlite:///{played.kept}/data/cairn.db", played.kept.parent
    heard, imported = "Houston", "Houston from its file"
    for command in ("report", "network"):
        shown = [shown_as_json(there, mine, command, "--community", one) for one in (heard, imported)]
        assert [one.pop("community") for one in shown] == [heard, imported]
        assert shown[0] == shown[1], command
    scored = [standings(played.kept / "data" / "cairn.db", one) for one in (heard, imported)]
    assert scored[0] == scored[1]
    assert scored[0].total() > 30
    assert python("-m", "bot", "db", "check", cwd=there, CAIRN_DATABASE_URL=mine).returncode == 0
    again = python("-m", "bot", "demo", "--folder", "kept", cwd=there)
    assert (again.returncode, again.stderr) == (1, "cairn: --folder: kept is not empty; expected a new folder\n")


def shown_as_json(folder: Path, database: str, *command: str) -> dict[str, Any]:
    done = python("-m", "bot", *command, "--json", cwd=folder, CAIRN_DATABASE_URL=database)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def standings(file: Path, community: str) -> Counter[tuple[object, ...]]:
    """Return all that is stored of each member's scores, without saying whose they are."""
    tables = {"tally": "day, type, counted, points", "total": "band, points",
              "band_change": "day, band", "crossing": "step, day"}  # fmt: skip
    found: dict[int, list[tuple[object, ...]]] = {}
    with closing(sqlite3.connect(file)) as database:
        number = database.execute("SELECT id FROM community WHERE name = ?", [community]).fetchone()[0]
        for table, columns in tables.items():
            for row in database.execute(f"SELECT member, {columns} FROM {table} WHERE community = ?", [number]):
                found.setdefault(row[0], []).append((table, *row[1:]))
    return Counter(tuple(sorted(rows, key=repr)) for rows in found.values())


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("after", "whom"),
    [("Learning at the", "all"), ("$ cairn run", "all"), ("newcomer", "us alone"), ("$ cairn config", "all")],
)
def test_demo_can_be_stopped_at_any_time(after: str, whom: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    environment |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "COLUMNS": "80"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo"], cwd=tmp_path, env=environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert any(after in line for line in process.stdout)
        if whom == "all":
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=100)
    assert (process.returncode, told) == (130, "cairn: the demo is stopped\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.timeout(240)
def test_picture_moves_on_a_terminal_and_leaves_it_as_it_was(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "100", "LINES": "40", "TERM": "xterm", "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo"], cwd=tmp_path, env=environment, start_new_session=True,
        stdin=theirs, stdout=theirs, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = read_until(ours, "first message")
        os.killpg(process.pid, signal.SIGINT)
        shown += read_until(ours, "the demo is stopped")
        assert process.wait(100) == 130
    os.close(ours)
    assert shown.count("In the made-up Discord it is") > 1
    assert shown.rfind(SHOW_CURSOR) > shown.rfind(HIDE_CURSOR) > 0
    assert "Traceback" not in shown


SHOW_CURSOR, HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"


def read_until(terminal: int, wanted: str) -> str:
    """Return what a terminal shows until it shows something."""
    shown = b""
    while wanted.encode() not in shown:
        more = os.read(terminal, 65_536)
        assert more
        shown += more
    return shown.decode(errors="replace")


def test_demo_ends_with_the_command_that_failed(tmp_path: Path) -> None:
    shutil.copy(SAMPLE / story.EXPORT, tmp_path)
    (tmp_path / "data").write_text("where the database's folder would be")
    done = python("-c", "import sys; from bot.cli.demo import play; sys.exit(play())", cwd=tmp_path)
    assert done.returncode != 0
    assert (
        done.stderr.splitlines()[-1] == "cairn: the demo stopped, because this failed: cairn config apply houston.yaml"
    )


def test_rules_without_the_line_to_change_are_told() -> None:
    with pytest.raises(MachineError, match="no window of 365 days"):
        story.changed("window: 30\n")


def test_sample_holds_no_sentence() -> None:
    with zipfile.ZipFile(SAMPLE / "houston-slack.zip") as chat:
        texts = set(re.findall(r'"text":"([^"]*)"', "".join(chat.read(name).decode() for name in chat.namelist())))
    assert all(re.fullmatch(r"(<@U[A-Z0-9]+> ?)*", text) for text in texts)


def test_sample_says_the_same_as_its_source(shared_data: Path) -> None:
    made, origin = make_sample.CHAT
    with closing(SlackExport(SAMPLE / made)) as sample, closing(SlackExport(shared_data / origin)) as source:
        assert list(sample.items()) == list(source.items())
        assert sample.read == source.read


def test_sample_is_made_from_its_sources_byte_for_byte(shared_data: Path, tmp_path: Path) -> None:
    make_sample.make(shared_data, tmp_path)
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert made == {name: (SAMPLE / name).read_bytes() for name in made}
    assert sum(map(len, made.values())) < 1_000_000
