"""Cairn tries itself: a signal that is nobody's goes the whole way from intake to store, and is looked for there.

All that it leaves is one row of `setting`, with the time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bot.errors import MachineError
from bot.operating.metrics import Metrics
from bot.ports import Inbox, Kind, Signal
from bot.storage import setting
from bot.storage.accounts import Newcomers
from bot.storage.engine import Database
from bot.storage.recording import Origin
from scoring.signals import day_of

EACH_SECONDS = 60.0
MOST_SECONDS = 30.0
"""How long the way may take before it counts as closed."""
NOBODY = 0
"""The community of signals that are nobody's: there is none of that number."""


class Probe:
    """Tries the way from intake to store. `inbox` gives the way in for an origin; `now` seconds since 1970."""

    def __init__(
        self,
        inbox: Callable[[Origin], Inbox],
        database: Database,
        metrics: Metrics,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take the intake's inbox, the store, where to tell how long it took, and the clock."""
        self._inbox = inbox
        self._database = database
        self._metrics = metrics
        self._now = now
        self._took = 0.0
        metrics.watch("probe_seconds", "How long Cairn's last try of itself took.", lambda: self._took)

    async def run(self, stop: asyncio.Event) -> None:
        """Try each minute until told to stop. Raises MachineError where the way is closed."""
        while not stop.is_set():
            await self.once()
            try:
                await asyncio.wait_for(stop.wait(), EACH_SECONDS)
            except TimeoutError:
                continue

    async def once(self) -> float:
        """Try once; returns the seconds it took. Raises MachineError where nothing arrives."""
        moment, began = int(self._now() * 1000), time.perf_counter()
        signal = Signal(Kind.LOGGED, "probe", day_of(moment), moment, None, moment)
        origin = Origin(NOBODY, None, frozenset(), Newcomers(0, page=False, wait=True), moment, probe=True)
        try:
            async with asyncio.timeout(MOST_SECONDS):
                await self._inbox(origin).record([signal])
                async with self._database.read() as connection:
                    found = await setting.get(connection, setting.PROBE)
        except TimeoutError:
            raise MachineError(f"nothing could be stored within {round(MOST_SECONDS)} s") from None
        if found is None or int(found) < moment:
            raise MachineError("what was handed in did not arrive in the database")
        self._took = time.perf_counter() - began
        self._metrics.succeeded("probe")
        return self._took
