"""Who calls, as somebody in the store: made where they are not there yet, because they ask for something to be kept."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.consent.choices import Said
from bot.keys import Keys
from bot.storage import accounts
from bot.storage.accounts import Known, Memory, Newcomers, look_up


async def made(connection: AsyncConnection, keys: Keys, said: Said, *, wait: bool) -> Known | None:
    """Return who speaks; None where nothing may be kept of them (`wait`: before their own yes)."""
    handle = keys.handle(said.account)
    there = await look_up(connection, said.community, [handle], said.space, Memory())
    if handle in there.left_out:
        return None
    newcomers = Newcomers(0, page=False, wait=wait)
    found = await accounts.find_or_make(connection, said.community, {handle: said.account}, keys, newcomers)
    return found.get(handle)
