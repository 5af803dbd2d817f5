"""What is declared of people, as they are shown it: own words first, then those of imports."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.schema import attribute, contact


async def values(connection: AsyncConnection, community: int, accounts: Collection[int]) -> dict[str, str]:
    """Return somebody's attributes as they count: their own word before any import's, else the last one's."""
    query = (
        select(attribute.c.name, attribute.c.value)
        .where(attribute.c.community == community, attribute.c.account.in_(accounts))
        .order_by(attribute.c.source == 0, attribute.c.source, attribute.c.account)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


async def said_by_others(connection: AsyncConnection, community: int, accounts: Collection[int]) -> set[str]:
    """Return the names of somebody's attributes of which an import says something."""
    query = select(attribute.c.name).where(
        attribute.c.community == community, attribute.c.account.in_(accounts), attribute.c.source != 0
    )
    return set((await connection.execute(query)).scalars())


async def zone(connection: AsyncConnection, community: int, members: Collection[int]) -> str | None:
    """Return somebody's time zone, None where they did not say."""
    return await _zone(connection, community, members, "zone")


async def profile_zone(connection: AsyncConnection, community: int, members: Collection[int]) -> str | None:
    """Return the time zone of somebody's profile on a platform, None where none is known."""
    return await _zone(connection, community, members, "profile_zone")


async def _zone(connection: AsyncConnection, community: int, members: Collection[int], column: str) -> str | None:
    told = contact.c[column]
    here = contact.c.community == community, contact.c.member.in_(members), told.is_not(None)
    found: str | None = (
        await connection.execute(select(told).where(*here).order_by(contact.c.member).limit(1))
    ).scalar()
    return found
