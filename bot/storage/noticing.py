"""Which channels are active, when each was last told what Cairn does, and who has neither chosen nor been asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import notes
from bot.storage.bulk import matching, put, rows_of
from bot.storage.schema import notice
from scoring.signals import Kind

_OWNER, _WRITTEN_IN = "notice", "written in"


class Where(NamedTuple):
    """A community and a space of its, and the moment (ms) since when a channel may not have been told."""

    community: int
    space: int
    untold: int


async def due(connection: AsyncConnection, where: Where, since: int, most: int) -> list[str]:
    """Return the channels, the busiest first, in which people wrote since a day, as far as their acts are stored.

    What is written in threads counts for their channel, if somebody wrote in that itself: some have only threads.
    """
    rows = await rows_of(
        connection,
        "SELECT CASE WHEN c.parent = '' THEN c.place ELSE c.parent END AS channel, count(*) FROM engagement e "
        "JOIN context c ON c.id = e.context AND c.space = :space "
        "WHERE e.community = :community AND e.day >= :since AND e.holds AND NOT c.left_out "
        f"AND e.kind IN ({Kind.MESSAGE:d}, {Kind.REPLY:d}) "
        "AND c.place <> '' AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.space = :space AND n.posted_at > :untold "
        "AND n.channel = CASE WHEN c.parent = '' THEN c.place ELSE c.parent END) "
        "GROUP BY CASE WHEN c.parent = '' THEN c.place ELSE c.parent END "
        "HAVING max(CASE WHEN c.parent = '' THEN 1 ELSE 0 END) = 1 ORDER BY 2 DESC, 1 LIMIT :most",
        **where._asdict(),
        since=since,
        most=most,
    )
    return [row[0] for row in rows]


async def untold(connection: AsyncConnection, where: Where, channels: Iterable[str]) -> set[str]:
    """Return those of some channels that were not told of late, and are not left out."""
    rows = await matching(
        connection,
        "SELECT given.channel FROM {given} WHERE NOT EXISTS (SELECT 1 FROM notice n WHERE n.space = :space "
        "AND n.channel = given.channel AND n.posted_at > :untold) AND NOT EXISTS (SELECT 1 FROM context c "
        "WHERE c.community = :community AND c.space = :space AND c.place = given.channel AND c.left_out)",
        {"channel": "text"},
        ((one,) for one in set(channels)),
        **where._asdict(),
    )
    return {row[0] for row in rows}


async def told(connection: AsyncConnection, space: int, channel: str, at: int) -> None:
    """Put down that a channel was told (ms)."""
    await put(connection, notice, ("space", "channel", "posted_at"), [(space, channel, at)])


async def written_in(connection: AsyncConnection, space: int) -> dict[str, int]:
    """Return the day on which somebody last wrote in each channel of a space that keeps nothing of them."""
    found = await notes.read(connection, _OWNER, space, _WRITTEN_IN)
    return {str(channel): int(day) for channel, day in json.loads(found or "{}").items()}


async def put_written(connection: AsyncConnection, space: int, days: Mapping[str, int], since: int) -> None:
    """Put down on which day somebody last wrote in channels, not who or how many; what was before `since` goes."""
    before = await written_in(connection, space)
    latest = {one: max(day, before.get(one, day)) for one, day in {**before, **days}.items()}
    after = {one: day for one, day in sorted(latest.items()) if day >= since}
    if after != before:
        await notes.write(connection, _OWNER, space, _WRITTEN_IN, json.dumps(after))


async def undecided(connection: AsyncConnection, community: int, some: Iterable[str], since: int) -> set[str]:
    """Return those among some pseudonyms who have no page, and decided nothing and were asked nothing since (ms)."""
    rows = await matching(
        connection,
        "SELECT a.handle FROM {given} JOIN account a ON a.handle = given.handle JOIN member m ON m.id = a.member "
        "WHERE a.community = :community AND NOT a.bot AND NOT m.page AND NOT EXISTS (SELECT 1 FROM choice c "
        "WHERE c.community = a.community AND c.member = a.member AND c.at > :since AND c.source <> 'team' "
        "AND c.what IN ('page', 'out', 'asked about a page'))",
        {"handle": "text"},
        ((one,) for one in some),
        community=community,
        since=since,
    )
    return {row[0] for row in rows}
