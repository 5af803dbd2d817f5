"""What Discord still shows of times that were not heard: messages and their reactions, channel by channel.

All gaps of a server are read in one go, the place first that is furthest behind, page by page and oldest first. How far
that has got is put down with each page, so that a restart goes on there. What Cairn may not read stays put down as not
made good, and is asked for again now and then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import discord

from bot.ports import Signal
from integrations.discord.history import missed as noted
from integrations.discord.history.missed import Missed
from integrations.discord.history.pages import ENOUGH, FAILURES, PAGE, WITH_THREADS, Pages, type_of, written_in_since
from integrations.discord.listening.server import Server
from integrations.discord.payloads.ids import Payload, UnreadableError
from integrations.discord.rights import Rights
from integrations.discord.timing import Timing

LONGEST_WAIT = 300.0
"""Seconds until reading that failed is gone on with, at most; the first time they are few."""
_NAME = "gaps"
_THREADS = "/threads"
"""Ends the name under which it is put down whether a channel's archived threads are read."""
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Reading:
    """One going through all places of a server; `refused` are those that Cairn may not read."""

    server: Server
    missed: Missed
    may: Rights
    refused: set[str] = field(default_factory=set)

    def shown(self, place: str) -> bool:
        """Whether the bot may read a channel or thread: where it may not, Discord shows an empty one."""
        channels = self.server.guild.channels
        spot = channels.spot(place)
        return self.may.reads(spot.type, channels.overwrites(spot.context.parent or place))

    def refuse(self, place: str) -> None:
        """Note that a place may not be read; a thread can be archived by the time that it may."""
        self.refused.add(place)
        if parent := self.server.guild.channels.spot(place).context.parent:
            self.refused.add(parent + _THREADS)


class History:
    """Reads what was missed."""

    def __init__(self, pages: Pages, timing: Timing) -> None:
        """Take what asks for pages, and how long to wait where Discord does not answer, or refuses."""
        self._pages = pages
        self._timing = timing
        self._again: dict[str, float] = {}
        self._told: dict[str, frozenset[str]] = {}

    async def put_down(self, server: Server, since: int, until: int) -> None:
        """Put a gap down (ms); nobody may be reading the server's earlier ones meanwhile."""
        await server.desk.missed(since, until)
        await self._keep(server, await self._left(server))

    async def go_on(self, server: Server) -> None:
        """Read the gaps that are put down, until that is done: where it fails, on and on, later each time."""
        wait = self._timing.retry
        self._again.pop(server.guild.id, None)
        while True:
            try:
                refused = await self._read_all(server)
            except (*FAILURES, UnreadableError) as error:
                reason = getattr(error, "status", None) or type(error).__name__
                _logger.warning("what was missed cannot be read now (%s), and again in %.0f s", reason, wait)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                if refused:
                    self._again[server.guild.id] = asyncio.get_running_loop().time() + self._timing.again
                return

    def due(self, server: Server) -> bool:
        """Return whether it is time to ask again for what Cairn was refused; once each time."""
        due = self._again.get(server.guild.id, float("inf")) <= asyncio.get_running_loop().time()
        if due:
            del self._again[server.guild.id]
        return due

    async def _read_all(self, server: Server) -> bool:
        """Read what is left of all gaps; returns whether something of it is refused."""
        left = await self._left(server)
        if not left.gaps:
            return False
        reading = _Reading(server, left, await self._pages.rights(server))
        channels = server.guild.channels
        written_in = [one for one in channels.places(since=left.since) if type_of(server, one) is not None]
        for place in sorted(written_in, key=left.at):
            await self._read_place(reading, place)
        for channel in channels.places():
            if type_of(server, channel) in WITH_THREADS:
                await self._read_archived(reading, channel)
        good, left = reading.missed.ended(reading.refused)
        await server.desk.made_good(good)
        await self._keep(server, left)
        self._tell(server, frozenset(one.removesuffix(_THREADS) for one in reading.refused))
        return bool(left.gaps)

    def _tell(self, server: Server, refused: frozenset[str]) -> None:
        if refused and refused != self._told.get(server.guild.id):
            _logger.warning(
                "what was missed of discord %s is read but for %d channels and threads that Cairn may not read; "
                "that is asked for again every %.0f minutes",
                server.guild.id, len(refused), self._timing.again / 60,
            )  # fmt: skip
        self._told[server.guild.id] = refused

    async def _read_place(self, reading: _Reading, place: str) -> None:
        """Read a place's messages in the gaps.

        What is refused goes on being heard: a voice channel without Connect tells who is there, and only keeps its
        messages to itself.
        """
        try:
            while (after := reading.missed.next_in(place)) is not None:
                if not reading.shown(place):
                    reading.refuse(place)
                    return
                await self._read_page(reading, place, after)
        except discord.Forbidden:
            reading.refuse(place)
        except discord.NotFound:  # it was deleted, so nothing can be seen of it any more
            await self._store(reading, place, reading.missed.end, [])

    async def _read_page(self, reading: _Reading, place: str, after: int) -> None:
        asked = self._pages.now()
        page = await self._pages.messages(place, after=after)
        signals: list[Signal] = []
        for message in reversed(page):
            number = int(message["id"])
            if number in reading.missed:
                signals += await self._pages.signals(reading.server, message, asked)
            if len(signals) >= ENOUGH:
                await self._store(reading, place, number, signals)
                signals = []
        whole = len(page) < PAGE
        await self._store(reading, place, reading.missed.end if whole else int(page[0]["id"]), signals)

    async def _read_archived(self, reading: _Reading, channel: str) -> None:
        """Read the threads of a channel that were archived meanwhile; running ones are places that are known."""
        name = channel + _THREADS
        if reading.missed.next_in(name) is None:
            return
        if not reading.shown(channel):
            reading.refused.add(name)
            return
        try:
            async for threads in self._pages.archived(channel, reading.missed.since):
                await self._read_threads(reading, threads)
        except discord.Forbidden:
            reading.refused.add(name)
        if name not in reading.refused:
            await self._store(reading, name, reading.missed.end, [])

    async def _read_threads(self, reading: _Reading, threads: Sequence[Payload]) -> None:
        channels, since = reading.server.guild.channels, reading.missed.since
        known = set(channels.places())
        for thread in threads:
            if not written_in_since(thread, since) or not channels.tried(thread):
                continue
            try:
                if type_of(reading.server, thread["id"]) is not None:
                    await self._read_place(reading, thread["id"])
            finally:
                if thread["id"] not in known:  # who writes in it again wakes it up, and then Discord tells of it
                    channels.drop(thread["id"])

    async def _store(self, reading: _Reading, place: str, reached: int, signals: list[Signal]) -> None:
        if signals:
            await reading.server.desk.record(signals)
        reading.missed = reading.missed.read(place, reached)
        await self._keep(reading.server, reading.missed)

    async def _left(self, server: Server) -> Missed:
        return noted.read(await server.desk.notes.read(_NAME)).made_of(await server.desk.open_gaps())

    async def _keep(self, server: Server, missed: Missed) -> None:
        await server.desk.notes.write(_NAME, noted.written(missed))
