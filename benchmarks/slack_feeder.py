"""A made-up Slack in a process of its own, so that sending is no part of what is measured.

It says on its standard output where it is, and does what it is told by lines on its standard input: `aim PORT` names
the port that it sends to, `make N` prepares N events, `pour CONNECTIONS` sends them as fast as they are taken, over so
many connections, `play RATE:SECONDS ... [forged:RATE]` sends events at a pace, then at the next, and forged requests
beside them. It answers each with a line, JSON where there is something to tell.
Run as `python -m benchmarks.slack_feeder WORKSPACES MEMBERS CHANNELS`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time

import numpy as np

from benchmarks.made_events import Talk
from benchmarks.sending import Sender, Tally
from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings

MOST = 1_000
"""Connections to one port: more than that are on their way at once to nobody."""


class Feeder:
    """Some workspaces of the made-up Slack, with people who write."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._prepared: list[bytes] = []
        self._port = 0

    async def do(self, line: str) -> str:
        """Do what a line says; returns the answer."""
        what, *words = line.split()
        if what == "aim":
            self._port = int(words[0])
        elif what == "make":
            self._make(int(words[0]))
        elif what == "pour":
            sender = Sender(self._port, int(words[0]))
            await sender.connect(int(words[0]))
            tally = await sender.pour(self._prepared)
            return json.dumps(_told(tally) | {"sent": len(self._prepared)})
        elif what == "play":
            return json.dumps(await self._play(words))
        return what

    def _make(self, n: int) -> None:
        """Prepare events to the last byte: one was written each millisecond, the last one now."""
        first = time.time_ns() // 1_000_000 - n
        self._prepared = [self._talk.request(first + number) for number in range(n)]

    async def _play(self, words: list[str]) -> dict[str, object]:
        parts = [word.split(":") for word in words]
        paces = [(float(rate), float(seconds)) for rate, seconds in parts if rate != "forged"]
        forged = sum(float(rate) for what, rate in parts if what == "forged")
        good, bad = Tally(), Tally()
        beside = asyncio.create_task(self._forge(forged, sum(seconds for _, seconds in paces), bad))
        sender, sent = Sender(self._port, MOST), 0
        began, used = time.monotonic(), time.process_time()
        for rate, seconds in paces:
            sent += await sender.pace(lambda: self._talk.request(time.time_ns() // 1_000_000), rate, seconds, good)
        await sender.quiet(good, sent)
        refused = await beside
        own = (time.process_time() - used) / (time.monotonic() - began)
        told = {"sent": sent, "own": own, "connections": sender.connections, "forged": refused, "refused": bad.statuses}
        return _told(good) | told

    async def _forge(self, rate: float, seconds: float, bad: Tally) -> int:
        if not rate:
            return 0
        forged = self._talk.forged()
        sender = Sender(self._port, MOST)
        sent = await sender.pace(lambda: next(forged), rate, seconds, bad)
        await sender.quiet(bad, sent)
        return sent


def _told(tally: Tally) -> dict[str, object]:
    waits = np.array(tally.waits)
    p50, p99 = np.percentile(waits, (50, 99)).tolist()
    return {"statuses": tally.statuses, "p50": p50, "p99": p99, "max": float(waits.max())}


async def main(workspaces: int, members: int, channels: int) -> None:
    """Serve until standard input ends."""
    async with Sandbox(Settings(limits=LIFTED)) as sandbox:
        sandbox.app.reached_at("http://127.0.0.1:9/")  # events are not the sandbox's to send here
        teams = [sandbox.team(f"Bench {n}") for n in range(workspaces)]
        feeder = Feeder(Talk(teams, members, channels))
        gc.freeze()
        where = {
            "teams": [team.id for team in teams],
            "tokens": [team.token for team in teams],
            "secret": sandbox.app.signing_secret,
            "url": sandbox.url.rstrip("/"),
        }
        print(json.dumps(where), flush=True)
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            print(await feeder.do(line.decode()), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*(int(word) for word in sys.argv[1:4])))
