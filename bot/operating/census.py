"""Figures of what stands in the store and on the disk: they are the same after a restart, whoever put it there.

What is counted while it happens stands in `metrics`; this is looked up from time to time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from bot.jobs.backup import newest
from bot.operating.metrics import Metrics
from bot.storage.census import Standing, standing
from bot.storage.engine import Database

EACH_SECONDS = 30.0
"""How often is looked."""


class Census:
    """Looks at the store, and at the folder of backups (none where none are written). `now`: seconds since 1970."""

    def __init__(
        self, database: Database, backups: Path | None, metrics: Metrics, now: Callable[[], float] = time.time
    ) -> None:
        """Take the store, the folder, where to tell, and the clock."""
        self._database = database
        self._backups = backups
        self._now = now
        self._found: Standing | None = None
        self._written: float | None = None
        metrics.watch("erasures_pending", "Erasures that are asked for and not done yet.", self._erasures)
        metrics.watch(
            "erasure_oldest_seconds", "How long ago the oldest of them was asked for; 0 without any.", self._oldest
        )
        metrics.watch("gaps_open", "Times that were not heard and are not made good.", self._gaps)
        metrics.watch("backup_age_seconds", "How long ago the newest backup of the clock was written.", self._age)

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until told to stop. Raises MachineError as the storage does."""
        while not stop.is_set():
            await self.once()
            try:
                await asyncio.wait_for(stop.wait(), EACH_SECONDS)
            except TimeoutError:
                continue

    async def once(self) -> None:
        """Look once."""
        async with self._database.read() as connection:
            self._found = await standing(connection)
        if self._backups is not None:
            self._written = await asyncio.to_thread(newest, self._backups)

    def _erasures(self) -> float | None:
        return None if self._found is None else self._found.erasures

    def _gaps(self) -> float | None:
        return None if self._found is None else self._found.gaps

    def _oldest(self) -> float | None:
        if self._found is None:
            return None
        asked = self._found.oldest_erasure
        return 0.0 if asked is None else max(self._now() - asked / 1000, 0.0)

    def _age(self) -> float | None:
        return None if self._written is None else max(self._now() - self._written, 0.0)
