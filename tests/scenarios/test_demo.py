"""`cairn demo`, run as people run it: as a program of its own, from any folder."""

import os
import re
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from bot.demo import story
from bot.errors import MachineError
from integrations.archives.slack_export import SlackExport
from tools import make_sample

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "bot" / "sample"


def python(*arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "80", **settings}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_demo_shows_real_figures_and_leaves_everything_else_alone(tmp_path: Path) -> None:
    folder = tmp_path / "with broken settings"
    folder.mkdir()
    (folder / ".env").write_text("CAIRN_NONSENSE=1\n")
    (folder / "mountain.yaml").write_text("not: [rules")
    folder.chmod(0o555)
    played = python("-m", "bot", "demo", cwd=folder, CAIRN_DATABASE_URL="sqlite:///mine.db")
    said = " ".join(played.stdout.split())
    assert (played.returncode, played.stderr) == (0, "")
    for one in story.SCENES:
        assert all(f"$ cairn {' '.join(command[:2])}" in said for command in one.commands)
    assert "1,025 messages, 216 mentions, 199 reactions" in said
    assert "487 people were there as participant; 66 of them (13.6%) came back later as mentor" in said
    assert "2023-09-18 Collaborating 2024-09-09 Leading" in said
    assert "What to try next" in said
    assert sorted(file.name for file in folder.iterdir()) == [".env", "mountain.yaml"]


def test_demo_keeps_its_database_where_it_is_told_to(tmp_path: Path) -> None:
    assert python("-m", "bot", "demo", "--folder", "kept", cwd=tmp_path).returncode == 0
    mine = "sqlite:///kept/data/cairn.db"
    found = python("-m", "bot", "report", "--community", "Houston", cwd=tmp_path, CAIRN_DATABASE_URL=mine)
    assert "34 of 34 known members engaged" in found.stdout
    again = python("-m", "bot", "demo", "--folder", "kept", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (1, "cairn: --folder: kept is not empty; expected a new folder\n")


def test_demo_ends_with_the_command_that_failed(tmp_path: Path) -> None:
    done = python("-c", "import sys; from bot.cli.demo import play; sys.exit(play())", cwd=tmp_path)
    assert done.returncode != 0
    assert "cairn: the demo stopped, because this failed: cairn import slack-export" in done.stderr


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
