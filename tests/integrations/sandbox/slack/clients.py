"""The real slack-bolt and slack-sdk, pointed at a sandbox, with what they hear written down."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from integrations.sandbox.slack.server import Sandbox
from integrations.sandbox.slack.teams import TeamHandle

Json = dict[str, Any]


async def acknowledge(ack: Any) -> None:
    """Take an interaction, and do nothing."""
    await ack()


class Hearing:
    """A Bolt app that keeps what comes in, whole, in a middleware of its own."""

    def __init__(self, server: Sandbox, client: AsyncWebClient) -> None:
        self.server = server
        self.client = client
        self.bolt = AsyncApp(client=client, signing_secret=server.app.signing_secret)
        self.bodies: list[Json] = []
        self.headers: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self.bolt.middleware(self._keep)

    def takes_events(self) -> None:
        """Let every event be answered, as one does who takes them all in a middleware."""
        self.bolt.event(re.compile(".*"))(self._nothing)

    def takes_everything(self) -> None:
        """Let every interaction be acknowledged, whatever it is."""
        anything = re.compile(".*")
        for register in (
            self.bolt.command,
            self.bolt.shortcut,
            self.bolt.action,
            self.bolt.view,
            self.bolt.view_closed,
        ):
            register(anything)(acknowledge)

    def trigger(self) -> str:
        """The trigger of the last interaction."""
        return str(self.bodies[-1]["trigger_id"])

    async def _keep(self, req: Any, body: Json, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002
        self.bodies.append(body)
        self.headers.append(dict(req.headers))
        self._news.set()
        await next()

    async def _nothing(self) -> None:
        pass

    def events(self, kind: str, subtype: str | None = None) -> list[Json]:
        """What was told of events of a kind."""
        found = [one["event"] for one in self.bodies if one.get("type") == "event_callback"]
        return [one for one in found if one["type"] == kind and subtype in (None, one.get("subtype", ""))]

    async def hears(self, kind: str, times: int = 1, subtype: str | None = None) -> Json:
        """Wait for the latest event of a kind."""
        async with asyncio.timeout(8.0):
            while len(self.events(kind, subtype)) < times:
                self._news.clear()
                await self._news.wait()
        return self.events(kind, subtype)[-1]


@asynccontextmanager
async def web_client(server: Sandbox, token: str) -> AsyncIterator[AsyncWebClient]:
    """A client with one session that is closed in the end."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=token, base_url=server.url, session=session)


@asynccontextmanager
async def by_socket(server: Sandbox, team: TeamHandle, *, sockets: int = 1) -> AsyncIterator[Hearing]:
    """An app that hears over sockets."""
    async with web_client(server, team.token) as client:
        hearing = Hearing(server, client)
        hearing.takes_events()
        handlers = [AsyncSocketModeHandler(hearing.bolt, server.app.app_token) for _ in range(sockets)]
        for one in handlers:
            await one.connect_async()  # type: ignore[no-untyped-call]
        await server.until(lambda: len(server.sockets.lines) >= sockets)
        try:
            yield hearing
        finally:
            for one in handlers:
                await one.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def by_http(server: Sandbox, team: TeamHandle) -> AsyncIterator[Hearing]:
    """An app that hears by signed requests."""
    async with web_client(server, team.token) as client:
        hearing = Hearing(server, client)
        hearing.takes_events()
        async with served(hearing.bolt.web_app("/slack/events")) as root:
            server.app.reached_at(f"{root}/slack/events")
            yield hearing


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """Serve an application on a free port; gives its root."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def listening(server: Sandbox, team: TeamHandle, way: str) -> AsyncIterator[Hearing]:
    """An app that hears in one of the two ways, `socket` or `http`."""
    async with by_socket(server, team) if way == "socket" else by_http(server, team) as hearing:
        yield hearing
