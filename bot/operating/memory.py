"""Gives memory back to the system.

What was freed between things that are still in use stays with the process, and over days of busy hours that adds up.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from contextlib import suppress

SECONDS = 10.0
"""How often memory is given back; doing so takes a few milliseconds."""


def trim() -> bool:
    """Give back all pages on which nothing is in use; returns whether this system's C library can do so (glibc can)."""
    try:
        give_back = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return False
    give_back(0)
    return True


class GivingBack:
    """Gives memory back now and then, every so many seconds."""

    def __init__(self, give_back: Callable[[], object] = trim, seconds: float = SECONDS) -> None:
        """Take what gives it back, which runs in a thread, and how often."""
        self._give_back = give_back
        self._seconds = seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Give back until told to stop."""
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._seconds)
            if not stop.is_set():
                await asyncio.to_thread(self._give_back)
