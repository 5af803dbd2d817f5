"""The disk is full: nothing counts as stored that is not, it is told, and all goes on when there is space again.

A limit on the size of files stands for the small disk; it needs no rights. Where one may be made, a small disk it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.crowd import Crowd
from tests.faults.lives import Life, Lives, lives

TOLD_SECONDS = 10.0
SLOW_SECONDS = 20.0
"""What a busy machine may add."""
SMALL_DISK = 16 * 2**20
"""Several times what SQLite writes to its log before it empties it (4 MB): below that, deleting gives no space."""
FREE = resource.RLIM_INFINITY


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


async def test_file_that_may_grow_no_more_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    async with lives(f"sqlite:///{tmp_path / 'cairn.db'}", tmp_path, CAIRN_LOG_LEVEL="info") as those:
        log = tmp_path / "cairn.db-wal"

        def fills(life: Life) -> None:
            resource.prlimit(life.process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size + 8_192, FREE))

        def empties(life: Life) -> None:
            resource.prlimit(life.process.pid, resource.RLIMIT_FSIZE, (FREE, FREE))

        await is_full_for_a_while(those, fills, empties)


async def test_disk_that_is_full_is_told_and_nothing_is_lost(small_disk: Path, tmp_path: Path) -> None:
    async with lives(f"sqlite:///{small_disk / 'cairn.db'}", tmp_path) as those:
        filling = small_disk / "filling"

        def fills(life: Life) -> None:
            with contextlib.suppress(OSError), filling.open("wb", buffering=0) as file:
                while file.write(b"x" * 4_096):
                    pass

        await is_full_for_a_while(those, fills, lambda _: filling.unlink())


async def is_full_for_a_while(those: Lives, fills: Callable[[Life], None], empties: Callable[[Life], None]) -> None:
    crowd = Crowd(those.server.guild("Garden"))
    async with those.life() as life:
        await life.ready()
        await crowd.acts(50)
        fills(life)
        busy = asyncio.create_task(crowd.goes_on())
        assert await life.not_ready("storage") < TOLD_SECONDS + SLOW_SECONDS
        before = await those.rig.query("SELECT count(*) FROM engagement")
        await crowd.acts(20)
        assert await those.rig.query("SELECT count(*) FROM engagement") == before
        assert await those.rig.query("PRAGMA integrity_check") == [("ok",)]
        empties(life)
        await life.ready()
        busy.cancel()
        await those.agree()
        assert those.server.gateway.counts["identifies"] == 1
