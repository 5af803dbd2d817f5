"""All of Discord's messages of 2019, 9,840 a second, into one `cairn run` for a minute: how much of a core it takes."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.feeding import feeding
from benchmarks.measuring import Figure, Size
from benchmarks.running import running

MEMBERS = 10_000
PER_SECOND = 9_840


def run(size: Size) -> Iterator[Figure]:
    """Let people write; count the processor's seconds until every mark is settled."""
    seconds = size.of(60, 10)
    with tempfile.TemporaryDirectory(prefix="cairn-benchmark-") as folder:
        used, sent, late = asyncio.run(_load(Path(folder), seconds))
    note = f"{sent:,} messages of {MEMBERS:,} members in {seconds} s, all settled {late:.1f} s after the last"
    yield Figure("9,840 messages/s, stored and settled", 1.0, used / seconds, unit="cores", note=note)


async def _load(folder: Path, seconds: int) -> tuple[float, int, float]:
    async with feeding(MEMBERS) as feed, running(feed.settings, folder) as cairn:
        await cairn.ready()
        before = cairn.processor
        sent = int(await feed.tell(f"pace {PER_SECOND} {seconds}"))
        last = time.monotonic()
        await cairn.settled(sent)
        return cairn.processor - before, sent, time.monotonic() - last
