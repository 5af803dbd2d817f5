"""The stage of a team's commands, on each system."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.keys import open_keys
from tests.bot.teamwork.stage import Stage, staged


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A community whose team calls, on SQLite and on PostgreSQL."""
    async with staged(database_url, open_keys(tmp_path / "keys" / "cairn.keys")) as one:
        yield one
