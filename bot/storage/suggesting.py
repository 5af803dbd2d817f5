"""Accounts that may be one person's: suggested to the team, who joins them, parts them again, or says never."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import people
from bot.storage.bulk import insert_new, rows_of, take_turns
from bot.storage.schema import account, attribute, link, never_join

TEAM = -1
"""The source of links that the team vouches for."""
MOST = 20_000
"""In communities of more accounts nothing is suggested."""


@dataclass(frozen=True, slots=True)
class Found:
    """An account: its number, whose it is now, and its sealed identity."""

    id: int
    member: int
    sealed: bytes


async def candidates(connection: AsyncConnection, community: int) -> list[Found]:
    """Return all accounts of people; none where there are too many to compare."""
    here = account.c.community == community, account.c.bot.is_(False)
    query = select(account.c.id, account.c.member, account.c.sealed).where(*here).order_by(account.c.id)
    rows = (await connection.execute(query.limit(MOST + 1))).fetchall()
    return [] if len(rows) > MOST else [Found(row[0], row[1], bytes(row[2])) for row in rows]


async def declared(connection: AsyncConnection, community: int) -> list[tuple[int, str, str]]:
    """Return what accounts declare: the account, a name, a value as it is stored."""
    columns = select(attribute.c.account, attribute.c.name, attribute.c.value)
    rows = await connection.execute(columns.where(attribute.c.community == community))
    return [(row[0], row[1], row[2]) for row in rows]


async def never(connection: AsyncConnection, community: int) -> set[tuple[int, int]]:
    """Return the pairs of accounts that are two people's."""
    rows = await connection.execute(
        select(never_join.c.account, never_join.c.other).where(never_join.c.community == community)
    )
    return {(row[0], row[1]) for row in rows}


async def pair(connection: AsyncConnection, community: int, numbers: Iterable[int]) -> list[Found]:
    """Return the accounts of people with these numbers that there are in a community."""
    here = account.c.community == community, account.c.bot.is_(False), account.c.id.in_(list(numbers))
    query = select(account.c.id, account.c.member, account.c.sealed).where(*here).order_by(account.c.id)
    return [Found(row[0], row[1], bytes(row[2])) for row in await connection.execute(query)]


async def days(connection: AsyncConnection, community: int, member: int) -> tuple[int, int, int] | None:
    """Return the first and last day on which a member has tallies, and on how many; None where there are none."""
    rows = await rows_of(
        connection,
        "SELECT min(t.day), max(t.day), count(DISTINCT t.day) FROM tally t JOIN community c ON c.id = t.community "
        "WHERE t.community = :community AND t.rules = c.rules AND t.member = :member",
        community=community,
        member=member,
    )
    first, last, n = rows[0]
    return None if first is None else (int(first), int(last), int(n))


async def say_never(
    connection: AsyncConnection, community: int, accounts: tuple[int, int], by: tuple[int | None, int]
) -> None:
    """Put down that a pair of accounts is two people's; `by` is who says so, and when (ms)."""
    row = (community, *accounts, *by)
    await insert_new(connection, never_join, ("community", "account", "other", "actor", "at"), [row])


async def joined(connection: AsyncConnection, community: int) -> list[tuple[int, int]]:
    """Return the pairs that are joined on the team's word, the latest first."""
    here = link.c.community == community, link.c.source == TEAM
    rows = await connection.execute(select(link.c.account, link.c.other).where(*here).order_by(link.c.id.desc()))
    return [(row[0], row[1]) for row in rows]


async def part(connection: AsyncConnection, community: int, accounts: tuple[int, int]) -> bool:
    """Take the team's word on a pair back; returns whether it stood."""
    await take_turns(connection, community)
    return await people.part_pair(connection, community, TEAM, accounts)
