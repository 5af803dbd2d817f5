"""Contexts: where and as what things were done; few rows that many engagements share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import insert_new, matching
from bot.storage.schema import context as table
from scoring.signals import Context

_COLUMNS = (
    "community", "space", "identity", "place", "name", "named_at", "parent", "programme", "cohort", "role", "project",
    "completed",
)  # fmt: skip


def identity(space: int | None, one: Context) -> str:
    """Return what makes a context this one: everything but its names."""
    return json.dumps([space, one.place, one.programme, one.cohort, one.role, one.project, one.completed])


async def find_or_make(
    connection: AsyncConnection, community: int, space: int | None, wanted: Mapping[Context, int]
) -> dict[Context, int]:
    """Return the numbers of contexts, making missing ones; `wanted` gives for each when its name was captured.

    A name captured later replaces the one before; what the rules said of that channel must then be looked at again,
    so its member-days are marked dirty.
    """
    by_identity = {identity(space, one): one for one in wanted}
    rows = [
        (community, space, key, one.place, one.name, wanted[one], one.parent, one.programme, one.cohort, one.role,
         one.project, one.completed)
        for key, one in by_identity.items()
    ]  # fmt: skip
    found = await _find(connection, community, by_identity)
    await insert_new(connection, table, _COLUMNS, [row for row in rows if row[2] not in found])
    if len(found) < len(by_identity):
        found = await _find(connection, community, by_identity)
    for key, (number, name, named_at) in found.items():
        one = by_identity[key]
        if wanted[one] > named_at:
            await _rename(connection, number, one, wanted[one])
            if one.name != name:
                await _look_again(connection, community, number)
    numbers = {key: number for key, (number, _, _) in found.items()}
    return {one: numbers[identity(space, one)] for one in wanted}


async def _find(
    connection: AsyncConnection, community: int, identities: Iterable[str]
) -> dict[str, tuple[int, str, int]]:
    rows = await matching(
        connection,
        "SELECT c.identity, c.id, c.name, c.named_at FROM {given} JOIN context c ON c.identity = given.identity "
        "WHERE c.community = :community",
        {"identity": "text"},
        ((one,) for one in identities),
        community=community,
    )
    return {key: (number, name, named_at) for key, number, name, named_at in rows}


async def _rename(connection: AsyncConnection, number: int, one: Context, named_at: int) -> None:
    await connection.execute(
        update(table).where(table.c.id == number).values(name=one.name, parent=one.parent, named_at=named_at)
    )


async def _look_again(connection: AsyncConnection, community: int, number: int) -> None:
    await connection.execute(
        text(
            "INSERT INTO dirty (community, day, member) SELECT DISTINCT e.community, e.day, a.member "
            "FROM engagement e JOIN account a ON a.id = e.account "
            "WHERE e.community = :community AND e.context = :number ON CONFLICT DO NOTHING"
        ),
        {"community": community, "number": number},
    )


_SHOWN = "c.id, c.place, c.name, c.parent, c.programme, c.cohort, c.role, c.project, c.completed"


async def everything(connection: AsyncConnection, community: int) -> dict[int, Context]:
    """Return all contexts of a community by number."""
    sql = f"SELECT {_SHOWN} FROM context c WHERE c.community = :community"
    return _by_number(await connection.execute(text(sql), {"community": community}))


async def some(connection: AsyncConnection, numbers: Iterable[int]) -> dict[int, Context]:
    """Return the contexts with these numbers."""
    sql = f"SELECT {_SHOWN} FROM {{given}} JOIN context c ON c.id = given.id"
    return _by_number(await matching(connection, sql, {"id": "bigint"}, ((one,) for one in numbers)))


def _by_number(rows: Iterable[Any]) -> dict[int, Context]:
    return {
        row[0]: Context(
            row[1], row[2], row[3], row[4], row[5], row[6], row[7], None if row[8] is None else bool(row[8])
        )
        for row in rows
    }
