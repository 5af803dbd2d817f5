"""Whether scores settled bit by bit equal a recompute of the whole, exactly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import numpy as np

from benchmarks.made_history import Crowd, history
from benchmarks.measuring import Figure, Size
from benchmarks.stores import Store, shelf
from bot.intake import Intake
from bot.maintenance import scores
from bot.settle import Settler


def run(size: Size) -> Iterator[Figure]:
    """Take a shuffled history in by uneven groups, settling now and then, and count what differs."""
    crowd = Crowd(size.of(1_000, 300), 400)
    with shelf() as databases:

        async def play() -> tuple[int, int]:
            async with databases.open() as store:
                await _piecemeal(store, crowd)
                compared = await scores.compare(store.database, store.community)
                return compared.at, len(compared.wrong)

        at, wrong = asyncio.run(play())
        yield Figure("live = recompute", 0, wrong, unit="differences", note=f"{at:,} stored rows compared")


async def _piecemeal(store: Store, crowd: Crowd) -> None:
    signals = history(crowd)
    random = np.random.default_rng(2)
    # Mostly in order, as platforms deliver; one in ten comes from anywhere in the history.
    late = random.random(len(signals)) < 0.1
    order = np.argsort(np.where(late, random.integers(0, len(signals), len(signals)), np.arange(len(signals))))
    settler = Settler(store.database, store.community)
    async with Intake(store.database, store.keys) as intake:
        start = 0
        while start < len(order):
            end = start + int(random.choice([1, 30, 500, 5_000]))
            await intake.record(store.origin, [signals[n] for n in order[start:end].tolist()])
            if random.random() < 0.3:
                await settler.settle()
            start = end
    await settler.settle()
