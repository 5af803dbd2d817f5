"""A small HTTP server that tells nothing of itself: no version, and of an error only the id under which it is logged.

aiohttp's own applications tell every caller which Python and which aiohttp they run on.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import web

from bot.operating.logs import unexpected

Answer = Callable[[], Awaitable[web.Response]]
Take = Callable[[web.BaseRequest], Awaitable[web.Response]]
"""What takes a request that brings something: its body is read by whoever takes it, within limits of their own."""
NAME = "Cairn"
_logger = logging.getLogger(__name__)


_NONE: Mapping[str, Take] = MappingProxyType({})


def runner(
    answers: Mapping[str, Answer], takes: Mapping[str, Take] = _NONE, shows: Mapping[str, Take] = _NONE
) -> web.ServerRunner:
    """Return what runs a server that answers GET (and HEAD) for some paths, and takes what is posted to others.

    `shows` are pages for browsers: what looks at the request itself, and is asked by GET only.
    """

    async def answer(request: web.BaseRequest) -> web.Response:
        shown = shows.get(request.path) if request.method == "GET" else None
        if shown is not None:
            found = await _answer(request, {request.path: lambda: shown(request)}, _NONE)
        else:
            found = await _answer(request, answers, takes)
        found.headers["Server"] = NAME
        return found

    return web.ServerRunner(_Server(answer, access_log=None), handle_signals=False)


async def _answer(request: web.BaseRequest, answers: Mapping[str, Answer], takes: Mapping[str, Take]) -> web.Response:
    wanted, taken = answers.get(request.path), takes.get(request.path)
    try:
        if wanted is not None and request.method in ("GET", "HEAD"):
            return await wanted()
        if taken is not None and request.method == "POST":
            return await taken(request)
        return _refusal(HTTPStatus.METHOD_NOT_ALLOWED if wanted or taken else HTTPStatus.NOT_FOUND)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an id and the log the rest
        return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, unexpected(_logger, "answering a request", error))


def _refusal(status: HTTPStatus, why: str = "") -> web.Response:
    return web.json_response({"error": why or status.phrase}, status=status)


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Handler(self, loop=self._loop, **self._kwargs)  # as aiohttp does it, with our own handler


class _Handler(web.RequestHandler):
    """Answers what is no HTTP at all without repeating any of it."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        refused = _refusal(HTTPStatus(status))
        refused.headers["Server"] = NAME
        refused.force_close()
        return refused
