"""Reads a server's history from before Cairn came: one place at a time, the newest first, behind everything live.

Where each place goes on is stored with what was read of it, so a restart asks for no page again that is stored.
Nothing is sent to anybody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import discord

from bot.ports import Host, Level, Mark, Progress, Reach, Signal, Stretch
from integrations.discord.history.pages import (
    ENOUGH,
    FAILURES,
    NOT_SHOWN,
    PAGE,
    WITH_THREADS,
    Pages,
    type_of,
    written_in_since,
)
from integrations.discord.listening.server import Server
from integrations.discord.payloads.channels import FORUMS, THREADS
from integrations.discord.payloads.ids import Payload, UnreadableError, id_at, moment_in
from integrations.discord.payloads.members import thread_made
from integrations.discord.timing import Timing

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds until a reading that failed goes on: twice as long each time."""
REFUSED_SECONDS, NOTHING_SECONDS = 3600.0, 300.0
"""How often it is looked whether channels can be read now that could not be; and whether anything is wanted at all."""
_STARTS_THREAD = 21
_logger = logging.getLogger(__name__)


class _OverError(Exception):
    """The reading of a server is to end: it was taken back, or something else is wanted now."""


@dataclass(slots=True)
class _Reading:
    """The reading of one server."""

    server: Server
    reach: Reach
    days: int | None
    running: Mapping[str, list[Payload]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def check(self) -> None:
        """End it where the settings want something else now."""
        if self.server.desk.settings.backfill_days != self.days:
            raise _OverError


class BackFill:
    """Reads the histories of all servers as far as their settings want. `ready` gives those that are listened to."""

    def __init__(self, pages: Pages, host: Host, ready: Callable[[], Iterable[Server]], timing: Timing) -> None:
        """Take what asks for pages, whom to tell how it goes, which servers there are, and how long to wait."""
        self._pages = pages
        self._host = host
        self._ready = ready
        self._timing = timing
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._read: dict[str, tuple[int | None, float]] = {}
        self._left: dict[str, int] = {}
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Read what is wanted, and look again and again whether more is, until cancelled."""
        try:
            while True:
                now = asyncio.get_running_loop().time()
                for server in self._ready():
                    number, days = server.guild.id, server.desk.settings.backfill_days
                    task = self._tasks.get(number)
                    read, until = self._read.get(number, (0, 0.0))
                    if (task is None or task.done()) and (number not in self._read or read != days or now >= until):
                        self._tasks[number] = asyncio.create_task(self._server(server))
                await asyncio.sleep(self._timing.look)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _server(self, server: Server) -> None:
        """Read one server's history to its end; what fails is tried again, later each time."""
        pause = FIRST_PAUSE
        while True:
            days = server.desk.settings.backfill_days
            try:
                refused = await self._whole(server, days)
            except _OverError:
                return
            except (*FAILURES, UnreadableError) as error:
                status = getattr(error, "status", None)
                _logger.warning(
                    "history of discord %s is gone on with in %.0f s (%s)",
                    server.guild.id, pause, status or type(error).__name__,
                )  # fmt: skip
                await self._timing.pause(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                if not any(one is server for one in self._ready()):
                    return  # it is looked at again when it is back
            else:
                again = REFUSED_SECONDS if refused else NOTHING_SECONDS
                self._read[server.guild.id] = days, asyncio.get_running_loop().time() + again
                return

    async def _whole(self, server: Server, days: int | None) -> int:
        """Read all that is wanted; returns how many channels cannot be read."""
        reach = await server.desk.past.wanted(self._pages.now())
        if reach is None:
            return 0
        guild = server.guild
        changed = guild.apply(server.desk.settings, server.desk.kinds, self._pages.now())
        if changed:
            await server.desk.record(changed)
        may = await self._pages.rights(server)
        reading = _Reading(server, reach, days, _by_parent(await self._pages.running(server)))
        channels = [one for one in guild.channels.places() if type_of(server, one) not in {None, *THREADS}]
        for done, channel in enumerate(sorted(channels, key=int)):
            await self._tell(reading, len(channels), done)
            if may.reads(guild.channels.spot(channel).type, guild.channels.overwrites(channel)):
                await self._channel(reading, channel)
            else:
                reading.refused.append(channel)
        await self._tell(reading, len(channels), len(channels))
        await server.desk.past.end()
        return len(reading.refused)

    async def _tell(self, reading: _Reading, places: int, at: int) -> None:
        reading.check()
        refused = tuple(reading.refused)
        await reading.server.desk.past.tell(Progress(places, at - len(refused), refused))
        self._left[reading.server.guild.id] = places - at
        self._host.level(Level.HISTORY_LEFT, sum(self._left.values()))

    async def _channel(self, reading: _Reading, channel: str) -> None:
        """Read a channel and its threads; one that turns out not to be shown is refused."""
        kind = type_of(reading.server, channel)
        try:
            if kind not in FORUMS:
                await self._place(reading, channel)
            if kind in WITH_THREADS:
                await self._threads(reading, channel)
        except NOT_SHOWN:
            reading.refused.append(channel)

    async def _threads(self, reading: _Reading, channel: str) -> None:
        """Read a channel's threads: those that run, then those that were archived."""
        name, since = f"{channel}/threads", reading.reach.since
        if _is_read((await reading.server.desk.past.marks([name])).get(name), since):
            return
        shown = await self._several(reading, reading.running.get(channel, []))
        async for threads in self._pages.archived(channel, since):
            shown &= await self._several(reading, threads)
        if shown:
            await self._store(reading, Stretch(name, "", 0, since))
        else:
            reading.refused.append(channel)

    async def _several(self, reading: _Reading, threads: Sequence[Payload]) -> bool:
        """Read threads; returns whether all of them are shown that are there."""
        shown = True
        channels, since = reading.server.guild.channels, reading.reach.since
        known = set(channels.places())
        for thread in threads:
            if not written_in_since(thread, since) or not channels.tried(thread):
                continue
            number = thread["id"]
            try:
                if type_of(reading.server, number) is not None:
                    await self._place(reading, number, thread)
            except discord.NotFound:
                continue  # it was deleted meanwhile
            except discord.Forbidden:
                shown = False
            finally:
                if number not in known:  # who writes in it again wakes it up, and then Discord tells of it
                    channels.drop(number)
        return shown

    async def _place(self, reading: _Reading, place: str, thread: Payload | None = None) -> None:
        """Read a channel's own messages, or a thread's, from where that stands back to what is wanted."""
        mark = (await reading.server.desk.past.marks([place])).get(place)
        if _is_read(mark, reading.reach.since):
            return
        before = int(mark.cursor) if mark is not None and mark.cursor else id_at(reading.reach.until + 1)
        async with self._turn:  # one place at a time, over all servers
            more = True
            while more:
                reading.check()
                before, more = await self._page(reading, place, before, thread)

    async def _page(self, reading: _Reading, place: str, before: int, thread: Payload | None) -> tuple[int, bool]:
        """Read and store the page before an id; returns where the next one begins, and whether there is one."""
        since = reading.reach.since
        asked = self._pages.now()
        page = await self._pages.messages(place, before=before)
        within = [one for one in page if moment_in(int(one["id"])) >= since]
        signals: list[Signal] = []
        for message in within[:-1]:
            signals += await self._signals(reading, message, thread, asked)
            if len(signals) >= ENOUGH:
                await self._store(reading, _stretch(place, message["id"], None, signals))
                signals = []
        for message in within[-1:]:
            signals += await self._signals(reading, message, thread, asked)
        whole = len(page) < PAGE or len(within) < len(page)
        down_to = (0 if len(within) == len(page) else since) if whole else None
        last = str(within[-1]["id"]) if within else str(before)
        await self._store(reading, _stretch(place, last, down_to, signals))
        return int(last), not whole

    async def _signals(self, reading: _Reading, message: Payload, thread: Payload | None, asked: int) -> list[Signal]:
        """Return what a message says; the one that stands first in a thread says that it was opened."""
        if thread is not None and message.get("type") == _STARTS_THREAD:
            try:
                return thread_made({**thread, "newly_created": True}, reading.server.guild, asked)
            except UnreadableError:
                return []
        return await self._pages.signals(reading.server, message, asked)

    async def _store(self, reading: _Reading, stretch: Stretch) -> None:
        if not await reading.server.desk.past.record(stretch):
            raise _OverError


def _stretch(place: str, last: str, since: int | None, signals: list[Signal]) -> Stretch:
    return Stretch(place, last, moment_in(int(last)), since, signals)


def _is_read(mark: Mark | None, since: int) -> bool:
    return mark is not None and mark.since is not None and mark.since <= since


def _by_parent(threads: Iterable[Payload]) -> dict[str, list[Payload]]:
    found: dict[str, list[Payload]] = {}
    for one in threads:
        found.setdefault(str(one.get("parent_id")), []).append(one)
    return found
