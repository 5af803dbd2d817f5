"""Takes the gateway's events, server by server and in their order, and hands in what they say.

What arrives while a batch is being stored waits for the next one, so a busy hour makes larger batches. A server's
`heard` is the moment up to which everything that arrived from it has been stored: after a crash or a lost session, what
happened since then is read from Discord's history.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from bot.ports import Host, MachineError, Meter, Signal, Space, Unreadable
from integrations.discord.gateway.sockets import Room
from integrations.discord.listening import gone
from integrations.discord.listening.asks import Asks
from integrations.discord.listening.server import MEMBERS, Event, Server
from integrations.discord.payloads import moving
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.hearing import hear
from integrations.discord.payloads.ids import Payload, UnknownPlaceError, UnreadableError
from integrations.discord.payloads.people import People

MOST_WAITING = 5_000
"""Events that may wait to be stored before the gateway is read no further."""
BATCH = 1_000
"""Events of one server that are handed in together, at most."""
LONGEST_GATHER = 0.01
"""Seconds for which more are waited for at most: each batch costs something by itself, however small it is."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Seconds until a batch that could not be stored is handed in again: twice as long each time."""

_PLAN, _EMOJI_GONE = "GUILD_SCHEDULED_EVENT_UPDATE", "MESSAGE_REACTION_REMOVE_EMOJI"
_VOTE_GONE = "MESSAGE_POLL_VOTE_REMOVE"
_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class Ear:
    """Sorts events by server. Each server has a worker of its own, which ends with the block `async with`."""

    def __init__(self, host: Host, people: People, asks: Asks) -> None:
        self._host = host
        self._people = people
        self._asks = asks
        self._room = Room(MOST_WAITING)
        self._early: dict[str, deque[Event]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._broken: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        self.servers: dict[str, Server] = {}
        self.refused: set[str] = set()
        """Servers that told of themselves and that nobody listens to."""

    def hear(self, name: str, d: Payload, now: int) -> None:
        """Take one event; see `wire.Hears`."""
        number = d.get("id") if name in ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE") else d.get("guild_id")
        if not isinstance(number, str):
            self._host.count(Meter.MALFORMED)
            return
        event = Event(name, d, now)
        server = self.servers.get(number)
        if server is not None:
            self._give(server, event)
        elif number in self._early:
            self._room.take(event.size)
            self._early[number].append(event)
        elif name == "GUILD_CREATE":
            self._room.take(event.size)
            self._early[number] = deque((event,))
            self._workers[number] = asyncio.create_task(self._work(number), name=f"discord server {len(self._workers)}")
        elif name == "GUILD_DELETE":
            self.refused.discard(number)

    def look_again(self, now: int) -> None:
        """Let servers of which something else holds by now take that up, though nothing happens in them."""
        for server in self.servers.values():
            if not server.waiting and server.desk.settings != server.guild.settings:
                self._give(server, Event("", {}, now))
            if server.live and server.guild.watch.anew:
                self._asks.watching(server)

    async def room(self) -> None:
        """Return when there is room for more events."""
        await self._room.wait()

    async def broken(self) -> None:
        """Raise what a worker ended with; else wait for ever. What waited then is read from history later."""
        raise await asyncio.shield(self._broken)

    async def quiet(self) -> None:
        """Return when all that has arrived is stored, or can no longer be."""
        empty = asyncio.ensure_future(self._room.empty())
        await asyncio.wait((empty, self._broken), return_when=asyncio.FIRST_COMPLETED)
        empty.cancel()

    async def close(self) -> None:
        """End all workers; what waits is left."""
        for worker in self._workers.values():
            worker.cancel()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)

    def _give(self, server: Server, event: Event) -> None:
        self._room.take(event.size)
        server.waiting.append(event)
        server.storing = server.storing or event.at
        if event.name == "GUILD_CREATE":
            server.told = event
        server.some.set()

    async def _work(self, number: str) -> None:
        try:
            server = await self._open(number)
            if server is not None:
                await self._serve(server)
        except Exception as error:  # noqa: BLE001 - a worker that ends unheard would hold everything up
            if not self._broken.done():
                self._broken.set_result(error)

    async def _serve(self, server: Server) -> None:
        while True:
            await server.some.wait()
            if len(server.waiting) < BATCH:
                await asyncio.sleep(min(server.took, LONGEST_GATHER))
            began = time.perf_counter()
            batch = [server.waiting.popleft() for _ in range(min(len(server.waiting), BATCH))]
            await self._store(server, await self._read(server, batch))
            server.took = time.perf_counter() - began
            server.storing = server.waiting[0].at if server.waiting else 0
            if not server.waiting:
                server.some.clear()
            for event in batch:
                await self._follow(server, event)
            # a stop waits for this, too: else it might not be known from when a gap is
            self._room.leave(sum(event.size for event in batch))

    async def _follow(self, server: Server, event: Event) -> None:
        """Note whether a server's events come without a break; what was missed is made good when it is there again."""
        away = event.name == "GUILD_DELETE" or (event.name == "GUILD_CREATE" and event.d.get("unavailable"))
        if away:
            server.live = False
            if event.name == "GUILD_DELETE" and not event.d.get("unavailable"):
                await self._again(server.desk.left)
        elif event.name == "GUILD_CREATE":
            await self._again(server.desk.returned)
            await self._again(lambda: self._asks.arrived(server, event.at))
            if event is server.told:  # else its session has been lost meanwhile, and something may be missing
                server.live = True
                server.note(event.at)
        elif event.name in moving.EVENTS:
            who = moving.who(event.d, self._people)
            if who is not None and event.name == moving.LEFT:
                await self._again(lambda: server.desk.member_left(who, event.at))
            elif who is not None:
                await self._again(lambda: server.desk.member_came(who))
        elif event.name == _PLAN:
            self._asks.planned(server, event.d)
        elif event.name == MEMBERS and moving.is_last(event.d):
            self._asks.listed(server)

    async def _open(self, number: str) -> Server | None:
        """Ask for the server's desk; until there is an answer its events wait."""
        name = self._early[number][0].d.get("name")
        space = Space("discord", number, name if isinstance(name, str) else "")
        desk = await self._again(lambda: self._host.desk(space))
        events = self._early.pop(number)
        if desk is None:
            self._room.leave(sum(event.size for event in events))
            self._workers.pop(number, None)
            self.refused.add(number)
            return None
        self.refused.discard(number)
        server = Server(desk, Guild(number, desk.settings, desk.kinds, self._people))
        self.servers[number] = server
        for event in events:
            self._give(server, event)
        # not before: where the room is empty for a moment, a stop waits no longer
        self._room.leave(sum(event.size for event in events))
        return server

    async def _read(self, server: Server, batch: list[Event]) -> list[Signal]:
        desk, guild, unread = server.desk, server.guild, list[Unreadable]()
        found = guild.apply(desk.settings, desk.kinds, batch[0].at)
        for event in batch:
            try:
                said = hear(guild, event.name, event.d, event.at)
            except UnknownPlaceError as unknown:
                said = await self._again(partial(self._signals, server, event, unknown))
            except UnreadableError as error:
                unread.append(Unreadable(event.name, str(error), event.at))
                continue
            if said and event.name == _EMOJI_GONE:
                await self._store(server, found)  # it may be what is gone
                found, said = [], await self._again(partial(gone.each, server.desk, said))
            elif said and event.name == _VOTE_GONE:
                said = await self._again(partial(gone.votes, self._asks, server, event, said))
            elif said and said[0].retracted:
                said = await self._again(partial(gone.of_something, server.desk, server.guild, said))
            found += said
        await self._set_aside(server, unread)
        await self._tell(server)
        return found

    async def _tell(self, server: Server) -> None:
        """Tell of roles that people hold, and of channels that do not count: before what they bear on is stored."""
        guild, desk = server.guild, server.desk
        if held := guild.watch.take():
            await self._again(lambda: desk.holding(held))
        changes, before = server.shut
        if changes != guild.channels.changes:
            shut = guild.channels.shut_by_category()
            if shut != before:
                await self._again(lambda: desk.shut(shut))
            server.shut = guild.channels.changes, shut

    async def _set_aside(self, server: Server, unread: list[Unreadable]) -> None:
        """Count what could not be read, and put it down."""
        if unread:
            self._host.count(Meter.MALFORMED, len(unread))
            await self._again(lambda: server.desk.unread.add(unread))

    async def _signals(self, server: Server, event: Event, unknown: UnknownPlaceError) -> list[Signal]:
        """Fetch what an event speaks of and is not known, and return what it says then."""
        missing = await self._asks.fetch(server, unknown)
        if missing is None:
            return []
        try:
            return [signal for one in (missing, event) for signal in hear(server.guild, one.name, one.d, one.at)]
        except UnreadableError as error:
            await self._set_aside(server, [Unreadable(event.name, str(error), event.at)])
            return []

    async def _store(self, server: Server, signals: list[Signal]) -> None:
        if signals:
            await self._again(lambda: server.desk.record(signals))

    async def _again(self, do: Callable[[], Awaitable[_T]]) -> _T:
        """Do it until the storage does not fail: nothing that was heard is given up."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await do()
            except MachineError as error:
                _logger.warning("what was heard waits, and is handed in again in %.0f s: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
