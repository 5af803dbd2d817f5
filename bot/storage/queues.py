"""What waits for the team, in numbers: steps that were reached, messages on their way, what people say is wrong."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import rows_of


async def steps(connection: AsyncConnection, community: int, rules: int, first: int) -> dict[int, int]:
    """Return how many members with a page have reached a step (index) from a day on, under rules by their number."""
    rows = await rows_of(
        connection,
        "SELECT c.step, count(DISTINCT c.member) FROM crossing c JOIN ("
        "SELECT coalesce(merged_into, id) AS root FROM member WHERE community = :of GROUP BY coalesce(merged_into, id) "
        "HAVING min(CASE WHEN page THEN 1 ELSE 0 END) = 1) p ON p.root = c.member "
        "WHERE c.community = :of AND c.rules = :rules AND c.day >= :first GROUP BY c.step ORDER BY c.step",
        of=community,
        rules=rules,
        first=first,
    )
    return {row[0]: row[1] for row in rows}


async def letters(connection: AsyncConnection, community: int, since: int) -> dict[str, int]:
    """Return how many messages there are by state: on their way, or settled since a moment (ms).

    Private lines are left out: they wait for their reader, however long that takes. So is what was to be shown beside
    an act, which is worth nothing a while later.
    """
    rows = await rows_of(
        connection,
        "SELECT state, count(*) FROM outbox WHERE community = :of AND way <> 'beside' "
        "AND ((state = 'pending' AND way <> 'line') "
        "OR (state IN ('failed', 'unknown') AND settled_at >= :since)) GROUP BY state",
        of=community,
        since=since,
    )
    return {row[0]: row[1] for row in rows}


async def doubtful(connection: AsyncConnection, community: int, since: int, most: int) -> list[tuple[str, str, int]]:
    """Return the messages settled since a moment (ms) of which nobody knows whether they arrived, the last first.

    Of each what it was for, its channel (nothing where it went to somebody) and when it was handed over (ms).
    """
    rows = await rows_of(
        connection,
        "SELECT purpose, channel, coalesce(first_at, posted_at) FROM outbox WHERE community = :of "
        "AND state = 'unknown' AND way <> 'beside' AND settled_at >= :since "
        "ORDER BY settled_at DESC, id DESC LIMIT :most",
        of=community,
        since=since,
        most=most,
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def put_down(connection: AsyncConnection, community: int, what: str, since: int) -> int:
    """Return how often something stands in the audit log since a moment (ms)."""
    rows = await rows_of(
        connection,
        "SELECT count(*) FROM audit WHERE community = :of AND what = :what AND at >= :since",
        of=community,
        what=what,
        since=since,
    )
    return int(rows[0][0])


async def accounts(connection: AsyncConnection, community: int) -> int:
    """Return how many accounts a community has."""
    rows = await rows_of(connection, "SELECT count(*) FROM account WHERE community = :of", of=community)
    return int(rows[0][0])
