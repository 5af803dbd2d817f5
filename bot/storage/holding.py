"""How much is held of somebody, and their latest acts one by one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import matching
from bot.storage.choosing import Family
from bot.storage.schema import left_out
from scoring.signals import Kind

_IDS = {"id": "bigint"}


@dataclass(frozen=True, slots=True)
class Held:
    """How many acts and accounts of somebody are kept, and of how many older days nothing but what they gave."""

    acts: int
    accounts: int
    days: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its row, natural key, what, when (ms) and where (what people call the place)."""

    id: int
    key_day: int
    key: str
    kind: Kind
    at: int
    place: str


async def of(connection: AsyncConnection, community: int, whose: Family) -> Held:
    """Return how much is kept of somebody."""
    rows = await matching(
        connection,
        "SELECT count(*) FROM engagement e WHERE e.community = :community AND e.holds "
        "AND e.account IN (SELECT given.id FROM {given})",
        _IDS,
        ((one.id,) for one in whose.accounts),
        community=community,
    )
    days = await matching(
        connection,
        "SELECT count(DISTINCT o.day) FROM old_tally o WHERE o.community = :community "
        "AND o.member IN (SELECT given.id FROM {given})",
        _IDS,
        ((one,) for one in whose.members),
        community=community,
    )
    return Held(int(rows[0][0]), len(whose.accounts), int(days[0][0]))


async def marked_since(connection: AsyncConnection, community: int, names: Collection[str]) -> int | None:
    """Return since when (ms) a mark stands for one of these pseudonyms by which nothing is stored; None without one."""
    here = left_out.c.community == community, left_out.c.handle.in_(names)
    found = (await connection.execute(select(func.min(left_out.c.since)).where(*here))).scalar()
    return None if found is None else int(found)


async def acts(
    connection: AsyncConnection, community: int, whose: Family, *, only: int = 0, most: int = 25
) -> list[Act]:
    """Return somebody's latest acts that hold, or the one of a row number, if it is theirs."""
    one = "AND e.id = :only" if only else ""
    rows = await matching(
        connection,
        "SELECT e.id, e.key_day, e.key, e.kind, e.at, c.name FROM engagement e JOIN context c ON c.id = e.context "
        f"WHERE e.community = :community AND e.holds {one} AND e.account IN (SELECT given.id FROM {{given}}) "
        "ORDER BY e.day DESC, e.at DESC LIMIT :most",
        _IDS,
        ((mine.id,) for mine in whose.accounts),
        community=community,
        most=most,
        **({"only": only} if only else {}),
    )
    return [Act(row[0], row[1], row[2], Kind(row[3]), row[4], row[5]) for row in rows]
