"""How long people's acts on Discord wait until they are stored, and until they are scored, at a steady pace."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.feeding import feeding
from benchmarks.listening import Cairn
from benchmarks.measuring import Figure, Size, same
from benchmarks.stores import Shelf, shelf
from integrations.discord.integration import Discord

MEMBERS = 10_000


def run(size: Size) -> Iterator[Figure]:
    """Let people write 1,000 messages a second, then 200, with everything at work; from the sending to the commit."""
    with shelf() as databases:
        for rate in (1_000, 200):
            cairn = asyncio.run(_play(databases, rate, size.of(30, 8)))
            note = f"{cairn.stored:,} messages at {rate:,} a second, of {MEMBERS:,} members, settled meanwhile"
            yield _figure("stored", cairn.committed, 0.05, note)
            yield _figure("scored", cairn.scored, 2.0, note)


def _figure(what: str, waits: Sequence[float], goal: float, note: str) -> Figure:
    middle = float(np.percentile(waits, 50))
    return Figure(f"{what}, p99", goal, float(np.percentile(waits, 99)), unit="s", note=f"p50 {middle:.3f} s; {note}")


async def _play(databases: Shelf, rate: int, seconds: int) -> Cairn:
    async with feeding(MEMBERS) as feed, databases.open() as store:
        cairn = Cairn(store.database, store.keys)
        async with cairn.listening(Discord(feed.access), settling=True):
            await feed.tell(f"pace {rate} 3")  # until everything has been done once
            await cairn.has(3 * rate)
            await asyncio.sleep(2)
            cairn.committed.clear()
            cairn.scored.clear()
            sent = int(await feed.tell(f"pace {rate} {seconds}"))
            await cairn.has(3 * rate + sent)
        same("messages that were scored", len(cairn.scored), sent)
        return cairn
