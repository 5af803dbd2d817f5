"""What becomes of a space's own history when the bot reads it: stored as an import would, counted, or left.

Every stretch is one transaction: its acts, the counts they add to, and where reading goes on. So an interruption at any
moment loses nothing and counts nothing twice. In a counted space, acts older than `COUNTED_DAYS` never reach the store
as anybody's: they add to the numbers of their day.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.history.past import Mark, Progress, Reach, Stretch
from bot.keys import Keys
from bot.ports import Consent, Receipt, Space, SpaceSettings
from bot.storage import anonymous, backfills, imports
from bot.storage.accounts import Memory, Newcomers
from bot.storage.backfills import DONE, RUNNING, Backfill
from bot.storage.bulk import take_turns
from bot.storage.communities import set_aside
from bot.storage.engine import Database
from bot.storage.recording import Origin, record
from scoring.signals import DAY_MS, Signal, date_of, day_of

COUNTED_DAYS = 90
"""How long acts of people who are only counted are kept as anybody's."""
SOURCE = "history"
"""What an import is called that the bot itself has read."""
_FAULTS = (ArithmeticError, AttributeError, DBAPIError, LookupError, TypeError, ValueError)
_WIPE_SECONDS = 1.0
_logger = logging.getLogger(__name__)


class Opened(Protocol):
    """The desk of the space, as far as its history needs it."""

    origin: Origin
    open: bool
    space: Space

    @property
    def settings(self) -> SpaceSettings:
        """What holds in the space now."""
        ...


@dataclass(frozen=True, slots=True)
class Store:
    """Where a history goes. `became` hears after each commit how many signals came and what became of them."""

    database: Database
    keys: Keys
    became: Callable[[int, Receipt], None]
    now: Callable[[], int] = lambda: time.time_ns() // 1_000_000


class History:
    """One space's `bot.history.past.Past`."""

    def __init__(self, store: Store, desk: Opened) -> None:
        """Take where it goes, and the desk of the space."""
        self._store = store
        self._desk = desk
        self._memory = Memory()
        self._ahead = 0
        """By how much the platform's clock is ahead of ours, in ms: in rehearsals it is another one."""

    async def wanted(self, now: int) -> Reach | None:
        """See `bot.history.past.Past`. What is wanted is put down as an import that can be taken back."""
        self._ahead = now - self._store.now()
        async with self._store.database.read() as connection:
            there = await backfills.get(connection, self._space)
        if self._desk.settings.backfill_days == 0 or not self._desk.open:
            await self._leave_off(there)
            return None
        reach = self._reach(there, now)
        if there is None or (there.state != RUNNING and reach.since < there.since):
            async with self._store.database.write() as connection:
                await self._begin(connection, reach)
        elif there.state == RUNNING or (there.state == DONE and there.refused):
            async with self._store.database.write() as connection:
                await backfills.want(connection, self._space, reach.since)
                await imports.set_state(connection, there.source, RUNNING)
        else:
            await self._leave_off(there)
            return None
        return reach

    def _reach(self, there: Backfill | None, now: int) -> Reach:
        """Return what the settings want: whole days, back from where the first reading began."""
        days, until = self._desk.settings.backfill_days, there.until if there is not None else now
        return Reach(0 if days is None else max((day_of(until) - days) * DAY_MS, 0), until)

    async def _leave_off(self, there: Backfill | None) -> None:
        """Keep nobody's pseudonym of who wrote while nothing is being read; what is known so far becomes numbers."""
        if there is None:
            return
        async with self._store.database.read() as connection:
            if not await anonymous.remembers(connection, self._space):
                return
        async with self._store.database.write() as connection:
            await self._close_months(connection, there)
        await self._wipe()

    async def _begin(self, connection: AsyncConnection, reach: Reach) -> None:
        space, policy = self._desk.space, self._desk.settings.consent
        source = await imports.begin(
            connection, {}, community=self._desk.origin.community, source=f"{space.platform}-{SOURCE}",
            digest=f"{SOURCE} of {self._space} back to {reach.since}", space=self._space,
            label=space.name or f"{space.platform} {space.id}", captured=reach.until, consent=policy, keep=None,
        )  # fmt: skip
        await backfills.begin(connection, self._space, source, reach)

    async def marks(self, places: Collection[str]) -> Mapping[str, Mark]:
        """See `bot.history.past.Past`."""
        async with self._store.database.read() as connection:
            return await backfills.marks(connection, self._space, places)

    async def record(self, stretch: Stretch) -> bool:
        """See `bot.history.past.Past`. Signals that cannot be stored are set aside with their reason."""
        try:
            receipt = await self._commit(stretch)
        except _FAULTS:
            at_fault = await self._find_faults(stretch)
            sound = [one for one in stretch.signals if id(one) not in at_fault]
            faults = [(one, at_fault[id(one)]) for one in stretch.signals if id(one) in at_fault]
            receipt = await self._commit(replace(stretch, signals=sound), faults)
        if receipt is None:
            return False
        self._store.became(len(stretch.signals), receipt)
        return True

    async def tell(self, progress: Progress) -> None:
        """See `bot.history.past.Past`."""
        async with self._store.database.write() as connection:
            await backfills.tell(connection, self._space, progress)
            there = await backfills.get(connection, self._space)
        if there is not None:
            _logger.info("history of %s %s: %s", self._desk.space.platform, self._desk.space.id, said(there))

    async def end(self) -> None:
        """See `bot.history.past.Past`."""
        async with self._store.database.write() as connection:
            there = await backfills.get(connection, self._space)
            if there is None:
                return
            await self._close_months(connection, there)
            if there.state == RUNNING:
                await backfills.end(connection, self._space, self._now())
                await imports.set_state(connection, there.source, DONE)
        await self._wipe()
        _logger.info("history of %s %s is read", self._desk.space.platform, self._desk.space.id)

    async def _close_months(self, connection: AsyncConnection, there: Backfill) -> None:
        """Let numbers stand for who wrote in each month, where they may, and forget who."""
        if there.consent == Consent.COUNTED and there.state in (RUNNING, DONE):
            before = min(self._oldest_day(), day_of(there.until))
            await anonymous.close(connection, self._origin(there), day_of(there.since), before)
        await anonymous.forget(connection, self._space)

    async def _wipe(self) -> None:
        if self._store.database.path is not None:
            await asyncio.to_thread(_wipe_log, self._store.database.path)

    async def _commit(
        self, stretch: Stretch, faults: Sequence[tuple[Signal, str]] = (), *, trial: bool = False
    ) -> Receipt | None:
        """Store a stretch in one transaction; None where the reading is to end. A trial is taken back at once."""
        try:
            async with self._store.database.write() as connection:
                community = self._desk.origin.community
                await take_turns(connection, community)
                there = await backfills.get(connection, self._space)
                if there is None or there.state != RUNNING or there.consent is None or not self._desk.open:
                    return None
                origin = self._origin(there)
                receipt = await self._keep(connection, origin, stretch.signals, there.consent)
                for signal, reason in faults:
                    await set_aside(connection, community, there.source, (signal.kind, reason))
                await backfills.mark(connection, self._space, stretch)
                if trial:
                    raise _TrialError
        except BaseException:
            self._memory.forget()
            raise
        return receipt

    async def _keep(
        self, connection: AsyncConnection, origin: Origin, signals: Sequence[Signal], consent: str
    ) -> Receipt:
        """Store acts, and count those too old to be stored under the policy that holds in this very transaction."""
        keys, found = self._store.keys, None
        if consent == Consent.COUNTED:
            await anonymous.wrote(connection, keys, origin, signals)
            oldest = self._oldest_day()
            found = await anonymous.sort(connection, keys, origin, [one for one in signals if day_of(one.at) < oldest])
            await anonymous.count(connection, origin, found.to_count)
            signals = [*found.stored, *(one for one in signals if day_of(one.at) >= oldest)]
        [receipt] = await record(connection, keys, origin, [signals], self._memory)
        if found is not None:
            receipt.dropped.update(found.dropped)
        return receipt

    async def _find_faults(self, stretch: Stretch) -> dict[int, str]:
        """Return by identity which signals cannot be stored by themselves, and why: found by trials of ever fewer."""
        try:
            await self._commit(stretch, trial=True)
        except _TrialError:
            return {}
        except _FAULTS as error:
            signals = stretch.signals
            if len(signals) <= 1:
                return {id(one): type(error).__name__ for one in signals}
            half = len(signals) // 2
            parts = [replace(stretch, signals=part) for part in (signals[:half], signals[half:])]
            return await self._find_faults(parts[0]) | await self._find_faults(parts[1])
        return {}

    @property
    def _space(self) -> int:
        return self._desk.origin.space or 0

    def _now(self) -> int:
        return self._store.now() + self._ahead

    def _oldest_day(self) -> int:
        return day_of(self._now()) - COUNTED_DAYS

    def _origin(self, there: Backfill) -> Origin:
        """Return the desk's origin as that of the import; how newcomers begin is asked in the transaction."""
        newcomers = Newcomers(there.source, page=False, wait=True)
        return replace(self._desk.origin, newcomers=newcomers, seen_at=there.until, asks=True)


class _TrialError(Exception):
    """A trial went well."""


def said(there: Backfill) -> str:
    """Say how far a history is read: `12 of 40 channels, back to 2026-05-03; 1 cannot be read`."""
    told = f"{there.done} of {there.places} channels"
    if there.state == RUNNING and there.reached:
        told += f", back to {date_of(day_of(there.reached)).isoformat()}"
    if there.refused:
        which = ", ".join(there.refused[:10])
        told += f"; {len(there.refused)} cannot be read: Cairn may not read message history there ({which})"
    return told


def _wipe_log(path: Path) -> None:
    """Let SQLite empty its write-ahead log, which still holds what was deleted; where others read, it does so later."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=_WIPE_SECONDS)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
