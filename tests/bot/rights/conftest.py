"""A community in a fresh database, on each system, with a space that is listened to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.keys import open_keys
from tests.bot.rights.town import Here, settled_space
from tests.scenarios.words import SOURCES
from tests.scenarios.world import world


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Here]:
    """A community with a space, on SQLite and on PostgreSQL, whose key file lies in a folder of its own."""
    with world(database_url, open_keys(tmp_path / "keys" / "cairn.keys")) as place:
        yield settled_space(place.found("town", sources=SOURCES))
