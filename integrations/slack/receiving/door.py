"""What Slack sends over HTTP: checked on the raw body before anything of it is read, and answered when it is stored.

Junk never gets more than a refusal, and nothing of it is repeated or logged.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web
from slack_bolt.response import BoltResponse

from bot.ports import Meter, Payload
from integrations.slack.receiving.bodies import LARGEST, BodyError, from_form, from_json
from integrations.slack.receiving.signing import Signatures

_PATIENCE = 10.0
"""Seconds in which a body has to be there."""
_PIECE = 65_536


class Door:
    """Takes requests of Slack. `takes` answers those that are good, `count` counts those that are broken."""

    def __init__(
        self,
        signatures: Signatures,
        takes: Callable[[Payload], Awaitable[BoltResponse]],
        count: Callable[[Meter], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._signatures = signatures
        self._takes = takes
        self._count = count
        self._clock = clock

    async def take(self, request: web.BaseRequest) -> web.Response:
        """Answer one request."""
        body = await _body(request)
        if body is None:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not self._signatures.holds(request.headers, body, self._clock()):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        try:
            form = request.content_type == "application/x-www-form-urlencoded"
            read = from_form(body) if form else from_json(body)
        except BodyError:
            self._count(Meter.MALFORMED)
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        return await self._answer(read)

    async def _answer(self, body: Payload) -> web.Response:
        kind = body.get("type")
        if kind == "url_verification":
            return web.json_response({"challenge": str(body.get("challenge", ""))[:_PIECE]})
        if "ssl_check" in body:
            return web.Response()
        found = await self._takes(body)
        kinds = found.headers.get("content-type", ["text/plain"])
        return web.Response(status=found.status, body=found.body, content_type=kinds[0].partition(";")[0])


async def _body(request: web.BaseRequest) -> bytes | None:
    """Return a request's body, None where it is too large or does not come."""
    found = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for piece in request.content.iter_chunked(_PIECE):
                found += piece
                if len(found) > LARGEST:
                    return None
    except TimeoutError:
        return None
    return bytes(found)
