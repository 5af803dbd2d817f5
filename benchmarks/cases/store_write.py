"""Storing prepared claims, against executemany of the same rows into the same table."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.made_history import Crowd
from benchmarks.measuring import Figure, Size, Stopwatch, in_turn, same
from benchmarks.recorded import Recorded, recorded
from benchmarks.stores import Shelf, bare_insert, batched, engagements, shelf
from bot.storage.engagements import Key, store
from scoring.claims import Claim

Group = dict[Key, Claim]


def run(size: Size) -> Iterator[Figure]:
    """Write a history in batches of 1,000 and of 4,000, and once more what is there already."""
    with shelf() as databases:
        made = recorded(databases, Crowd(size.of(1500, 400), 90))
        for batch in (1_000, 4_000):
            yield from _one(databases, made, batch, 3 if size.quick else 5)


def _one(databases: Shelf, made: Recorded, batch: int, rounds: int) -> Iterator[Figure]:
    groups = [dict(group) for group in batched(made.claims, batch)]
    rows = batched(made.rows, batch)
    again: list[float] = []

    def ours() -> float:
        path = databases.path()
        first, second = asyncio.run(_store(databases, groups, path))
        again.append(second)
        same("rows", engagements(path), made.rows)
        path.unlink()
        return first

    def bare() -> float:
        path = databases.path()
        seconds = bare_insert(path, rows)
        same("rows", engagements(path), made.rows)
        path.unlink()
        return seconds

    n = len(made.rows)
    first, other = in_turn(rounds, ours, bare)
    note = f"{n:,} rows, by {batch:,}"
    yield Figure("store_write / bare insert", 1.4, first / n * 1e6, other / n * 1e6, note=note)
    yield Figure("store_replay / first write", 0.5, min(again) / n * 1e6, first / n * 1e6, note=note)


async def _store(databases: Shelf, groups: Sequence[Group], path: Path) -> tuple[float, float]:
    """Store everything twice; return the seconds of each time."""
    watches = Stopwatch(), Stopwatch()
    async with databases.open(path) as opened:
        async with opened.database.read():  # the connection is there before the clock runs, as on the other side
            pass
        for watch in watches:
            with watch.running():
                for group in groups:
                    async with opened.database.write() as connection:
                        outcome = await store(connection, opened.community, group)
                    same("what was told", len(outcome.new if watch is watches[0] else outcome.again), len(group))
    return watches[0].seconds, watches[1].seconds
