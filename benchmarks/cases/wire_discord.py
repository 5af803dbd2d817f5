"""From a gateway frame to signals at the desk, against the same frames in discord.py with its own parsers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterator, Sequence

import discord
import orjson
from discord.gateway import DiscordWebSocket

from benchmarks.listening import Bare
from benchmarks.made_frames import Place, Talk
from benchmarks.measuring import Figure, Size, in_turn, same
from bot.ports import Meter, Receipt, Signal, Space, SpaceSettings
from integrations.discord.gateway.wire import Client, intents
from integrations.discord.listening.ear import Ear
from integrations.discord.listening.server import Event, Server
from integrations.discord.payloads.ids import Payload, UnknownPlaceError
from integrations.discord.payloads.people import People
from scoring.signals import ALWAYS_STORED

MEMBERS = 10_000
TURN = 100
"""Frames that are handed over before others have their turn, as one read of a busy socket brings them."""
CHANNELS = 20
_GUILD, _CHANNEL = "900000000000000000", 700_000_000_000_000_000
_PEOPLE = [str(10**18 + one) for one in range(MEMBERS)]


def run(size: Size) -> Iterator[Figure]:
    """Hand over 20,000 frames, three in ten of them answers; the other side ends in a listener that does nothing."""
    n = size.of(20_000, 4_000)
    frames = _frames(n)

    def ours() -> float:
        seconds, signals = asyncio.run(_ours(frames))
        same("messages", signals, n)
        return seconds

    def bare(members: bool) -> float:
        seconds, messages = asyncio.run(_bare(frames, members=members))
        same("messages", messages, n)
        return seconds

    first, forgetful, knowing = in_turn(size.of(7, 3), ours, lambda: bare(False), lambda: bare(True))
    for name, other in (("remembering nobody, as ours", forgetful), ("remembering everybody", knowing)):
        note = f"discord.py {name}; {n:,} frames, {MEMBERS:,} members; time of the processor"
        yield Figure("wire_discord / bare discord.py", 1.2, first / n * 1e6, other / n * 1e6, note=note)


def _frames(n: int) -> list[str]:
    talk = Talk(Place(_GUILD, [str(_CHANNEL + one) for one in range(CHANNELS)], _PEOPLE))
    first = time.time_ns() // 1_000_000 - n
    return [
        (b'{"op":0,"s":%d,"t":"MESSAGE_CREATE","d":%s}' % (number, talk.say(first + number))).decode()
        for number in range(n)
    ]


def _server(members: Sequence[str] = ()) -> str:
    role = {
        "id": _GUILD, "name": "@everyone", "permissions": "1024", "position": 0, "color": 0, "hoist": False,
        "managed": False, "mentionable": False,
    }  # fmt: skip
    channels = [
        {"id": str(_CHANNEL + n), "type": 0, "name": f"channel-{n}", "position": n, "permission_overwrites": []}
        for n in range(CHANNELS)
    ]
    lists: dict[str, object] = dict.fromkeys(
        ("threads", "voice_states", "guild_scheduled_events", "presences", "emojis", "stickers", "features"), []
    )
    people = [
        {"user": {"id": one, "username": one, "discriminator": "0", "avatar": None}, "roles": [], "flags": 0}
        for one in members
    ]
    about = {"id": _GUILD, "name": "Bench", "owner_id": "1", "member_count": len(people), "unavailable": False}
    d = about | lists | {"channels": channels, "roles": [role], "members": people}
    return orjson.dumps({"op": 0, "s": 1, "t": "GUILD_CREATE", "d": d}).decode()


async def _socket(client: discord.Client) -> DiscordWebSocket:
    """Return a gateway connection of a client that no network is behind."""
    await client._async_setup_hook()  # noqa: SLF001 - as discord.py itself does when it connects, and below
    socket = DiscordWebSocket(None, loop=client.loop)  # type: ignore[arg-type]
    socket.shard_id = 0
    socket._discord_parsers, socket._dispatch = client._connection.parsers, client.dispatch  # noqa: SLF001
    return socket


async def _hand_over(socket: DiscordWebSocket, frames: Sequence[str]) -> None:
    for start in range(0, len(frames), TURN):
        for frame in frames[start : start + TURN]:
            await socket.received_message(frame)
        await asyncio.sleep(0)


async def _ours(frames: Sequence[str]) -> tuple[float, int]:
    desk = _Desk()
    line = _Line(desk)
    socket = await _socket(Client(line, intents(members=False)))
    await socket.received_message(_server())
    await line.ear.quiet()
    begin = time.process_time()
    await _hand_over(socket, frames)
    await line.ear.quiet()
    seconds = time.process_time() - begin
    await line.ear.close()
    return seconds, desk.signals


async def _bare(frames: Sequence[str], *, members: bool) -> tuple[float, int]:
    client = Bare(members=members)
    socket = await _socket(client)
    await socket.received_message(_server(_PEOPLE if members else ()))
    begin = time.process_time()
    await _hand_over(socket, frames)
    await asyncio.sleep(0)
    return time.process_time() - begin, client.messages


class _Line:
    """What `wire` needs of a session: an ear; nothing is ever fetched, and logins need not wait."""

    def __init__(self, desk: _Desk) -> None:
        self.ear = Ear(_Host(desk), People(), self)  # type: ignore[arg-type]
        self.hear, self.room = self.ear.hear, self.ear.room

    def direct(self, d: Payload, now: int) -> None:
        """Nobody writes to Cairn here."""

    async def may_identify(self, shard: int) -> None:
        """Let any login be."""

    def began(self, shard: int, *, resumed: bool) -> None:
        """Take no note."""

    def malformed(self) -> None:
        """Refuse to go on: all frames are as they should be."""
        raise AssertionError("a frame could not be read")

    async def fetch(self, server: Server, unknown: UnknownPlaceError) -> Event | None:
        """Refuse to go on: everything is known."""
        raise AssertionError("everything is known")

    async def arrived(self, server: Server, at: int) -> None:
        """Make nothing good."""

    def listed(self, server: Server) -> None:
        """No list of members comes here."""

    def planned(self, server: Server, d: Payload) -> None:
        """Ask for nothing."""


class _Desk:
    """A desk that throws all away, counted."""

    def __init__(self) -> None:
        self.signals = 0
        self.settings = SpaceSettings()
        self.kinds = ALWAYS_STORED

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        self.signals += len(signals)
        return Receipt()

    async def shut(self, places: Collection[str]) -> None:
        """Take no note of what is out."""

    async def returned(self) -> None:
        """Be there."""


class _Host:
    def __init__(self, desk: _Desk) -> None:
        self._desk = desk

    async def desk(self, space: Space) -> _Desk:
        return self._desk

    def count(self, what: Meter, n: int = 1) -> None:
        raise AssertionError(f"{n} {what}")
