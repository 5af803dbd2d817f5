"""Restoring is all or nothing: what is damaged, foreign, newer or in the way is refused with one sentence."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from bot.errors import ConfigError, InputError, MachineError
from bot.keys import open_keys
from bot.maintenance import keys_for
from bot.maintenance.archive import opened
from bot.maintenance.check import check
from bot.maintenance.restore import restore
from tests.bot.maintenance.filled import (
    NAME,
    a_backup,
    content,
    database_at,
    filled,
    run,
)


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
        twice = old.read("tables/space.jsonl") + b'[1,77,"slack","T1","","notice",null,null]\n'
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
