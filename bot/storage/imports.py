"""Imports: what was read when, and taking one back row by row.

Undoing removes a row only where no other source has seen it; where others have, their word holds again. Everything
happens in short transactions and may be interrupted and taken up again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InputError
from bot.ports import Count
from bot.storage import marks, people
from bot.storage.bulk import insert_new, matching
from bot.storage.engagements import CLAIM, Key, Outcome, claim_of, rewrite, sightings_of
from bot.storage.families import align, orphan_answers
from bot.storage.schema import attribute, count, import_run
from scoring.claims import join

SLICE = 1_000


@dataclass(frozen=True, slots=True)
class Run:
    """An import: running, done, failed, undoing or undone; `done` signals are recorded; `result` as reported."""

    id: int
    community: int
    source: str
    digest: str
    label: str
    state: str
    started_at: int
    consent: str
    keep: int | None
    done: int
    result: dict[str, Any]


_RUN = (
    import_run.c.id,
    import_run.c.community,
    import_run.c.source,
    import_run.c.digest,
    import_run.c.label,
    import_run.c.state,
    import_run.c.started_at,
    import_run.c.consent,
    import_run.c.keep,
    import_run.c.done,
    import_run.c.result,
)


def _run(row: tuple[Any, ...]) -> Run:
    return Run(**dict(zip(Run.__slots__, row, strict=True)) | {"result": json.loads(row[-1])})


async def runs(connection: AsyncConnection, community: int | None = None) -> list[Run]:
    """Return imports, the oldest first."""
    query = select(*_RUN).order_by(import_run.c.id)
    if community is not None:
        query = query.where(import_run.c.community == community)
    return [_run(tuple(row)) for row in await connection.execute(query)]


async def get(connection: AsyncConnection, number: int) -> Run:
    """Return an import by number; InputError where there is none."""
    row = (await connection.execute(select(*_RUN).where(import_run.c.id == number))).first()
    if row is None:
        raise InputError(f"there is no import {number}; `cairn import list` shows those there are")
    return _run(tuple(row))


async def find(connection: AsyncConnection, community: int, digest: str) -> Run | None:
    """Return the import of a file that is complete, running or being undone, if there is one."""
    standing = import_run.c.state.in_(("running", "done", "undoing"))
    query = select(*_RUN).where(import_run.c.community == community, import_run.c.digest == digest, standing)
    row = (await connection.execute(query.order_by(import_run.c.id.desc()))).first()
    return None if row is None else _run(tuple(row))


async def begin(connection: AsyncConnection, **values: object) -> int:
    """Put a new import down as running; returns its number."""
    row = {"started_at": time.time_ns() // 1_000_000, "state": "running", "done": 0, "result": "{}", **values}
    return int((await connection.execute(insert(import_run).values(row).returning(import_run.c.id))).scalar_one())


async def set_state(connection: AsyncConnection, number: int, state: str) -> None:
    """Move an import to another state."""
    await connection.execute(update(import_run).where(import_run.c.id == number).values(state=state))


async def finish(connection: AsyncConnection, number: int, result: dict[str, Any]) -> None:
    """Put an import down as done, with what it reports."""
    values = {"state": "done", "result": json.dumps(result)}
    await connection.execute(update(import_run).where(import_run.c.id == number).values(values))


async def add_counts(connection: AsyncConnection, community: int, source: int, counts: Iterable[Count]) -> int:
    """Store anonymous counts; returns how many were new."""
    rows = [(community, one.key, one.kind, one.day, one.place, one.n, source) for one in counts]
    before = await _counts(connection, community, source)
    await insert_new(connection, count, ("community", "key", "kind", "day", "place", "n", "source"), rows)
    return await _counts(connection, community, source) - before


async def _counts(connection: AsyncConnection, community: int, source: int) -> int:
    row = await connection.execute(
        text("SELECT count(*) FROM count WHERE community = :community AND source = :source"),
        {"community": community, "source": source},
    )
    return int(row.scalar_one())


async def undo_words(connection: AsyncConnection, community: int, source: int) -> None:
    """Take back what an import declared of people: links, attributes and counts."""
    await people.part_accounts(connection, community, source)
    gone = await connection.execute(
        delete(attribute)
        .where(attribute.c.community == community, attribute.c.source == source)
        .returning(attribute.c.account)
    )
    await marks.dirty_whole_accounts(connection, community, {row[0] for row in gone})
    await connection.execute(delete(count).where(count.c.community == community, count.c.source == source))


async def undo_shared(connection: AsyncConnection, community: int, source: int) -> bool:
    """Let other sources' word hold again for a slice of the rows they share; returns whether more is left."""
    rows = await connection.execute(
        text(
            "DELETE FROM sighting WHERE source = :source AND engagement IN "
            "(SELECT engagement FROM sighting WHERE source = :source LIMIT :slice) RETURNING engagement"
        ),
        {"source": source, "slice": SLICE},
    )
    numbers = [row[0] for row in rows]
    words = await sightings_of(connection, numbers)
    stood = await _by_number(connection, numbers)
    outcome = Outcome()
    now = {number: reduce(join, words[number].values()) for number in numbers}
    for number, claim in now.items():
        outcome.touch(stood[number][1])
        outcome.touch(claim)
    await rewrite(connection, now)
    alone = [number for number in numbers if len(words[number]) == 1]
    await matching(
        connection,
        "DELETE FROM sighting WHERE engagement IN (SELECT given.id FROM {given}) RETURNING 1",
        {"id": "bigint"},
        ((one,) for one in alone),
    )
    await align(connection, community, _messages(stood[number][0] for number in numbers), outcome)
    await marks.dirty_accounts(connection, community, outcome.touched)
    return len(numbers) == SLICE


async def undo_own(connection: AsyncConnection, community: int, source: int, after: int) -> int | None:
    """Delete a slice of the rows that only this import has seen, from a row number on; returns where to go on."""
    rows = await connection.execute(
        text(
            "SELECT e.id FROM engagement e WHERE e.id > :after AND e.community = :community AND e.source = :source "
            "AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.engagement = e.id) ORDER BY e.id LIMIT :slice"
        ),
        {"after": after, "community": community, "source": source, "slice": SLICE},
    )
    numbers = [row[0] for row in rows]
    stood = await _by_number(connection, numbers)
    outcome = Outcome()
    for _, claim in stood.values():
        outcome.touch(claim)
    await marks.dirty_accounts(connection, community, outcome.touched)
    await matching(
        connection,
        "DELETE FROM engagement WHERE id IN (SELECT given.id FROM {given}) RETURNING 1",
        {"id": "bigint"},
        ((one,) for one in numbers),
    )
    return numbers[-1] if len(numbers) == SLICE else None


async def undo_orphans(connection: AsyncConnection, community: int, _: int, after: int) -> int | None:
    """Put a slice of the acts down as waiting whose message is gone; returns the row number to go on from."""
    return await orphan_answers(connection, community, after, 20 * SLICE)


async def sweep_people(connection: AsyncConnection, community: int, source: int) -> None:
    """Forget the accounts that this import alone had named, once nothing hangs on them any more."""
    used = (
        "SELECT account FROM engagement WHERE community = :community AND account IS NOT NULL "
        "UNION SELECT target FROM engagement WHERE community = :community AND target IS NOT NULL "
        "UNION SELECT account FROM attribute WHERE community = :community "
        "UNION SELECT account FROM link WHERE community = :community "
        "UNION SELECT other FROM link WHERE community = :community"
    )
    named = {"community": community, "source": source}
    gone = await connection.execute(
        text(
            f"DELETE FROM account WHERE community = :community AND source = :source AND id NOT IN ({used}) "
            "RETURNING own_member"
        ),
        named,
    )
    await matching(
        connection,
        "DELETE FROM member WHERE id IN (SELECT given.id FROM {given}) "
        "AND NOT EXISTS (SELECT 1 FROM account a WHERE a.own_member = member.id OR a.member = member.id) "
        "AND NOT EXISTS (SELECT 1 FROM tally t WHERE t.community = member.community AND t.member = member.id) "
        "RETURNING 1",
        {"id": "bigint"},
        ((row[0],) for row in gone.fetchall()),
    )


async def _by_number(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, tuple[Key, Any]]:
    rows = await matching(
        connection,
        f"SELECT e.id, e.key_day, e.key, {CLAIM} FROM {{given}} JOIN engagement e ON e.id = given.id",
        {"id": "bigint"},
        ((one,) for one in numbers),
    )
    return {row[0]: ((row[1], row[2]), claim_of(row[3:])) for row in rows}


def _messages(keys: Iterable[Key]) -> set[Key]:
    """Return the messages that keys belong to: themselves, or what they hang on (the key up to its first slash)."""
    return {(day, key.split("/", 1)[0]) for day, key in keys}
