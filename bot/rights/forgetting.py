"""Forgetting somebody: everywhere, within a minute, and for good.

First a marker is written beside the key file, then the store takes nothing more of them in; from then on, whatever
happens, `finish` goes on where it was. A marker outlives every backup: what is restored or imported later is freed of
them again. They may come back by their own wish, but for those who are under age.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.rights.erased import Erased, Line, Word
from bot.rights.inventory import inventory
from bot.storage import audit, choosing, communities, erasing, spaces
from bot.storage.choosing import Family
from bot.storage.engine import Database
from bot.storage.erasing import Wanted
from bot.storage.turns import in_turn
from bot.storage.wiping import wipe
from scoring.signals import Account

ERASED = "erased somebody"
"""What the audit log says of an erasure; it does not say whom."""
OWN_WISH, UNDER_AGE, PLATFORM, OPERATOR = "own wish", "under age", "platform", "operator"
"""Why somebody is erased."""


def _now() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to forget, why and when (ms)."""

    community: int
    account: Account
    reason: str = OWN_WISH
    at: int = field(default_factory=_now)


class Forgetting:
    """Forgets people."""

    def __init__(self, database: Database, keys: Keys, now: Callable[[], int] = _now) -> None:
        """Take the store and the keys, and a clock (ms)."""
        self._database = database
        self._keys = keys
        self._now = now

    async def ask(self, order: Order) -> None:
        """Put down that somebody is to be forgotten; when this returns, nothing can stop it any more."""
        handle = self._keys.handle(order.account)
        async with self._database.read() as connection:
            name = (await communities.get(connection, order.community)).name
            whose = await choosing.family(connection, order.community, handle)
        handles = {handle, *(one.handle for one in whose.accounts)} if whose else {handle}
        markers = {self._keys.marker(one) for one in handles}
        word = Word.UNDER_AGE if order.reason == UNDER_AGE else Word.ERASED
        Erased(self._keys.erased).add(Line(order.at, name, one, word) for one in sorted(markers))
        async with in_turn(self._database, order.community) as connection:
            await erasing.mark(connection, order.community, markers, _space(word), order.at)
            if whose is None:
                await choosing.take_back(connection, order.community, handles, [spaces.OWN_WORD])
            else:
                await erasing.begin(connection, order.community, whose, order.reason, order.at)
            await audit.put(connection, order.community, order.at, None, ERASED, payload={"reason": order.reason})

    async def forget(self, order: Order) -> bool:
        """Forget somebody altogether; returns whether nothing is left, not even in the files (else later)."""
        await self.ask(order)
        return await self.finish() == 0

    async def finish(self, *, large: bool = False) -> int:
        """Go on with all that is not done yet, as after a crash; returns how many erasures still wait for the files.

        `large`: also rewrite a large file, which nobody can write to meanwhile.
        """
        async with self._database.read() as connection:
            wanted = await erasing.open_ones(connection)
        inventory()  # read before anything is held: it takes longer than a transaction may
        for one in wanted:
            await self._erase(one)
        if wanted and await wipe(self._database, large=large):
            async with self._database.write() as connection:
                for one in wanted:
                    await erasing.done(connection, one.id, self._now())
            return 0
        return len(wanted)

    async def _erase(self, wanted: Wanted) -> None:
        whose = await self._family(wanted)
        if whose is None:
            return
        for part in (erasing.engagements, erasing.answers):
            at: int | None = 0
            while at is not None:
                async with self._database.write() as connection:
                    if part is erasing.engagements:
                        at = await erasing.engagements(connection, wanted.community, whose, at)
                    else:
                        at = await erasing.answers(connection, wanted.community, at)
        more = True
        while more:
            async with self._database.write() as connection:
                more = await erasing.sightings(connection, wanted.community, whose)
        async with self._database.write() as connection:
            await erasing.records(connection, wanted.community, whose)
        async with self._database.write() as connection:
            await _end(connection, self._keys, wanted, whose)

    async def _family(self, wanted: Wanted) -> Family | None:
        if wanted.member is None:
            return None
        async with self._database.read() as connection:
            return await choosing.family_of(connection, wanted.community, wanted.member)


async def _end(connection: AsyncConnection, keys: Keys, wanted: Wanted, whose: Family) -> None:
    """Delete the person, and before that what is made of their identity itself."""
    identities = [keys.open(one) for one in await erasing.sealed_of(connection, whose)]
    months = await erasing.writers(connection)
    rows = [(space, month, keys.passing(who, f"{space} {month}")) for space, month in months for who in identities]
    await erasing.unwrite(connection, rows)
    await erasing.themselves(connection, wanted, whose)


async def erase_again(connection: AsyncConnection, keys: Keys) -> int:
    """Erase, in the transaction that has just restored a backup, whom the markers name; returns how many.

    What was erased after the backup was made goes again, before anybody can see it.
    """
    said = Erased(keys.erased).last()
    n, at = 0, _now()
    for community in await communities.everyone(connection):
        words = {marker: word for (name, marker), word in said.items() if name == community.name}
        if not words:
            continue
        for space in (spaces.FORGOTTEN, spaces.UNDER_AGE):
            here = {marker for marker, word in words.items() if word is not Word.BACK and _space(word) == space}
            await erasing.mark(connection, community.id, here, space, at)
        handles = await choosing.handles(connection, community.id)
        for handle in handles:
            if words.get(keys.marker(handle), Word.BACK) is Word.BACK:
                continue
            whose = await choosing.family(connection, community.id, handle)
            if whose is not None:
                await _whole(connection, keys, community.id, whose, at)
                n += 1
    return n


async def _whole(connection: AsyncConnection, keys: Keys, community: int, whose: Family, at: int) -> None:
    """Erase somebody in one transaction, which nobody waits for."""
    wanted = Wanted(await erasing.begin(connection, community, whose, OWN_WISH, at), community, whose.root, OWN_WISH)
    after: int | None = 0
    while after is not None:
        after = await erasing.engagements(connection, community, whose, after)
    after = 0
    while after is not None:
        after = await erasing.answers(connection, community, after)
    while await erasing.sightings(connection, community, whose):
        continue
    await _end(connection, keys, wanted, whose)


def _space(word: Word) -> int:
    return spaces.UNDER_AGE if word is Word.UNDER_AGE else spaces.FORGOTTEN
