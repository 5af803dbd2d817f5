"""Contexts: where and as what things were done; few rows that many engagements share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Space
from bot.storage import marks, recounting
from bot.storage.bulk import each, insert_new, matching, rows_of
from bot.storage.schema import context as table
from scoring.signals import Context, Kind

_COLUMNS = (
    "community", "space", "identity", "place", "name", "named_at", "parent", "programme", "cohort", "role", "project",
    "completed",
)  # fmt: skip


def identity(space: int | None, one: Context) -> str:
    """Return what makes a context this one: everything but its names."""
    return json.dumps([space, one.place, one.programme, one.cohort, one.role, one.project, one.completed])


@dataclass(frozen=True, slots=True)
class Witness:
    """Who speaks of contexts: the community and space it speaks about, and its number among the sources."""

    community: int
    space: int | None
    source: int


async def find_or_make(
    connection: AsyncConnection, witness: Witness, wanted: Mapping[Context, int]
) -> dict[Context, int]:
    """Return the numbers of contexts, making missing ones; `wanted` gives for each when its name was captured.

    A name captured later replaces the one before; what the rules said of that channel must then be looked at again,
    so its member-days are marked dirty. What each source said is kept, so that it can be taken back.
    """
    community, space = witness.community, witness.space
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
    found = await _find(connection, witness, namings)
    await insert_new(connection, table, _COLUMNS, [row for row in rows if row[2] not in found])
    if len(found) < len(namings):
        found = await _find(connection, witness, namings)
        await _place_again(connection, community, space)
    await _note(
        connection, witness, {found[key].id: naming for key, naming in namings.items() if naming != found[key].own}
    )
    for key, there in found.items():
        if namings[key] > there.naming:
            await _rename(connection, community, there, namings[key])
            await _place_again(connection, community, space)
    return {one: found[key].id for one, key in identities.items()}


class _Naming(NamedTuple):
    """What a channel was called and when; the greater one counts, and no name is never greater than a name."""

    at: int
    name: str
    parent: str


class _There(NamedTuple):
    """A context in the store: its number, what it is called, and what the source at hand has called it so far."""

    id: int
    naming: _Naming
    own: _Naming | None = None


async def _find(connection: AsyncConnection, witness: Witness, identities: Iterable[str]) -> dict[str, _There]:
    rows = await matching(
        connection,
        "SELECT c.identity, c.id, c.named_at, c.name, c.parent, n.named_at, n.name, n.parent FROM {given} "
        "JOIN context c ON c.identity = given.identity "
        "LEFT JOIN naming n ON n.community = c.community AND n.context = c.id AND n.source = :source "
        "WHERE c.community = :community",
        {"identity": "text"},
        ((one,) for one in identities),
        community=witness.community,
        source=witness.source,
    )
    return {row[0]: _There(row[1], _Naming(*row[2:5]), None if row[5] is None else _Naming(*row[5:])) for row in rows}


async def _note(connection: AsyncConnection, witness: Witness, namings: Mapping[int, _Naming]) -> None:
    """Put down what a source calls contexts; its newest word replaces the one before."""
    rows = [
        {"community": witness.community, "context": number, "source": witness.source, **naming._asdict()}
        for number, naming in namings.items()
    ]
    await each(
        connection,
        "INSERT INTO naming (community, context, source, name, named_at, parent) "
        "VALUES (:community, :context, :source, :name, :at, :parent) ON CONFLICT (community, context, source) "
        "DO UPDATE SET name = excluded.name, named_at = excluded.named_at, parent = excluded.parent "
        "WHERE excluded.named_at >= naming.named_at",
        rows,
    )


async def _rename(connection: AsyncConnection, community: int, there: _There, naming: _Naming) -> None:
    values = {"name": naming.name, "parent": naming.parent, "named_at": naming.at}
    await connection.execute(update(table).where(table.c.id == there.id).values(values))
    if naming.name != there.naming.name:
        await _look_again(connection, community, there.id)


async def _place_again(connection: AsyncConnection, community: int, space: int | None) -> None:
    """Have it looked at which places of a space count: one of them is new, or called otherwise."""
    if space is not None:
        await recounting.again(connection, community, recounting.SPACE, [space])


async def take_back(connection: AsyncConnection, community: int, source: int) -> None:
    """Forget what a source called contexts: other sources' names count again, and what none speaks of goes.

    Its engagements must be gone already.
    """
    named = await matching(
        connection,
        "DELETE FROM naming WHERE community = :community AND source = :source RETURNING context",
        {},
        (),
        community=community,
        source=source,
    )
    rows = await matching(
        connection,
        "SELECT c.id, c.named_at, c.name, c.parent, n.named_at, n.name, n.parent FROM {given} "
        "JOIN context c ON c.id = given.id LEFT JOIN naming n ON n.community = c.community AND n.context = c.id",
        {"id": "bigint"},
        named,
    )
    others: dict[_There, list[_Naming]] = {}
    for row in rows:
        said = others.setdefault(_There(row[0], _Naming(*row[1:4])), [])
        said += [] if row[4] is None else [_Naming(*row[4:])]
    await each(
        connection, "DELETE FROM context WHERE id = :id", [{"id": one.id} for one, said in others.items() if not said]
    )
    renamed = {one.id: max(said) for one, said in others.items() if said and max(said) != one.naming}
    for one in others:
        if one.id in renamed:
            await _rename(connection, community, one, renamed[one.id])
    rows = await matching(
        connection,
        "SELECT DISTINCT c.space FROM {given} JOIN context c ON c.id = given.id WHERE c.space IS NOT NULL",
        {"id": "bigint"},
        ((one,) for one in renamed),
    )
    await recounting.again(connection, community, recounting.SPACE, (row[0] for row in rows))


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
    return {number: one.context for number, one in (await placed(connection, numbers)).items()}


class Placed(NamedTuple):
    """A context, its space's number (0 for none), and whether what was done there does not count."""

    context: Context
    space: int
    left_out: bool


async def placed(connection: AsyncConnection, numbers: Iterable[int]) -> dict[int, Placed]:
    """Return the contexts with these numbers, with where they are and whether they count."""
    sql = f"SELECT {_SHOWN}, c.space, c.left_out FROM {{given}} JOIN context c ON c.id = given.id"
    rows = await matching(connection, sql, {"id": "bigint"}, ((one,) for one in numbers))
    there = _by_number(rows)
    return {row[0]: Placed(there[row[0]], row[-2] or 0, bool(row[-1])) for row in rows}


class Standing(NamedTuple):
    """A place of a space: the context's number, its place's id, name and parent, and whether it does not count."""

    id: int
    place: str
    name: str
    parent: str
    left_out: bool


async def of_space(connection: AsyncConnection, community: int, space: int, *, left_out: bool) -> list[Standing]:
    """Return a space's places; with `left_out` only those that do not count."""
    only = "AND c.left_out" if left_out else ""
    rows = await rows_of(
        connection,
        "SELECT c.id, c.place, c.name, c.parent, c.left_out FROM context c "
        f"WHERE c.community = :community AND c.space = :space {only}",
        community=community,
        space=space,
    )
    return [Standing(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


async def leave_out(connection: AsyncConnection, said: Mapping[int, bool]) -> None:
    """Put down which contexts do not count, and which do, by number."""
    rows = [{"id": number, "out": out} for number, out in said.items()]
    await each(connection, "UPDATE context SET left_out = :out WHERE id = :id", rows)


async def spaces_of(connection: AsyncConnection, numbers: Iterable[int]) -> dict[int, Space]:
    """Return the spaces in which contexts are, by the contexts' numbers; those of imported rows are in none."""
    sql = (
        "SELECT c.id, s.platform, s.external FROM {given} JOIN context c ON c.id = given.id "
        "JOIN space s ON s.id = c.space"
    )
    rows = await matching(connection, sql, {"id": "bigint"}, ((one,) for one in numbers))
    return {row[0]: Space(row[1], row[2]) for row in rows}


def _by_number(rows: Iterable[Any]) -> dict[int, Context]:
    return {
        row[0]: Context(
            row[1], row[2], row[3], row[4], row[5], row[6], row[7], None if row[8] is None else bool(row[8])
        )
        for row in rows
    }
