"""discord.py's connection to the gateway, with two things added: it can be held back, and it tells what arrives.

discord.py hands each event to a parser of its state, and keeps what it parses in memory. Here the payloads of servers
go to Cairn's readers, and so do messages to Cairn alone; only what discord.py needs to stay connected goes on to its
own parsers. It reads from the socket as fast as it can; Cairn lets it wait where events cannot be stored as fast.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket

from integrations.discord.gateway.heartbeats import end_heartbeats
from integrations.discord.gateway.sockets import Hears, Socket, Sockets
from integrations.discord.payloads.hearing import READERS
from integrations.discord.payloads.ids import BROKEN
from integrations.discord.timing import Timing, wall_clock

_OURS = frozenset(READERS) - {
    "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE",
    "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE",
    "THREAD_LIST_SYNC",
}  # fmt: skip
"""Events that discord.py need not parse: it would only fill its memory with them."""
_BETWEEN_LOGINS = 5.0
_NEXT_SERVER = 0.1
"""Seconds that discord.py waits for one more server before it says that it is ready; no server is left out by that."""


def intents(*, members: bool, audit_log: bool = False) -> discord.Intents:
    """Return the least that listening needs; of the privileged ones only `members`, where it is asked for.

    `audit_log` asks for the entries of audit logs, which come only where the bot may read them.
    """
    return discord.Intents(
        guilds=True, guild_messages=True, guild_reactions=True, voice_states=True, guild_scheduled_events=True,
        guild_polls=True, dm_messages=True, members=members, moderation=audit_log,
    )  # fmt: skip


class Client(discord.AutoShardedClient):
    """discord.py's client, without any memory of members or messages."""

    def __init__(
        self, ear: Hears, wanted: discord.Intents, clock: Callable[[], int] = wall_clock, timing: Timing | None = None
    ) -> None:
        """Take who hears, what is to be heard (`intents`), the clock (ms) and how long to wait."""
        timing = timing or Timing()
        # Cairn never speaks in voice channels, so nobody need hear of what that would take.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=wanted,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            enable_debug_events=False,
            heartbeat_timeout=timing.silence,
            guild_ready_timeout=_NEXT_SERVER,
        )
        self._ear = ear
        self._timing = timing
        self.sockets = Sockets(ear, clock, timing.closing)
        listen_in(self, ear, self.sockets)

    def dispatch(self, event: str, /, *args: Any, **more: Any) -> None:  # noqa: ANN401 - discord.py's signature
        """Tell listeners of an event; nobody listens for each frame's name, which is told of before the frame is."""
        if event != "socket_event_type":
            super().dispatch(event, *args, **more)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Let whoever counts logins decide when the next one may be; two of a bot are at least five seconds apart."""
        try:
            await self._ear.may_identify(shard_id or 0)
            if not initial:
                await self._timing.pause(_BETWEEN_LOGINS)
        except asyncio.CancelledError:
            # discord.py gave up waiting; its thread would keep the connection, which nobody reads any more, alive
            self.sockets.drop_newest()
            raise

    async def close(self) -> None:
        """Close all connections, and end the threads that keep them alive."""
        await super().close()
        end_heartbeats(self, of_all=True)


def listen_in(client: discord.Client, ear: Hears, sockets: Sockets) -> None:
    """Let a client's events go to an ear, and its sockets wait for it."""
    parsers = client._connection.parsers  # noqa: SLF001 - discord.py offers no other place before its memory
    for name, usual in list(parsers.items()):
        parsers[name] = _careful(ear, usual)
    for name in READERS:
        parsers[name] = _careful(ear, _parser(name, ear, parsers.get(name, _nothing), sockets.clock))
    for name in ("READY", "RESUMED"):
        parsers[name] = _beginning(ear, parsers[name], resumed=name == "RESUMED")
    sockets.connect = _tidily(client)
    client.http.ws_connect = sockets.open  # type: ignore[assignment,method-assign]


def _tidily(client: discord.Client) -> Callable[..., Awaitable[aiohttp.ClientWebSocketResponse]]:
    connect = client.http.ws_connect

    async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        end_heartbeats(client)
        return await connect(url, compress=compress)

    return ws_connect


def _careful(ear: Hears, usual: Callable[[Any], None]) -> Callable[[Any], None]:
    """Make a parser leave out what it cannot read; discord.py would end the connection."""

    def parse(d: Any) -> None:  # noqa: ANN401 - a JSON object
        try:
            usual(d)
        except BROKEN:
            ear.malformed()

    return parse


def _parser(name: str, ear: Hears, usual: Callable[[Any], None], clock: Callable[[], int]) -> Callable[[Any], None]:
    ours, has_guild_id = name in _OURS, not name.startswith("GUILD_") or name.count("_") > 1

    def parse(d: Any) -> None:  # noqa: ANN401 - a JSON object
        in_server = not has_guild_id or d.get("guild_id") is not None
        if in_server:
            ear.hear(name, d, clock())
        elif name == "MESSAGE_CREATE":
            ear.direct(d, clock())
        if not ours:
            usual(d)

    return parse


def _beginning(ear: Hears, usual: Callable[[Any], None], *, resumed: bool) -> Callable[[Any], None]:
    def parse(d: Any) -> None:  # noqa: ANN401 - a JSON object
        usual(d)
        ear.began(d["__shard_id__"] if resumed else d.get("shard", (0, 1))[0], resumed=resumed)

    return parse


def _nothing(d: object) -> None:
    """Parse nothing: discord.py knows no such event."""


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

    def sequence(self) -> int:
        """Return the number of the last event of all shards together."""
        return sum(socket.sequence or 0 for socket in map(self._socket, self._client.shards) if socket is not None)

    def heard(self, guild: str) -> int:
        """Return when a server's shard last received anything, in ms; 0 while something may be missing."""
        shard = self._client.shards.get(self.shard(guild))
        socket = self._socket(self.shard(guild))
        if shard is None or shard.is_closed() or socket is None or socket is not self._sockets.get(shard.id):
            return 0
        brings = socket.socket
        return brings.heard if isinstance(brings, Socket) else 0

    async def ask_for_members(self, guild: str) -> None:
        """Ask for all members of a server; they come as events. It takes the intent `members`."""
        socket = self._socket(self.shard(guild))
        if socket is not None:
            await socket.request_chunks(int(guild), query="", limit=0)

    def _socket(self, shard: int) -> DiscordWebSocket | None:
        there = self._client.shards.get(shard)
        return None if there is None else there._parent.ws  # noqa: SLF001 - discord.py shows it nowhere else
