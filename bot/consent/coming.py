"""Hears that people leave a space and come back: what is on its way to who has left is not sent any more.

It says nothing about their scores, and holds whether or not any rule asks about leaving. Nothing is put down of who
never had anything to do with us: nobody would write to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.sending.quiet import zone_named
from bot.storage import contacts
from bot.storage.accounts import Memory, look_up, own_member
from bot.storage.engine import Database
from scoring.signals import Account


@dataclass(frozen=True, slots=True)
class Coming:
    """Who is in a space of a community, as far as it matters to what goes out."""

    database: Database
    keys: Keys
    community: int
    space: int

    async def left(self, who: Account, at: int) -> None:
        """Put down that somebody left the space (ms); may be heard again and again."""
        async with self.database.write() as connection:
            own = await self._own(connection, who)
            if own is not None and await contacts.concerns(connection, self.community, own):
                await contacts.left(connection, self.community, own, self.space, at)

    async def came(self, who: Account) -> None:
        """Put down that somebody is in the space (again)."""
        async with self.database.write() as connection:
            own = await self._own(connection, who)
            if own is not None:
                await contacts.came(connection, self.community, own, self.space)

    async def lives_in(self, who: Account, zone: str) -> None:
        """Put down the time zone of somebody's profile (an IANA name), where they have a page and it is one."""
        if zone_named(zone) is None:
            return
        async with self.database.read() as connection:
            own = await self._own(connection, who)
            if own is None or not await contacts.moved(connection, self.community, own, zone):
                return
        async with self.database.write() as connection:
            if await contacts.moved(connection, self.community, own, zone):
                await contacts.lives_in(connection, self.community, own, zone)

    async def _own(self, connection: AsyncConnection, who: Account) -> int | None:
        """Return the member that somebody's account began with: it is this account that left, whoever it is now."""
        handle = self.keys.handle(who)
        found = (await look_up(connection, self.community, [handle], self.space, Memory())).known.get(handle)
        return None if found is None else await own_member(connection, found.id)
