"""Takes up one row of the outbox: asks the Gate, looks at the pace, and puts down what is to become of it.

All in one transaction, under the lock of whom it is for. A row that is let through counts as sent from its commit on,
until the platform has said that it was not.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import Way
from bot.keys import Keys
from bot.sending.delivering import Deliverer, Finder
from bot.sending.pace import free_at
from bot.sending.passing import Asked, ask
from bot.sending.sorting import PACED, SLOWED, Tally
from bot.storage import contacts, outbox, outgoing
from bot.storage.outbox import Due, Row
from scoring.signals import Account

LEASE_MS = 30_000
"""How long a row belongs to who sends it; then it is taken for one that nobody sends any more."""
DELIVER_SECONDS = 15.0
"""How long a platform may take for an answer."""
LOOKED_FOR_MS = 86_400_000
"""So long it is looked for a message that may have arrived, where the platform cannot be asked."""
NOBODY, NOT_REPEATED = "nobody there", "no answer"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is to be sent now by who holds the token; `again` says that it may have arrived already.

    `root` is whom it goes to (or None), `person` their account on the platform. With `looks` it is not sent: its
    platform is asked whether it is there.
    """

    row: Row
    token: str
    at: int
    root: int | None
    person: Account | None
    opens: bool
    looks: bool = False

    @property
    def again(self) -> bool:
        """Whether an earlier attempt was made of which nobody knows the end."""
        return self.row.first_at is not None


class Claims:
    """Takes rows up for the platforms that there are deliverers for."""

    def __init__(self, keys: Keys, deliverers: Mapping[str, Deliverer]) -> None:
        """Take the keys and who delivers, by platform."""
        self._keys = keys
        self._deliverers = deliverers
        self._elsewhere: set[int] = set()

    def elsewhere(self, busy: Collection[int]) -> set[int]:
        """Return the spaces to be left aside: busy ones, and those of platforms that others speak to."""
        return self._elsewhere.union(busy)

    async def next(self, connection: AsyncConnection, now: int, busy: Collection[int], tally: Tally) -> Claimed | bool:
        """Take one row up, but of no busy space; returns it where it is to be sent now.

        Otherwise returns whether there was one: it then waits, or has come to its end.
        """
        found = await outbox.next_due(connection, now, self.elsewhere(busy))
        if found is None:
            return False
        if found.row.platform not in self._deliverers:
            self._elsewhere.add(found.row.space)  # another process speaks to that platform
            return True
        if found.root is not None:
            await contacts.lock_known(connection, found.row.community, found.root)
        due = await outbox.kept(connection, found, now)
        if due is None:
            return True  # somebody else was quicker
        row = due.row
        if row.state == outbox.SENDING and not self._may_repeat(row, now):
            return await self._doubt(connection, due, now, tally)
        (asked,) = await ask(connection, [due], now)
        if not asked.verdict.allowed:
            return await _refuse(connection, row, now, tally, asked)
        return await self._let_through(connection, asked, now, tally)

    async def _let_through(self, connection: AsyncConnection, asked: Asked, now: int, tally: Tally) -> Claimed | bool:
        row, root = asked.due.row, asked.due.root
        person = await self._address(connection, row, root)
        if row.member is not None and person is None:
            return await _end(connection, row, now, tally, (outbox.FAILED, NOBODY))
        opens = row.way is Way.DM and not asked.opened
        if row.way is Way.DM and row.state == outbox.PENDING:
            due, reason = await _free(connection, row, now, opens=opens)
            if due > now:
                tally.held[reason] += 1
                await outbox.hold(connection, row, due, reason)
                return True
        token = secrets.token_hex(8)
        await outbox.claim(connection, row, token, (now, now + LEASE_MS), opens=opens)
        return Claimed(row, token, now, root, person, opens)

    async def _doubt(self, connection: AsyncConnection, due: Due, now: int, tally: Tally) -> Claimed | bool:
        """Let a row be looked for that may have arrived and must not be sent again, where that can be done."""
        row, finder = due.row, self._deliverers[due.row.platform]
        person = await self._address(connection, row, due.root)
        nowhere = row.way is Way.DM and person is None
        late = not 0 <= now - (row.first_at or now) <= LOOKED_FOR_MS
        if not can_be_found(finder, row) or nowhere or late:
            return await _end(connection, row, now, tally, (outbox.UNKNOWN, NOT_REPEATED))
        token = secrets.token_hex(8)
        await outbox.look(connection, row, token, now + LEASE_MS)
        return Claimed(row, token, now, due.root, person, opens=False, looks=True)

    def _may_repeat(self, row: Row, now: int) -> bool:
        """Whether the platform would still take another attempt, however long it lasts, for the same message."""
        latest = (row.first_at or now) + (self._deliverers[row.platform].remembers - DELIVER_SECONDS) * 1000
        return (row.first_at or now) <= now <= latest

    async def _address(self, connection: AsyncConnection, row: Row, root: int | None) -> Account | None:
        """Return the member's account in the row's space."""
        sealed = await outbox.addresses(connection, row, root) if root is not None else []
        there = (self._keys.open(one) for one in sealed)
        return next((one for one in there if one.realm in ("", row.external)), None)


def can_be_found(deliverer: Deliverer, row: Row) -> bool:
    """Whether it can be found out later that a row arrived: what only one person was shown lies nowhere."""
    return isinstance(deliverer, Finder) and row.way is not Way.BESIDE


async def _free(connection: AsyncConnection, row: Row, now: int, *, opens: bool) -> tuple[int, str]:
    """Return when a direct message may go, and why not before."""
    found = await outgoing.pace(connection, row.space, now)
    if found.slow_until > now:
        return found.slow_until, SLOWED
    return (free_at(found.opened, now) if opens else now), PACED


async def _refuse(connection: AsyncConnection, row: Row, now: int, tally: Tally, asked: Asked) -> bool:
    verdict = asked.verdict
    reason = str(verdict.reason)
    tally.refused[row.community, reason] += 1
    if row.state == outbox.SENDING:  # an attempt was made before; whether it arrived, nobody will know
        return await _end(connection, row, now, tally, (outbox.UNKNOWN, reason))
    if verdict.line:
        await outbox.turn_to_line(connection, row, reason)
    elif verdict.again is None:
        return await _end(connection, row, now, tally, (outbox.FAILED, reason))
    else:
        await outbox.hold(connection, row, verdict.again, reason)
    return True


async def _end(connection: AsyncConnection, row: Row, now: int, tally: Tally, how: tuple[str, str]) -> bool:
    state, reason = how
    tally.ended[row.purpose, state] += 1
    await outbox.end(connection, row, state, now, said=(reason, ""))
    return True
