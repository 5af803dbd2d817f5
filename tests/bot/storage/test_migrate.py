"""The schema: up, down and up again, no drift, and a database from the future is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import inspect, text

from bot.errors import MachineError
from bot.storage import migrate
from bot.storage.engine import Database
from bot.storage.schema import metadata


@pytest.fixture
async def database(bare_database_url: str) -> AsyncIterator[Database]:
    one = Database(bare_database_url)
    yield one
    await one.close()


async def tables(database: Database) -> set[str]:
    async with database.read() as connection:
        return await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))


async def test_new_database_gets_all_tables_and_does_not_drift(database: Database) -> None:
    assert await migrate.version(database) is None

    assert await migrate.upgrade(database)

    assert await migrate.version(database) == migrate.head()
    assert await migrate.drift(database) == ""
    assert await tables(database) == {*metadata.tables, "alembic_version"}


async def test_upgrading_twice_changes_nothing(database: Database) -> None:
    await migrate.upgrade(database)

    assert not await migrate.upgrade(database)


async def test_down_and_up_again_ends_in_the_same_schema(database: Database) -> None:
    await migrate.upgrade(database)

    await migrate.downgrade(database, "base")
    assert await tables(database) == {"alembic_version"}

    await migrate.upgrade(database)
    assert await migrate.drift(database) == ""


async def test_newer_database_is_refused_in_one_sentence_and_left_alone(database: Database) -> None:
    await migrate.upgrade(database)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(MachineError, match=r"newer than this version of Cairn; upgrade Cairn first$") as caught:
        await migrate.upgrade(database)

    assert "\n" not in str(caught.value)
    assert await migrate.version(database) == "9999"


async def test_failed_upgrade_leaves_nothing_half_done(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE tally (other integer)"))

    with pytest.raises(Exception, match="tally"):
        await migrate.upgrade(database)

    assert await tables(database) <= {"tally", "alembic_version"}
    assert await migrate.version(database) is None
