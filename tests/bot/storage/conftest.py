"""A community in a fresh database, on each system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet

from bot.keys import Keys
from tests.scenarios.words import SOURCES
from tests.scenarios.world import Town, world


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    """A community with three sources, on SQLite and on PostgreSQL."""
    with world(database_url, Keys(b"k" * 32, [Fernet.generate_key().decode()])) as place:
        yield place.found("town", sources=SOURCES)
