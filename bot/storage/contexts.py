"""Contexts: where and as what things were done; few rows that many engagements share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import marks
from bot.storage.bulk import insert_new, matching
from bot.storage.schema import context as table
from scoring.signals import Context, Kind

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
    identities = {one: identity(space, one) for one in wanted}
    namings: dict[str, _Naming] = {}
    examples: dict[str, Context] = {}
    for one, key in identities.items():
        naming = _Naming(wanted[one] if one.name else 0, one.name, one.parent)
        namings[key] = max(naming, namings.get(key, naming))
        examples[key] = one
    rows = [
        (community, space, key, one.place, namings[key].name, namings[key].at, namings[key].parent, one.programme,
         one.cohort, one.role, one.project, one.completed)
        for key, one in examples.items()
    ]  # fmt: skip
    found = await _find(connection, community, namings)
    await insert_new(connection, table, _COLUMNS, [row for row in rows if row[2] not in found])
    if len(found) < len(namings):
        found = await _find(connection, community, namings)
    for key, (number, before) in found.items():
        if namings[key] > before:
            await _rename(connection, number, namings[key])
            if namings[key].name != before.name:
                await _look_again(connection, community, number)
    return {one: found[key][0] for one, key in identities.items()}


class _Naming(NamedTuple):
    """What a channel was called and when; the greater one counts, and no name is never greater than a name."""

    at: int
    name: str
    parent: str


async def _find(
    connection: AsyncConnection, community: int, identities: Iterable[str]
) -> dict[str, tuple[int, _Naming]]:
    rows = await matching(
        connection,
        "SELECT c.identity, c.id, c.named_at, c.name, c.parent FROM {given} "
        "JOIN context c ON c.identity = given.identity WHERE c.community = :community",
        {"identity": "text"},
        ((one,) for one in identities),
        community=community,
    )
    return {row[0]: (row[1], _Naming(*row[2:])) for row in rows}


async def _rename(connection: AsyncConnection, number: int, naming: _Naming) -> None:
    await connection.execute(
        update(table).where(table.c.id == number).values(name=naming.name, parent=naming.parent, named_at=naming.at)
    )


async def _look_again(connection: AsyncConnection, community: int, number: int) -> None:
    """Mark the days of all that was done there: its authors', and for thanks their receivers'."""
    there = "FROM engagement e WHERE e.community = :community AND e.context = :number"
    rows = await connection.execute(
        text(
            f"SELECT e.day, e.account {there} AND e.account IS NOT NULL "
            f"UNION SELECT e.day, e.target {there} AND e.kind = {Kind.THANKS:d} AND e.target IS NOT NULL"
        ),
        {"community": community, "number": number},
    )
    await marks.dirty_accounts(connection, community, [(row[0], row[1]) for row in rows])


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
