"""Local chapters and teams, and who belongs to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import each, is_sqlite, matching, rows_of
from bot.storage.schema import chapter, chapter_member

Pairs = Collection[tuple[int, str]]
"""Chapters' numbers with pseudonyms of accounts."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter that goes on: its number, name and place, and how many belong to it."""

    id: int
    name: str
    place: str
    members: int = 0


async def everyone(connection: AsyncConnection, community: int) -> list[Chapter]:
    """Return all chapters that go on, by name."""
    rows = await rows_of(
        connection,
        "SELECT c.id, c.name, c.place, (SELECT count(DISTINCT coalesce(m.merged_into, m.id)) FROM chapter_member b "
        "JOIN member m ON m.id = b.member WHERE b.community = c.community AND b.chapter = c.id "
        "AND b.until IS NULL) FROM chapter c WHERE c.community = :community AND c.closed_at IS NULL ORDER BY c.name",
        community=community,
    )
    return [Chapter(*row) for row in rows]


async def find(connection: AsyncConnection, community: int, wanted: str) -> Chapter | None:
    """Return a chapter that goes on by its number or, letter case aside, its name."""
    there = await everyone(connection, community)
    by_number = [one for one in there if str(one.id) == wanted]
    return next(iter(by_number or [one for one in there if one.name.casefold() == wanted.casefold()]), None)


async def create(
    connection: AsyncConnection, community: int, name: str, place: str, by: tuple[int | None, int]
) -> Chapter | None:
    """Make a chapter (`by` is who, and when in ms); None where there is one of that name."""
    if not is_sqlite(connection):
        await connection.execute(text("SELECT 1 FROM community WHERE id = :of FOR NO KEY UPDATE"), {"of": community})
    if any(one.name.casefold() == name.casefold() for one in await everyone(connection, community)):
        return None
    values = {"community": community, "name": name, "place": place, "actor": by[0], "at": by[1]}
    number = (await connection.execute(insert(chapter).values(values).returning(chapter.c.id))).scalar_one()
    return Chapter(int(number), name, place)


async def close(connection: AsyncConnection, community: int, number: int, at: int) -> bool:
    """Let a chapter end (ms); returns whether it went on until now."""
    here = chapter.c.community == community, chapter.c.id == number, chapter.c.closed_at.is_(None)
    changed = await connection.execute(update(chapter).where(*here).values(closed_at=at).returning(chapter.c.id))
    return changed.first() is not None


async def add(connection: AsyncConnection, community: int, number: int, member: int, day: int) -> bool:
    """Let a member belong to a chapter from a day on; returns whether they did not yet."""
    if await _belongs(connection, community, number, member):
        return False
    await connection.execute(
        text(
            "INSERT INTO chapter_member (community, chapter, member, since) "
            "VALUES (:community, :chapter, :member, :day) "
            "ON CONFLICT (community, chapter, member, since) DO UPDATE SET until = NULL, space = NULL"
        ),
        {"community": community, "chapter": number, "member": member, "day": day},
    )
    return True


async def remove(connection: AsyncConnection, community: int, number: int, member: int, day: int) -> bool:
    """Let a member no longer belong to a chapter after a day; returns whether they did."""
    mine = await _belongs(connection, community, number, member)
    here = chapter_member.c.community == community, chapter_member.c.chapter == number
    open_ones = chapter_member.c.member.in_(mine), chapter_member.c.until.is_(None)
    await connection.execute(update(chapter_member).where(*here, *open_ones).values(until=day))
    return bool(mine)


async def _belongs(connection: AsyncConnection, community: int, number: int, member: int) -> list[int]:
    """Return as which of the members who are joined in them somebody belongs to a chapter."""
    rows = await rows_of(
        connection,
        "SELECT b.member FROM chapter_member b JOIN member m ON m.id = b.member WHERE b.community = :community "
        "AND b.chapter = :chapter AND b.until IS NULL AND coalesce(m.merged_into, m.id) = "
        "(SELECT coalesce(w.merged_into, w.id) FROM member w WHERE w.id = :member)",
        community=community,
        chapter=number,
        member=member,
    )
    return [row[0] for row in rows]


async def members(connection: AsyncConnection, community: int, number: int) -> list[int]:
    """Return who belongs to a chapter now, whoever they are joined to, in the order they came."""
    rows = await rows_of(
        connection,
        "SELECT coalesce(m.merged_into, m.id), min(b.since) FROM chapter_member b JOIN member m ON m.id = b.member "
        "WHERE b.community = :community AND b.chapter = :chapter AND b.until IS NULL "
        "GROUP BY coalesce(m.merged_into, m.id) ORDER BY 2, 1",
        community=community,
        chapter=number,
    )
    return [row[0] for row in rows]


async def named(connection: AsyncConnection, community: int) -> dict[str, int | None]:
    """Return the numbers of chapters by name (without letter case), None of those that have only ended."""
    rows = await rows_of(
        connection,
        "SELECT name, id, closed_at FROM chapter WHERE community = :community ORDER BY id",
        community=community,
    )
    ended: dict[str, int | None] = {name.casefold(): None for name, _, closed in rows if closed is not None}
    return ended | {name.casefold(): number for name, number, closed in rows if closed is None}


async def belonging(
    connection: AsyncConnection, community: int, space: int, handles: Iterable[str]
) -> set[tuple[int, str, bool]]:
    """Return to which chapters accounts (by pseudonym) belong now, and whether by a role in a space or by the team.

    Roles are the account's own: those of others it is joined with, and of other spaces, are no part of this.
    """
    rows = await matching(
        connection,
        "SELECT b.chapter, a.handle, b.space FROM {given} JOIN account a ON a.handle = given.handle "
        "JOIN chapter_member b ON b.community = a.community AND b.member IN (a.own_member, a.member) "
        "WHERE a.community = :community AND b.until IS NULL "
        "AND (b.space IS NULL OR (b.space = :space AND b.member = a.own_member))",
        {"handle": "text"},
        ((one,) for one in handles),
        community=community,
        space=space,
    )
    return {(chapter, handle, by is not None) for chapter, handle, by in rows}


async def by_roles(connection: AsyncConnection, where: tuple[int, int], came: Pairs, went: Pairs, day: int) -> None:
    """Let accounts belong to chapters from a day on, or up to it, by roles (`where`: the community and the space)."""
    here = {"community": where[0], "space": where[1], "day": day}
    await each(
        connection,
        "INSERT INTO chapter_member (community, chapter, member, since, space) "
        "SELECT a.community, :chapter, a.own_member, :day, :space FROM account a "
        "WHERE a.community = :community AND a.handle = :handle "
        "ON CONFLICT (community, chapter, member, since) DO UPDATE SET until = NULL, space = excluded.space",
        [here | {"chapter": number, "handle": handle} for number, handle in came],
    )
    await each(
        connection,
        "UPDATE chapter_member SET until = :day WHERE community = :community AND chapter = :chapter "
        "AND space = :space AND until IS NULL AND member IN "
        "(SELECT a.own_member FROM account a WHERE a.community = :community AND a.handle = :handle)",
        [here | {"chapter": number, "handle": handle} for number, handle in went],
    )
