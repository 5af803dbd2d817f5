"""Which channels are active, and when each was last told what Cairn does."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import put, rows_of
from bot.storage.schema import notice
from scoring.signals import Kind


async def due(connection: AsyncConnection, community: int, space: int, window: tuple[int, int], most: int) -> list[str]:
    """Return the channels, the busiest first, in which people wrote lately and that were not told of late.

    `window` is the first day that is lately, and the moment (ms) since when nothing was told.
    """
    since, untold = window
    rows = await rows_of(
        connection,
        "SELECT CASE WHEN c.parent = '' THEN c.place ELSE c.parent END AS channel, count(*) FROM engagement e "
        "JOIN context c ON c.id = e.context AND c.space = :space "
        "WHERE e.community = :community AND e.day >= :since AND e.holds AND NOT c.left_out "
        f"AND e.kind IN ({Kind.MESSAGE:d}, {Kind.REPLY:d}) "
        "AND c.place <> '' AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.space = :space AND n.posted_at > :untold "
        "AND n.channel = CASE WHEN c.parent = '' THEN c.place ELSE c.parent END) "
        "GROUP BY CASE WHEN c.parent = '' THEN c.place ELSE c.parent END ORDER BY 2 DESC, 1 LIMIT :most",
        community=community,
        space=space,
        since=since,
        untold=untold,
        most=most,
    )
    return [row[0] for row in rows]


async def told(connection: AsyncConnection, space: int, channel: str, at: int) -> None:
    """Put down that a channel was told (ms)."""
    await put(connection, notice, ("space", "channel", "posted_at"), [(space, channel, at)])
