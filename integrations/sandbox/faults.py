"""Answers that go wrong on purpose: what a sandbox does instead of answering, or after having accepted a request."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from aiohttp import web


@dataclass(slots=True)
class Fault:
    """What goes wrong, and how often still (`times`).

    `kind` is `status` (an error with this `status` and the platform's `code` or, where errors have names, `error`),
    `reset` (the connection is cut), `black_hole` (no answer ever), `delay` (the answer comes `seconds` later) or
    `banned` (429 by the network in front, as after too many wrong requests). With `after_accept` the request is carried
    out first, so that only the answer is lost. `path` may hold `*`. `hit` counts how often it struck.
    """

    method: str
    path: str
    kind: str = "status"
    status: int = 500
    code: int = 0
    seconds: float = 0.0
    times: int = 1
    after_accept: bool = False
    hit: int = 0
    error: str = ""

    def meets(self, method: str, path: str) -> bool:
        """Whether this fault is for a request."""
        return self.times > 0 and self.method in ("*", method) and fnmatchcase(path, self.path)


class Faults:
    """The faults that are waiting for their requests."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._let_go = asyncio.Event()

    def add(self, fault: Fault) -> Fault:
        """Let a fault strike; the one added first strikes first."""
        self._waiting.append(fault)
        return fault

    def inject(self, method: str, path: str, status: int, code: int = 0, times: int = 1) -> Fault:
        """Answer with an error the next `times` times. Other kinds of fault are made with `add`."""
        return self.add(Fault(method, path, status=status, code=code, times=times))

    def clear(self) -> None:
        """Let nothing go wrong any more, and free what is held in black holes."""
        self._waiting.clear()
        self._let_go.set()
        self._let_go = asyncio.Event()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that strikes this request, if one does."""
        fault = next((one for one in self._waiting if one.meets(method, path)), None)
        if fault is not None:
            fault.times -= 1
            fault.hit += 1
        return fault

    async def strike(self, fault: Fault, request: web.Request, failed: Callable[[Fault], web.Response]) -> web.Response:
        """Do what a fault says; `failed` makes the platform's error. A delay is for the caller to go on after."""
        if fault.kind == "black_hole":
            await self._let_go.wait()
            cut_off(request)
        elif fault.kind == "reset":
            cut_off(request)
        return failed(fault)


def cut_off(request: web.Request) -> None:
    """Reset a request's connection, so that the client sees `Connection reset by peer`."""
    if request.transport is None:
        return
    raw = request.transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
