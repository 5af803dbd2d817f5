"""A made-up Discord in a process of its own, so that feeding is no part of what is measured.

It says on its standard output where it is, and does what it is told by lines on its standard input: `make N` prepares N
messages for the client that is connected, `pour` sends them as fast as it takes them, `pace RATE SECONDS` lets people
write live, so many a second. It answers each with a line. Run as `python -m benchmarks.feeder MEMBERS MENTIONS`.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import time

from benchmarks.made_frames import Place, Talk
from integrations.sandbox.discord.gateway.session import Session
from integrations.sandbox.discord.gateway.wire import Wire
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings

CHANNELS = 20
SERVER = "Bench"
_LIFTED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=())
_TICK = 0.002
_CHUNK = 65_536


class Feeder:
    """One server of the made-up Discord, with people who write."""

    def __init__(self, sandbox: Sandbox, members: int, *, mentions: bool) -> None:
        self._sandbox = sandbox
        self._guild = sandbox.guild(SERVER)
        channels = [str(self._guild.text(f"channel-{n}").id) for n in range(CHANNELS)]
        people = [str(one.id) for one in self._guild.people(f"m{n}" for n in range(members))]
        self._talk = Talk(Place(str(self._guild.id), channels, people), mentions=mentions)
        self._prepared = b""

    async def do(self, line: str) -> str:
        """Do what a line says; returns the answer."""
        what, *numbers = line.split()
        if what == "make":
            self._make(int(numbers[0]))
        elif what == "pour":
            await self._pour()
        elif what == "pace":
            return str(await self._pace(float(numbers[0]), float(numbers[1])))
        return what

    def _session(self) -> tuple[Session, Wire]:
        session = next(one for one in self._sandbox.gateway.sessions.values() if one.wire is not None)
        assert session.wire is not None
        return session, session.wire

    def _make(self, n: int) -> None:
        """Prepare messages to the last byte: compressed for the client's connection, and in websocket frames.

        One is written each millisecond, the last one now. Nothing else may be sent until they are poured.
        """
        session, wire = self._session()
        squeeze, first = wire._squeeze, time.time_ns() // 1_000_000 - n  # noqa: SLF001 - only here is it of use
        assert squeeze is not None
        frames = []
        for number in range(n):
            session.sequence += 1
            body = self._talk.say(first + number)
            data = squeeze(b'{"op":0,"s":%d,"t":"MESSAGE_CREATE","d":%s}' % (session.sequence, body))
            short = len(data) < 126
            frames.append((bytes((0x82, len(data))) if short else struct.pack("!BBH", 0x82, 126, len(data))) + data)
        self._prepared = b"".join(frames)

    async def _pour(self) -> None:
        _, wire = self._session()
        transport = wire._request.transport  # noqa: SLF001 - below the websocket, where no time is lost
        assert isinstance(transport, asyncio.WriteTransport)
        for start in range(0, len(self._prepared), _CHUNK):
            transport.write(self._prepared[start : start + _CHUNK])
            while transport.get_write_buffer_size() > _CHUNK:  # noqa: ASYNC110 - transports tell nobody but aiohttp
                await asyncio.sleep(0.001)
        self._prepared = b""

    async def _pace(self, rate: float, seconds: float) -> int:
        """Let people write at a steady pace; returns how many messages that was."""
        begin, sent, wanted = time.monotonic(), 0, int(rate * seconds)
        session, _ = self._session()
        while sent < wanted:
            due = min(int((time.monotonic() - begin) * rate) + 1, wanted)
            for _ in range(due - sent):
                session.tell("MESSAGE_CREATE", self._talk.say(time.time_ns() // 1_000_000))
            sent = due
            await asyncio.sleep(_TICK if rate * _TICK > 1 else begin + sent / rate - time.monotonic())
        return sent


async def main(members: int, *, mentions: bool) -> None:
    """Serve until standard input ends."""
    async with Sandbox(Settings(limits=_LIFTED, heartbeat=3_600)) as sandbox:
        feeder = Feeder(sandbox, members, mentions=mentions)
        where = {"token": sandbox.token, "api_url": sandbox.rest_url, "gateway_url": sandbox.gateway_url}
        print(json.dumps(where), flush=True)
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            print(await feeder.do(line.decode()), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), mentions=sys.argv[2] == "mentions"))
