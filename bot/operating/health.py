"""Answers whether Cairn lives, whether it is ready, and its figures, on a port of its own.

It answers from a thread of its own with its own event loop: only so can it say that the main one is blocked.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass

from aiohttp import web

from bot.errors import ConfigError
from bot.operating.logs import unexpected
from bot.operating.plain_http import runner
from bot.operating.readiness import STOPPING, Readiness

BLOCKED_SECONDS = 10.0
"""From when on an event loop that does not beat counts as blocked."""
BEAT_SECONDS = 0.5
ANSWER_SECONDS = 4.0
NO_ANSWER = "the event loop does not answer"
_logger = logging.getLogger(__name__)


class Beat:
    """The pulse of an event loop. A quiet community makes no difference to it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Take the clock; the loop counts as alive until it first misses."""
        self._now = now
        self._last = now()

    async def run(self, stop: asyncio.Event) -> None:
        """Beat until told to stop."""
        while not stop.is_set():
            self.beat()
            await asyncio.sleep(BEAT_SECONDS)

    def beat(self) -> None:
        """Beat once."""
        self._last = self._now()

    @property
    def silent(self) -> float:
        """For how many seconds there was no beat."""
        return self._now() - self._last


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the answers come from. `ready` runs in the main loop, all else in the thread that answers."""

    beat: Beat
    ready: Callable[[], Awaitable[Readiness]]
    stopping: Callable[[], bool]
    metrics: Callable[[], bytes]


class Health:
    """The server, for `async with Health(sources, host, port) as health`. Port 0 takes any; `health.port` tells it."""

    def __init__(self, sources: Sources, host: str, port: int) -> None:
        """Take where answers come from and where to listen."""
        self._sources = sources
        self._host = host
        self.port = port
        self._main: asyncio.AbstractEventLoop
        self._loop: asyncio.AbstractEventLoop
        self._started: Future[int] = Future()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    async def __aenter__(self) -> Health:
        """Begin to answer; raises ConfigError where nothing can listen there."""
        self._main = asyncio.get_running_loop()
        self._thread.start()
        try:
            self.port = await asyncio.wrap_future(self._started)
        except OSError as error:
            await asyncio.to_thread(self._thread.join)
            reason = error.strerror or type(error).__name__
            raise ConfigError(
                f"CAIRN_HEALTH_HOST and CAIRN_HEALTH_PORT: nothing can listen on {self._host}:{self.port} ({reason}); "
                "expected a free port, or 0 for none"
            ) from None
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Answer no more."""
        self._loop.call_soon_threadsafe(self._stop.set)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = runner({"/livez": self._live, "/readyz": self._ready, "/metrics": self._metrics})
        await server.setup()
        try:
            site = web.TCPSite(server, self._host, self.port)
            await site.start()
        except OSError as error:
            await server.cleanup()
            self._started.set_exception(error)
            return
        self._started.set_result(server.addresses[0][1])
        await self._stop.wait()
        await server.cleanup()

    async def _live(self) -> web.Response:
        silent = self._sources.beat.silent
        if silent < BLOCKED_SECONDS:
            return web.json_response({"live": True})
        return web.json_response({"live": False, "reason": f"blocked for {round(silent)} s"}, status=503)

    async def _ready(self) -> web.Response:
        found = await self._readiness()
        return web.json_response(
            {"ready": found.ready, "reasons": dict(found.reasons)}, status=200 if found.ready else 503
        )

    async def _readiness(self) -> Readiness:
        if self._sources.stopping():
            return Readiness({"running": STOPPING})
        looking = asyncio.run_coroutine_threadsafe(self._look(), self._main)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(looking), ANSWER_SECONDS)
        except TimeoutError:
            return Readiness({"event loop": NO_ANSWER})

    async def _look(self) -> Readiness:
        try:
            return await self._sources.ready()
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is: not ready
            return Readiness({"readiness": unexpected(_logger, "looking whether all is ready", error)})

    async def _metrics(self) -> web.Response:
        text = await asyncio.to_thread(self._sources.metrics)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
