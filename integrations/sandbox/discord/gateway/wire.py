"""One websocket to a client: frames leave in order, compressed as the client asked, and may be held back or cut off."""

from __future__ import annotations

import asyncio
import zlib
from collections import deque
from collections.abc import Callable

from aiohttp import web

from integrations.sandbox.flowing import Flow

try:
    import zstandard
except ImportError:  # clients ask for it only where they have it themselves
    zstandard = None  # type: ignore[assignment]

Squeeze = Callable[[bytes], bytes]


def squeezer(name: str | None) -> Squeeze | None:
    """Return what compresses a connection's stream, one flushed piece per frame; None for plain text."""
    if name == "zlib-stream":
        deflating = zlib.compressobj()
        return lambda data: deflating.compress(data) + deflating.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream" and zstandard is not None:
        packing = zstandard.ZstdCompressor().compressobj()
        flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda data: packing.compress(data) + packing.flush(flush)
    return None


class Wire(Flow):
    """The sending side of a connection. `push` never waits; what is pushed waits here until the client takes it."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        super().__init__(request)
        self._socket = socket
        self._squeeze = squeezer(request.query.get("compress"))
        self._waiting: deque[bytes] = deque()
        self._more = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._closing: int | None = None
        self._sender = asyncio.create_task(self._send_all())

    def push(self, frame: bytes) -> None:
        """Queue one frame."""
        self._waiting.append(frame)
        self._emptied.clear()
        self._more.set()

    def close(self, code: int) -> None:
        """Close with a code once everything queued has left."""
        self._closing = code
        self._more.set()

    @property
    def closing(self) -> bool:
        """Whether this side closes the connection."""
        return self._closing is not None

    async def emptied(self) -> None:
        """Wait until everything queued was handed to the network, or the connection has ended."""
        await self._emptied.wait()

    async def end(self) -> None:
        """Stop sending; the connection is over, or is being closed from here, which is waited for."""
        if self._closing is None or self.stalled:
            self._sender.cancel()
        await asyncio.gather(self._sender, return_exceptions=True)
        self._emptied.set()

    async def _send_all(self) -> None:
        try:
            while True:
                await self._more.wait()
                self._more.clear()
                while self._waiting:
                    await self._flowing.wait()
                    await self._send(self._waiting.popleft())
                self._emptied.set()
                if self._closing is not None:
                    await self._socket.close(code=self._closing)
                    return
        except ConnectionError:
            # the client is gone; the reading side notices too and ends the connection
            self._emptied.set()

    async def _send(self, frame: bytes) -> None:
        if self._squeeze is None:
            await self._socket.send_str(frame.decode())
        else:
            await self._socket.send_bytes(self._squeeze(frame))
