"""Sees to it that what was missed of each server is read, by one reading at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial

from integrations.discord.history.history import History
from integrations.discord.listening.server import Server

OVERLAP_MS = 60_000
"""What is read again before a gap: clocks differ, and what is known already changes nothing."""

Quietly = Callable[[Callable[[], Awaitable[None]]], Coroutine[None, None, None]]


class Mending:
    """The readings of a session's servers, by their ids; whoever ends the session cancels them."""

    def __init__(self, history: History, quietly: Quietly) -> None:
        """Take what reads history, and what logs its failures."""
        self._history = history
        self._quietly = quietly
        self._turn = asyncio.Lock()
        self.readings: dict[str, asyncio.Task[None]] = {}

    async def begin(
        self, server: Server, gap: tuple[int, int] | None, taken: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Read a time (ms) that was missed, if there is one, and what is left of earlier ones.

        It is put down before anything else: whatever is heard from here on may move on how far has been heard.
        `taken` hears of that, before anything is read.
        """
        async with self._turn:
            earlier = self.readings.pop(server.guild.id, None)
            if earlier is not None:
                earlier.cancel()
                await asyncio.wait([earlier])
            if gap is not None:
                await self._history.put_down(server, gap[0] - OVERLAP_MS, gap[1])
            if taken is not None:
                await taken()
            reading = self._quietly(partial(self._history.go_on, server))
            self.readings[server.guild.id] = asyncio.create_task(reading)

    async def again(self, server: Server) -> None:
        """Read anew a time in which something could not be read, where somebody asks for that; or what was refused."""
        asked = await server.desk.unread.asked()
        if asked is not None:
            await self.begin(server, (asked[0], asked[1] + OVERLAP_MS), server.desk.unread.taken)
        elif self._history.due(server):
            await self.begin(server, None)
