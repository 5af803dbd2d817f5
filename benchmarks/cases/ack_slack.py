"""24 Slack workspaces at Slack's ceiling on one `cairn run`, with a burst: how long Slack waits for answers."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.feeding import feeding_slack
from benchmarks.measuring import Figure, Size, same
from benchmarks.running import Running, running

WORKSPACES = 24
"""Each at 30,000 events an hour, which is the most that Slack sends of one; 200 a second of all."""
MEMBERS, CHANNELS = 500, 20
PER_SECOND, BURST = 200, 2_000
LAG = "cairn_settle_lag_seconds"


def run(size: Size) -> Iterator[Figure]:
    """Let people write at a steady pace, then 2,000 messages in one second, then at that pace again."""
    before, after = size.of(300, 10), size.of(299, 19)
    with tempfile.TemporaryDirectory(prefix="cairn-benchmark-") as folder:
        told, lags, late, used = asyncio.run(
            _load(Path(folder), f"{PER_SECOND}:{before} {BURST}:1 {PER_SECOND}:{after}")
        )
    note = (
        f"{told['sent']:,} events of {WORKSPACES} workspaces, {PER_SECOND} a second, {BURST:,} of them in one second; "
        f"at most {told['connections']} at once; {used:.2f} cores of ours, {told['own']:.2f} of the sender"
    )
    yield Figure("ack_slack: answered, p99", 1.0, told["p99"], unit="s", note=f"p50 {told['p50']:.3f} s; {note}")
    yield Figure("ack_slack: answered, the longest", 3.0, told["max"], unit="s", note=note)
    note = f"all settled {late:.1f} s after the last"
    yield Figure("ack_slack: what was stored longest without scores", 60, max(lags), unit="s", note=note)


async def _load(folder: Path, play: str) -> tuple[dict[str, Any], list[float], float, float]:
    async with (
        feeding_slack(WORKSPACES, MEMBERS, CHANNELS) as feed,
        running(await feed.settings(), folder, feed.community) as cairn,
    ):
        await cairn.ready()
        warm = json.loads(await feed.tell(f"play {PER_SECOND}:3"))  # until everything has been done once
        lags: list[float] = []
        watching = asyncio.create_task(_watch(cairn, lags))
        began, used = time.monotonic(), cairn.processor
        told = json.loads(await feed.tell(f"play {play}"))
        used = (cairn.processor - used) / (time.monotonic() - began)
        watching.cancel()
        last = time.monotonic()
        await cairn.settled(warm["sent"] + told["sent"])
        same("statuses", told["statuses"], {"200": told["sent"]})
        same("rows", cairn.counted(), warm["sent"] + told["sent"])
        return told, lags, time.monotonic() - last, used


async def _watch(cairn: Running, lags: list[float]) -> None:
    while True:
        with suppress(OSError):
            lags.append(await asyncio.to_thread(cairn.figure, LAG))
        await asyncio.sleep(1)
