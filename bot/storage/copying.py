"""Whole tables out of a database and into another, for backups: every row as it stands, whatever the schema's version.

Which tables and columns there are is asked of the database itself, so that an older schema can be copied before it is
upgraded. Values travel as JSON knows them (bytes as base64), so that SQLite and PostgreSQL understand each other.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, LargeBinary, MetaData, Table, func, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import migrate
from bot.storage.bulk import insert_new
from bot.storage.engine import Database

CHUNK = 2_000
"""Rows in memory at a time."""
_VERSION = "alembic_version"
_OURS = {"setting", "community"}
_SCHEMA_LOCK = int.from_bytes(b"cairn")
_NOT_DATA = {"setting"}


@asynccontextmanager
async def snapshot(database: Database) -> AsyncIterator[AsyncConnection]:
    """Open a transaction that sees one moment of the database while others go on writing."""
    async with database.read() as connection:
        if database.kind == "postgresql":
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield connection


@asynccontextmanager
async def one_at_a_time(database: Database) -> AsyncIterator[None]:
    """Wait until no other process changes the schema, and keep them waiting; on SQLite writers take turns anyway."""
    async with database.read() as connection:
        if database.kind == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _SCHEMA_LOCK})
        yield


async def version(connection: AsyncConnection) -> str | None:
    """Return the schema's version, None where there are no tables of Cairn."""
    return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def foreign(connection: AsyncConnection) -> bool:
    """Whether the database holds tables and they are not Cairn's."""
    there = set(await names(connection))
    return bool(there) and not there >= _OURS


async def vacant(connection: AsyncConnection) -> bool:
    """Whether the database holds no data: no tables, or only empty ones (facts about itself aside)."""
    for name in await names(connection):
        if name not in _NOT_DATA and (await connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1'))).first():
            return False
    return True


async def names(connection: AsyncConnection) -> list[str]:
    """Return the tables' names; of their columns, which take a while to be read, nothing."""
    found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return sorted(set(found) - {_VERSION})


async def tables(connection: AsyncConnection) -> list[Table]:
    """Return the tables as the database has them, those that others point at first."""
    found = await connection.run_sync(_reflected)
    return [table for table in found.sorted_tables if table.name != _VERSION]


def _reflected(sync: Connection) -> MetaData:
    found = MetaData()
    found.reflect(sync)
    return found


async def rows(connection: AsyncConnection, table: Table) -> AsyncIterator[list[list[Any]]]:
    """Yield a table's rows in the order of its key, some thousands at a time, as values that JSON can hold."""
    query = select(table).order_by(*table.primary_key.columns)
    sealed = _binary(table, table.c.keys())
    result = await connection.stream(query, execution_options={"yield_per": CHUNK})
    async for chunk in result.partitions():
        values = [list(row) for row in chunk]
        for n in sealed:
            for row in values:
                row[n] = None if row[n] is None else b64encode(row[n]).decode()
        yield values


async def put(connection: AsyncConnection, table: Table, columns: Sequence[str], given: list[list[Any]]) -> None:
    """Insert rows as `rows` gave them; `columns` name the values. Rows whose key is taken are left out."""
    for n in _binary(table, columns):
        for row in given:
            row[n] = None if row[n] is None else b64decode(row[n])
    await insert_new(connection, table, columns, given)


def _binary(table: Table, columns: Sequence[str]) -> list[int]:
    return [n for n, name in enumerate(columns) if isinstance(table.c[name].type, LargeBinary)]


async def size(connection: AsyncConnection, table: Table) -> int:
    """Return how many rows a table has."""
    return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def hold_still(connection: AsyncConnection) -> None:
    """Let others read but not write until the transaction ends (on SQLite a writing transaction does so anyway)."""
    if connection.dialect.name != "sqlite":
        listed = ", ".join(f'"{name}"' for name in await names(connection))
        await connection.execute(text(f"LOCK TABLE {listed} IN EXCLUSIVE MODE"))


async def drop_everything(connection: AsyncConnection) -> None:
    """Drop all tables."""
    await connection.run_sync(lambda sync: _reflected(sync).drop_all(sync))


async def bring_to(connection: AsyncConnection, target: str) -> None:
    """Bring the schema to a version (or `head`) within the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(migrate.migrations_folder()).replace("%", "%%"))

    def upgrade(sync: Connection) -> None:
        config.attributes["connection"] = sync
        command.upgrade(config, target)

    await connection.run_sync(upgrade)


async def mend_numbering(connection: AsyncConnection) -> None:
    """Let PostgreSQL hand out numbers above those that rows were inserted with; SQLite does so by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in await tables(connection):
        if "id" in table.c:
            await connection.execute(
                text(
                    "SELECT setval(pg_get_serial_sequence(:name, 'id'), "
                    f'(SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"), false)'
                ),
                {"name": f'"{table.name}"'},
            )
        await connection.execute(text(f'ANALYZE "{table.name}"'))
