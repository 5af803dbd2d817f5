"""One socket to an app: what it is told leaves in order, and may be held back or cut off."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import orjson
from aiohttp import WSMsgType, web

from integrations.sandbox.flowing import Flow
from integrations.sandbox.slack.model import Json


class Line(Flow):
    """One socket. `leaving` is set once it was told to disconnect: nothing new goes this way. `ponged` is called with
    each answer to a ping.
    """

    def __init__(self, app_id: str, socket: web.WebSocketResponse, request: web.Request) -> None:
        super().__init__(request)
        self.app_id = app_id
        self.leaving = False
        self.ponged: Callable[[], None] = lambda: None
        self._socket = socket
        self._waiting: deque[bytes] = deque()
        self._more = asyncio.Event()
        self._closing = False
        self._sender = asyncio.create_task(self._send_all())

    def push(self, said: Json) -> None:
        """Queue something to say."""
        self._waiting.append(orjson.dumps(said))
        self._more.set()

    def close(self) -> None:
        """Close once everything queued has left."""
        self.leaving = self._closing = True
        self._more.set()

    def abort(self) -> None:
        """Cut the socket off without a word."""
        self.leaving = True
        super().abort()

    async def hear(self) -> Json | None:
        """Return the next thing that an app says; None once the socket is closed. Pings are answered here."""
        async for message in self._socket:
            if self.stalled:
                continue
            if message.type == WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type == WSMsgType.PONG:
                self.ponged()
            elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                said = _read(message.data)
                if said is not None:
                    return said
        return None

    async def ping(self) -> None:
        """Ask whether the app is there; it answers with a pong."""
        if not self.stalled:
            await self._socket.ping(b"Ping from sandbox")

    async def end(self) -> None:
        """Stop; the socket is over."""
        if not self._closing or self.stalled:
            self._sender.cancel()
        await asyncio.gather(self._sender, return_exceptions=True)

    async def _send_all(self) -> None:
        try:
            while True:
                await self._more.wait()
                self._more.clear()
                while self._waiting:
                    await self._flowing.wait()
                    await self._socket.send_str(self._waiting.popleft().decode())
                if self._closing:
                    await self._socket.close()
                    return
        except ConnectionError:
            # the app is gone; the reading side notices too and ends the socket
            self.leaving = True


def _read(text: str | bytes) -> Json | None:
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None
