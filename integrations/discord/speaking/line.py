"""The way from Cairn's mouth to Discord: one request, once, and exactly what became of it.

Beside discord.py's own way, which waits and tries again by itself: here the caller has to know whether something was
said, and an answer to a person is worth nothing later. It has connections of its own, so that nothing waits behind the
reading of history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import yarl

from bot.ports import File, MachineError
from integrations.discord.sentences import unreachable

Json = dict[str, Any]
_AGENT = "DiscordBot (cairn-community, 0)"
_FILES = ("discordapp.com", "discordapp.net", "discord.com")
"""Whose files are fetched."""
_TOO_MANY = 429
_LONGEST_CONNECT = 3.0
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What Discord answered: HTTP's status, its own code of an error, the body, and in how many seconds to ask again.

    Status 0 says that nothing was sent, -1 that it was sent and no answer came.
    """

    status: int
    code: int = 0
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    after: float = 0.0
    spent: float = 0.0
    """For how many seconds the same place takes no more."""

    @property
    def done(self) -> bool:
        """Whether it was accepted."""
        return 200 <= self.status < 300

    @property
    def lost(self) -> bool:
        """Whether it may have been accepted, for all one can tell."""
        return self.status < 0 or self.status >= 500


NOT_SENT, NO_ANSWER = Answer(0), Answer(-1)


class Line:
    """Sends to the interface at `url` with a bot's token; `trace` looks at what is answered."""

    def __init__(self, url: str, token: str, trace: aiohttp.TraceConfig | None = None) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._traces = [] if trace is None else [trace]
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, method: str, path: str, body: object = None, files: Sequence[File] = (), within: float = 5.0
    ) -> Answer:
        """Send one request and return what became of it; never raises for what Discord or the network does."""
        data, headers = _packed(body, files)
        headers["Authorization"] = f"Bot {self._token}"
        limit = aiohttp.ClientTimeout(total=within, connect=min(within, _LONGEST_CONNECT))
        address = yarl.URL(self._url + path, encoded=True)
        try:
            async with self._open().request(method, address, data=data, headers=headers, timeout=limit) as response:
                return _answer(response, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return NOT_SENT
        except (aiohttp.ClientError, TimeoutError, OSError):
            return NO_ANSWER

    async def fetch(self, address: str, size: int) -> bytes:
        """Return a file of at most so many bytes that somebody gave. Raises MachineError where it cannot be had."""
        url = yarl.URL(address)
        if not self._fetches(url):
            raise MachineError("the file is not on Discord")
        try:
            async with self._open().get(url, timeout=aiohttp.ClientTimeout(total=30.0)) as response:
                if response.status != 200:
                    raise MachineError(f"the file cannot be read from Discord ({response.status})")
                return await _at_most(response.content, size)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise MachineError(unreachable(error)) from None

    def _fetches(self, url: yarl.URL) -> bool:
        host = url.host or ""
        own = url.origin() == yarl.URL(self._url).origin()
        return own or (url.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in _FILES))

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60.0)
            self._session = aiohttp.ClientSession(
                connector=connector, trace_configs=self._traces, headers={"User-Agent": _AGENT}
            )
        return self._session


async def _at_most(content: aiohttp.StreamReader, size: int) -> bytes:
    found = bytearray()
    async for piece in content.iter_chunked(_PIECE):
        found += piece
        if len(found) > size:
            raise MachineError("the file is larger than Discord said")
    return bytes(found)


def _packed(body: object, files: Sequence[File]) -> tuple[Any, dict[str, str]]:
    if not files:
        return (None, {}) if body is None else (orjson.dumps(body), {"Content-Type": "application/json"})
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", orjson.dumps(body).decode())
    for n, one in enumerate(files):
        form.add_field(f"files[{n}]", one.content, filename=one.name, content_type="application/octet-stream")
    return form, {}


def _answer(response: aiohttp.ClientResponse, text: bytes) -> Answer:
    body = _read(text)
    code = body.get("code")
    spent = _seconds(response.headers, "X-RateLimit-Reset-After")
    if response.headers.get("X-RateLimit-Remaining") != "0":
        spent = 0.0
    after = 0.0
    if response.status == _TOO_MANY:
        told = body.get("retry_after")
        after = float(told) if isinstance(told, int | float) else _seconds(response.headers, "Retry-After") or 60.0
    return Answer(response.status, code if isinstance(code, int) else 0, body, after, spent)


def _read(text: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(headers: Mapping[str, str], name: str) -> float:
    try:
        return max(float(headers.get(name, "0")), 0.0)
    except ValueError:
        return 0.0
