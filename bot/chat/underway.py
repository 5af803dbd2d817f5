"""Answers that are being given, each by a task of its own: what is slow or goes wrong with one is nobody else's."""

from __future__ import annotations

import asyncio
from typing import Any

GRACE_SECONDS = 3.0
"""How long answers that are nearly there are waited for at the end."""


class Underway:
    """The answers that one process is giving now."""

    def __init__(self) -> None:
        """Begin with none."""
        self._running: set[asyncio.Task[Any]] = set()

    def add(self, task: asyncio.Task[Any]) -> None:
        """Look after a task until it is done."""
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Let answers that are nearly there be given; then end."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=GRACE_SECONDS)
            for one in late:
                one.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def in_time(work: asyncio.Future[Any], seconds: float) -> bool:
    """Wait for something at most so long; returns whether it is there."""
    done, _ = await asyncio.wait((work,), timeout=max(seconds, 0.0))
    return bool(done)
