"""1,000 forged requests a second beside 200 of Slack's own into one `cairn run`: how long Slack waits for answers."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.cases.ack_slack import CHANNELS, MEMBERS, PER_SECOND, WORKSPACES
from benchmarks.feeding import feeding_slack
from benchmarks.measuring import Figure, Size, same
from benchmarks.running import running

FORGED = 1_000


def run(size: Size) -> Iterator[Figure]:
    """Send both at their pace; forged are fifteen sorts of requests with an event, wrongly signed."""
    seconds = size.of(60, 10)
    with tempfile.TemporaryDirectory(prefix="cairn-benchmark-") as folder:
        told, used = asyncio.run(_load(Path(folder), seconds))
    note = (
        f"p50 {told['p50']:.3f} s; {told['sent']:,} good ones, {PER_SECOND} a second, {told['forged']:,} forged ones, "
        f"all refused; {used:.2f} cores of ours, {told['own']:.2f} of the sender"
    )
    yield Figure("forged_slack: good ones answered, p99", 1.0, told["p99"], unit="s", note=note)


async def _load(folder: Path, seconds: int) -> tuple[dict[str, Any], float]:
    async with (
        feeding_slack(WORKSPACES, MEMBERS, CHANNELS) as feed,
        running(await feed.settings(), folder, feed.community) as cairn,
    ):
        await cairn.ready()
        began, used = time.monotonic(), cairn.processor
        told = json.loads(await feed.tell(f"play {PER_SECOND}:{seconds} forged:{FORGED}"))
        used = (cairn.processor - used) / (time.monotonic() - began)
        await cairn.settled(told["sent"])
        same("statuses of good ones", told["statuses"], {"200": told["sent"]})
        same("statuses of forged ones", told["refused"], {"401": told["forged"]})
        same("rows", cairn.counted(), told["sent"])
        return told, used
