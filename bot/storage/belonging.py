"""What members belong to: declared groups, programmes, and roles they have held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import marks
from bot.storage.bulk import insert_new, looked_up, matching
from bot.storage.schema import attribute
from bot.storage.what_counts import PEOPLE
from scoring.asked import programmes_asked
from scoring.assess import Held
from scoring.columns import Group, Ints
from scoring.mountain import Mountain
from scoring.points import Belonging
from scoring.signals import Kind

_MEMBERS = {"member": "bigint"}
_TAKING_PART = f"e.community = c.community AND e.context = c.id AND e.kind = {Kind.PARTICIPATION:d} AND e.holds"


async def of(
    connection: AsyncConnection, community: int, mountain: Mountain, members: Iterable[int] | None = None
) -> Belonging:
    """Return what the Mountain's multipliers ask about some members (about everybody where none are named)."""
    names = sorted({one.group for one in mountain.multipliers if one.group})
    programmes = programmes_asked(mountain.multipliers)
    who = None if members is None else sorted(members)
    since = await _begins(connection, community, who)
    if not names and not programmes:
        return Belonging(begins=since)
    declared = {name: await group(connection, community, name, who) for name in names}
    joined = {name: await _in_programme(connection, community, name) for name in programmes}
    return Belonging(declared, {name: np.array(joined[name], np.int64) for name in joined}, since)


async def _begins(connection: AsyncConnection, community: int, members: Sequence[int] | None) -> tuple[Ints, Ints]:
    """Return from which day on the acts of members count who began their page afresh; of joined people, the latest."""
    theirs = "SELECT coalesce(m.merged_into, m.id) AS who, m.begins AS day FROM"
    here = "WHERE m.community = :community AND m.begins > 0"
    some = f"{theirs} member m {here}"
    if members is not None:
        some = (
            f"{theirs} {{given}} JOIN member m ON m.id = given.member {here} "
            f"UNION ALL {theirs} {{given}} JOIN member m ON m.community = :community "
            "AND m.merged_into = given.member WHERE m.begins > 0"
        )
    rows = await matching(
        connection,
        f"SELECT who, max(day) FROM ({some}) AS found GROUP BY who ORDER BY who",
        _MEMBERS if members is not None else {},
        ((one,) for one in members or ()),
        community=community,
    )
    table = np.array([tuple(row) for row in rows] or np.empty((0, 2)), np.int64)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])


async def group(connection: AsyncConnection, community: int, name: str, members: Sequence[int] | None = None) -> Group:
    """Return members' declared values of an attribute; where sources differ, the last one's word counts.

    A person's own word (source 0) counts before any other; an empty one says that nothing is to be known.
    """
    some = (
        "{given} JOIN account a ON a.member = given.member JOIN attribute t"
        if members is not None
        else ("attribute t JOIN account a")
    )
    rows = await matching(
        connection,
        f"SELECT a.member, t.value FROM {some} ON a.id = t.account "
        f"WHERE t.community = :community AND t.name = :name AND {PEOPLE} "
        "ORDER BY CASE WHEN t.source = 0 THEN 1 ELSE 0 END, t.source, t.account",
        _MEMBERS if members is not None else {},
        ((one,) for one in members or ()),
        community=community,
        name=name,
    )
    value_of = {member: value for member, value in dict(tuple(row) for row in rows).items() if value}
    values = tuple(sorted(set(value_of.values())))
    index = {value: n for n, value in enumerate(values)}
    return Group(
        name,
        np.array(list(value_of), np.int64),
        np.array([index[value] for value in value_of.values()], np.int64),
        values,
    )


async def _in_programme(connection: AsyncConnection, community: int, programme: str) -> list[int]:
    rows = await matching(
        connection,
        "SELECT DISTINCT a.member FROM context c JOIN engagement e ON e.community = c.community "
        f"AND e.context = c.id AND e.kind = {Kind.PARTICIPATION:d} AND e.holds "
        f"JOIN account a ON a.id = e.account AND {PEOPLE} "
        "WHERE c.community = :community AND c.programme IN (SELECT given.programme FROM {given})",
        {"programme": "text"},
        ((one,) for one in await _spellings(connection, community, "programme", {programme.casefold()})),
        community=community,
    )
    return [row[0] for row in rows]


async def _spellings(connection: AsyncConnection, community: int, column: str, wanted: set[str]) -> list[str]:
    """Return how contexts spell some names, letter case aside (databases know that of English letters only)."""
    rows = await connection.execute(
        text(f"SELECT DISTINCT {column} FROM context WHERE community = :community"), {"community": community}
    )
    return sorted(row[0] for row in rows if row[0].casefold() in wanted)


async def held(
    connection: AsyncConnection, community: int, mountain: Mountain, members: Iterable[int] | None = None
) -> Held | None:
    """Return since when members (everybody where none are named) have held the roles that some step leaves out."""
    wanted = {step.without_role.casefold() for step in mountain.steps if step.without_role}
    if not wanted:
        return None
    roles = await _spellings(connection, community, "role", wanted)
    acts = looked_up(connection, "engagement e", _TAKING_PART)
    rows = await matching(
        connection,
        f"WITH took AS MATERIALIZED (SELECT e.account, c.role, min(e.day) AS day FROM context c {acts} "
        "WHERE c.community = :community AND c.role IN (SELECT given.role FROM {given}) GROUP BY e.account, c.role) "
        f"SELECT a.member, t.role, min(t.day) FROM took t JOIN account a ON a.id = t.account AND {PEOPLE} "
        "GROUP BY a.member, t.role",
        {"role": "text"},
        ((role,) for role in roles),
        community=community,
    )
    number = {role: n for n, role in enumerate(roles)}
    who = None if members is None else set(members)
    found = [(member, number[role], day) for member, role, day in rows if who is None or member in who]
    table = np.array(found or np.empty((0, 3)), np.int64)
    return Held(table[:, 0], table[:, 1], table[:, 2], tuple(roles))


async def declare(
    connection: AsyncConnection, community: int, source: int, said: Iterable[tuple[int, str, str]]
) -> None:
    """Put down what a source declares of accounts: (account, name, value); its earlier word is replaced.

    Multipliers may ask about it, so the days of those of whom something new is said are marked.
    """
    rows = {(account, name): value for account, name, value in said}
    before = await matching(
        connection,
        "DELETE FROM attribute WHERE community = :community AND source = :source AND (account, name) IN "
        "(SELECT given.account, given.name FROM {given}) RETURNING account, name, value",
        {"account": "bigint", "name": "text"},
        rows,
        community=community,
        source=source,
    )
    await insert_new(
        connection,
        attribute,
        ("community", "account", "name", "source", "value"),
        [(community, account, name, source, value) for (account, name), value in rows.items()],
    )
    known = {(account, name): value for account, name, value in before}
    fresh = {key[0] for key, value in rows.items() if known.get(key) != value}
    await marks.dirty_whole_accounts(connection, community, fresh)


async def withdraw(connection: AsyncConnection, community: int, source: int, words: Iterable[tuple[int, str]]) -> None:
    """Take back what a source declares of accounts: (account, name). The days of those it changes are marked."""
    gone = await matching(
        connection,
        "DELETE FROM attribute WHERE community = :community AND source = :source AND (account, name) IN "
        "(SELECT given.account, given.name FROM {given}) RETURNING account",
        {"account": "bigint", "name": "text"},
        words,
        community=community,
        source=source,
    )
    await marks.dirty_whole_accounts(connection, community, {row[0] for row in gone})
