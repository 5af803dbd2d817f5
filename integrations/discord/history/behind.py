"""What is done behind the live flow: reading back what was before, and asking for servers that nobody listens to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

from discord.http import HTTPClient

from bot.ports import Host
from integrations.discord.history.backfill import BackFill
from integrations.discord.history.pages import Pages
from integrations.discord.listening.doors import Doors
from integrations.discord.listening.ear import Ear
from integrations.discord.listening.server import Server
from integrations.discord.timing import Timing

LONGEST_WAIT = 5.0
"""Seconds that a page of back-fill waits for the live flow to be stored, at most: a busy server is read back, too."""


class Behind:
    """Everything that waits for what is live. `repairs` are the readings of gaps, by server: they go first."""

    def __init__(
        self,
        host: Host,
        http: HTTPClient,
        ear: Ear,
        repairs: Mapping[str, asyncio.Task[None]],
        times: tuple[Callable[[], int], Timing],
    ) -> None:
        """Take whom to tell, the way to Discord, who hears, the repairs, and the clock (ms) with how long to wait."""
        clock, self._timing = times
        self._ear = ear
        self._repairs = repairs
        self._doors = Doors(http, host, ear, clock)
        self._back_fill = BackFill(Pages(http, clock, self._turn), host, self._ready, self._timing)

    async def run(self) -> None:
        """Do it until cancelled."""
        reading = asyncio.create_task(self._back_fill.run())
        try:
            while True:
                await asyncio.sleep(self._timing.look)
                await self._doors.knock()
        finally:
            reading.cancel()
            await asyncio.wait([reading])

    def _ready(self) -> list[Server]:
        """Return the servers that are heard without a break and of which no gap is being read."""
        repairing = {number for number, task in self._repairs.items() if not task.done()}
        return [one for number, one in self._ear.servers.items() if one.live and number not in repairing]

    async def _turn(self) -> None:
        """Return when the next page may be asked for: at a pace, and when what is live is stored."""
        await asyncio.sleep(self._timing.pace)
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT):
                await self._ear.quiet()
