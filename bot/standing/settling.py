"""Settles while Cairn runs: soon after something was stored. Each UTC day begins with a job (`bot/jobs/roll.py`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bot.operating.metrics import Metrics
from bot.settle import Settler
from bot.storage import communities
from bot.storage.engine import Database

IDLE_SECONDS = 10.0
"""How often marks are looked for that nobody told of: those of another process, or of one that was killed."""
GATHER_SECONDS = 0.2
"""How long marks gather, so that a member-day that is busy is not settled for each act."""
LAST_SECONDS = 2.0
"""How long is settled once told to stop; what is left then is still marked, and waits for the next start."""
REST = 4.0
"""How long settling rests after each batch, in times of what that took: it keeps nobody from storing."""


class Settling:
    """The loop that settles all communities. `now` gives seconds since 1970."""

    def __init__(
        self, database: Database, metrics: Metrics, now: Callable[[], float] = time.time, last: float = LAST_SECONDS
    ) -> None:
        """Take the store, where to tell of the lag, and for how long (s) to go on once told to stop."""
        self._database = database
        self._now = now
        self._last = last
        self._metrics = metrics
        self._since: float | None = None
        self._working: float | None = None
        self._woken = asyncio.Event()
        self._settlers: dict[int, Settler] = {}
        metrics.watch("settle_lag_seconds", "How long the oldest stored signal has waited for its scores.", self.lag)

    def wake(self) -> None:
        """Say that something was stored."""
        if self._since is None:
            self._since = self._now()
        self._woken.set()

    def lag(self) -> float:
        """Return for how long the oldest that was told of has not been settled, in seconds."""
        began = min((one for one in (self._since, self._working) if one is not None), default=None)
        return 0.0 if began is None else max(self._now() - began, 0.0)

    async def run(self, stop: asyncio.Event) -> None:
        """Settle until told to stop, then a moment longer. Raises MachineError as the storage does."""
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await self.once(stop.is_set)
                woken = asyncio.create_task(self._woken.wait())
                await asyncio.wait((stopped, woken), timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                woken.cancel()
                if not stop.is_set():
                    await asyncio.wait((stopped,), timeout=GATHER_SECONDS)
            end = time.monotonic() + self._last
            await self.once(lambda: time.monotonic() >= end)
        finally:
            stopped.cancel()

    async def once(self, enough: Callable[[], bool] = lambda: False) -> int:
        """Settle what is marked now in every community, or until it is `enough`; returns how many member-days."""
        self._woken.clear()
        # What failed last time has waited since then; what is told of from here on waits from here on.
        self._working = min((one for one in (self._working, self._since) if one is not None), default=None)
        self._since = None
        async with self._database.read() as connection:
            numbers = [one.id for one in await communities.everyone(connection)]
        done = 0
        for number in numbers:
            settler = self._settlers.setdefault(number, Settler(self._database, number, REST))
            done += await settler.settle(enough=enough)
            if enough():
                return done
        self._working = None
        self._metrics.succeeded("settle")
        return done
