"""Backups hold everything, are whole or not there, and come back into either kind of database."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest

from bot.errors import ConfigError, InputError, MachineError
from bot.keys import open_keys
from bot.maintenance import keys_for
from bot.maintenance.archive import opened
from bot.maintenance.backup import backup
from bot.maintenance.check import check
from bot.maintenance.restore import restore
from bot.storage.engine import Database
from tests.bot.maintenance.filled import (
    NAME,
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


async def a_backup(url: str, folder: Path) -> Path:
    """Return a backup of the community."""
    async with filled(url, folder) as database:
        return (await backup(database, folder / "one.backup")).file


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
                await run(database, f"INSERT INTO space VALUES ({n + 10}, {n + 2}, 'slack', 'T{n}', '', 'notice')")

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


def damaged(file: Path, how: str) -> Path:
    """Return a damaged copy of a backup."""
    other = file.with_name(f"{how}.backup")
    content = bytearray(file.read_bytes())
    if how == "cut off":
        content = content[: len(content) // 2]
    elif how == "changed":
        start = content.index(b"engagement.jsonl") + 200
        content[start : start + 50] = bytes(50)
    elif how == "empty":
        content.clear()
    elif how == "foreign":
        content = bytearray(b"SQLite format 3\0" + bytes(4000))
    other.write_bytes(content)
    return other


def rewritten(file: Path, **changes: object) -> Path:
    """Return a copy of a backup whose list says something else."""
    other = file.with_name("rewritten.backup")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        manifest = json.loads(old.read("manifest.json")) | changes
        for name in old.namelist():
            new.writestr(name, json.dumps(manifest) if name == "manifest.json" else old.read(name))
    return other


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("cut off", "not a backup of Cairn, or it is cut off"),
        ("empty", "not a backup of Cairn, or it is cut off"),
        ("foreign", "not a backup of Cairn, or it is cut off"),
        ("changed", r"this backup is damaged \(table \w+\)"),
    ],
)
async def test_damaged_backup_is_one_sentence(sqlite_url: str, tmp_path: Path, how: str, said: str) -> None:
    file = damaged(await a_backup(sqlite_url, tmp_path), how)
    await _refused(tmp_path, file, said)


async def _refused(folder: Path, file: Path, said: str) -> None:
    """A restore fails with a sentence and makes nothing."""
    async with database_at(f"sqlite:///{folder}/new.db") as database:
        with pytest.raises(InputError, match=said) as caught:
            await restore(database, file)
        assert str(caught.value).startswith(f"{file}: ")
        if (folder / "new.db").exists():
            assert await content(database) == {}


async def test_any_damaged_byte_is_noticed_or_harmless(sqlite_url: str, tmp_path: Path) -> None:
    file = await a_backup(sqlite_url, tmp_path)
    whole = file.read_bytes()
    with opened(file) as backup_file:
        tables = backup_file.manifest.tables
    noticed = 0
    end = range(len(whole) - 200, len(whole))  # where the zip keeps its own bookkeeping
    for place in (*range(0, len(whole), max(len(whole) // 300, 1)), *end):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            with opened(file) as backup_file:
                backup_file.verify()
                assert backup_file.manifest.tables == tables
        except InputError:
            noticed += 1
    assert noticed > 200


async def test_other_zip_is_not_a_backup(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("channels.json", "[]")
    await _refused(tmp_path, tmp_path / "other.zip", "not a backup of Cairn")
    await _refused(tmp_path, tmp_path / "none.zip", "there is no such file")
    await _refused(tmp_path, tmp_path, "there is no such file")


async def test_backup_of_a_newer_schema_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    file = await a_backup(sqlite_url, tmp_path)
    await _refused(tmp_path, rewritten(file, schema_version="9999"), "made by a newer version of Cairn; upgrade Cairn")
    await _refused(tmp_path, rewritten(file, layout=2), "made by a newer version of Cairn; upgrade Cairn")


async def test_backup_whose_list_was_changed_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    file = await a_backup(sqlite_url, tmp_path)
    with opened(file) as one:
        tables = [table.model_dump() for table in one.manifest.tables]
    fewer = [table for table in tables if table["name"] != "tally"]
    await _refused(tmp_path, rewritten(file, tables=fewer), "does not hold the tables")
    tables[0]["rows"] += 1
    await _refused(tmp_path, rewritten(file, tables=tables), "this backup is damaged")


async def test_rows_that_do_not_fit_leave_nothing(database_url: str, tmp_path: Path) -> None:
    file = await a_backup(f"sqlite:///{tmp_path}/first.db", tmp_path)
    other = tmp_path / "twice.backup"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        twice = old.read("tables/space.jsonl") + b'[1,77,"slack","T1","","notice"]\n'
        manifest = json.loads(old.read("manifest.json"))
        for table in manifest["tables"]:
            if table["name"] == "space":
                table |= {"rows": 1, "sha256": hashlib.sha256(twice).hexdigest()}
        for name in old.namelist():
            changed = {"manifest.json": json.dumps(manifest).encode(), "tables/space.jsonl": twice}
            new.writestr(name, changed.get(name, old.read(name)))
    async with database_at(database_url) as database:
        with pytest.raises(InputError, match="rows of table space do not fit this database; nothing was restored"):
            await restore(database, other)
        await run(database, "SELECT 1")
        assert await content(database) == {}


async def test_restore_over_data_is_refused(database_url: str, tmp_path: Path) -> None:
    file = await a_backup(f"sqlite:///{tmp_path}/first.db", tmp_path)
    async with filled(database_url, tmp_path) as database:
        before = await content(database)
        with pytest.raises(InputError, match="this database is not empty"):
            await restore(database, file)
        assert await content(database) == before


async def test_replace_keeps_a_backup_of_what_was_there(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = await a_backup(f"sqlite:///{tmp_path}/first.db", tmp_path)
    async with filled(database_url, tmp_path) as database:
        await run(database, "UPDATE community SET name = 'Older'")
        older = await content(database)
        restored = await restore(database, file, replace=True)
        newer = await content(database)
        assert newer["community"][0][1] == NAME
        assert restored.before is not None
        again = await restore(database, restored.before.file, replace=True)
        assert await content(database) == older
        assert again.before is not None
        assert (await check(database)).ok
    assert again.before.file != restored.before.file


async def test_failed_replace_leaves_what_was_there(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = await a_backup(f"sqlite:///{tmp_path}/first.db", tmp_path)
    with opened(file) as one:
        tables = [table.model_dump() for table in one.manifest.tables if table.name != "tally"]
    async with filled(database_url, tmp_path) as database:
        before = await content(database)
        with pytest.raises(InputError):
            await restore(database, rewritten(file, tables=tables), replace=True)
        assert await content(database) == before


async def test_replace_of_a_damaged_database_says_what_to_do(sqlite_url: str, tmp_path: Path) -> None:
    file = await a_backup(f"sqlite:///{tmp_path}/first.db", tmp_path)
    async with filled(sqlite_url, tmp_path) as database:
        assert database.path is not None
        path = database.path
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + bytes(len(whole) - 8192))
    async with database_at(sqlite_url) as database:
        with pytest.raises(MachineError, match="move that file away first"):
            await restore(database, file, replace=True)


async def test_database_of_another_program_is_left_alone(database_url: str, tmp_path: Path) -> None:
    file = await a_backup(f"sqlite:///{tmp_path}/first.db", tmp_path)
    async with database_at(database_url) as database:
        await run(database, "CREATE TABLE invoice (id INTEGER)")
        for replace in (False, True):
            with pytest.raises(InputError, match="holds other tables"):
                await restore(database, file, replace=replace)
        assert await content(database) == {"invoice": []}


async def test_empty_database_with_tables_can_be_restored_into(database_url: str, tmp_path: Path) -> None:
    file = await a_backup(f"sqlite:///{tmp_path}/first.db", tmp_path)
    async with database_at(database_url) as database:
        await restore(database, file)
        whole = await content(database)
        await run(database, "DELETE FROM sighting")
        for table in reversed(list(whole)):
            await run(database, f'DELETE FROM "{table}"')  # noqa: S608
        await restore(database, file)
        assert await content(database) == whole


async def test_restored_database_remembers_its_key_file(database_url: str, tmp_path: Path) -> None:
    file = await a_backup(f"sqlite:///{tmp_path}/first.db", tmp_path)
    async with database_at(database_url) as database:
        await restore(database, file)
        await keys_for(database, tmp_path / "keys")
        with pytest.raises(ConfigError, match="does not belong to this database"):
            await keys_for(database, _other_key_file(tmp_path))


def _other_key_file(folder: Path) -> Path:
    open_keys(folder / "other")
    return folder / "other"
