"""Members of whom contact is about to lapse, because they have not come to us for nearly half a year."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import rows_of

_LAPSING = (
    "WITH last AS (SELECT coalesce(m.merged_into, m.id) AS root, max(k.met_at) AS met_at FROM contact k "
    "JOIN member m ON m.id = k.member WHERE k.community = :community GROUP BY coalesce(m.merged_into, m.id) "
    "HAVING max(k.met_at) > :first AND max(k.met_at) <= :last) "
    "SELECT l.root, l.met_at, min(r.space) FROM last l JOIN member w ON w.id = l.root AND w.page "
    "JOIN member m ON m.id = l.root OR m.merged_into = l.root "
    "JOIN reach r ON r.community = :community AND r.member = m.id AND r.invite = 'dm' AND r.left_at IS NULL "
    "JOIN space s ON s.id = r.space AND s.settings IS NOT NULL "
    "WHERE l.root > :after GROUP BY l.root, l.met_at ORDER BY l.root LIMIT :limit"
)


class Lapsing(NamedTuple):
    """A member, when they last came to us (ms), and a space in which they wished for direct messages."""

    member: int
    met_at: int
    space: int


async def lapsing(connection: AsyncConnection, community: int, met: tuple[int, int], after: int) -> list[Lapsing]:
    """Return some members who came to us last after one moment and until another (ms), by number, from one on."""
    rows = await rows_of(connection, _LAPSING, community=community, first=met[0], last=met[1], after=after, limit=SLICE)
    return [Lapsing(*row) for row in rows]


SLICE = 100
"""How many at a time."""
