"""What scripts and tests wait for in a made-up world: that something holds which requests or acts bring about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Changes:
    """Lets those who wait look again whenever something has changed."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._waiting: list[asyncio.Future[None]] = []

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        """Wait until something holds in this world. Raises TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            while not condition():
                changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.append(changed)
                await changed

    def wake(self) -> None:
        """Let those who wait in `until` look again."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)
