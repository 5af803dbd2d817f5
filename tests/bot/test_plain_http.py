"""The server of the health port tells nothing of itself, and of an error only its id."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.operating.plain_http import runner


async def fine() -> web.Response:
    return web.json_response({"fine": True})


async def broken() -> web.Response:
    raise RuntimeError("words that nobody may read")


async def page(request: web.BaseRequest) -> web.Response:
    return web.Response(text=f"asked for {request.query.get('what')}")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    running = runner({"/fine": fine, "/broken": broken}, shows={"/page": page})
    await running.setup()
    await web.TCPSite(running, "127.0.0.1", 0).start()
    yield running.addresses[0][1]
    await running.cleanup()


async def told(port: int, request: str) -> str:
    """Return whatever comes back for a request's first line."""
    reading, writing = await asyncio.open_connection("127.0.0.1", port)
    writing.write(f"{request}\r\nHost: here\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(30):
        answer = await reading.read()
    writing.close()
    return answer.decode()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("GET /fine HTTP/1.1", 200),
        ("HEAD /fine HTTP/1.1", 200),
        ("GET /elsewhere HTTP/1.1", 404),
        ("POST /fine HTTP/1.1", 405),
        ("GET /broken HTTP/1.1", 500),
        ("no such words at all", 400),
        ("GET /fine HTTP/9.9", 400),
    ],
)
async def test_answer_names_no_version_and_repeats_nothing(port: int, request_: str, status: int) -> None:
    answer = await told(port, request_)

    assert re.match(rf"HTTP/1\.[01] {status} ", answer)
    assert "\r\nServer: Cairn\r\n" in answer
    for word in ("aiohttp", "Python", "Traceback", "words", "RuntimeError"):
        assert word not in answer


async def test_error_is_told_by_an_id_that_the_log_has(port: int, caplog: pytest.LogCaptureFixture) -> None:
    answer = await told(port, "GET /broken HTTP/1.1")

    found = re.search(r"something went wrong inside Cairn \(error ([0-9a-f]{8})\)", answer)
    assert found is not None
    assert [one.error_id for one in caplog.records if hasattr(one, "error_id")] == [found[1]]


async def test_page_sees_the_request_and_is_shown_to_browsers_only(port: int) -> None:
    """Who only asks for the head of a page has done nothing that works once."""
    assert (await told(port, "GET /page?what=this HTTP/1.1")).endswith("asked for this")
    for other in ("HEAD", "POST", "PUT"):
        assert (await told(port, f"{other} /page?what=this HTTP/1.1")).startswith("HTTP/1.1 404")
