"""What Discord still shows of a time that was not heard: messages and their reactions, channel by channel.

It is read page by page, oldest first, and how far it has got is put down, so that a restart goes on there.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import discord

from integrations.discord.ear import Server
from integrations.discord.ids import Payload, UnreadableError, moment_in
from integrations.discord.pages import FAILURES, PAGE, WITH_THREADS, Pages, id_at, type_of, written_in_since

LONGEST_WAIT = 300.0
"""Seconds until reading that failed is gone on with, at most; the first time they are few."""
_NAME = "gaps"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time that is being read: its number at the desk, its ends in ms, and the places that are done.

    `refused` is how many of those Cairn may not read.
    """

    number: int
    since: int
    until: int
    done: tuple[str, ...] = ()
    refused: int = 0


class History:
    """Reads what was missed."""

    def __init__(self, pages: Pages, first_wait: float = 5.0) -> None:
        """Take what asks for pages, and after how many seconds to try again where Discord does not answer."""
        self._pages_of = pages
        self._first_wait = first_wait

    async def put_down(self, server: Server, since: int, until: int) -> None:
        """Put a gap down; nobody may be reading the server's earlier ones meanwhile."""
        left = await self._left(server)
        gap = Gap(await server.desk.missed(since, until), since, until)
        await self._keep(server, [*left, gap])

    async def go_on(self, server: Server) -> None:
        """Read the gaps that are put down, until that is done: where it fails, on and on, later each time."""
        wait = self._first_wait
        while True:
            try:
                await self._read_all(server)
            except (*FAILURES, UnreadableError) as error:
                reason = getattr(error, "status", None) or type(error).__name__
                _logger.warning("what was missed cannot be read now (%s), and again in %.0f s", reason, wait)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                return

    async def _read_all(self, server: Server) -> None:
        for gap in await self._left(server):
            refused = await self._read(server, gap)
            if refused:  # it stays open for good: asking again and again would end in the same
                _logger.warning(
                    "what was missed of discord %s is read but for %d channels and threads that Cairn may not read",
                    server.guild.id, refused,
                )  # fmt: skip
            else:
                await server.desk.made_good(gap.number)
            await self._keep(server, [one for one in await self._left(server) if one.number != gap.number])

    async def _read(self, server: Server, gap: Gap) -> int:
        """Read what is left of a gap; returns how many of its places Cairn may not read."""
        for place in await self._places(server, gap):
            if place in gap.done:
                continue
            shown = await self._read_place(server, place, gap)
            gap = replace(gap, done=(*gap.done, place), refused=gap.refused + (not shown))
            rest = [one for one in await self._left(server) if one.number != gap.number]
            await self._keep(server, [*rest, gap])
        return gap.refused

    async def _read_place(self, server: Server, place: str, gap: Gap) -> bool:
        """Read a place; returns whether Cairn may read it.

        What is done where it may not goes on being heard: a voice channel without Connect tells who is there, and only
        keeps its messages to itself.
        """
        try:
            async for asked, page in self._pages(place, gap):
                signals = [signal for one in page for signal in await self._pages_of.signals(server, one, asked)]
                if signals:
                    await server.desk.record(signals)
        except discord.Forbidden:
            return False
        except discord.NotFound:  # it was deleted, so nothing can be seen of it any more
            return True
        return True

    async def _places(self, server: Server, gap: Gap) -> list[str]:
        """Return the channels and threads that count and in which something was written since the gap began.

        Threads that were put away meanwhile are asked for; running ones are known already.
        """
        channels = server.guild.channels
        for channel in channels.places():
            if type_of(server, channel) in WITH_THREADS:
                async for threads in self._pages_of.archived(channel, gap.since):
                    for thread in threads:
                        if written_in_since(thread, gap.since):
                            channels.tried(thread)
        return [place for place in channels.places(since=gap.since) if type_of(server, place) is not None]

    async def _pages(self, place: str, gap: Gap) -> AsyncIterator[tuple[int, Sequence[Payload]]]:
        """Yield the messages of a place within the gap, a page at a time, oldest first; and when each was asked for.

        Raises one of `NOT_SHOWN`.
        """
        after = id_at(gap.since)
        while True:
            asked = self._pages_of.now()
            page = await self._pages_of.messages(place, after=after)
            within = [one for one in page if moment_in(int(one["id"])) <= gap.until]
            yield asked, within[::-1]
            if len(page) < PAGE or len(within) < len(page):
                return
            after = int(page[0]["id"])

    async def _left(self, server: Server) -> list[Gap]:
        rows = json.loads(await server.desk.notes.read(_NAME) or "[]")
        return [Gap(row[0], row[1], row[2], tuple(row[3]), *row[4:]) for row in rows]

    async def _keep(self, server: Server, gaps: Sequence[Gap]) -> None:
        rows = [[one.number, one.since, one.until, one.done, one.refused] for one in gaps]
        await server.desk.notes.write(_NAME, json.dumps(rows))
