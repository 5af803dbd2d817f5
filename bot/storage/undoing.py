"""Taking an import back, row by row.

A row goes only where no other source has seen it; where others have, their word holds again. Everything happens in
short transactions and may be interrupted and taken up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import contexts, marks, people
from bot.storage.bulk import matching
from bot.storage.engagements import CLAIM, Key, Outcome, claim_of, rewrite, sightings_of
from bot.storage.families import align, orphan_answers
from bot.storage.schema import attribute, count
from scoring.claims import Claim, join

SLICE = 250
"""Rows in one transaction."""
_ID = {"id": "bigint"}


async def words(connection: AsyncConnection, community: int, source: int) -> set[int]:
    """Take back what an import declared of people: links, attributes and counts; returns the accounts it had linked."""
    parted = await people.part_accounts(connection, community, source)
    gone = await connection.execute(
        delete(attribute)
        .where(attribute.c.community == community, attribute.c.source == source)
        .returning(attribute.c.account)
    )
    await marks.dirty_whole_accounts(connection, community, {row[0] for row in gone})
    await connection.execute(delete(count).where(count.c.community == community, count.c.source == source))
    return parted


async def shared(connection: AsyncConnection, community: int, source: int) -> bool:
    """Let other sources' word hold again for a slice of the rows they share; returns whether more is left."""
    rows = await connection.execute(
        text(
            "DELETE FROM sighting WHERE source = :source AND engagement IN "
            "(SELECT engagement FROM sighting WHERE source = :source LIMIT :slice) RETURNING engagement"
        ),
        {"source": source, "slice": SLICE},
    )
    numbers = [row[0] for row in rows]
    said = await sightings_of(connection, numbers)
    stood = await _by_number(connection, numbers)
    outcome = Outcome()
    now = {number: reduce(join, said[number].values()) for number in numbers}
    for number, claim in now.items():
        outcome.touch(stood[number][1])
        outcome.touch(claim)
    await rewrite(connection, now)
    await _delete(connection, "sighting", "engagement", (number for number in numbers if len(said[number]) == 1))
    await align(connection, community, _messages(stood[number][0] for number in numbers), outcome)
    await marks.dirty_accounts(connection, community, outcome.touched)
    return len(numbers) == SLICE


async def own(connection: AsyncConnection, community: int, source: int, after: int) -> int | None:
    """Delete a slice of the rows that only this import has seen, from a row number on; returns where to go on."""
    rows = await connection.execute(
        text(
            "SELECT e.id FROM engagement e WHERE e.id > :after AND e.community = :community AND e.source = :source "
            "AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.engagement = e.id) ORDER BY e.id LIMIT :slice"
        ),
        {"after": after, "community": community, "source": source, "slice": SLICE},
    )
    numbers = [row[0] for row in rows]
    outcome = Outcome()
    for _, claim in (await _by_number(connection, numbers)).values():
        outcome.touch(claim)
    await marks.dirty_accounts(connection, community, outcome.touched)
    await _delete(connection, "engagement", "id", numbers)
    return numbers[-1] if len(numbers) == SLICE else None


async def answers(connection: AsyncConnection, community: int, _: int, after: int) -> int | None:
    """Put a slice of the acts down as waiting whose message is gone; returns the row number to go on from."""
    return await orphan_answers(connection, community, after, 20_000)


async def places(connection: AsyncConnection, community: int, source: int) -> None:
    """Take back what waits for messages, the names of channels, and a space that nothing else speaks of."""
    await connection.execute(
        text(
            "DELETE FROM orphan WHERE community = :community AND NOT EXISTS (SELECT 1 FROM engagement e "
            "WHERE e.community = orphan.community AND e.day = orphan.day AND e.account = orphan.account "
            "AND e.parent_day = orphan.parent_day AND e.parent = orphan.parent)"
        ),
        {"community": community},
    )
    await contexts.take_back(connection, community, source)
    lone = (
        "SELECT r.space FROM import_run r JOIN space s ON s.id = r.space WHERE r.id = :source AND s.settings IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM gap g WHERE g.space = r.space) "
        "AND NOT EXISTS (SELECT 1 FROM backfill b WHERE b.space = r.space) "
        "AND NOT EXISTS (SELECT 1 FROM context c WHERE c.space = r.space) AND NOT EXISTS "
        "(SELECT 1 FROM import_run o WHERE o.space = r.space AND o.id <> r.id AND o.state IN ('running', 'done'))"
    )
    for row in (await connection.execute(text(lone), {"source": source})).fetchall():
        await connection.execute(text("UPDATE import_run SET space = NULL WHERE space = :space"), {"space": row[0]})
        await connection.execute(text("DELETE FROM space WHERE id = :space"), {"space": row[0]})


async def roll_back(connection: AsyncConnection, community: int) -> bool:
    """Let totals end with the last engagement again, where they went on to days of the import.

    Marks everyone scored where that moved the window's end, and returns whether it did. A clock that rolls totals to
    the present day does so again at its next tick.
    """
    last = "(SELECT coalesce(max(day), 0) FROM engagement WHERE community = :id AND holds)"
    moved = await connection.execute(
        text(f"UPDATE community SET as_of = {last} WHERE id = :id AND as_of > {last} RETURNING 1"), {"id": community}
    )
    if moved.first() is None:
        return False
    scored = "SELECT member FROM tally WHERE community = :id UNION SELECT member FROM band_change WHERE community = :id"
    members = await connection.execute(text(scored), {"id": community})
    await marks.stale_members(connection, community, [row[0] for row in members])
    return True


async def nobodies(connection: AsyncConnection, community: int, source: int) -> None:
    """Forget the accounts that only imports had named that are taken back, once nothing hangs on them any more."""
    used = (
        "SELECT account FROM engagement WHERE community = :community AND account IS NOT NULL "
        "UNION SELECT target FROM engagement WHERE community = :community AND target IS NOT NULL "
        "UNION SELECT account FROM sighting WHERE account IS NOT NULL "
        "UNION SELECT target FROM sighting WHERE target IS NOT NULL "
        "UNION SELECT account FROM attribute WHERE community = :community "
        "UNION SELECT account FROM link WHERE community = :community "
        "UNION SELECT other FROM link WHERE community = :community "
        "UNION SELECT a.id FROM choice c JOIN account a ON a.own_member = c.member "
        "WHERE c.community = :community AND c.source <> 'team'"  # they came themselves and chose
    )
    gone = await connection.execute(
        text(
            "DELETE FROM account WHERE community = :community AND source IN (SELECT id FROM import_run "
            "WHERE community = :community AND (id = :source OR state IN ('undone', 'failed'))) "
            f"AND id NOT IN ({used}) RETURNING own_member"
        ),
        {"community": community, "source": source},
    )
    members = await matching(
        connection,
        "DELETE FROM member WHERE id IN (SELECT given.id FROM {given}) "
        "AND NOT EXISTS (SELECT 1 FROM account a WHERE a.own_member = member.id OR a.member = member.id) RETURNING id",
        _ID,
        gone.fetchall(),
    )
    await _delete(connection, "choice", "member", (row[0] for row in members))


async def _delete(connection: AsyncConnection, table: str, column: str, numbers: Iterable[int]) -> None:
    sql = f"DELETE FROM {table} WHERE {column} IN (SELECT given.id FROM {{given}}) RETURNING 1"
    await matching(connection, sql, _ID, ((one,) for one in numbers))


async def _by_number(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, tuple[Key, Claim]]:
    rows = await matching(
        connection,
        f"SELECT e.id, e.key_day, e.key, {CLAIM} FROM {{given}} JOIN engagement e ON e.id = given.id",
        _ID,
        ((one,) for one in numbers),
    )
    return {row[0]: ((row[1], row[2]), claim_of(row[3:])) for row in rows}


def _messages(keys: Iterable[Key]) -> set[Key]:
    """Return the messages that keys belong to: themselves, or what they hang on (the key up to its first slash)."""
    return {(day, key.split("/", 1)[0]) for day, key in keys}
