"""The courier: takes what is due out of the outbox, one row at a time, and hands it to its platform.

A row is claimed in one transaction, sent outside of any, and settled in another one. Whoever dies in between leaves a
row that says so; it is tried again only where the platform takes it for the same message, else looked for where the
platform can be asked, and never sent again.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from base64 import b32encode
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from bot.errors import CairnError, InputError
from bot.gate import Purpose, Way
from bot.keys import Keys
from bot.operating.logs import unexpected
from bot.operating.metrics import Metrics
from bot.sending.claiming import DELIVER_SECONDS, Claimed, Claims, can_be_found
from bot.sending.delivering import Delivered, Deliverer, Delivery, Finder, Outcome, Sought
from bot.sending.outcomes import Answer, give_back, settle
from bot.sending.parcels import unpacked
from bot.sending.sorting import Tally, sort_out
from bot.storage import outbox, outgoing
from bot.storage.engine import Database
from bot.storage.outbox import Row

IDLE_SECONDS = 1.0
"""How often is looked for what nobody told of."""
FRESH_MS = 5_000
"""What was let through longer ago than this is asked about anew instead of being sent."""
AT_ONCE, AT_ONCE_IN_A_SPACE = 32, 4
"""How many messages are on their way to platforms at one time."""
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
_logger = logging.getLogger(__name__)


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class Courier:
    """Delivers what is due, for the platforms it is given. `now` gives ms since 1970."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        deliverers: Mapping[str, Deliverer],
        metrics: Metrics,
        now: Callable[[], int] = _milliseconds,
    ) -> None:
        """Take the store, the keys, who delivers by platform, and where to count."""
        self._database = database
        self._keys = keys
        self._deliverers = deliverers
        self._metrics = metrics
        self._now = now
        self._claims = Claims(keys, deliverers)
        self._sending: dict[asyncio.Task[None], int] = {}
        self._woken = asyncio.Event()
        self._age = 0.0
        metrics.watch("outbox_age_seconds", "How long the message that waits longest has been due.", lambda: self._age)

    def wake(self) -> None:
        """Say that something was posted."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop; what is on its way is finished. Raises MachineError as the storage does."""
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._woken.clear()
                await self._start_due()
                woken = asyncio.create_task(self._woken.wait())
                await asyncio.wait((stopped, woken), timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                woken.cancel()
            await asyncio.gather(*self._sending)
        finally:
            stopped.cancel()
            for task in self._sending:
                task.cancel()

    async def once(self) -> int:
        """Deliver all that is due now; returns how many messages were handed over."""
        handed = 0
        while started := await self._start_due():
            handed += started
            await asyncio.gather(*self._sending)
        return handed

    async def _start_due(self) -> int:
        """Claim what is due and may go, and begin to send it; returns how many."""
        started = 0
        more = await self._anything_due()
        while more and len(self._sending) < AT_ONCE:
            claimed = await self._claim()
            if claimed is True:  # where one may not go, many may not
                await self._sort_out()
            started += isinstance(claimed, Claimed)
            more = claimed is not False
        return started

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        self._woken.set()

    async def _anything_due(self) -> bool:
        async with self._database.read() as connection:
            first = await outbox.waiting_since(connection)
        self._age = max(self._now() - first, 0) / 1000 if first is not None else 0.0
        return first is not None and first <= self._now()

    def _busy(self) -> set[int]:
        """Return the spaces that are to be left aside for now."""
        busy = Counter(self._sending.values())
        return self._claims.elsewhere([space for space, n in busy.items() if n >= AT_ONCE_IN_A_SPACE])

    async def _sort_out(self) -> None:
        tally = Tally()
        async with self._database.write() as connection:
            await sort_out(connection, self._now(), self._busy(), tally)
        self._count(tally)

    async def _claim(self) -> Claimed | bool:
        """Take one row up, and begin to send it where it may go; returns False where none is due."""
        tally = Tally()
        async with self._database.write() as connection:
            claimed = await self._claims.next(connection, self._now(), self._busy(), tally)
            await outgoing.refused(connection, self._now(), tally.refused)
        self._count(tally)
        if isinstance(claimed, Claimed):
            task = asyncio.create_task(self._send(claimed))
            self._sending[task] = claimed.row.space
            task.add_done_callback(self._done)
        return claimed

    def _count(self, tally: Tally) -> None:
        for (_, reason), n in tally.refused.items():
            self._metrics.refused(reason, n)
        for reason, n in tally.held.items():
            self._metrics.held(reason, n)
        for (purpose, state), n in tally.ended.items():
            self._metrics.letter(purpose, state, n)

    async def _send(self, claimed: Claimed) -> None:
        try:
            outcome = await (self._find(claimed) if claimed.looks else self._deliver(claimed))
            if outcome is None:
                await self._written(lambda: self._give_back(claimed))
            else:
                await self._written(lambda: self._settle(claimed, outcome))
        except Exception as error:  # noqa: BLE001 - one message's fault is not another's
            unexpected(_logger, "courier", error)

    async def _deliver(self, claimed: Claimed) -> Outcome | None:
        """Hand a row over; returns what became of it, None where it was let through too long ago."""
        row = claimed.row
        try:
            delivery = _delivery(claimed, self._keys)
        except (InputError, ValueError):
            return Outcome(Delivered.FAILED, reason="cannot be read")
        if not 0 <= self._now() - claimed.at <= FRESH_MS:
            return None
        try:
            async with asyncio.timeout(DELIVER_SECONDS):
                return await self._deliverers[row.platform].deliver(delivery)
        except TimeoutError:
            return Outcome(Delivered.UNKNOWN, reason="no answer in time")
        except Exception as error:  # noqa: BLE001 - it may have arrived before this happened
            return Outcome(Delivered.UNKNOWN, reason=unexpected(_logger, f"delivering to {row.platform}", error))

    async def _find(self, claimed: Claimed) -> Outcome:
        """Ask the platform whether a row is there."""
        row, finder = claimed.row, self._deliverers[claimed.row.platform]
        if not isinstance(finder, Finder):
            return Outcome(Delivered.FAILED, reason="nobody to ask")
        to = None if row.way is Way.CHANNEL else claimed.person
        sought = Sought(row.external, nonce_of(row), row.first_at or claimed.at, to, row.channel)
        try:
            async with asyncio.timeout(DELIVER_SECONDS):
                return await finder.find(sought)
        except TimeoutError:
            return Outcome(Delivered.LATER)
        except Exception as error:  # noqa: BLE001 - nothing is sent, so another look does no harm
            return Outcome(Delivered.LATER, reason=unexpected(_logger, f"looking on {row.platform}", error))

    async def _settle(self, claimed: Claimed, outcome: Outcome) -> None:
        deliverer = self._deliverers[claimed.row.platform]
        answer = Answer(claimed, outcome, self._now(), deliverer.remembers, can_be_found(deliverer, claimed.row))
        async with self._database.write() as connection:
            state = await settle(connection, answer)
        if state == outbox.UNKNOWN:
            _logger.warning("a message (%s) may or may not have arrived; it is not sent again", claimed.row.purpose)
        if state in (outbox.SENT, outbox.FAILED, outbox.UNKNOWN):
            self._metrics.letter(claimed.row.purpose, state)
        elif state and not claimed.looks:
            self._metrics.held(outcome.what.value)
        if state == outbox.SENT and claimed.opens:
            self._metrics.opened()

    async def _give_back(self, claimed: Claimed) -> None:
        async with self._database.write() as connection:
            await give_back(connection, claimed, self._now())

    async def _written(self, write: Callable[[], Awaitable[None]]) -> None:
        """Write what happened, and try again where the database does not answer: it cannot be found out later."""
        for pause in _PAUSES:
            with suppress(CairnError):
                await write()
                return
            await asyncio.sleep(pause)
        await write()


def _delivery(claimed: Claimed, keys: Keys) -> Delivery:
    row = claimed.row
    to_channel = row.way is Way.CHANNEL
    return Delivery(
        space=row.external,
        blocks=unpacked(keys.open_bytes(row.content)),
        nonce=nonce_of(row),
        person=None if to_channel else claimed.person,
        channel=row.channel,
        pings=claimed.person if row.pings else None,
        silent=row.purpose is Purpose.DIGEST,
    )


def nonce_of(row: Row) -> str:
    """Return what makes every attempt to send a row the same message for its platform: 24 characters."""
    text = f"{row.id} {row.community} {row.posted_at} {row.key}"
    return b32encode(hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:15]).decode()
