"""The times in which not everything was heard, by space."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Space
from bot.storage.schema import gap, space
from scoring.measures.gaps import Unheard


async def of_community(connection: AsyncConnection, of: int, until: int) -> list[Unheard]:
    """Return all that began before a moment (ms) in a community; a space goes by its name, or else by its id."""
    rows = await connection.execute(
        select(space.c.name, space.c.platform, space.c.external, gap.c.since, gap.c.until, gap.c.made_good)
        .where(gap.c.space == space.c.id, gap.c.community == of, gap.c.since < until)
        .order_by(gap.c.id)
    )
    return [Unheard(row[0] or f"{row[1]} {row[2]}", row[3], row[4], bool(row[5])) for row in rows]


async def still_open(connection: AsyncConnection) -> list[tuple[Space, Unheard]]:
    """Return those of which not all that history shows was read, with their spaces; only where Cairn listens now."""
    rows = await connection.execute(
        select(space.c.platform, space.c.external, space.c.name, gap.c.since, gap.c.until)
        .where(gap.c.space == space.c.id, space.c.settings.is_not(None), gap.c.made_good.is_(False))
        .order_by(gap.c.id)
    )
    return [(Space(*row[:3]), Unheard(row[1], row[3], row[4], made_good=False)) for row in rows]
