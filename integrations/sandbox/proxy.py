"""A faulty network on this machine: a TCP proxy to put between a client and a sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import Self

_PIECE = 65_536
_ABORT = struct.pack("ii", 1, 0)


class Proxy:
    """Passes bytes on to a port of this machine, well or badly.

    `latency` delays each piece by that many seconds. `stall()` holds all bytes back and `flow()` lets them go again.
    `freeze()` lets the connections that are open now pass nothing any more, as where one end has silently gone.
    `reset()` cuts every connection with a reset. `refuse()` closes the door, `accept()` opens it on the same port.
    `cut_after(n)` resets each connection after n more bytes have gone to the client.
    """

    def __init__(self, target: int, host: str = "127.0.0.1") -> None:
        self.target = target
        self.host = host
        self.port = 0
        self.latency = 0.0
        self.connections = 0
        self._ended = False
        self._left: int | None = None
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._frozen: set[asyncio.StreamWriter] = set()
        self._thawing = asyncio.Event()
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def __aenter__(self) -> Self:
        await self.accept()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()
        self._ended = True
        self.latency = 0.0
        self._thawing.set()
        self.flow()
        self.reset()
        # not cancelled: Python 3.11 reports that of a server's own tasks as an error
        await asyncio.gather(*self._tasks)

    async def accept(self) -> None:
        """Open the door, on the port it had before where there was one."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, self.host, self.port)
            self.port = int(self._server.sockets[0].getsockname()[1])

    async def refuse(self) -> None:
        """Refuse new connections; those that are open stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def stall(self) -> None:
        """Pass nothing on, without closing."""
        self._flowing.clear()

    def flow(self) -> None:
        """End a stall."""
        self._flowing.set()

    def freeze(self) -> None:
        """Pass nothing on any connection that is open now, without closing it."""
        self._frozen |= self._writers

    def cut_after(self, size: int | None) -> None:
        """Reset when this many more bytes have gone to a client; None ends that."""
        self._left = size

    def reset(self) -> None:
        """Cut every open connection with a reset."""
        for writer in list(self._writers):
            _abort(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            there, back = await asyncio.open_connection(self.host, self.target)
        except OSError:
            _abort(writer)
            return
        if self._ended:
            _abort(writer)
            _abort(back)
            return
        ends = {writer, back}
        self._writers |= ends
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(reader, back, counted=False))
                both.create_task(self._pass(there, writer, counted=True))
        except* OSError:
            # one end is gone, and with it the other
            pass
        finally:
            self._writers -= ends
            self._frozen -= ends
            for end in ends:
                _abort(end)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool) -> None:
        while data := await reader.read(_PIECE):
            if self.latency:
                await asyncio.sleep(self.latency)
            await self._flowing.wait()
            if writer in self._frozen:
                await self._thawing.wait()
            if counted and self._left is not None:
                data, self._left = data[: self._left], self._left - len(data)
            writer.write(data)
            await writer.drain()
            if counted and self._left is not None and self._left <= 0:
                self._left = None
                raise ConnectionResetError
        with contextlib.suppress(OSError):
            writer.write_eof()


def _abort(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
    writer.transport.abort()
