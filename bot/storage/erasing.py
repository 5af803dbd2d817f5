"""Taking somebody out of every table, in steps that may be interrupted and done again.

From the first step on nothing more of them is stored. What others did stays, and is scored anew where it concerned
them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rights.inventory import Listed, Sort, inventory
from bot.storage import audit, contacts, marks
from bot.storage.bulk import insert_new, is_sqlite, matching, rows_of, take_turns
from bot.storage.choosing import Family
from bot.storage.families import orphan_answers
from bot.storage.schema import account, erasure, left_out, metadata
from bot.storage.spaces import OWN_WORD
from scoring.signals import Kind

WIDTH = 10_000
"""Engagements that are looked at in one transaction."""
PORTION = 300
"""Engagements that are changed or deleted in one transaction, which then takes well below 50 ms."""
_FIRST = ("dirty", "stale")
"""Marks go first: a settler who has just taken one is waited for, and what it wrote is seen then."""
_OTHERWISE = frozenset({"account", "member", "engagement", "sighting", "audit", "erasure", "left_out"})
"""Tables that are not simply gone through; the others go by the inventory."""
_IDS = {"id": "bigint"}
_NAMING = (Kind.MENTION, Kind.THANKS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An erasure that goes on; `member` is None where only the traces in the files are left."""

    id: int
    community: int
    member: int | None
    reason: str


async def open_ones(connection: AsyncConnection) -> list[Wanted]:
    """Return the erasures that are not done, the oldest first."""
    columns = select(erasure.c.id, erasure.c.community, erasure.c.member, erasure.c.reason)
    rows = await connection.execute(columns.where(erasure.c.done_at.is_(None)).order_by(erasure.c.id))
    return [Wanted(*row) for row in rows]


async def begin(connection: AsyncConnection, community: int, whose: Family, reason: str, at: int) -> int:
    """Put down that somebody is to be erased, and store and send nothing more of them; returns its number."""
    await take_turns(connection, community)
    there = select(erasure.c.id).where(erasure.c.community == community, erasure.c.member == whose.root)
    number = (await connection.execute(there)).scalar()
    if number is None:
        values = {"community": community, "member": whose.root, "reason": reason, "asked_at": at}
        number = (await connection.execute(insert(erasure).values(values).returning(erasure.c.id))).scalar_one()
    rows = [(community, one.handle, OWN_WORD, at) for one in whose.accounts]
    await insert_new(connection, left_out, ("community", "handle", "space", "since"), rows)
    for one in whose.members:
        await contacts.forget(connection, community, one)
        await connection.execute(text("UPDATE member SET page = FALSE WHERE id = :id"), {"id": one})
    return int(number)


async def mark(connection: AsyncConnection, community: int, markers: Iterable[str], space: int, at: int) -> None:
    """Remember people by what stands for them, so that nothing is ever stored of them again."""
    rows = [(community, one, space, at) for one in sorted(markers)]
    await insert_new(connection, left_out, ("community", "handle", "space", "since"), rows)


async def engagements(connection: AsyncConnection, community: int, whose: Family, after: int) -> int | None:
    """Delete what somebody did and what names them, from a row number on; returns where to go on, None at the end."""
    await keep_no_trace(connection)
    until = after + WIDTH
    mine = "IN (SELECT given.id FROM {given})"
    rows = await matching(
        connection,
        "SELECT e.id, e.day, e.account, e.target, e.kind FROM engagement e "
        "WHERE e.id > :after AND e.id <= :until AND e.community = :community "
        f"AND (e.account {mine} OR e.target {mine} OR (e.account IS NULL AND "
        "substr(e.key, length(e.key) - 15) IN (SELECT given.handle FROM {given}))) ORDER BY e.id LIMIT :most",
        {"id": "bigint", "handle": "text"},
        [(one.id, one.handle) for one in whose.accounts],
        community=community,
        after=after,
        until=until,
        most=PORTION,
    )
    if len(rows) == PORTION:
        until = rows[-1][0]
    accounts = {one.id for one in whose.accounts}
    named = [row[0] for row in rows if row[2] not in accounts and row[2] is not None and row[4] not in _NAMING]
    gone = [row[0] for row in rows if row[0] not in set(named)]
    others = {(row[1], one) for row in rows for one in (row[2], row[3]) if one is not None and one not in accounts}
    await marks.dirty_accounts(connection, community, others)
    await _run(connection, "DELETE FROM engagement WHERE id IN (SELECT given.id FROM {given})", gone)
    for table, key in (("sighting", "engagement"), ("engagement", "id")):
        sets = f"UPDATE {table} SET target = NULL WHERE {key} IN (SELECT given.id FROM {{given}})"
        await _run(connection, sets, named)
    top = (await rows_of(connection, "SELECT coalesce(max(id), 0) FROM engagement"))[0][0]
    return until if until < top else None


async def answers(connection: AsyncConnection, community: int, after: int) -> int | None:
    """Let what answered somebody stand by itself, from a row number on; returns where to go on."""
    return await orphan_answers(connection, community, after, WIDTH)


async def sightings(connection: AsyncConnection, community: int, whose: Family) -> bool:
    """Delete some of what other sources say of somebody, with the objects; returns whether more is left."""
    await keep_no_trace(connection)
    mine = "IN (SELECT given.id FROM {given})"
    rows = await matching(
        connection,
        f"SELECT DISTINCT s.engagement, s.day, e.day, e.account FROM sighting s JOIN engagement e "
        f"ON e.id = s.engagement WHERE e.community = :community AND (s.account {mine} OR s.target {mine}) LIMIT :most",
        _IDS,
        [(one.id,) for one in whose.accounts],
        community=community,
        most=PORTION,
    )
    touched = {(day, row[3]) for row in rows for day in (row[1], row[2]) if row[3] is not None}
    await marks.dirty_accounts(connection, community, touched)
    await _run(
        connection, "DELETE FROM engagement WHERE id IN (SELECT given.id FROM {given})", {row[0] for row in rows}
    )
    return len(rows) == PORTION


async def records(connection: AsyncConnection, community: int, whose: Family) -> None:
    """Delete what is said of somebody elsewhere: scores, choices, looks, links, declared attributes."""
    await keep_no_trace(connection)
    await audit.erase(connection, community, whose.members)
    listed = inventory()
    for name in (*_FIRST, *(one for one in listed if one not in _FIRST)):
        if name not in _OTHERWISE:
            await _erase(connection, metadata.tables[name], listed[name], community, whose)


async def _erase(connection: AsyncConnection, table: Table, listed: Listed, community: int, whose: Family) -> None:
    """Delete the rows that are somebody's, and take them out of those that only name them."""
    here = " AND community = :community" if "community" in table.c else ""
    if {"rules", "member"} <= set(table.c.keys()):  # with the rules named, the index of a member's tallies is used
        here += " AND rules IN (SELECT id FROM rules WHERE community = :community)"
    of: tuple[tuple[Sequence[Sort], str, Sequence[int | str]], ...] = (
        ((Sort.MEMBER,), "bigint", whose.members),
        ((Sort.ACCOUNT,), "bigint", [one.id for one in whose.accounts]),
        ((Sort.PSEUDONYM,), "text", [one.handle for one in whose.accounts]),
    )
    for sorts, kind, mine in of:
        for name in listed.of(*sorts):
            which = f'WHERE "{name}" {_among(connection, kind)}{here} RETURNING 1'
            await _gone(connection, f'DELETE FROM "{table.name}" {which}', community, mine)
    for name in listed.of(Sort.OF_MEMBER, Sort.BY_MEMBER):
        which = f'WHERE "{name}" {_among(connection, "bigint")}{here} RETURNING 1'
        await _gone(connection, f'UPDATE "{table.name}" SET "{name}" = NULL {which}', community, whose.members)


def _among(connection: AsyncConnection, kind: str) -> str:
    """Return the condition that a column is among `mine`: as text, because there are many of these statements."""
    return "IN (SELECT value FROM json_each(:mine))" if is_sqlite(connection) else f"= ANY(CAST(:mine AS {kind}[]))"


async def _gone(connection: AsyncConnection, sql: str, community: int, mine: Sequence[int | str]) -> None:
    handed = json.dumps(list(mine)) if is_sqlite(connection) else list(mine)
    await rows_of(connection, sql, mine=handed, community=community)


async def themselves(connection: AsyncConnection, wanted: Wanted, whose: Family) -> None:
    """Delete somebody's accounts and who they are; now only the markers know that they were there."""
    await keep_no_trace(connection)
    await take_turns(connection, wanted.community)
    # Once more, in the transaction in which they go: the settler may have scored them meanwhile.
    for one in whose.members:
        await contacts.forget(connection, wanted.community, one)
    await records(connection, wanted.community, whose)
    handles = [one.handle for one in whose.accounts]
    here = left_out.c.community == wanted.community
    await connection.execute(delete(left_out).where(here, left_out.c.handle.in_(handles)))
    await connection.execute(delete(account).where(account.c.id.in_([one.id for one in whose.accounts])))
    await _run(
        connection, "UPDATE member SET merged_into = NULL WHERE id IN (SELECT given.id FROM {given})", whose.members
    )
    await _run(connection, "DELETE FROM member WHERE id IN (SELECT given.id FROM {given})", whose.members)
    await connection.execute(update(erasure).where(erasure.c.id == wanted.id).values(member=None))


async def done(connection: AsyncConnection, number: int, at: int) -> None:
    """Put down that an erasure is complete (ms)."""
    await connection.execute(update(erasure).where(erasure.c.id == number).values(done_at=at))


async def writers(connection: AsyncConnection) -> list[tuple[int, int]]:
    """Return the spaces and months of which it is put down at present who wrote."""
    rows = await rows_of(connection, "SELECT DISTINCT space, month FROM writer")
    return [(row[0], row[1]) for row in rows]


async def unwrite(connection: AsyncConnection, rows: Sequence[tuple[int, int, str]]) -> None:
    """Take people out of those who wrote in a month (space, month, passing pseudonym)."""
    for space, month, pseudonym in rows:
        here = "DELETE FROM writer WHERE space = :space AND month = :month AND pseudonym = :pseudonym"
        await connection.execute(text(here), {"space": space, "month": month, "pseudonym": pseudonym})


async def sealed_of(connection: AsyncConnection, whose: Family) -> list[bytes]:
    """Return somebody's identities, encrypted."""
    numbers = [one.id for one in whose.accounts]
    return [
        bytes(row[0]) for row in await connection.execute(select(account.c.sealed).where(account.c.id.in_(numbers)))
    ]


async def keep_no_trace(connection: AsyncConnection) -> None:
    """Let SQLite overwrite what this connection deletes."""
    if is_sqlite(connection):
        await connection.execute(text("PRAGMA secure_delete = ON"))


async def _run(connection: AsyncConnection, sql: str, numbers: Collection[int]) -> None:
    if numbers:
        await matching(connection, f"{sql} RETURNING 1", _IDS, ((one,) for one in numbers))
