"""Accounts that may be one person's: suggested to the team, who joins them, parts them again, or says never."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import delete, select
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
    """An account: its number, whose it is now, its sealed identity, and whether they left themselves out anywhere."""

    id: int
    member: int
    sealed: bytes
    out: bool = False


class Attribute(NamedTuple):
    """What is declared of an account: a name, a value as it is stored, and on whose word (0: their own)."""

    account: int
    name: str
    value: str
    source: int


async def candidates(connection: AsyncConnection, community: int) -> list[Found]:
    """Return all accounts of people; none where there are too many to compare."""
    rows = await rows_of(
        connection,
        "SELECT a.id, a.member, a.sealed, EXISTS (SELECT 1 FROM left_out l WHERE l.community = a.community "
        "AND l.handle = a.handle AND l.space <= 0) FROM account a WHERE a.community = :community AND NOT a.bot "
        "ORDER BY a.id LIMIT :most",
        community=community,
        most=MOST + 1,
    )
    return [] if len(rows) > MOST else [Found(row[0], row[1], bytes(row[2]), bool(row[3])) for row in rows]


async def declared(connection: AsyncConnection, community: int) -> list[Attribute]:
    """Return what is declared of accounts."""
    columns = select(*(attribute.c[name] for name in Attribute._fields))
    return [Attribute(*row) for row in await connection.execute(columns.where(attribute.c.community == community))]


async def never(connection: AsyncConnection, community: int) -> list[tuple[int, int]]:
    """Return the pairs of accounts that are two people's, what was said last first."""
    columns = select(never_join.c.account, never_join.c.other)
    latest = never_join.c.at.desc(), never_join.c.account, never_join.c.other
    rows = await connection.execute(columns.where(never_join.c.community == community).order_by(*latest))
    return [(row[0], row[1]) for row in rows]


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


async def say_perhaps(connection: AsyncConnection, community: int, accounts: tuple[int, int]) -> bool:
    """Take back that a pair of accounts is two people's; returns whether that stood."""
    pair = never_join.c.account == accounts[0], never_join.c.other == accounts[1]
    gone = delete(never_join).where(never_join.c.community == community, *pair).returning(never_join.c.account)
    return (await connection.execute(gone)).first() is not None


async def joined(connection: AsyncConnection, community: int) -> list[tuple[int, int]]:
    """Return the pairs that are joined on the team's word, the latest first."""
    here = link.c.community == community, link.c.source == TEAM
    rows = await connection.execute(select(link.c.account, link.c.other).where(*here).order_by(link.c.id.desc()))
    return [(row[0], row[1]) for row in rows]


async def part(connection: AsyncConnection, community: int, accounts: tuple[int, int]) -> bool:
    """Take the team's word on a pair back; returns whether it stood."""
    await take_turns(connection, community)
    return await people.part_pair(connection, community, TEAM, accounts)
