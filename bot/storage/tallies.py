"""What settling writes: tallies, totals, bands and crossings; and the marks it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import insert_new, matching
from bot.storage.schema import band_change, crossing, tally, total
from scoring.assess import BandChanges, Crossings, Totals
from scoring.columns import Ints
from scoring.points import Tallies

_MEMBERS = {"member": "bigint"}


def _skip_locked(connection: AsyncConnection) -> str:
    return "" if connection.dialect.name == "sqlite" else " FOR UPDATE SKIP LOCKED"


async def take_dirty(connection: AsyncConnection, community: int, limit: int) -> list[tuple[int, int]]:
    """Take (day, member) marks, the oldest days first; they are gone when the transaction commits."""
    rows = await connection.execute(
        text(
            "DELETE FROM dirty WHERE (community, day, member) IN (SELECT community, day, member FROM dirty "
            f"WHERE community = :community ORDER BY day, member LIMIT :limit{_skip_locked(connection)}) "
            "RETURNING day, member"
        ),
        {"community": community, "limit": limit},
    )
    return [(row[0], row[1]) for row in rows]


async def take_stale(connection: AsyncConnection, community: int, limit: int) -> list[int]:
    """Take members whose standing must be worked out anew; their marks are gone when the transaction commits."""
    rows = await connection.execute(
        text(
            "DELETE FROM stale WHERE (community, member) IN (SELECT community, member FROM stale "
            f"WHERE community = :community ORDER BY member LIMIT :limit{_skip_locked(connection)}) RETURNING member"
        ),
        {"community": community, "limit": limit},
    )
    return [row[0] for row in rows]


async def roots(connection: AsyncConnection, members: Iterable[int]) -> dict[int, int]:
    """Return for each member whom they are merged into (themselves where they are not)."""
    rows = await matching(
        connection,
        "SELECT m.id, coalesce(m.merged_into, m.id) FROM {given} JOIN member m ON m.id = given.member",
        _MEMBERS,
        ((one,) for one in members),
    )
    return {row[0]: row[1] for row in rows}


async def replace_tallies(
    connection: AsyncConnection, community: int, rules: int, days: Sequence[tuple[int, int]], found: Tallies
) -> None:
    """Write the tallies of whole (day, member) pairs, deleting what stood there."""
    await matching(
        connection,
        "DELETE FROM tally WHERE community = :community AND rules = :rules AND (day, member) IN "
        "(SELECT given.day, given.member FROM {given}) RETURNING 1",
        {"day": "int", "member": "bigint"},
        days,
        community=community,
        rules=rules,
    )
    columns = ("community", "rules", "day", "member", "type", "counted", "points")
    values = (found.day, found.member, found.type, found.counted, found.points)
    await insert_new(connection, tally, columns, _rows((community, rules), values))


async def tallies_of(connection: AsyncConnection, community: int, rules: int, members: Iterable[int]) -> Tallies:
    """Return all tallies of some members, sorted by member, day and type."""
    rows = await matching(
        connection,
        "SELECT t.member, t.day, t.type, t.counted, t.points FROM {given} JOIN tally t ON t.member = given.member "
        "WHERE t.community = :community AND t.rules = :rules ORDER BY 1, 2, 3",
        _MEMBERS,
        ((one,) for one in members),
        community=community,
        rules=rules,
    )
    table = np.array([tuple(row) for row in rows] or np.empty((0, 5)), np.int64)
    return Tallies(*(np.ascontiguousarray(table[:, n]) for n in range(5)))


async def replace_standing(
    connection: AsyncConnection,
    community: int,
    rules: int,
    members: Sequence[int],
    found: tuple[Totals, BandChanges, Crossings],
) -> None:
    """Write members' totals, bands and crossings, deleting what stood there."""
    totals, bands, crossed = found
    for table in ("total", "band_change", "crossing"):
        await matching(
            connection,
            f"DELETE FROM {table} WHERE community = :community AND rules = :rules AND member IN "
            "(SELECT given.member FROM {given}) RETURNING 1",
            _MEMBERS,
            ((one,) for one in members),
            community=community,
            rules=rules,
        )
    head = (community, rules)
    names = ("community", "rules", "member")
    await insert_new(
        connection, total, (*names, "band", "points"), _rows(head, (totals.member, totals.band, totals.points))
    )
    await insert_new(
        connection, band_change, (*names, "day", "band"), _rows(head, (bands.member, bands.day, bands.band))
    )
    await insert_new(
        connection, crossing, (*names, "day", "step"), _rows(head, (crossed.member, crossed.day, crossed.step))
    )


async def crossed(connection: AsyncConnection, community: int, rules: int) -> dict[int, int]:
    """Return how many members have reached each step (by index)."""
    rows = await connection.execute(
        text(
            "SELECT step, count(DISTINCT member) FROM crossing "
            "WHERE community = :community AND rules = :rules GROUP BY step ORDER BY step"
        ),
        {"community": community, "rules": rules},
    )
    return {row[0]: row[1] for row in rows}


async def mark_leaving(connection: AsyncConnection, community: int, after: int, until: int) -> None:
    """Mark the members who have tallies on the days that leave the window (after < day <= until)."""
    await connection.execute(
        text(
            "INSERT INTO stale (community, member) SELECT DISTINCT community, member FROM tally "
            "WHERE community = :community AND day > :after AND day <= :until "
            "AND rules IN (SELECT id FROM rules WHERE community = :community AND state <> 'retired') "
            "ON CONFLICT DO NOTHING"
        ),
        {"community": community, "after": after, "until": until},
    )


async def mark_banded(connection: AsyncConnection, community: int) -> None:
    """Mark everyone who has ever been in a band, for a review."""
    await connection.execute(
        text(
            "INSERT INTO stale (community, member) SELECT DISTINCT community, member FROM band_change "
            "WHERE community = :community ON CONFLICT DO NOTHING"
        ),
        {"community": community},
    )


def _rows(head: tuple[int, ...], columns: tuple[Ints, ...]) -> list[tuple[int, ...]]:
    return [(*head, *row) for row in zip(*(column.tolist() for column in columns), strict=True)]
