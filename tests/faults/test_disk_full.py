"""Nothing can be stored: nothing counts as stored that is not, it is told, and all goes on by itself when it can be.

The disk is full: a limit on the size of files stands for the small disk; it needs no rights. Where one may be made, a
small disk it is. Or the database takes no more changes, as a server that has become somebody's copy.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.faults.crowd import Crowd
from tests.faults.lives import SOAK, Life, Lives, lives, until

pytestmark = pytest.mark.timeout(400)  # it waits for processes, which have most to do of all where much else runs
TOLD_SECONDS = 10.0
SMALL_DISK = 16 * 2**20
"""Several times what SQLite writes to its log before it empties it (4 MB): below that, deleting gives no space."""
FREE = resource.RLIM_INFINITY
TIMES = [1, pytest.param(50, marks=SOAK)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that is a disk of its own, and small."""
    folder, mount, unmount = tmp_path / "disk", shutil.which("mount"), shutil.which("umount")
    folder.mkdir()
    if mount is None or unmount is None:
        pytest.skip("there is no program to mount a small disk with")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip("a small disk may not be mounted here")
    try:
        yield folder
    finally:
        subprocess.run([unmount, "-l", folder], check=True)


@pytest.mark.parametrize("times", TIMES)
async def test_file_that_may_grow_no_more_is_told_and_nothing_is_lost(tmp_path: Path, times: int) -> None:
    async with lives(f"sqlite:///{tmp_path / 'cairn.db'}", tmp_path, CAIRN_LOG_LEVEL="info") as those:

        def fills(life: Life) -> None:
            resource.prlimit(life.process.pid, resource.RLIMIT_FSIZE, (4_096, FREE))  # its log cannot grow, either

        def empties(life: Life) -> None:
            resource.prlimit(life.process.pid, resource.RLIMIT_FSIZE, (FREE, FREE))

        await stores_nothing_for_a_while(those, fills, empties, times)


@pytest.mark.parametrize("times", TIMES)
async def test_disk_that_is_full_is_told_and_nothing_is_lost(small_disk: Path, tmp_path: Path, times: int) -> None:
    async with lives(f"sqlite:///{small_disk / 'cairn.db'}", tmp_path) as those:
        filling = small_disk / "filling"

        def fills(_: Life) -> None:
            with closing(sqlite3.connect(small_disk / "cairn.db")) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else there is space in what SQLite holds
            with contextlib.suppress(OSError), filling.open("wb", buffering=0) as file:
                while file.write(b"x" * 4_096):
                    pass

        await stores_nothing_for_a_while(those, fills, lambda _: filling.unlink(), times)


@pytest.mark.parametrize("times", TIMES)
async def test_database_that_is_only_read_is_told_and_nothing_is_lost(
    postgresql_url: str, tmp_path: Path, times: int
) -> None:
    async with lives(postgresql_url, tmp_path) as those:

        def only_reads(_: Life) -> None:
            turned(postgresql_url, "SET default_transaction_read_only = on")

        def writes_again(_: Life) -> None:
            turned(postgresql_url, "RESET default_transaction_read_only")

        await stores_nothing_for_a_while(those, only_reads, writes_again, times)


def turned(url: str, how: str) -> None:
    """Change a setting of a database, which holds for new connections, and end those that there are."""
    name = url.rpartition("/")[2]
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} ").format(sql.Identifier(name)) + sql.SQL(how))
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


async def stores_nothing_for_a_while(
    those: Lives, breaks: Callable[[Life], None], mends: Callable[[Life], None], times: int
) -> None:
    crowd = Crowd(those.server.guild("Garden"))
    async with those.life() as life:
        await life.ready()
        await until(lambda: all_jobs_are_done(those))  # a job that fails now would be tried again after a minute
        for _ in range(times):
            await crowd.acts(50)
            breaks(life)
            busy = asyncio.create_task(crowd.goes_on())
            assert await life.not_ready("storage") <= TOLD_SECONDS
            before = await those.rig.query("SELECT count(*) FROM engagement")
            await crowd.acts(20)
            assert await those.rig.query("SELECT count(*) FROM engagement") == before
            if those.rig.url.startswith("sqlite"):
                assert await those.rig.query("PRAGMA integrity_check") == [("ok",)]
            mends(life)
            await life.ready()
            busy.cancel()
        await those.agree()
        assert those.server.gateway.counts["identifies"] == 1


async def all_jobs_are_done(those: Lives) -> bool:
    states = {row[0] for row in await those.rig.query("SELECT state FROM task")}
    return bool(states) and states <= {"done", "skipped"}
