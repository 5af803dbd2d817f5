"""The ways by which Slack's events come in: connections that we open, a port that Slack sends to, or both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.ports import ConfigError, serve
from integrations.slack.receiving.door import Door
from integrations.slack.receiving.sockets import Sockets

EVENTS = "/slack/events"
"""Where Slack sends everything: the one address to be put into the app's settings."""
Shows = Callable[[web.BaseRequest], Awaitable[web.Response]]
"""What answers a browser."""


class Serving:
    """Keeps the ways open."""

    def __init__(
        self, sockets: Sockets | None, door: Door | None, address: tuple[str, int], pages: Mapping[str, Shows]
    ) -> None:
        """Take the sockets and the door, as far as there are any, where the door listens (host and port), and pages
        that browsers get there.
        """
        self._sockets = sockets
        self._door = door
        self._address = address
        self._pages = pages
        self._listening = False

    @property
    def connected(self) -> bool:
        """Whether events come in: by any way, since Slack uses one of them at a time."""
        return self._listening or (self._sockets is not None and self._sockets.connected)

    async def run(self, opened: Callable[[], None]) -> None:
        """Take what comes until cancelled; `opened` hears of each new connection. Raises ConfigError."""
        runner = await self._listen() if self._door is not None or self._pages else None
        try:
            if self._sockets is not None:
                await self._sockets.run(opened)
            await asyncio.Event().wait()
        finally:
            self._listening = False
            if runner is not None:
                await runner.cleanup()

    async def _listen(self) -> web.ServerRunner:
        host, port = self._address
        runner = serve({EVENTS: self._door.take} if self._door is not None else {}, self._pages)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            await runner.cleanup()
            raise ConfigError(
                f"CAIRN_SLACK_PORT: cannot listen on {host}:{port} ({error.strerror or type(error).__name__})"
            ) from None
        self._listening = self._door is not None
        return runner
