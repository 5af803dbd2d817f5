"""What integrations put down for themselves, and the gaps in what was heard."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import put
from bot.storage.schema import gap, note


@dataclass(frozen=True, slots=True)
class Gap:
    """A time (ms, the end excluded) of which not everything was heard; `made_good` once it was read from history."""

    id: int
    since: int
    until: int
    made_good: bool


async def read(connection: AsyncConnection, owner: str, space: int, name: str) -> str | None:
    """Return what was put down under a name, None where nothing was."""
    here = note.c.owner == owner, note.c.space == space, note.c.name == name
    return (await connection.execute(select(note.c.value).where(*here))).scalar_one_or_none()


async def write(connection: AsyncConnection, owner: str, space: int, name: str, value: str) -> None:
    """Put something down; it replaces what was there."""
    await put(connection, note, ("owner", "space", "name", "value"), [(owner, space, name, value)])


async def missed(connection: AsyncConnection, of: tuple[int, int], since: int, until: int) -> int:
    """Put a gap down for a community and space (their numbers); returns its own number."""
    community, space = of
    values = {"community": community, "space": space, "since": since, "until": until, "made_good": False}
    return int((await connection.execute(insert(gap).values(values).returning(gap.c.id))).scalar_one())


async def made_good(connection: AsyncConnection, number: int) -> None:
    """Put down that all that can still be seen of a gap's time is stored."""
    await connection.execute(update(gap).where(gap.c.id == number).values(made_good=True))


async def gaps(connection: AsyncConnection, of: tuple[int, int]) -> list[Gap]:
    """Return the gaps of a community and space (their numbers), the oldest first."""
    here = gap.c.community == of[0], gap.c.space == of[1]
    rows = await connection.execute(
        select(gap.c.id, gap.c.since, gap.c.until, gap.c.made_good).where(*here).order_by(gap.c.since, gap.c.id)
    )
    return [Gap(row[0], row[1], row[2], bool(row[3])) for row in rows]
