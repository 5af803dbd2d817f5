"""Anonymous numbers by month."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.schema import count
from scoring.signals import date_of


async def by_month(connection: AsyncConnection, community: int, kind: str) -> dict[str, int]:
    """Return the numbers of a kind, added up by month (`2026-03`)."""
    rows = await connection.execute(
        select(count.c.day, count.c.n).where(count.c.community == community, count.c.kind == kind)
    )
    found: Counter[str] = Counter()
    for day, n in rows:
        found[date_of(day).isoformat()[:7]] += int(n)
    return dict(found)
