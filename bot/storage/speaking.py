"""In which language members read what they chose last: the version of its text begins with it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.language import spoken
from bot.storage.bulk import matching


async def languages(connection: AsyncConnection, community: int, members: Iterable[int]) -> dict[int, str]:
    """Return the languages of members who decided about something by themselves; nothing is known of the others."""
    rows = await matching(
        connection,
        "SELECT c.id, c.member, c.version FROM {given} JOIN choice c ON c.community = :community "
        "AND c.member = given.member WHERE c.source IN ('button', 'command')",
        {"member": "bigint"},
        ((one,) for one in set(members)),
        community=community,
    )
    found: dict[int, str] = {}
    for _, member, version in sorted(rows, key=lambda row: int(row[0])):
        tag, _, rest = str(version).partition(":")
        language = spoken(tag) if rest else None
        if language is not None:
            found[member] = language
    return found
