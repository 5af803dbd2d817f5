"""An app's URL that answers as a test tells it to, and keeps what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiohttp import web

from tests.integrations.sandbox.slack.clients import served


class Answering:
    """`answers` are the statuses of the coming answers, 200 once they are through; 0 is no answer at all."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        self.came: list[tuple[dict[str, Any], dict[str, str]]] = []
        self._let_go = asyncio.Event()

    async def serve(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.came.append((orjson.loads(body), {name.lower(): value for name, value in request.headers.items()}))
        status = self.answers.pop(0) if self.answers else 200
        if not status:
            await self._let_go.wait()
        return web.Response(status=status or 200, headers=self.headers)

    def let_go(self) -> None:
        self._let_go.set()

    @property
    def retries(self) -> list[tuple[str, str]]:
        """The number and reason of each attempt that came."""
        return [(sent.get("x-slack-retry-num", ""), sent.get("x-slack-retry-reason", "")) for _, sent in self.came]


@asynccontextmanager
async def answering() -> AsyncIterator[Answering]:
    """Serve one."""
    made, app = Answering(), web.Application()
    app.router.add_post("/events", made.serve)
    async with served(app) as root:
        made.url = f"{root}/events"
        try:
            yield made
        finally:
            made.let_go()
