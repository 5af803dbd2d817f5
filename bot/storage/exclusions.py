"""What the team leaves out of a space in chat, on top of what the community file says; reversible from then on.

A channel or role is left out where either of them says so; a person whom the team leaves out stays so when the file is
applied anew.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.space_settings import Listed, SpaceSettings
from bot.storage.bulk import insert_new
from bot.storage.schema import account, exclusion, left_out

CHANNEL, ROLE, PERSON = "channel", "role", "person"
TEAM = 1 << 30
"""The space of those whom the team of space n leaves out is this and n."""
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
        row = (community, which, TEAM + space, time.time_ns() // 1_000_000)
        await insert_new(connection, left_out, ("community", "handle", "space", "since"), [row])
    return bool(new)


async def lift(connection: AsyncConnection, of: tuple[int, int], what: str, which: str) -> bool:
    """Let something count again, from now on; returns whether it was left out."""
    community, space = of
    here = exclusion.c.community == community, exclusion.c.space == space, exclusion.c.what == what
    gone = await connection.execute(
        delete(exclusion).where(*here, exclusion.c.which == which).returning(exclusion.c.at)
    )
    if what == PERSON:
        mine = left_out.c.community == community, left_out.c.space == TEAM + space, left_out.c.handle == which
        await connection.execute(delete(left_out).where(*mine))
    return gone.first() is not None


async def sealed_of(connection: AsyncConnection, community: int, handle: str) -> bytes | None:
    """Return the sealed identity of a pseudonym, None where nothing is stored of it."""
    here = account.c.community == community, account.c.handle == handle
    found = (await connection.execute(select(account.c.sealed).where(*here))).scalar()
    return None if found is None else bytes(found)
