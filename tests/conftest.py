"""What all tests share: a fresh database on each system that Cairn supports, and the folder of real data."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from bot.storage import migrate
from bot.storage.engine import Database
from tests import canaries, lending, postgres
from tests.lending import Lender

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# How long an example takes says more about the machine than about the code. The same commit gives the same answer
# each time; new examples are looked for by `make soak`.
hypothesis.settings.register_profile("cairn", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.register_profile("soak", deadline=None, print_blob=True)
hypothesis.settings.load_profile("cairn")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: the long form of a test, which only `make soak` runs")


def pytest_xdist_auto_num_workers() -> int:
    """Return three for two processors: tests wait for the programs they have started a good part of their time."""
    return (os.cpu_count() or 1) * 3 // 2 or 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave long forms out, unless they are asked for."""
    if "soak" in config.option.markexpr:
        return
    long = [one for one in items if one.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [one for one in items if not one.get_closest_marker("soak")]


def pytest_collection_finish() -> None:
    """Leave what was collected out of the search for garbage: it stays anyway, and each search would go through it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_private_is_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does, neither what people write nor a secret is logged, at the level that the test logs at.

    `--log-level=debug` lets all of them log everything.
    """
    folder = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    with canaries.watching() as watch:
        yield
    if folder is not None:
        watch.look_into(folder)
    assert watch.hits == []


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server's own database; the server lives as long as this test process."""
    try:
        with postgres.server() as url:
            yield url
    except postgres.NoServerError as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture(scope="session")
def sqlite_ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with all tables, to be copied: making the tables takes longer than most tests."""
    path = tmp_path_factory.mktemp("ready") / "cairn.db"
    _furnish(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_lender(postgresql_server: str) -> Lender:
    """What lends a PostgreSQL database with all tables."""
    return Lender(postgresql_server, _furnish)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_ready: Path) -> str:
    """The URL of a SQLite database with all tables."""
    shutil.copy(sqlite_ready, tmp_path / "cairn.db")
    return f"sqlite:///{tmp_path / 'cairn.db'}"


@pytest.fixture
def postgresql_url(postgresql_lender: Lender) -> Iterator[str]:
    """The URL of a PostgreSQL database with all tables."""
    with postgresql_lender.lend() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with all tables; the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def bare_sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'cairn.db'}"


@pytest.fixture
def bare_postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of a PostgreSQL database without tables."""
    with lending.bare(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database without tables; the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"bare_{request.param}_url")
    return url


def _furnish(url: str) -> None:
    """Make all tables."""

    async def upgrade() -> None:
        database = Database(url)
        try:
            await migrate.upgrade(database)
        finally:
            await database.close()

    asyncio.run(upgrade())


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real communities' data beside the repository; tests that need it are skipped where it is not."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder ../shared/data is not there")
    return SHARED_DATA
