"""One connection to Discord from its start to its end: what listens, asks, mends and speaks, put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket

from bot.ports import Account, Called, ConfigError, Host, Kind, MachineError, Meter
from integrations.discord.access import Access
from integrations.discord.asking import Answers, Fetching, use_gateway
from integrations.discord.checking import look_at
from integrations.discord.gateway.logins import Logins
from integrations.discord.gateway.patience import beside
from integrations.discord.gateway.wire import Client, Lives, intents
from integrations.discord.history.administration import Administration
from integrations.discord.history.behind import Behind
from integrations.discord.history.history import History
from integrations.discord.history.mending import OVERLAP_MS, Mending
from integrations.discord.history.pages import Pages
from integrations.discord.listening.ear import Ear
from integrations.discord.listening.guests import Guests
from integrations.discord.listening.server import Server
from integrations.discord.naming import name_of, names
from integrations.discord.payloads.direct import Direct
from integrations.discord.payloads.ids import Payload, UnreadableError
from integrations.discord.payloads.people import People
from integrations.discord.sentences import NO_MEMBERS, WRONG_TOKEN, invite, unreachable
from integrations.discord.speaking.mouth import Speaking
from integrations.discord.timing import Timing

CANCEL_SECONDS = 0.5
"""After how long what was cancelled and goes on is cancelled again."""
_HEARD = "heard"
_NEWCOMERS_MS = 90 * 86_400_000
"""How long before Cairn came people may have joined to be told of as having joined."""
_logger = logging.getLogger(__name__)


class Session:
    """One client from its start to its end."""

    def __init__(self, host: Host, access: Access, timing: Timing) -> None:
        self._host = host
        self._access = access
        self._timing = timing
        self._people = People()
        self._ear = Ear(host, self._people, self)
        self._asking: set[asyncio.Task[None]] = set()
        self._logins = Logins(host, self._left, access.clock, timing.pause)
        wanted = intents(members=access.members, audit_log=access.audit_log)
        self.client = Client(self, wanted, clock=access.clock, timing=timing)
        self.hear, self.room, self.quiet = self._ear.hear, self._ear.room, self._ear.quiet
        self._lives = Lives(self.client)
        self._mending = Mending(History(Pages(self.client.http, access.clock), timing), self._quietly)
        self._behind = Behind(host, self.client.http, self._ear, self._mending.readings, (access.clock, timing))
        self._answers = Answers(self.client.http, access.clock, lambda: host.count(Meter.RATE_LIMITED))
        fetching = Fetching(self.client.http, host, access.clock)
        self.fetch, self.answers = fetching.fetch, fetching.answers
        self._guests = Guests(self.client.http, access.clock)
        self._administration = Administration(self.client.http, access)
        who, way = (self._ear.servers, self._people), (access.api_url, access.token)
        self.speaking = Speaking(self.client, host, who, way, (access.clock, timing))
        self.direct = Direct(host, self._people, self._ask).hear
        self._leaving = False
        self._known: set[str] = set()

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection first, then store what it brought."""
        await self._leave_off()
        await self.speaking.close()
        alive = self._alive()  # a closed connection tells nothing any more
        with suppress(discord.HTTPException, aiohttp.ClientError, OSError):
            await self.client.close()
        await self._ear.quiet()
        await self._leave_off()
        await self._tell_stays(end=True)
        await self._put_down(alive)
        await self._ear.close()

    async def _leave_off(self) -> None:
        """End what asks Discord for something, and begin no more of it; it is gone on with after the next start."""
        self._leaving = True
        beside = [*self._mending.readings.values(), *self._asking]
        for one in beside:
            one.cancel()
        await asyncio.gather(*beside, return_exceptions=True)

    async def listen(self) -> None:
        """Connect and stay connected."""
        if self._access.gateway_url is not None:
            address = yarl.URL(self._access.gateway_url)
            DiscordWebSocket.DEFAULT_GATEWAY = address
            use_gateway(self.client.http, str(address))
        try:
            await self.client.login(self._access.token)
            self._people.own = str(self.client.user.id) if self.client.user is not None else ""
            if wrong := self._answers.clock_is_wrong():
                _logger.warning("%s", wrong)
            _logger.info(
                "to invite Cairn to a server: %s",
                invite(self.client.application_id or 0, audit_log=self._access.audit_log),
            )
            async with beside(self._behind.run()), beside(self.speaking.run()):
                await self._stay_connected()
        except discord.LoginFailure:
            raise ConfigError(WRONG_TOKEN) from None
        except discord.PrivilegedIntentsRequired:
            raise ConfigError(NO_MEMBERS) from None
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise MachineError(unreachable(error)) from None
        raise MachineError("Discord has ended the connection")

    async def names(self, guild: str, most: int) -> Called | None:
        """Return what people of a server are called; see `bot.ports.Namer`."""
        if not self._access.members or guild not in self._ear.servers:
            return None
        return await names(self.client.http, self._people, guild, most)

    async def name_of(self, guild: str, who: Account) -> str:
        """Return what somebody is called; see `bot.ports.Namer`."""
        return await name_of(self.client.http, self._people, guild, who) if guild in self._ear.servers else ""

    async def _stay_connected(self) -> None:
        """Return or raise what ends the connection, or what breaks the reading of it or what goes by the clock."""
        parts = self.client.connect(reconnect=True), self._ear.broken(), self._tick()
        ends = [asyncio.create_task(one) for one in parts]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for one in ends:
                if one.done():
                    one.result()
        finally:
            left = set(ends)
            while left:  # discord.py takes one cancelling while it logs in for the end of that login only
                for one in left:
                    one.cancel()
                _, left = await asyncio.wait(left, timeout=CANCEL_SECONDS)

    def malformed(self) -> None:
        """Hear that an event could not be read; see `wire.Hears`."""
        self._host.count(Meter.MALFORMED)

    async def may_identify(self, shard: int) -> None:
        """Return when the shard may log in anew; see `wire.Hears`."""
        await self._logins.wait(shard)

    def began(self, shard: int, *, resumed: bool) -> None:
        """Hear that a session has begun or been caught up; see `wire.Hears`."""
        self._host.count(Meter.RECONNECTS if resumed else Meter.CONNECTS)
        self._lives.began(shard)
        for number, server in self._ear.servers.items():
            if not resumed and self._lives.shard(number) == shard:
                server.lose()

    async def _left(self) -> int:
        """Return how many logins Discord allows today."""
        _, _, limit = await self.client.http.get_bot_gateway()
        return int(limit["remaining"])

    async def arrived(self, server: Server, at: int) -> None:
        """Make good what was not heard since the server was last heard; what is new begins to be listened to."""
        if server.guild.id not in self._known:
            await self._guests.recall(server)
            self._known.add(server.guild.id)
            self._ask(partial(self._warn, server))
        before = server.heard or int(await server.desk.notes.read(_HEARD) or 0)
        if not before:  # from here on, whatever is missed is a gap, even where Cairn ends before it puts that down
            await server.desk.notes.write(_HEARD, str(at))
        await self._mending.begin(server, (before, at) if before else None)
        self._ask(partial(self._guests.look, server))
        if before:
            self._ask(partial(self._administration.missed, server, before - OVERLAP_MS))
        asked = bool(server.guild.watch.names) or not server.guild.kinds.isdisjoint((Kind.JOIN, Kind.ROLE))
        if self._access.members and asked:
            server.guild.joined_after = before - OVERLAP_MS if before else at - _NEWCOMERS_MS
            self._ask(partial(self._lives.ask_for_members, server.guild.id))

    def planned(self, server: Server, d: Payload) -> None:
        """Hear of a convening that has changed; see `asks.Asks`."""
        self._ask(partial(self._guests.look_at, server, d))

    def watching(self, server: Server) -> None:
        """Look at all members, where that may be done; see `asks.Asks`."""
        if self._access.members:
            self._ask(partial(self._lives.ask_for_members, server.guild.id))

    def listed(self, server: Server) -> None:
        """Hear that the whole list of members has come; see `asks.Asks`."""
        self._ask(partial(self._administration.compare, server))

    async def _warn(self, server: Server) -> None:
        """Log what Cairn may not do in a server."""
        with suppress(UnreadableError):
            own, settings = self._people.own, server.desk.settings
            found = await look_at(self.client.http, server.guild.id, own, settings, audit_log=self._access.audit_log)
            for one in found:
                _logger.warning("%s: %s", one.about, one.said)

    def _ask(self, work: Callable[[], Awaitable[None]]) -> None:
        """Ask for something beside all else."""
        task = asyncio.create_task(self._quietly(work))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _quietly(self, work: Callable[[], Awaitable[None]]) -> None:
        """Let what fails be tried again at the next connection or hour: what history has been read is put down."""
        if self._leaving:  # what is still stored then may ask for something, too
            return
        try:
            await work()
        except (discord.DiscordException, aiohttp.ClientError, OSError, MachineError) as error:
            _logger.warning(
                "what was missed could not be read to its end, and is gone on with later: %s", unreachable(error)
            )

    async def _tick(self) -> None:
        stays = guests = 0.0
        while True:
            await asyncio.sleep(self._timing.note)
            await self._put_down(self._alive())
            self._ear.look_again(self._access.clock())
            stays, guests = stays + self._timing.note, guests + self._timing.note
            if stays >= self._timing.stays:
                stays = 0.0
                await self._tell_stays(end=False)
                for server in self._ear.servers.values():
                    self._ask(partial(self._mending.again, server))
            if guests >= self._timing.guests:
                guests = 0.0
                for server in self._ear.servers.values():
                    self._ask(partial(self._guests.look, server))
                    self._ask(partial(self._administration.again, server))

    def _alive(self) -> dict[str, int]:
        """Return when each server's connection last brought anything (ms)."""
        return {number: self._lives.heard(number) for number in self._ear.servers}

    async def _put_down(self, alive: Mapping[str, int]) -> None:
        """Put down up to when each server is heard."""
        for number, server in list(self._ear.servers.items()):
            server.note(alive.get(number, 0))
            if server.heard:
                with suppress(MachineError):  # the storage is gone: nothing new is heard then, either
                    await server.desk.notes.write(_HEARD, str(server.heard))

    async def _tell_stays(self, *, end: bool) -> None:
        now = self._access.clock()
        for server in list(self._ear.servers.values()):
            stays = server.guild.stays
            server.owe(stays.end(now) if end else stays.tick(now))
            if server.owed:
                with suppress(MachineError):  # it is told again, with what is to be told by then
                    await server.desk.record(list(server.owed.values()))
                    server.owed.clear()
