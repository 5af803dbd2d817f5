"""Sends whole HTTP requests that were prepared before, for as little of the processor as can be."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

_LENGTH = b"content-length:"
_TICK = 0.001


@dataclass(slots=True)
class Tally:
    """What became of requests: how often each status was answered, and after how many seconds since each was due."""

    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many were answered."""
        return len(self.waits)


class Sender:
    """Sends requests to a port, over as many connections as there are requests on their way, up to `most`."""

    def __init__(self, port: int, most: int) -> None:
        self._port = port
        self._most = most
        self._free: list[_Line] = []
        self._opening: set[asyncio.Task[_Line]] = set()
        self._open = 0
        self._waiting: deque[tuple[bytes, float, Tally]] = deque()

    @property
    def connections(self) -> int:
        """How many connections were opened."""
        return self._open

    async def connect(self, n: int) -> None:
        """Open connections beforehand."""
        self._open += n
        self._free += [await self._line() for _ in range(n)]

    def send(self, request: bytes, due: float, tally: Tally) -> None:
        """Send a request that was due at a moment (monotonic); it waits where all connections are in use."""
        if self._free:
            self._free.pop().send(request, due, tally)
            return
        self._waiting.append((request, due, tally))
        if self._open < self._most:
            self._open += 1
            task = asyncio.ensure_future(self._line())
            self._opening.add(task)
            task.add_done_callback(self._opened)

    async def pour(self, requests: list[bytes]) -> Tally:
        """Send requests as fast as they are taken, one after the other on each connection."""
        tally, now = Tally(), time.monotonic()
        for one in requests:
            self.send(one, now, tally)
        await self.quiet(tally, len(requests))
        return tally

    async def pace(self, made: Callable[[], bytes], rate: float, seconds: float, tally: Tally) -> int:
        """Send at a steady pace, whatever becomes of what was sent before; returns how many were sent."""
        began, sent, wanted = time.monotonic(), 0, int(rate * seconds)
        while sent < wanted:
            for n in range(sent, min(int((time.monotonic() - began) * rate) + 1, wanted)):
                self.send(made(), began + n / rate, tally)
                sent += 1
            await asyncio.sleep(max(_TICK, began + sent / rate - time.monotonic()))
        return sent

    async def quiet(self, tally: Tally, n: int) -> None:
        """Wait until so many are answered."""
        while tally.answered < n:  # noqa: ASYNC110 - to be told would cost more than to look
            await asyncio.sleep(_TICK)

    async def _line(self) -> _Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: _Line(self._ended), "127.0.0.1", self._port)
        return line

    def _opened(self, task: asyncio.Task[_Line]) -> None:
        self._opening.discard(task)
        self._ended(task.result())

    def _ended(self, line: _Line) -> None:
        if self._waiting:
            line.send(*self._waiting.popleft())
        else:
            self._free.append(line)


class _Line(asyncio.Protocol):
    """One connection, with one request on its way at a time."""

    def __init__(self, ended: Callable[[_Line], None]) -> None:
        self._ended = ended
        self._transport: asyncio.WriteTransport | None = None
        self._got = b""
        self._due = 0.0
        self._tally: Tally | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be open."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def send(self, request: bytes, due: float, tally: Tally) -> None:
        """Send a request."""
        assert self._transport is not None
        self._due, self._tally = due, tally
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Read an answer; what it says is not looked at."""
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end:
            return
        lower = head.lower()
        at = lower.find(_LENGTH)
        length = int(lower[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        assert self._tally is not None
        self._got = b""
        self._tally.statuses[int(head[9:12])] += 1
        self._tally.waits.append(time.monotonic() - self._due)
        self._ended(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Refuse to go on where an answer was still to come: nothing is sent again here."""
        if self._got:
            raise AssertionError("a connection ended within an answer")
