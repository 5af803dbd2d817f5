"""The gateway's sockets, which can be held back: they are read only while there is room for what they bring."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp

from integrations.discord.gateway.patience import within
from integrations.discord.payloads.ids import Payload

_BRINGS = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)


class Hears(Protocol):
    """Who takes the events of servers."""

    def hear(self, name: str, d: Payload, now: int) -> None:
        """Take one event; `now` is when it arrived, in ms. Must not raise."""
        ...

    def direct(self, d: Payload, now: int) -> None:
        """Take a message to Cairn alone; `now` is when it arrived, in ms. Must not raise."""
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

    def malformed(self) -> None:
        """Hear that an event was left out because it is not what Discord's reference says. Must not raise."""
        ...


class Sockets:
    """Opens a client's sockets. `connect` is discord.py's own way to do so, `closing` how long closing may take."""

    def __init__(self, ear: Hears, clock: Callable[[], int], closing: float) -> None:
        self.clock = clock
        self.closing = closing
        self._ear = ear
        self._newest: Socket | None = None
        self._closing: set[asyncio.Task[bool]] = set()
        self.connect: Callable[..., Awaitable[aiohttp.ClientWebSocketResponse]]

    async def open(self, url: str, *, compress: int = 0) -> Socket:
        """Open a socket; discord.py opens one after the other."""
        self._newest = Socket(await self.connect(url, compress=compress), self._ear, self)
        return self._newest

    def drop_newest(self) -> None:
        """Close the socket that was opened last, without waiting for it."""
        if self._newest is not None:
            task = asyncio.create_task(self._newest.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


class Socket:
    """A websocket that is read only while there is room for what it brings. `heard` is when it last brought anything.

    That is in ms, 0 where it has not yet.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, ear: Hears, of: Sockets) -> None:
        self._socket = socket
        self._ear = ear
        self._of = of
        self._broken = False
        self.heard = 0

    async def receive(self, timeout: float | None = None) -> aiohttp.WSMessage:  # noqa: ASYNC109 - aiohttp's signature
        """Return the next message, once there is room for it."""
        await self._ear.room()
        message = await within(self._socket.receive(), timeout)
        if message.type in _BRINGS:
            self.heard = self._of.clock()
        return message

    async def send_str(self, text: str) -> None:
        """Send a message; where that fails, the connection is known to be dead."""
        try:
            await self._socket.send_str(text)
        except OSError:
            self._broken = True
            raise

    @property
    def closed(self) -> bool:
        """Whether it is closed, or dead without a word."""
        return self._broken or self._socket.closed

    async def close(self, *, code: int = 1000, message: bytes = b"") -> bool:
        """Close it; where the other side does not answer (it may be long gone), without its word."""
        try:
            async with asyncio.timeout(self._of.closing):
                return await self._socket.close(code=code, message=message)
        except TimeoutError:
            return True

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

    def take(self, n: int = 1) -> None:
        """Note that there are so many more."""
        self.taken += n
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
