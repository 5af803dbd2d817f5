"""Looking after a database begins with none: here the databases that tests are given have no tables."""

from __future__ import annotations

import pytest


@pytest.fixture
def sqlite_url(bare_sqlite_url: str) -> str:
    """The URL of a SQLite database that is not there yet."""
    return bare_sqlite_url


@pytest.fixture
def postgresql_url(bare_postgresql_url: str) -> str:
    """The URL of a PostgreSQL database without tables."""
    return bare_postgresql_url
