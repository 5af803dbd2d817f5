"""A whole intake (accounts, consent, contexts, engagements, dirty marks), against a bare insert of the same rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.made_history import Crowd
from benchmarks.measuring import Figure, Size, Stopwatch, in_turn, same
from benchmarks.recorded import recorded
from benchmarks.stores import Shelf, bare_insert, batched, engagements, shelf
from bot.intake import Intake
from scoring.signals import Signal

BATCH = 2_000
"""Signals a call and a transaction, as the importers hand them over."""


def run(size: Size) -> Iterator[Figure]:
    """Take a history in, as an import does."""
    with shelf() as databases:
        made = recorded(databases, Crowd(size.of(1500, 400), 90))
        calls = batched(made.signals, BATCH)
        rows = batched(made.rows, BATCH)

        def ours() -> float:
            path = databases.path()
            seconds = asyncio.run(_take_in(databases, path, calls))
            same("rows", engagements(path), made.rows)
            path.unlink()
            return seconds

        def bare() -> float:
            path = databases.path()
            seconds = bare_insert(path, rows)
            path.unlink()
            return seconds

        first, other = in_turn(size.of(5, 3), ours, bare)
        n = len(made.rows)
        note = f"{n:,} rows, by {BATCH:,}"
        yield Figure("intake / bare insert", 3, first / n * 1e6, other / n * 1e6, note=note)


async def _take_in(databases: Shelf, path: Path, calls: Sequence[Sequence[Signal]]) -> float:
    watch = Stopwatch()
    async with databases.open(path) as store, Intake(store.database, store.keys) as intake:
        with watch.running():
            for call in calls:
                await intake.record(store.origin, call)
    return watch.seconds
