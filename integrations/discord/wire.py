"""discord.py's connection to the gateway, with two things added: it can be held back, and it tells what arrives.

discord.py hands each event to a parser of its state, and keeps what it parses in memory. Here the payloads of servers
go to Cairn's readers; only what discord.py needs to stay connected (and what people say to the bot alone) goes on to
its own parsers. It reads from the socket as fast as it can; Cairn lets it wait where events cannot be stored as fast.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient

from integrations.discord.hearing import READERS
from integrations.discord.ids import Payload

_OURS = frozenset(READERS) - {
    "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE",
    "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE",
    "THREAD_LIST_SYNC",
}  # fmt: skip
"""Events that discord.py need not parse: it would only fill its memory with them."""


class Hears(Protocol):
    """Who takes the events of servers."""

    def hear(self, name: str, d: Payload, now: int) -> None:
        """Take one event; `now` is when it arrived, in ms. Must not raise."""
        ...

    async def room(self) -> None:
        """Return when there is room for more events."""
        ...

    async def may_identify(self, shard: int) -> None:
        """Return when the shard may log in anew."""
        ...

    def began(self, shard: int, *, resumed: bool) -> None:
        """Hear that a shard's session has begun, or that all it had missed has been sent. Must not raise."""
        ...


def intents(*, members: bool) -> discord.Intents:
    """Return the least that listening needs; of the privileged ones only `members`, where it is asked for."""
    return discord.Intents(
        guilds=True, guild_messages=True, guild_reactions=True, voice_states=True, guild_scheduled_events=True,
        guild_polls=True, members=members,
    )  # fmt: skip


class Client(discord.AutoShardedClient):
    """discord.py's client, without any memory of members or messages."""

    def __init__(self, ear: Hears, *, members: bool) -> None:
        # Cairn never speaks in voice channels, so nobody need hear of what that would take.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=intents(members=members),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            enable_debug_events=False,
        )
        self._ear = ear
        listen_in(self, ear)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Let whoever counts logins decide when the next one may be."""
        await self._ear.may_identify(shard_id or 0)
        await super().before_identify_hook(shard_id, initial=initial)


def listen_in(client: discord.Client, ear: Hears) -> None:
    """Let a client's events go to an ear, and its sockets wait for it."""
    parsers = client._connection.parsers  # noqa: SLF001 - discord.py offers no other place before its memory
    for name in READERS:
        parsers[name] = _parser(name, ear, parsers.get(name, _nothing))
    for name in ("READY", "RESUMED"):
        parsers[name] = _beginning(ear, parsers[name], resumed=name == "RESUMED")
    client.http.ws_connect = _connecting(client.http, ear)  # type: ignore[method-assign]


def _parser(name: str, ear: Hears, usual: Callable[[Any], None]) -> Callable[[Any], None]:
    ours, has_guild_id = name in _OURS, not name.startswith("GUILD_") or name.count("_") > 1

    def parse(d: Any) -> None:  # noqa: ANN401 - a JSON object
        in_server = not has_guild_id or d.get("guild_id") is not None
        if in_server:
            ear.hear(name, d, time.time_ns() // 1_000_000)
        if not (ours and in_server):
            usual(d)

    return parse


def _beginning(ear: Hears, usual: Callable[[Any], None], *, resumed: bool) -> Callable[[Any], None]:
    def parse(d: Any) -> None:  # noqa: ANN401 - a JSON object
        usual(d)
        ear.began(d["__shard_id__"] if resumed else d.get("shard", (0, 1))[0], resumed=resumed)

    return parse


def _nothing(d: object) -> None:
    """Parse nothing: discord.py knows no such event."""


def _connecting(http: HTTPClient, ear: Hears) -> Callable[..., Any]:
    connect = http.ws_connect

    async def ws_connect(url: str, *, compress: int = 0) -> _Socket:
        return _Socket(await connect(url, compress=compress), ear)

    return ws_connect


class _Socket:
    """A websocket that is read only while there is room for what it brings."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, ear: Hears) -> None:
        self._socket = socket
        self._ear = ear

    async def receive(self, timeout: float | None = None) -> aiohttp.WSMessage:  # noqa: ASYNC109 - aiohttp's signature
        await self._ear.room()
        return await self._socket.receive(timeout=timeout)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a websocket has
        return getattr(self._socket, name)


class Room:
    """Lets those who bring events wait while too many are unread. `most` closes it, half of that opens it again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open = asyncio.Event()
        self._open.set()
        self._empty = asyncio.Event()
        self._empty.set()
        self.taken = 0

    def take(self) -> None:
        """Note that there is one more."""
        self.taken += 1
        self._empty.clear()
        if self.taken >= self._most:
            self._open.clear()

    def leave(self, n: int) -> None:
        """Note that so many are done with."""
        self.taken -= n
        if self.taken <= self._most // 2:
            self._open.set()
        if not self.taken:
            self._empty.set()

    async def wait(self) -> None:
        """Return when there is room."""
        await self._open.wait()

    async def empty(self) -> None:
        """Return when nothing is left in it."""
        await self._empty.wait()


class Lives:
    """Which sockets of a client bring what happens: those whose session has begun, or caught up after a break.

    A socket that has only just been opened says nothing of what was missed before.
    """

    def __init__(self, client: discord.AutoShardedClient) -> None:
        self._client = client
        self._sockets: dict[int, object] = {}

    def shard(self, guild: str) -> int:
        """Return the number of the shard that brings a server's events."""
        return (int(guild) >> 22) % (self._client.shard_count or 1)

    def began(self, shard: int) -> None:
        """Note that a shard's present socket brings all that happens from now on."""
        self._sockets[shard] = self._socket(shard)

    def heard(self, guild: str, now: int) -> int:
        """Return when a server's shard last received anything, in ms; 0 while something may be missing."""
        shard = self._client.shards.get(self.shard(guild))
        socket = self._socket(self.shard(guild))
        if shard is None or shard.is_closed() or socket is None or socket is not self._sockets.get(shard.id):
            return 0
        keep_alive = socket._keep_alive  # noqa: SLF001 - it alone knows
        return 0 if keep_alive is None else now - int((time.perf_counter() - keep_alive._last_recv) * 1000)  # noqa: SLF001

    def _socket(self, shard: int) -> DiscordWebSocket | None:
        there = self._client.shards.get(shard)
        return None if there is None else there._parent.ws  # noqa: SLF001 - discord.py shows it nowhere else
