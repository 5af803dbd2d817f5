"""Spaces from which Cairn was removed: since when, and taking out all that was known of them."""

from __future__ import annotations

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import marks, spaces
from bot.storage.bulk import matching, rows_of
from bot.storage.erasing import PORTION, WIDTH, keep_no_trace
from bot.storage.families import orphan_answers
from bot.storage.schema import (
    backfill,
    backfill_place,
    chapter_member,
    count,
    excluded_place,
    exclusion,
    gap,
    note,
    notice,
    outbox,
    reach,
    slowdown,
    space,
    writer,
)
from bot.storage.spaces import OWN_WORD
from bot.storage.what_counts import BY_ROLE, BY_TEAM

_IDS = {"id": "bigint"}
_ALL_OF = (
    backfill,
    backfill_place,
    chapter_member,
    excluded_place,
    exclusion,
    gap,
    note,
    notice,
    outbox,
    reach,
    slowdown,
    writer,
)


async def left(connection: AsyncConnection, number: int, at: int) -> None:
    """Put down that Cairn was removed from a space (ms); what was put down before stays."""
    await connection.execute(update(space).where(space.c.id == number, space.c.left_at.is_(None)).values(left_at=at))


async def returned(connection: AsyncConnection, number: int) -> bool:
    """Put down that Cairn is in a space again; returns whether it had been removed."""
    there = update(space).where(space.c.id == number, space.c.left_at.is_not(None)).values(left_at=None)
    return (await connection.execute(there.returning(space.c.id))).first() is not None


async def gone(connection: AsyncConnection, community: int) -> list[tuple[int, int]]:
    """Return a community's spaces from which Cairn was removed: number, and since when (ms)."""
    here = space.c.community == community, space.c.left_at.is_not(None)
    rows = await connection.execute(select(space.c.id, space.c.left_at).where(*here).order_by(space.c.id))
    return [(row[0], row[1]) for row in rows]


async def is_gone(connection: AsyncConnection, number: int) -> bool:
    """Whether Cairn is still removed from a space; on PostgreSQL its row is locked until the transaction ends."""
    row = select(space.c.left_at).where(space.c.id == number).with_for_update()
    return (await connection.execute(row)).scalar() is not None


async def acts(connection: AsyncConnection, community: int, number: int, after: int) -> int | None:
    """Delete what was done in a space, from a row number on; returns where to go on, None at the end."""
    await keep_no_trace(connection)
    until = after + WIDTH
    rows = await rows_of(
        connection,
        "SELECT e.id, e.day, e.account, e.target FROM engagement e JOIN context c ON c.id = e.context "
        "WHERE e.id > :after AND e.id <= :until AND e.community = :community AND c.space = :space "
        "ORDER BY e.id LIMIT :most",
        community=community,
        after=after,
        until=until,
        space=number,
        most=PORTION,
    )
    if len(rows) == PORTION:
        until = rows[-1][0]
    days = {(row[1], one) for row in rows for one in (row[2], row[3]) if one is not None}
    await marks.dirty_accounts(connection, community, days)
    await matching(
        connection,
        "DELETE FROM engagement WHERE id IN (SELECT given.id FROM {given}) RETURNING 1",
        _IDS,
        ((row[0],) for row in rows),
    )
    top = (await rows_of(connection, "SELECT coalesce(max(id), 0) FROM engagement"))[0][0]
    return until if until < top else None


async def answers(connection: AsyncConnection, community: int, _: int, after: int) -> int | None:
    """Let what answered them stand by itself, from a row number on; returns where to go on."""
    return await orphan_answers(connection, community, after, WIDTH)


async def records(connection: AsyncConnection, community: int, number: int) -> None:
    """Delete what else is kept of a space; the space itself stays as long as others speak of it."""
    await keep_no_trace(connection)
    for table in _ALL_OF:
        await connection.execute(delete(table).where(table.c.space == number))
    await connection.execute(delete(count).where(count.c.community == community, count.c.key.like(f"h:{number}/%")))
    for sql in (
        "DELETE FROM naming WHERE context IN (SELECT id FROM context WHERE space = :space)",
        "DELETE FROM context WHERE space = :space",
    ):
        await connection.execute(text(sql), {"space": number})
    await connection.execute(
        text("DELETE FROM left_out WHERE community = :community AND space = :own"),
        {"community": community, "own": OWN_WORD - number},
    )
    for where in (number, BY_ROLE + number, BY_TEAM + number):
        await spaces.let_in(connection, community, where, await spaces.left_out_by(connection, community, where))
    await connection.execute(
        text("DELETE FROM choice WHERE community = :of AND space = :space"), {"of": community, "space": number}
    )
    await connection.execute(update(space).where(space.c.id == number).values(settings=None, name=""))


async def lonely(connection: AsyncConnection, community: int, most: int) -> list[str]:
    """Return pseudonyms of people of whom nothing is left: no act, no page, nothing that was said of them."""
    rows = await rows_of(
        connection,
        "SELECT a.handle FROM account a JOIN member m ON m.id = a.member WHERE a.community = :community "
        "AND NOT EXISTS (SELECT 1 FROM member p WHERE (p.id = a.member OR p.merged_into = a.member) AND p.page) "
        "AND NOT EXISTS (SELECT 1 FROM attribute t WHERE t.account = a.id) "
        "AND a.id NOT IN (SELECT account FROM engagement WHERE community = :community AND account IS NOT NULL) "
        "AND a.id NOT IN (SELECT target FROM engagement WHERE community = :community AND target IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM account o WHERE o.member = a.member AND o.id <> a.id) "
        "ORDER BY a.id LIMIT :most",
        community=community,
        most=most,
    )
    return [row[0] for row in rows]


async def end(connection: AsyncConnection, number: int) -> None:
    """Put down that nothing of a space is left."""
    await connection.execute(update(space).where(space.c.id == number).values(left_at=None))
