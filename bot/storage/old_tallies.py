"""What acts gave that are kept no longer. Settling adds it to what the acts that are kept give.

It belongs to the member it was put down for; who is joined has it all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import each, matching, rows_of
from bot.storage.what_counts import EVERYWHERE
from scoring.columns import Ints
from scoring.points import Tallies

_COUNTS = (
    "NOT EXISTS (SELECT 1 FROM account a JOIN left_out l ON l.community = a.community AND l.handle = a.handle "
    f"WHERE a.own_member = o.member AND {EVERYWHERE})"
)
"""Whose it is, the team does not leave out. What roles and places leave out is no more in it to be told apart."""
_COLUMNS = "o.day, o.type, sum(o.counted), sum(o.points)"
_OF_DAYS = (
    f"SELECT given.member, {_COLUMNS} FROM {{given}} JOIN old_tally o ON o.community = :community "
    f"AND o.rules = :rules AND o.day = given.day AND o.member = given.own WHERE {_COUNTS} "
    "GROUP BY given.member, o.day, o.type"
)
_ADD = (
    "INSERT INTO old_tally (community, rules, day, member, type, counted, points) "
    "VALUES (:community, :rules, :day, :member, :type, :counted, :points) "
    "ON CONFLICT (community, rules, day, member, type) DO UPDATE SET "
    "counted = old_tally.counted + excluded.counted, points = old_tally.points + excluded.points"
)


async def any_of(connection: AsyncConnection, community: int) -> bool:
    """Whether there is any."""
    return bool(await rows_of(connection, "SELECT 1 FROM old_tally WHERE community = :of LIMIT 1", of=community))


async def of_days(connection: AsyncConnection, community: int, rules: int, days: Sequence[tuple[int, int]]) -> Tallies:
    """Return what (day, member) pairs had of acts that are kept no longer."""
    if not await any_of(connection, community):
        return _table([])
    own = await _own(connection, community, {who for _, who in days})
    given = [(day, one, who) for day, who in days for one in own[who]]
    types = {"day": "int", "own": "bigint", "member": "bigint"}
    return _table(await matching(connection, _OF_DAYS, types, given, community=community, rules=rules))


async def everything(connection: AsyncConnection, community: int, rules: int) -> Tallies:
    """Return all there is under some rules, by who the members are now."""
    sql = (
        f"SELECT coalesce(m.merged_into, m.id), {_COLUMNS} FROM old_tally o JOIN member m ON m.id = o.member "
        f"WHERE o.community = :community AND o.rules = :rules AND {_COUNTS} "
        "GROUP BY coalesce(m.merged_into, m.id), o.day, o.type"
    )
    return _table(await rows_of(connection, sql, community=community, rules=rules))


async def add(connection: AsyncConnection, community: int, rules: int, more: Iterable[tuple[int, ...]]) -> None:
    """Add rows of member, day, type, counted and points; the last two may be below zero."""
    names = ("member", "day", "type", "counted", "points")
    rows = [dict(zip(names, one, strict=True)) | {"community": community, "rules": rules} for one in more]
    await each(connection, _ADD, rows)


async def _own(connection: AsyncConnection, community: int, members: Iterable[int]) -> dict[int, list[int]]:
    """Return for each member all who are joined in them."""
    roots = sorted(members)
    rows = await matching(
        connection,
        "SELECT given.member, m.id FROM {given} JOIN member m ON m.community = :community "
        "AND m.merged_into = given.member",
        {"member": "bigint"},
        ((one,) for one in roots),
        community=community,
    )
    own = {one: [one] for one in roots}
    for root, one in rows:
        own[root].append(one)
    return own


def _table(rows: Sequence[Sequence[int]]) -> Tallies:
    table = np.array([tuple(int(value) for value in row) for row in rows] or np.empty((0, 5)), np.int64)
    order = np.lexsort((table[:, 2], table[:, 1], table[:, 0]))
    columns: list[Ints] = [np.ascontiguousarray(table[order, n]) for n in range(5)]
    return Tallies(*columns)
