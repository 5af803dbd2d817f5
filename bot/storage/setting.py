"""Facts about the database itself, by name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import insert_new
from bot.storage.schema import setting

KEYS = "keys"
"""The fingerprint of the key file that belongs to the database."""
PROBE = "probe"
"""When Cairn last tried itself from intake to store, in ms."""


async def get(connection: AsyncConnection, name: str) -> str | None:
    """Return what is put down under a name, None where nothing is."""
    row = await connection.execute(select(setting.c.value).where(setting.c.name == name))
    return row.scalar_one_or_none()


async def put_once(connection: AsyncConnection, name: str, value: str) -> str:
    """Put a value down where there is none yet; returns the one that counts."""
    await insert_new(connection, setting, ("name", "value"), [(name, value)])
    return await get(connection, name) or value
