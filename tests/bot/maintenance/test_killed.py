"""A backup or restore that is killed leaves nothing half done: a file is whole or not there, a database old or new."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.maintenance.archive import opened
from bot.maintenance.backup import backup
from bot.maintenance.check import check
from bot.storage.engine import Database
from tests.bot.maintenance.filled import NAME, database_at, filled, run

ROWS = 60_000
GIVE_UP_SECONDS = 60


async def _with_bulk(database: Database) -> None:
    """Put so much in that reading and writing it takes a while."""
    await run(
        database,
        "INSERT INTO rejected (community, at, kind, reason) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
        "FROM n WHERE i < :rows) SELECT 1, i, 1, 'no reason' FROM n",
        rows=ROWS,
    )


def kill_when(begun: Callable[[], bool], folder: Path, *command: str) -> None:
    """Run a command of Cairn's on the database `cairn.db` in a folder and kill it as soon as something has begun."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    environment |= {"CAIRN_DATABASE_URL": "sqlite:///cairn.db", "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen([sys.executable, "-m", "bot", *command], cwd=folder, env=environment) as process:
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while process.poll() is None and not begun() and time.monotonic() < give_up:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)


async def test_killed_backup_is_whole_or_not_there(sqlite_url: str, tmp_path: Path) -> None:
    async with filled(sqlite_url, tmp_path) as database:
        await _with_bulk(database)
    file = tmp_path / "one.backup"
    kill_when(lambda: any(tmp_path.glob("one.backup*")), tmp_path, "db", "backup", "one.backup")
    if file.exists():  # noqa: ASYNC240 - it was quicker than we
        with opened(file) as whole:
            whole.verify()
    async with database_at(sqlite_url) as database:
        kept = await backup(database, tmp_path / "two.backup")
    assert kept.rows > ROWS


async def test_killed_restore_leaves_the_old_or_the_new(sqlite_url: str, tmp_path: Path) -> None:
    async with filled(f"sqlite:///{tmp_path}/first.db", tmp_path) as database:
        await _with_bulk(database)
        await run(database, "UPDATE community SET name = 'New'")
        await backup(database, tmp_path / "new.backup")
    async with filled(sqlite_url, tmp_path):
        pass
    log = tmp_path / "cairn.db-wal"
    kill_when(
        lambda: log.exists() and log.stat().st_size > 1_000_000, tmp_path, "db", "restore", "new.backup", "--replace"
    )
    async with database_at(sqlite_url) as database:
        report = await check(database)
        assert report.ok
        assert {one.community for one in report.checks} - {None} in ({NAME}, {"New"})
    (kept,) = tmp_path.glob("*.before-restore.backup")  # noqa: ASYNC240 - a look at a local folder
    with opened(kept) as whole:
        whole.verify()
