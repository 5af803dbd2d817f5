"""What settling writes: tallies, totals, bands and crossings; and the marks it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import marks
from bot.storage.bulk import each, is_sqlite, looked_up, matching, put, rows_of
from bot.storage.schema import band_change, crossing, tally, total
from scoring.assess import BandChanges, Crossings, Totals
from scoring.columns import Ints
from scoring.points import Tallies

_MEMBERS = {"member": "bigint"}


_DAYS = {"day": "int", "member": "bigint"}


FIRST, NOBODY_YET = (-1, 0), -1
"""Come before all (day, member) marks, and before all members."""


async def take_dirty(
    connection: AsyncConnection, community: int, limit: int, after: tuple[int, int] = FIRST
) -> list[tuple[int, int]]:
    """Take (day, member) marks beyond one, the oldest days first; they are gone when the transaction commits."""
    beyond = {"community": community, "after_day": after[0], "after_member": after[1]}
    marks = "community = :community AND (day, member) > (:after_day, :after_member)"
    first = f"SELECT day, member FROM dirty WHERE {marks} ORDER BY day, member LIMIT :limit"
    if not is_sqlite(connection):
        sql = (  # materialised, or the planner may run the limited query once for each row it looks at
            f"WITH taken AS MATERIALIZED ({first} FOR UPDATE SKIP LOCKED) DELETE FROM dirty USING taken "
            "WHERE dirty.community = :community AND dirty.day = taken.day AND dirty.member = taken.member "
            "RETURNING dirty.day, dirty.member"
        )
        return [(row[0], row[1]) for row in await rows_of(connection, sql, limit=limit, **beyond)]
    taken = [(row[0], row[1]) for row in await rows_of(connection, first, limit=limit, **beyond)]
    if taken:  # all up to the last one: nobody else writes meanwhile
        day, member = taken[-1]
        upto = f"DELETE FROM dirty WHERE {marks} AND (day, member) <= (:day, :member)"
        await rows_of(connection, upto, day=day, member=member, **beyond)
    return taken


async def take_stale(connection: AsyncConnection, community: int, limit: int, after: int = NOBODY_YET) -> list[int]:
    """Take members beyond one whose standing must be worked out anew; their marks are gone at the commit."""
    beyond = {"community": community, "after": after}
    marks = "community = :community AND member > :after"
    first = f"SELECT member FROM stale WHERE {marks} ORDER BY member LIMIT :limit"
    if not is_sqlite(connection):
        sql = (
            f"WITH taken AS MATERIALIZED ({first} FOR UPDATE SKIP LOCKED) DELETE FROM stale USING taken "
            "WHERE stale.community = :community AND stale.member = taken.member RETURNING stale.member"
        )
        return [row[0] for row in await rows_of(connection, sql, limit=limit, **beyond)]
    members = [row[0] for row in await rows_of(connection, first, limit=limit, **beyond)]
    if members:
        upto = f"DELETE FROM stale WHERE {marks} AND member <= :member"
        await rows_of(connection, upto, member=members[-1], **beyond)
    return members


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
    """Write the tallies of whole (day, member) pairs: what differs from what stands there."""
    on = "t.community = :community AND t.rules = :rules AND t.day = given.day AND t.member = given.member"
    rows = await matching(
        connection,
        f"SELECT t.day, t.member, t.type, t.counted, t.points FROM {{given}} {looked_up(connection, 'tally t', on)}",
        _DAYS,
        days,
        community=community,
        rules=rules,
    )
    values = (found.day, found.member, found.type, found.counted, found.points)
    await _replace(connection, tally, (community, rules), {tuple(row) for row in rows}, set(_rows(values)))


async def _replace(
    connection: AsyncConnection, table: Table, head: tuple[int, int], before: set[_Row], after: set[_Row]
) -> None:
    """Make `after` out of the rows `before` that stand in a table; both without community and rules.

    The rows hold the key's columns first, then the values.
    """
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key]
    width = len(keys) - len(head)
    kept = {row[:width] for row in after}
    gone = [dict(zip(keys, (*head, *row), strict=False)) for row in before - after if row[:width] not in kept]
    here = " AND ".join(f"{name} = :{name}" for name in keys)
    await each(connection, f"DELETE FROM {table.name} WHERE {here}", gone)
    await put(connection, table, names, [(*head, *row) for row in sorted(after - before)])


_Row = tuple[int, ...]


async def tallies_of(connection: AsyncConnection, community: int, rules: int, members: Iterable[int]) -> Tallies:
    """Return all tallies of some members, sorted by member, day and type."""
    there = looked_up(connection, "tally t {by:ix_tally_community_rules_member}", _OF_MEMBERS)
    rows = await matching(
        connection,
        f"SELECT t.member, t.day, t.type, t.counted, t.points FROM {{given}} {there} ORDER BY 1, 2, 3",
        _MEMBERS,
        ((one,) for one in members),
        community=community,
        rules=rules,
    )
    flat = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * 5)
    return Tallies(*(np.ascontiguousarray(column) for column in flat.reshape(-1, 5).T))


_OF_MEMBERS = "t.community = :community AND t.rules = :rules AND t.member = given.member"


async def replace_standing(
    connection: AsyncConnection,
    community: int,
    rules: int,
    members: Sequence[int],
    found: tuple[Totals, BandChanges, Crossings],
) -> None:
    """Write members' totals, bands and crossings: what differs from what stands there."""
    totals, bands, crossed = found
    for table, columns in (
        (total, (totals.member, totals.band, totals.points)),
        (band_change, (bands.member, bands.day, bands.band)),
        (crossing, (crossed.member, crossed.step, crossed.day)),
    ):
        names = ", ".join(f"t.{column.name}" for column in list(table.columns)[2:])
        rows = await matching(
            connection,
            f"SELECT {names} FROM {{given}} {looked_up(connection, f'{table.name} t', _OF_MEMBERS)}",
            _MEMBERS,
            ((one,) for one in members),
            community=community,
            rules=rules,
        )
        await _replace(connection, table, (community, rules), {tuple(row) for row in rows}, set(_rows(columns)))


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
    rows = await connection.execute(
        text(
            "SELECT DISTINCT member FROM tally WHERE community = :community AND day > :after AND day <= :until "
            "AND rules IN (SELECT id FROM rules WHERE community = :community AND state <> 'retired')"
        ),
        {"community": community, "after": after, "until": until},
    )
    await marks.stale_members(connection, community, [row[0] for row in rows])


async def mark_banded(connection: AsyncConnection, community: int) -> None:
    """Mark everyone who has ever been in a band, for a review."""
    rows = await connection.execute(
        text("SELECT DISTINCT member FROM band_change WHERE community = :community"), {"community": community}
    )
    await marks.stale_members(connection, community, [row[0] for row in rows])


def _rows(columns: tuple[Ints, ...]) -> Iterable[tuple[int, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)
