"""Backups hold everything, are whole or not there, and come back into either kind of database."""

from __future__ import annotations

import asyncio
import json
import os
import zipfile
from pathlib import Path

import pytest

from bot.errors import InputError, MachineError
from bot.maintenance import keys_for
from bot.maintenance.archive import opened
from bot.maintenance.backup import backup
from bot.maintenance.check import check
from bot.maintenance.restore import restore
from bot.storage.engine import Database
from tests.bot.maintenance.filled import (
    a_backup,
    content,
    database_at,
    filled,
    history,
    origin,
    record,
    run,
)


def names_in(folder: Path) -> list[str]:
    """Return what lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
async def test_backup_restores_everything_into_either_database(
    database_url: str, into: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    other = request.getfixturevalue("postgresql_url") if into == "postgresql" else f"sqlite:///{tmp_path}/new/c.db"
    async with filled(database_url, tmp_path) as database:
        before = await content(database)
        kept = await backup(database, tmp_path / "one.backup")
        if other == database_url:
            await run(database, "DROP SCHEMA public CASCADE")
            await run(database, "CREATE SCHEMA public")
    assert kept.rows == sum(map(len, before.values()))
    async with database_at(other) as database:
        restored = await restore(database, kept.file)
        assert await content(database) == before
        assert (await check(database)).ok
    assert restored.before is None


async def test_restored_database_goes_on(database_url: str, tmp_path: Path) -> None:
    file = await a_backup(f"sqlite:///{tmp_path}/first.db", tmp_path)
    async with database_at(database_url) as database:
        await restore(database, file)
        keys = await keys_for(database, tmp_path / "keys")
        before = {name: len(rows) for name, rows in (await content(database)).items()}
        await record(database, keys, origin(1), history())
        after = {name: len(rows) for name, rows in (await content(database)).items()}
        assert after == before  # everybody and everything is known again
        await run(database, "DELETE FROM community WHERE name = 'nobody'")
        await _found(database)
        assert (await check(database)).ok


async def _found(database: Database) -> None:
    """Found another community: its number must be a new one."""
    await run(database, "INSERT INTO community (name, as_of) VALUES ('Another', 0)")
    await run(database, "INSERT INTO member (community, public, page) VALUES (2, 'somebody', true)")


async def test_same_data_give_the_same_backup(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        files = [(await backup(database, tmp_path / name)).file for name in ("one", "two")]
    with opened(files[0]) as one, opened(files[1]) as two:
        assert one.manifest.tables == two.manifest.tables
        one.verify()


async def test_backup_under_a_writer_shows_one_moment(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:

        async def write() -> None:
            for n in range(100):
                await run(database, f"INSERT INTO community (name, as_of) VALUES ('c{n}', 0)")
                columns = "(id, community, platform, external, name, consent)"
                await run(database, f"INSERT INTO space {columns} VALUES ({n + 10}, {n + 2}, 'slack', 'T{n}', '', '')")

        writing = asyncio.create_task(write())
        await asyncio.sleep(0.05)
        kept = await backup(database, tmp_path / "one.backup")
        await writing
    async with database_at(f"sqlite:///{tmp_path}/other.db") as other:
        await restore(other, kept.file)
        rows = await content(other)
        assert len(rows["community"]) - 1 - len(rows["space"]) in (0, 1)
        assert (await check(other)).ok


async def test_backup_never_replaces_a_file(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    async with filled(sqlite_url, tmp_path) as database:
        with pytest.raises(InputError, match="exists already"):
            await backup(database, file)
    assert file.read_text() == "mine"


async def test_backup_into_no_folder_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    async with filled(sqlite_url, tmp_path) as database:
        with pytest.raises(InputError, match="there is no folder"):
            await backup(database, tmp_path / "nowhere" / "one.backup")


async def test_backup_of_no_database_makes_none(sqlite_url: str, tmp_path: Path) -> None:
    async with database_at(sqlite_url) as database:
        with pytest.raises(InputError, match="there is no such database"):
            await backup(database, tmp_path / "one.backup")
    assert names_in(tmp_path) == []


async def test_backup_of_an_empty_database_is_refused(database_url: str, tmp_path: Path) -> None:
    async with database_at(database_url) as database:
        await run(database, "SELECT 1")
        with pytest.raises(InputError, match="nothing to back up"):
            await backup(database, tmp_path / "one.backup")
    assert not [name for name in names_in(tmp_path) if name.startswith("one")]


async def test_backup_is_for_its_owner_only_and_without_keys(sqlite_url: str, tmp_path: Path) -> None:
    file = await a_backup(sqlite_url, tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    keys = json.loads((tmp_path / "keys").read_text())
    with zipfile.ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert keys["pseudonym"].encode() not in everything
    assert keys["sealing"][0].encode() not in everything


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
async def test_full_disk_is_said_and_leaves_nothing(sqlite_url: str, tmp_path: Path) -> None:
    full = Path("/dev/full")
    async with filled(sqlite_url, tmp_path) as database:
        (tmp_path / f"one.backup.{os.getpid()}.part").symlink_to(full)
        with pytest.raises(MachineError, match="cannot be written: No space left on device"):
            await backup(database, tmp_path / "one.backup")
    assert not [name for name in names_in(tmp_path) if name.startswith("one")]
