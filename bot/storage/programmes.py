"""Who takes part in which programme, cohort and role, as engagements tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import matching, rows_of
from bot.storage.what_counts import PEOPLE
from scoring.signals import Kind

_TAKING_PART = (
    "FROM context c JOIN engagement e ON e.community = c.community AND e.context = c.id "
    f"AND e.kind = {Kind.PARTICIPATION:d} AND e.holds JOIN account a ON a.id = e.account AND {PEOPLE} "
    "WHERE c.community = :community AND c.programme <> ''"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One role in a cohort of a programme, and the members who have it."""

    cohort: str
    role: str
    members: tuple[int, ...]


async def names(connection: AsyncConnection, community: int) -> dict[str, int]:
    """Return how many people take part in each programme."""
    rows = await rows_of(
        connection,
        f"SELECT c.programme, count(DISTINCT a.member) {_TAKING_PART} GROUP BY c.programme ORDER BY 1",
        community=community,
    )
    return {row[0]: row[1] for row in rows}


async def parts(connection: AsyncConnection, community: int, programme: str) -> list[Part]:
    """Return who takes part in a programme, by cohort and role."""
    rows = await rows_of(
        connection,
        f"SELECT DISTINCT c.cohort, c.role, a.member {_TAKING_PART} AND c.programme = :programme ORDER BY 1, 2, 3",
        community=community,
        programme=programme,
    )
    found: dict[tuple[str, str], list[int]] = {}
    for cohort, role, member in rows:
        found.setdefault((cohort, role), []).append(member)
    return [Part(*key, tuple(members)) for key, members in found.items()]


async def said(connection: AsyncConnection, community: int, column: str) -> list[str]:
    """Return the programmes, cohorts or roles (`column`) that anybody has taken part in."""
    if column not in ("programme", "cohort", "role"):
        raise ValueError(column)
    sql = f"SELECT DISTINCT {column} FROM context WHERE community = :community AND {column} <> '' ORDER BY 1"
    return [row[0] for row in await rows_of(connection, sql, community=community)]


async def pages_among(connection: AsyncConnection, community: int, members: Iterable[int]) -> dict[int, list[bytes]]:
    """Return those of some members who have a page (all joined into them do), with their sealed accounts."""
    rows = await matching(
        connection,
        "SELECT a.member, a.sealed FROM {given} JOIN account a ON a.member = given.id AND a.community = :community "
        "WHERE NOT EXISTS (SELECT 1 FROM member m WHERE (m.id = given.id OR m.merged_into = given.id) AND NOT m.page) "
        "ORDER BY a.member, a.id",
        {"id": "bigint"},
        ((one,) for one in sorted(set(members))),
        community=community,
    )
    found: dict[int, list[bytes]] = {}
    for member, sealed in rows:
        found.setdefault(member, []).append(bytes(sealed))
    return found
