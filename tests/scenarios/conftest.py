"""What the scenarios share: `cairn` on a database of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.__main__ import run
from tests.scenarios.commands import Cairn
from tests.scenarios.exports import earlier


@pytest.fixture
def cairn(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cairn:
    """The command line on a database with tables, once on SQLite and once on PostgreSQL."""
    return Cairn(database_url, tmp_path, monkeypatch, capsys)


@pytest.fixture
def cairn_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cairn:
    """The command line on a SQLite database that is not there yet."""
    return Cairn(f"sqlite:///{tmp_path / 'cairn.db'}", tmp_path, monkeypatch, capsys)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export, and a SQLite database and its keys after it was imported as `Home`; to be copied."""
    folder = tmp_path_factory.mktemp("furnished")
    file = earlier(folder / "earlier.zip")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAIRN_DATABASE_URL", f"sqlite:///{folder / 'cairn.db'}")
        patch.setenv("CAIRN_KEYS_FILE", str(folder / "keys"))
        patch.chdir(folder)
        assert run(["import", "slack-export", str(file), "--community", "Home", "--json"]) == 0
    return folder


@pytest.fixture
def home(cairn_here: Cairn, furnished: Path) -> Cairn:
    """The command line on a SQLite database in which a small workspace was imported as `Home`, as import 1."""
    shutil.copytree(furnished, cairn_here.folder, dirs_exist_ok=True)
    return cairn_here
