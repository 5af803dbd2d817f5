"""What the scenarios share: `cairn` on a database of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.commands import Cairn


@pytest.fixture
def cairn(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cairn:
    """The command line on an empty database, once on SQLite and once on PostgreSQL."""
    return Cairn(database_url, tmp_path, monkeypatch, capsys)


@pytest.fixture
def cairn_here(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cairn:
    """The command line on a SQLite database that is not there yet."""
    return Cairn(sqlite_url, tmp_path, monkeypatch, capsys)
