"""What every command does first: making a new database, upgrading an older one after a backup, refusing others."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import ConfigError, InputError, MachineError
from bot.keys import open_keys
from bot.maintenance import adopt_keys, keys_for, ready
from bot.maintenance.archive import opened
from bot.maintenance.backup import backup
from bot.storage import migrate
from tests.bot.maintenance.filled import content, database_at, filled, run

ROOT = Path(__file__).parents[3]
NEXT_VERSION = '''"""A version to come."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("space", sa.Column("topic", sa.Text()))
'''


async def test_new_database_is_made_silently(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with database_at(database_url) as database:
        await ready(database)
        await ready(database)
        assert await migrate.version(database) == migrate.head()
    assert capsys.readouterr() == ("", "")


async def test_several_at_once_make_it_once(database_url: str) -> None:
    async def one() -> None:
        async with database_at(database_url) as database:
            await ready(database)

    await asyncio.gather(*(one() for _ in range(5)))
    async with database_at(database_url) as database:
        assert await migrate.version(database) == migrate.head()


async def test_missing_folder_is_made(tmp_path: Path) -> None:
    async with database_at(f"sqlite:///{tmp_path}/a/b/cairn.db") as database:
        await ready(database)
        assert database.path is not None
        assert database.path.exists()


async def test_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with database_at(f"sqlite:///{tmp_path}/file/cairn.db") as database:
        with pytest.raises(MachineError, match="file: the database's folder cannot be made: File exists"):
            await ready(database)


async def test_folder_in_place_of_the_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "cairn.db").mkdir()
    async with database_at(f"sqlite:///{tmp_path}/cairn.db") as database:
        with pytest.raises(MachineError, match="the database file cannot be opened"):
            await ready(database)


async def test_newer_database_is_refused(database_url: str) -> None:
    async with database_at(database_url) as database:
        await ready(database)
        await run(database, "UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(MachineError, match="newer than this version of Cairn; upgrade Cairn first"):
            await ready(database)


async def test_database_of_another_program_is_refused(database_url: str) -> None:
    async with database_at(database_url) as database:
        await run(database, "CREATE TABLE invoice (id INTEGER)")
        with pytest.raises(InputError, match="holds other tables; give Cairn a database of its own"):
            await ready(database)
        assert await content(database) == {"invoice": []}


async def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cairn.db").write_text("Dear diary, " * 100)
    async with database_at(f"sqlite:///{tmp_path}/cairn.db") as database:
        with pytest.raises(MachineError, match="this file is not a database of Cairn"):
            await ready(database)


async def test_database_remembers_its_key_file(database_url: str, tmp_path: Path) -> None:
    async with database_at(database_url) as database:
        await ready(database)
        keys = await keys_for(database, tmp_path / "keys")
        await adopt_keys(database, keys)
        with pytest.raises(ConfigError, match="other does not belong to this database") as caught:
            await adopt_keys(database, open_keys(tmp_path / "other"), tmp_path / "other")
    assert "set CAIRN_KEYS_FILE to the one made with it" in str(caught.value)


async def test_lost_key_file_is_never_made_anew(database_url: str, tmp_path: Path) -> None:
    async with database_at(database_url) as database:
        await ready(database)
        await keys_for(database, tmp_path / "keys")
        with pytest.raises(ConfigError, match="lost is missing; put back the one that was made with"):
            await keys_for(database, tmp_path / "lost")
    assert not (tmp_path / "lost").exists()  # noqa: ASYNC240 - a look at a local file


class NextProgram:
    """A copy of the program with one migration more, as the next release would bring it."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder / "next release"
        self._url = url
        for package in ("bot", "scoring", "integrations", "migrations"):
            leave_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / package, self._folder / package, ignore=leave_out)
        shutil.copy(ROOT / "mountain.yaml", self._folder)
        migration = NEXT_VERSION.replace("{head}", migrate.head())
        (self._folder / "migrations" / "versions" / "9000_next.py").write_text(migration)

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
        environment |= {"CAIRN_DATABASE_URL": self._url, "PYTHONPATH": str(self._folder)}
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self._folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


async def test_older_database_is_backed_up_and_upgraded(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        before = await content(database)
    program = NextProgram(tmp_path, database_url)
    done = program("db", "upgrade")
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert "upgrading the database; a backup of it is in " in done.stderr
    assert f"upgraded from {migrate.head()} to schema 9000" in done.stdout
    kept = _kept(tmp_path)
    assert "before-9000" in kept.name
    async with database_at(database_url) as database:
        assert {name: len(rows) for name, rows in (await content(database)).items()} == {
            name: len(rows) for name, rows in before.items()
        }
    with opened(kept) as backup_file:
        backup_file.verify()
        assert backup_file.manifest.schema_version == migrate.head()
    again = program("db", "upgrade")
    assert (again.returncode, again.stderr) == (0, "")
    assert "schema 9000, nothing to upgrade" in again.stdout


def _kept(folder: Path) -> Path:
    """Return the backup that was kept, beside a SQLite file or in the folder `data`."""
    (kept,) = [*folder.glob("*.backup"), *folder.glob("*/data/*.backup")]
    return kept


async def test_backup_of_an_older_schema_is_upgraded_when_restored(database_url: str, tmp_path: Path) -> None:
    async with filled(f"sqlite:///{tmp_path}/first.db", tmp_path) as database:
        before = await content(database)
        kept = await backup(database, tmp_path / "old.backup")
    done = NextProgram(tmp_path, database_url)("db", "restore", str(kept.file))
    assert done.returncode == 0, done.stderr
    async with database_at(database_url) as database:
        assert await migrate.version(database) == "9000"
        after = await content(database)
    assert [row[:-1] for row in after.pop("space")] == before.pop("space")
    assert after == before
