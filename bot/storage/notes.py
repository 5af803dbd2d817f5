"""What integrations put down for themselves, and the gaps in what was heard."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import each, put
from bot.storage.schema import gap, note


async def read(connection: AsyncConnection, owner: str, space: int, name: str) -> str | None:
    """Return what was put down under a name, None where nothing was."""
    here = note.c.owner == owner, note.c.space == space, note.c.name == name
    return (await connection.execute(select(note.c.value).where(*here))).scalar_one_or_none()


async def write(connection: AsyncConnection, owner: str, space: int, name: str, value: str) -> None:
    """Put something down; it replaces what was there."""
    await put(connection, note, ("owner", "space", "name", "value"), [(owner, space, name, value)])


async def missed(connection: AsyncConnection, of: tuple[int, int], since: int, until: int) -> int:
    """Put a gap down for a community and space (their numbers); returns its own number."""
    community, space = of
    values = {"community": community, "space": space, "since": since, "until": until, "made_good": False}
    return int((await connection.execute(insert(gap).values(values).returning(gap.c.id))).scalar_one())


async def open_gaps(connection: AsyncConnection, space: int) -> list[tuple[int, int, int]]:
    """Return a space's gaps that are not made good: their numbers, and from when to when they are (ms)."""
    here = gap.c.space == space, gap.c.made_good.is_(False)
    rows = await connection.execute(select(gap.c.id, gap.c.since, gap.c.until).where(*here).order_by(gap.c.id))
    return [(row[0], row[1], row[2]) for row in rows]


async def made_good(connection: AsyncConnection, numbers: Collection[int]) -> None:
    """Put down that all that can still be seen of these gaps' times is stored."""
    await each(connection, "UPDATE gap SET made_good = true WHERE id = :id", [{"id": one} for one in numbers])
