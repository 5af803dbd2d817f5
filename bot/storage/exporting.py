"""All rows that hold anything of somebody, by the inventory: for their own copy of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rights.inventory import Listed, Sort, inventory
from bot.storage.choosing import Family
from bot.storage.schema import chapter, context, metadata

ANOTHER = "somebody else"
"""What stands for other people."""
_ACCOUNTS, _MEMBERS = (Sort.ACCOUNT, Sort.OTHER_ACCOUNT), (Sort.MEMBER, Sort.OF_MEMBER, Sort.BY_MEMBER)


@dataclass(frozen=True, slots=True)
class Mine:
    """Whose copy it is: all that names them. `passing` are the pseudonyms made of them for a purpose that passes."""

    community: int
    whose: Family
    passing: Sequence[str] = ()

    @property
    def by_sort(self) -> dict[Sort, Sequence[int | str]]:
        """What names them in fields of each sort."""
        accounts = [one.id for one in self.whose.accounts]
        handles = [one.handle for one in self.whose.accounts]
        found: dict[Sort, Sequence[int | str]] = {sort: accounts for sort in _ACCOUNTS}
        found |= {sort: self.whose.members for sort in _MEMBERS}
        return found | {Sort.PSEUDONYM: handles, Sort.PASSING: self.passing}


async def rows(connection: AsyncConnection, mine: Mine) -> dict[str, list[dict[str, Any]]]:
    """Return all that is somebody's, by table; other people are `ANOTHER`."""
    found = {}
    for name, listed in inventory().items():
        table, by_sort = metadata.tables[name], mine.by_sort
        naming = [(field, by_sort[sort]) for field, sort in listed.fields.items() if sort in by_sort]
        if naming:
            own = await _rows(connection, table, mine.community, naming)
            found[name] = [_mine(one, listed, by_sort) for one in own]
    return {name: ones for name, ones in found.items() if ones}


async def _rows(
    connection: AsyncConnection, table: Table, community: int, naming: Sequence[tuple[str, Sequence[int | str]]]
) -> list[Mapping[Any, Any]]:
    condition: ColumnElement[bool] = or_(*(table.c[field].in_(mine) for field, mine in naming))
    query = select(table).where(condition).order_by(*table.primary_key.columns)
    if "community" in table.c:
        query = query.where(table.c.community == community)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def _mine(row: Mapping[Any, Any], listed: Listed, by_sort: Mapping[Sort, Sequence[int | str]]) -> dict[str, Any]:
    """Return a row without what it says of others."""
    told: dict[str, Any] = {}
    own = _is_own(row, listed, by_sort)
    others = False
    for name, value in row.items():
        sort = listed.fields[name]
        theirs = value is not None and sort in by_sort and value not in by_sort[sort]
        if theirs and not (own and sort is Sort.PSEUDONYM):  # a pseudonym in one's own row is made of oneself
            told[name], others = ANOTHER, others or sort is Sort.MEMBER
        else:
            told[name] = value
    if others:  # what is recorded about somebody else is theirs
        told |= dict.fromkeys(listed.of(Sort.RECORD), ANOTHER)
    return told


def _is_own(row: Mapping[Any, Any], listed: Listed, by_sort: Mapping[Sort, Sequence[int | str]]) -> bool:
    """Whether a row goes with its person, and with nobody else."""
    whose = [(sort, row[name]) for name, sort in listed.fields.items() if sort in (Sort.ACCOUNT, Sort.MEMBER)]
    there = [value in by_sort[sort] for sort, value in whose if value is not None]
    return bool(there) and all(there)


async def chapters(connection: AsyncConnection, community: int) -> dict[int, str]:
    """Return the names of a community's chapters by number."""
    query = select(chapter.c.id, chapter.c.name).where(chapter.c.community == community)
    return {row[0]: row[1] for row in await connection.execute(query)}


async def places(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return where and as what things were done, by the contexts' numbers."""
    names = ("place", "name", "programme", "cohort", "role", "project")
    found: dict[int, dict[str, str]] = {}
    for begin in range(0, len(numbers), 500):
        some = context.c.id.in_(numbers[begin : begin + 500])
        for row in await connection.execute(select(context.c.id, *(context.c[one] for one in names)).where(some)):
            found[row[0]] = {name: value for name, value in zip(names, row[1:], strict=True) if value}
    return found
