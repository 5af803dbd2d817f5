"""What is stored of people at one object: a live platform asks after a restart what it had heard before."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.ports import Held
from bot.storage.bulk import matching, rows_of
from bot.storage.engagements import KEYS, Key


async def held(connection: AsyncConnection, keys: Keys, community: int, key: tuple[int, str]) -> list[Held]:
    """Return what is stored of people under a natural key: its day, and the key without the person in it.

    It counts whoever said it. Raises ConfigError where the keys are not those of the database.
    """
    rows = await rows_of(
        connection,
        "SELECT a.sealed, e.amount, e.holds FROM engagement e JOIN account a ON a.id = e.account "
        "WHERE e.community = :community AND e.key_day = :day AND e.key > :key || '/' AND e.key < :key || '0'",
        community=community,
        day=key[0],
        key=key[1],
    )
    return [Held(keys.open(sealed), amount, bool(holds)) for sealed, amount, holds in rows]


async def known(connection: AsyncConnection, community: int, keys: Iterable[Key]) -> set[Key]:
    """Return under which natural keys, or below them, something is stored."""
    rows = await matching(
        connection,
        "SELECT DISTINCT given.key_day, given.key FROM {given} JOIN engagement e ON e.community = :community "
        "AND e.key_day = given.key_day AND e.key >= given.key AND e.key < given.key || '0'",
        KEYS,
        keys,
        community=community,
    )
    return {(day, key) for day, key in rows}
