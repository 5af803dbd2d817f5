"""How far the history of spaces is read: what is wanted, where each place goes on, and how it goes."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.history.past import Mark, Progress, Reach, Stretch
from bot.ports import Space
from bot.storage.bulk import put
from bot.storage.schema import backfill, backfill_place, import_run, space

RUNNING, DONE = "running", "done"


@dataclass(frozen=True, slots=True)
class Backfill:
    """What is wanted of a space's history (ms; `since` 0 is all), and how far it is.

    `source` is the import that stands for it and `state` that import's; `reached` is the moment of what was read last,
    0 before anything was. A space that was dropped has no `consent`.
    """

    source: int
    since: int
    until: int
    places: int
    done: int
    refused: tuple[str, ...]
    reached: int
    state: str
    consent: str | None


_COLUMNS = (
    backfill.c.source, backfill.c.since, backfill.c.until, backfill.c.places, backfill.c.done, backfill.c.refused,
    backfill.c.reached, import_run.c.state, space.c.consent, space.c.settings,
)  # fmt: skip
_ROWS = select(*_COLUMNS, space.c.platform, space.c.external, space.c.name).where(
    import_run.c.id == backfill.c.source, space.c.id == backfill.c.space
)


def _backfill(row: tuple[object, ...]) -> Backfill:
    source, since, until, places, done, refused, reached, state, consent, settings = row[:10]
    listened = consent if settings is not None else None
    return Backfill(source, since, until, places, done, tuple(json.loads(str(refused))), reached, state, listened)  # type: ignore[arg-type]


async def get(connection: AsyncConnection, of: int) -> Backfill | None:
    """Return what is put down of a space's back-fill, None where it never began."""
    row = (await connection.execute(_ROWS.where(backfill.c.space == of))).first()
    return None if row is None else _backfill(tuple(row))


async def everything(connection: AsyncConnection) -> list[tuple[Space, Backfill]]:
    """Return all back-fills that began, by space, in the order the spaces came."""
    rows = await connection.execute(_ROWS.order_by(backfill.c.space))
    return [(Space(*row[10:13]), _backfill(tuple(row))) for row in rows]


async def begin(connection: AsyncConnection, of: int, source: int, reach: Reach) -> None:
    """Put down what is wanted of a space's history, in place of what was wanted before."""
    columns = ("space", "source", "since", "until", "places", "done", "refused", "reached", "ended_at")
    await put(connection, backfill, columns, [(of, source, reach.since, reach.until, 0, 0, "[]", 0, None)])


async def want(connection: AsyncConnection, of: int, since: int) -> None:
    """Let a back-fill that goes on reach back to another moment."""
    await connection.execute(update(backfill).where(backfill.c.space == of).values(since=since, ended_at=None))


async def marks(connection: AsyncConnection, of: int, places: Collection[str]) -> Mapping[str, Mark]:
    """Return how far places of a space are read; those that were not begun are left out."""
    found: dict[str, Mark] = {}
    wanted = sorted(places)
    for n in range(0, len(wanted), 500):
        here = backfill_place.c.space == of, backfill_place.c.place.in_(wanted[n : n + 500])
        rows = select(backfill_place.c.place, backfill_place.c.cursor, backfill_place.c.since).where(*here)
        found |= {row[0]: Mark(row[1], row[2]) for row in await connection.execute(rows)}
    return found


async def mark(connection: AsyncConnection, of: int, stretch: Stretch) -> None:
    """Put down how far a place is read."""
    row = (of, stretch.place, stretch.cursor, stretch.since)
    await put(connection, backfill_place, ("space", "place", "cursor", "since"), [row])
    if stretch.at:
        await connection.execute(update(backfill).where(backfill.c.space == of).values(reached=stretch.at))


async def tell(connection: AsyncConnection, of: int, progress: Progress) -> None:
    """Put down how many channels are read, and which cannot be."""
    values = {"places": progress.places, "done": progress.done, "refused": json.dumps(progress.refused)}
    await connection.execute(update(backfill).where(backfill.c.space == of).values(values))


async def end(connection: AsyncConnection, of: int, now: int) -> None:
    """Put down that a back-fill has come to its end."""
    await connection.execute(update(backfill).where(backfill.c.space == of).values(ended_at=now))
