"""A bare gateway client, to see what discord.py hides: close codes, raw frames, compression."""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import zstandard

from integrations.sandbox.discord.server import Sandbox

USUAL = 16844417


class Raw:
    """One connection. `hear` returns the next payload, or `{"closed": code}`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, compress: str) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj()
        self._unpack = zstandard.ZstdDecompressor().decompressobj()
        self._compress = compress

    async def hear(self) -> dict[str, Any]:
        message = await self.socket.receive(timeout=5)
        if message.type is aiohttp.WSMsgType.TEXT:
            return dict(json.loads(message.data))
        if message.type is aiohttp.WSMsgType.BINARY:
            plain = self._inflate if self._compress == "zlib-stream" else self._unpack
            return dict(json.loads(plain.decompress(message.data)))
        return {"closed": self.socket.close_code}

    async def hear_until(self, event: str) -> list[dict[str, Any]]:
        heard = [await self.hear()]
        while heard[-1].get("t") != event and "closed" not in heard[-1]:
            heard.append(await self.hear())
        return heard

    async def say(self, op: int, data: Any) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def identify(self, token: str, **more: Any) -> None:
        await self.say(2, {"token": token, "intents": USUAL, "properties": {}, **more})


@contextlib.asynccontextmanager
async def raw(server: Sandbox, compress: str = "") -> AsyncIterator[Raw]:
    """Connect, and take the hello."""
    url = f"{server.gateway_url}?v=10&encoding=json" + (f"&compress={compress}" if compress else "")
    async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0) as socket:
        made = Raw(socket, compress)
        assert (await made.hear())["op"] == 10
        yield made
