"""Imports: what was read when, on what terms, how far it is, and what it reported; and the counts that they bring."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InputError
from bot.ports import Count
from bot.storage.bulk import insert_new
from bot.storage.schema import count, import_run

_MOST = 2**31 - 1
"""A number above this is no import's, and too large for the databases."""


@dataclass(frozen=True, slots=True)
class Run:
    """An import: running, done, failed, undoing or undone; `done` signals are recorded; `result` as reported.

    `captured` is when what it brings was captured, in ms.
    """

    id: int
    community: int
    source: str
    digest: str
    label: str
    state: str
    started_at: int
    captured: int
    consent: str
    keep: int | None
    done: int
    result: dict[str, Any]


_RUN = tuple(import_run.c[name] for name in Run.__slots__)


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
    query = select(*_RUN).where(import_run.c.id == number)
    row = (await connection.execute(query)).first() if 0 < number <= _MOST else None
    if row is None:
        raise InputError(f"there is no import {number}; `cairn import list` shows those there are")
    return _run(tuple(row))


async def find(connection: AsyncConnection, community: int, digest: str) -> Run | None:
    """Return the import of a file that is complete, running or being undone, if there is one."""
    standing = import_run.c.state.in_(("running", "done", "undoing"))
    query = select(*_RUN).where(import_run.c.community == community, import_run.c.digest == digest, standing)
    row = (await connection.execute(query.order_by(import_run.c.id.desc()))).first()
    return None if row is None else _run(tuple(row))


async def begin(connection: AsyncConnection, before: dict[str, Any], **values: object) -> int:
    """Put a new import down as running; returns its number. `before` is what must be known of the time before it."""
    row = {
        "started_at": time.time_ns() // 1_000_000,
        "state": "running",
        "done": 0,
        "result": json.dumps(before),
        **values,
    }
    return int((await connection.execute(insert(import_run).values(row).returning(import_run.c.id))).scalar_one())


async def set_state(connection: AsyncConnection, number: int, state: str) -> None:
    """Move an import to another state."""
    await connection.execute(update(import_run).where(import_run.c.id == number).values(state=state))


async def finish(connection: AsyncConnection, number: int, result: dict[str, Any]) -> None:
    """Put an import down as done, with what it reports."""
    values = {"state": "done", "result": json.dumps(result)}
    await connection.execute(update(import_run).where(import_run.c.id == number).values(values))


async def add_counts(connection: AsyncConnection, community: int, source: int, counts: Iterable[Count]) -> None:
    """Store anonymous counts."""
    rows = [(community, one.key, one.kind, one.day, one.place, one.n, source) for one in counts]
    await insert_new(connection, count, ("community", "key", "kind", "day", "place", "n", "source"), rows)
