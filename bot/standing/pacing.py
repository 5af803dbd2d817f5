"""How much goes into one transaction that writes, so that nobody else waits long for their turn."""

from __future__ import annotations

import asyncio
import time

LONGEST_REST = 1.0
"""Seconds between two transactions, at most: whoever waits for the work to stop waits for these, too."""


class Pace:
    """How many go into one transaction: as many as took, last time, about the time that one should take (`aim`, s).

    Never fewer than a share of the most (`least`): where it is not their number that takes the time, fewer are only
    slower. `rest`: for how many times its own length to rest after each.
    """

    def __init__(self, most: int, aim: float, rest: float = 0.0, least: float = 0.05) -> None:
        """Begin with a quarter of the most."""
        self.size = most // 4
        self._most = most
        self._least = int(most * least)
        self._rest = rest
        self._aim = aim
        self._seconds = 0.0

    def took(self, n: int, since: float) -> None:
        """Learn from a transaction of `n` that began at `since` (of the performance counter)."""
        seconds = self._seconds = time.perf_counter() - since
        if n >= self.size or seconds > self._aim:
            fits = max(int(n * self._aim / seconds), self.size // 2, self._least)
            self.size = min(fits, 2 * self.size, self._most)

    async def rest(self) -> None:
        """Let others have their turn."""
        if self._rest:
            await asyncio.sleep(min(self._rest * self._seconds, LONGEST_REST))
