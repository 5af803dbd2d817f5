"""Marks of what must be settled anew: dirty member-days and stale members."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import insert_new, is_sqlite, matching
from bot.storage.schema import dirty, stale

_DAYS = {"day": "int", "member": "bigint"}
_NOBODY: Mapping[int, int] = MappingProxyType({})


def _again(connection: AsyncConnection) -> str:
    """Return what to do with a mark that is there already.

    On PostgreSQL it is written over, so that a settler that has just taken it, and deletes it at its commit, is waited
    for and the mark made anew; on SQLite writers take turns anyway.
    """
    return "DO NOTHING" if is_sqlite(connection) else "(community, day, member) DO UPDATE SET day = excluded.day"


async def _mark(
    connection: AsyncConnection, query: str, types: dict[str, str], rows: Iterable[tuple[int, ...]], community: int
) -> None:
    insert = f"INSERT INTO dirty (community, day, member) {query} ORDER BY 1, 2, 3"
    await matching(
        connection, f"{insert} ON CONFLICT {_again(connection)} RETURNING 1", types, rows, community=community
    )


async def dirty_accounts(
    connection: AsyncConnection, community: int, days: Collection[tuple[int, int]], known: Mapping[int, int] = _NOBODY
) -> None:
    """Mark (day, account) pairs; `known` are members by account that were read in this transaction."""
    if not days:
        return
    unknown = {account for _, account in days if account not in known}
    member_of = known
    if unknown:
        found = await matching(
            connection,
            "SELECT a.id, a.member FROM {given} JOIN account a ON a.id = given.account",
            {"account": "bigint"},
            ((account,) for account in unknown),
        )
        member_of = {**known, **{row[0]: row[1] for row in found}}
    pairs = sorted({(day, member_of[account]) for day, account in days if account in member_of})
    if is_sqlite(connection):
        await insert_new(connection, dirty, ("community", "day", "member"), [(community, *pair) for pair in pairs])
    else:
        query = "SELECT CAST(:community AS int), given.day, given.member FROM {given}"
        await _mark(connection, query, _DAYS, pairs, community)


async def dirty_days(connection: AsyncConnection, community: int, days: Iterable[tuple[int, int]]) -> None:
    """Mark (day, member) pairs."""
    query = "SELECT CAST(:community AS int), given.day, given.member FROM {given} WHERE true"
    await _mark(connection, query, _DAYS, sorted(set(days)), community)


async def dirty_members(connection: AsyncConnection, community: int, members: Iterable[int]) -> None:
    """Mark every day on which these members have a tally; their untallied days bear marks already."""
    query = (
        "SELECT DISTINCT t.community, t.day, t.member "
        "FROM {given} JOIN tally t ON t.member = given.member WHERE t.community = :community "
        "AND t.rules IN (SELECT id FROM rules WHERE community = :community AND state <> 'retired')"
    )
    await _mark(connection, query, {"member": "bigint"}, ((one,) for one in sorted(members)), community)


async def dirty_old_days(connection: AsyncConnection, community: int, members: Iterable[int]) -> None:
    """Mark every day on which these members had something of acts that are kept no longer."""
    query = (
        "SELECT DISTINCT o.community, o.day, o.member "
        "FROM {given} JOIN old_tally o ON o.member = given.member WHERE o.community = :community"
    )
    await _mark(connection, query, {"member": "bigint"}, ((one,) for one in sorted(members)), community)


async def dirty_whole_accounts(connection: AsyncConnection, community: int, accounts: Iterable[int]) -> None:
    """Mark every tallied day of the members these accounts belong to."""
    rows = await matching(
        connection,
        "SELECT DISTINCT a.member FROM {given} JOIN account a ON a.id = given.id",
        {"id": "bigint"},
        ((one,) for one in sorted(accounts)),
    )
    await dirty_members(connection, community, [row[0] for row in rows])


async def dirty_everything(connection: AsyncConnection, community: int, first: int, last: int) -> None:
    """Mark every member-day with an engagement from day `first` to day `last`, both included."""
    receiver = (
        "UNION SELECT e.community, e.day, a.member FROM engagement e JOIN account a ON a.id = e.target "
        "WHERE e.community = :community AND e.kind = 13 AND e.day BETWEEN :first AND :last"
    )
    await connection.execute(
        text(
            "INSERT INTO dirty (community, day, member) SELECT * FROM ("
            "SELECT e.community, e.day, a.member FROM engagement e JOIN account a ON a.id = e.account "
            f"WHERE e.community = :community AND e.day BETWEEN :first AND :last {receiver}) AS marks "
            f"WHERE true ORDER BY 1, 2, 3 ON CONFLICT {_again(connection)}"
        ),
        {"community": community, "first": first, "last": last},
    )


async def stale_members(connection: AsyncConnection, community: int, members: Iterable[int]) -> None:
    """Mark members whose standing must be worked out anew."""
    numbers = sorted(set(members))
    if is_sqlite(connection):
        await insert_new(connection, stale, ("community", "member"), [(community, one) for one in numbers])
        return
    await matching(
        connection,
        "INSERT INTO stale (community, member) SELECT CAST(:community AS int), given.member FROM {given} "
        "ORDER BY 1, 2 ON CONFLICT (community, member) DO UPDATE SET member = excluded.member RETURNING 1",
        {"member": "bigint"},
        ((one,) for one in numbers),
        community=community,
    )


async def waiting(connection: AsyncConnection, community: int) -> int:
    """Return how many marks are left."""
    result = await connection.execute(
        text(
            "SELECT (SELECT count(*) FROM dirty WHERE community = :community) "
            "+ (SELECT count(*) FROM stale WHERE community = :community) "
            "+ (SELECT count(*) FROM recount WHERE community = :community)"
        ),
        {"community": community},
    )
    return int(result.scalar_one())
