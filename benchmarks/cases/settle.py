"""Settling a history that was just taken in, against a bare insert of its rows."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.made_history import Crowd
from benchmarks.measuring import Figure, Size, Stopwatch, in_turn, same
from benchmarks.recorded import recorded
from benchmarks.stores import Shelf, bare_insert, batched, plain, shelf
from bot.settle import Settler

BATCH = 4_000
_SCORED = ("tally", "total", "band_change", "crossing")


def run(size: Size) -> Iterator[Figure]:
    """Settle everything: tallies, totals, bands and crossings of all members."""
    with shelf() as databases:
        made = recorded(databases, Crowd(size.of(1500, 400), 90))
        rows = batched(made.rows, BATCH)
        scored: list[tuple[int, ...]] = []

        def ours() -> float:
            path = databases.folder / "settled.db"
            shutil.copyfile(made.path, path)
            seconds = asyncio.run(_settle(databases, path))
            scored.append(_counts(path))
            same("what was scored", scored[-1], scored[0])
            path.unlink()
            return seconds

        def bare() -> float:
            path = databases.path()
            seconds = bare_insert(path, rows)
            path.unlink()
            return seconds

        first, other = in_turn(size.of(5, 3), ours, bare)
        n = len(made.rows)
        found = ", ".join(f"{count:,} {table}" for count, table in zip(scored[0], _SCORED, strict=True))
        yield Figure("settle / bare insert", 6, first / n * 1e6, other / n * 1e6, note=f"{n:,} rows: {found}")


def _counts(path: Path) -> tuple[int, ...]:
    with plain(path) as connection:
        left = connection.execute("SELECT (SELECT count(*) FROM dirty) + (SELECT count(*) FROM stale)").fetchone()[0]
        same("marks left", left, 0)
        return tuple(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _SCORED)


async def _settle(databases: Shelf, path: Path) -> float:
    watch = Stopwatch()
    async with databases.open(path) as store:
        settler = Settler(store.database, store.community)
        with watch.running():
            await settler.settle()
    return watch.seconds
