"""What the team leaves out of a space in chat, on top of what the community file says.

A channel or role is left out where either of them says so; a person whom the team leaves out stays so when the file is
applied anew. What is stored already is not deleted, only passed over (`bot/storage/what_counts.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hearing.space_settings import Listed, SpaceSettings
from bot.storage import recounting, spaces
from bot.storage.bulk import insert_new
from bot.storage.schema import account, excluded_place, exclusion
from bot.storage.what_counts import BY_TEAM

CHANNEL, ROLE, PERSON = "channel", "role", "person"
_COLUMNS = ("community", "space", "what", "which", "actor", "at")


@dataclass(frozen=True, slots=True)
class Excluded:
    """One thing that is left out of a space: a channel or role by its id, a person by their pseudonym; since when."""

    what: str
    which: str
    at: int


@dataclass(frozen=True, slots=True)
class OnTop:
    """What is left out on top of a space's settings."""

    channels: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def over(self, settings: SpaceSettings) -> SpaceSettings:
        """Return the settings with this on top."""
        if not self.channels and not self.roles:
            return settings
        out = Listed(settings.listed_out.entries | self.channels)
        return replace(settings, listed_out=out, excluded_roles=Listed(settings.excluded_roles.entries | self.roles))


async def of_space(connection: AsyncConnection, community: int, space: int) -> list[Excluded]:
    """Return what the team leaves out of a space, the oldest first."""
    here = exclusion.c.community == community, exclusion.c.space == space
    columns = select(exclusion.c.what, exclusion.c.which, exclusion.c.at).where(*here)
    rows = await connection.execute(columns.order_by(exclusion.c.at, exclusion.c.what, exclusion.c.which))
    return [Excluded(*row) for row in rows]


async def on_top(connection: AsyncConnection, community: int, space: int) -> OnTop:
    """Return what is left out on top of a space's settings."""
    found = await of_space(connection, community, space)
    return OnTop(
        Listed.of(one.which for one in found if one.what == CHANNEL).entries,
        Listed.of(one.which for one in found if one.what == ROLE).entries,
    )


async def exclude(
    connection: AsyncConnection, of: tuple[int, int], what: str, which: str, by: tuple[int | None, int]
) -> bool:
    """Leave something out of a space (`of`: community and space; `by`: who, and when in ms).

    Returns whether it was not left out yet.
    """
    community, space = of
    new = await insert_new(connection, exclusion, _COLUMNS, [(community, space, what, which, *by)])
    if what == PERSON:
        await spaces.leave_out(connection, community, BY_TEAM + space, [which])
    await recounting.again(connection, community, recounting.SPACE, [space])
    return bool(new)


async def lift(connection: AsyncConnection, of: tuple[int, int], what: str, which: str) -> bool:
    """Let something count again, with what is stored of it; returns whether it was left out."""
    community, space = of
    here = exclusion.c.community == community, exclusion.c.space == space, exclusion.c.what == what
    gone = await connection.execute(
        delete(exclusion).where(*here, exclusion.c.which == which).returning(exclusion.c.at)
    )
    if what == PERSON:
        await spaces.let_in(connection, community, BY_TEAM + space, [which])
    await recounting.again(connection, community, recounting.SPACE, [space])
    return gone.first() is not None


async def shut(connection: AsyncConnection, space: int) -> frozenset[str]:
    """Return the channels of a space that do not count because of a category, as its platform told."""
    rows = await connection.execute(select(excluded_place.c.place).where(excluded_place.c.space == space))
    return frozenset(rows.scalars())


async def shut_these(connection: AsyncConnection, community: int, space: int, places: Collection[str]) -> None:
    """Put down which channels of a space do not count because of a category: these and no others."""
    await connection.execute(delete(excluded_place).where(excluded_place.c.space == space))
    await insert_new(connection, excluded_place, ("space", "place"), [(space, one) for one in sorted(places)])
    await recounting.again(connection, community, recounting.SPACE, [space])


async def sealed_of(connection: AsyncConnection, community: int, handle: str) -> bytes | None:
    """Return the sealed identity of a pseudonym, None where nothing is stored of it."""
    here = account.c.community == community, account.c.handle == handle
    found = (await connection.execute(select(account.c.sealed).where(*here))).scalar()
    return None if found is None else bytes(found)
