"""What is settled for a community and its spaces, and who is left out."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Space
from bot.storage import recounting
from bot.storage.bulk import insert_new
from bot.storage.schema import community, left_out, space

OWN_WORD = 0
"""The space of those who left themselves out everywhere; who did so in space n has -n."""
FORGOTTEN = -(2**31)
"""The space of those who asked to be forgotten: what stands for them is made for this alone (`Keys.marker`)."""
UNDER_AGE = FORGOTTEN + 1
"""The same for people who are under age: they do not come back by a click."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A space as it is stored; `settings` is None where it is not listened to."""

    id: int
    space: Space
    consent: str
    settings: str | None


async def of_community(connection: AsyncConnection, of: int) -> list[Kept]:
    """Return a community's spaces in the order they came."""
    rows = await connection.execute(
        select(space.c.id, space.c.platform, space.c.external, space.c.name, space.c.consent, space.c.settings)
        .where(space.c.community == of)
        .order_by(space.c.id)
    )
    return [Kept(row[0], Space(*row[1:4]), row[4], row[5]) for row in rows]


async def communities_of(connection: AsyncConnection, wanted: Space) -> list[tuple[int, Kept]]:
    """Return who listens to a space: the communities' numbers, and the space as each keeps it."""
    rows = await connection.execute(
        select(space.c.community, space.c.id, space.c.name, space.c.consent, space.c.settings)
        .where(space.c.platform == wanted.platform, space.c.external == wanted.id, space.c.settings.is_not(None))
        .order_by(space.c.id)
    )
    return [(row[0], Kept(row[1], Space(wanted.platform, wanted.id, row[2]), row[3], row[4])) for row in rows]


async def settle(connection: AsyncConnection, of: int, wanted: Space, consent: str, settings: str | None) -> int:
    """Put down what holds in a space, which is made where it is not there; returns its number.

    Other places may count by it than before, those of what is stored already, too.
    """
    here = space.c.community == of, space.c.platform == wanted.platform, space.c.external == wanted.id
    values = {"consent": consent, "settings": settings} | ({"name": wanted.name} if wanted.name else {})
    row = (await connection.execute(update(space).where(*here).values(values).returning(space.c.id))).first()
    if row is None:
        made = {"community": of, "platform": wanted.platform, "external": wanted.id, "name": wanted.name} | values
        row = (await connection.execute(insert(space).values(made).returning(space.c.id))).one()
    await recounting.again(connection, of, recounting.SPACE, [row[0]])
    return int(row[0])


async def whole(connection: AsyncConnection, of: int) -> str | None:
    """Return what is settled for a community as a whole; None before a file was applied."""
    row = await connection.execute(select(community.c.settings).where(community.c.id == of))
    return row.scalar_one_or_none()


async def language(connection: AsyncConnection, of: int) -> str:
    """Return the language that a community speaks, as its settings name it."""
    return str(json.loads(await whole(connection, of) or "{}").get("language", "en"))


async def settle_whole(connection: AsyncConnection, of: int, settings: str) -> None:
    """Put down what holds in a community as a whole."""
    await connection.execute(update(community).where(community.c.id == of).values(settings=settings))


async def left_out_by(connection: AsyncConnection, of: int, number: int) -> set[str]:
    """Return the pseudonyms that a space's settings (or, for `OWN_WORD`, people themselves) leave out."""
    there = select(left_out.c.handle).where(left_out.c.community == of, left_out.c.space == number)
    return set((await connection.execute(there)).scalars())


async def leave_out(connection: AsyncConnection, of: int, number: int, handles: Collection[str]) -> None:
    """Leave people out from now on.

    What is stored of them already stays; where the team leaves them out (`number` above 0), it counts no longer.
    """
    now = time.time_ns() // 1_000_000
    rows = [(of, handle, number, now) for handle in sorted(handles)]
    await insert_new(connection, left_out, ("community", "handle", "space", "since"), rows)
    if number > OWN_WORD:
        await recounting.people(connection, of, handles)


async def let_in(connection: AsyncConnection, of: int, number: int, handles: Collection[str]) -> None:
    """Take back that a space's settings or people themselves leave these out; what is stored of them counts again."""
    for handle in handles:
        await connection.execute(
            delete(left_out).where(left_out.c.community == of, left_out.c.space == number, left_out.c.handle == handle)
        )
    if number > OWN_WORD:
        await recounting.people(connection, of, handles)
