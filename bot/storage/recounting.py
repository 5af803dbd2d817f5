"""What may count no longer, or again: put down at once, and looked at by settling, slice by slice.

A space stands for its places and roles, a context for what was done there, an account for what its person did and
what was done about that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import marks
from bot.storage.bulk import each, matching, put, rows_of
from bot.storage.schema import recount
from scoring.signals import Kind

SPACE, CONTEXT, ACCOUNT = "space", "context", "account"
WIDTH = 4_000
"""Engagements that are looked at in one go."""


class Recount(NamedTuple):
    """One thing to be looked at, and the engagement up to which its days are marked."""

    what: str
    which: int
    marked: int


async def again(connection: AsyncConnection, community: int, what: str, numbers: Iterable[int]) -> None:
    """Have spaces, contexts or accounts looked at, from the beginning where that goes on already."""
    columns = ("community", "what", "which", "marked")
    await put(connection, recount, columns, [(community, what, one, 0) for one in sorted(set(numbers))])


async def people(connection: AsyncConnection, community: int, handles: Iterable[str]) -> None:
    """Have those of some people (by pseudonym) looked at of whom anything is stored."""
    rows = await matching(
        connection,
        "SELECT a.id, a.member FROM {given} JOIN account a ON a.handle = given.handle WHERE a.community = :community",
        {"handle": "text"},
        ((one,) for one in set(handles)),
        community=community,
    )
    await again(connection, community, ACCOUNT, (row[0] for row in rows))
    await marks.dirty_members(connection, community, {row[1] for row in rows})
    await marks.dirty_old_days(connection, community, {row[1] for row in rows})


async def left(connection: AsyncConnection, community: int) -> list[Recount]:
    """Return what is to be looked at, what comes first in the first place."""
    rows = await rows_of(
        connection,
        "SELECT what, which, marked FROM recount WHERE community = :of "
        f"ORDER BY CASE WHEN what = '{SPACE}' THEN 0 ELSE 1 END, marked, what, which",
        of=community,
    )
    return [Recount(*row) for row in rows]


async def taken(connection: AsyncConnection, community: int, one: Recount) -> bool:
    """Take one out; returns whether it was there. Who puts it in meanwhile waits until the transaction ends."""
    sql = "DELETE FROM recount WHERE community = :of AND what = :what AND which = :which RETURNING which"
    return bool(await rows_of(connection, sql, of=community, what=one.what, which=one.which))


async def days(connection: AsyncConnection, community: int, after: int) -> set[tuple[int, int]]:
    """Return the (day, account) pairs that the next engagements concern, for all that is marked up to `after`."""
    some = "SELECT r.which FROM recount r WHERE r.community = :of AND r.marked = :after AND r.what ="
    accounts = f"({some} '{ACCOUNT}')"
    rows = await rows_of(
        connection,
        f"SELECT DISTINCT e.day, e.account, CASE WHEN e.kind = {Kind.THANKS:d} THEN e.target END FROM engagement e "
        "LEFT JOIN engagement p ON p.community = e.community AND p.key_day = e.parent_day AND p.key = e.parent "
        "WHERE e.community = :of AND e.id > :after AND e.id <= :until AND e.account IS NOT NULL "
        f"AND (e.context IN ({some} '{CONTEXT}') OR e.account IN {accounts} OR e.target IN {accounts} "
        f"OR p.account IN {accounts})",
        of=community,
        after=after,
        until=after + WIDTH,
    )
    return {(row[0], who) for row in rows for who in (row[1], row[2]) if who is not None}


async def move_on(connection: AsyncConnection, community: int, some: Sequence[Recount]) -> None:
    """Put down that `some`, all marked up to the same engagement, are marked further; at the end they go."""
    until = some[0].marked + WIDTH
    top = (await rows_of(connection, "SELECT coalesce(max(id), 0) FROM engagement"))[0][0]
    here = "WHERE community = :of AND what = :what AND which = :which AND marked = :marked"
    change = f"UPDATE recount SET marked = {until:d} {here}" if until < top else f"DELETE FROM recount {here}"
    await each(connection, change, [{"of": community, **one._asdict()} for one in some])
