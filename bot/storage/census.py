"""How much there is in the store of what should not be there for long."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.schema import erasure, gap, space


@dataclass(frozen=True, slots=True)
class Standing:
    """Erasures that go on, since when the oldest of them does (ms), and gaps that are not made good."""

    erasures: int
    oldest_erasure: int | None
    gaps: int


async def standing(connection: AsyncConnection) -> Standing:
    """Count all of it, in all communities together; gaps of spaces that are listened to."""
    asked = select(func.count(), func.min(erasure.c.asked_at)).where(erasure.c.done_at.is_(None))
    erasures = (await connection.execute(asked)).one()
    here = gap.c.space == space.c.id, space.c.settings.is_not(None)
    gaps = await connection.execute(select(func.count(gap.c.id)).where(*here, gap.c.made_good.is_(False)))
    return Standing(int(erasures[0]), erasures[1], int(gaps.scalar_one()))
