"""Storing into a large table, against the same into an empty one: in live order, and another channel's whole past."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.large_store import CHANNELS, DAYS, FIRST_DAY, build
from benchmarks.measuring import Figure, Size, Stopwatch, in_turn
from benchmarks.stores import Shelf, batched, shelf
from bot.storage.engagements import Key, store
from scoring.claims import Claim
from scoring.signals import DAY_MS, Kind

BATCH = 2_000
Group = dict[Key, Claim]


def run(size: Size) -> Iterator[Figure]:
    """Store 250,000 claims beside 5 million, and beside none."""
    there, more = size.of(5_000_000, 500_000), size.of(250_000, 50_000)
    members = there // 50
    with shelf() as databases:
        full = databases.path()
        build(full, members, there)
        for name, goal, first, days in (
            ("live order", 1.5, FIRST_DAY + DAYS, 30),
            ("another channel from the start", 2.0, FIRST_DAY, DAYS),
        ):
            groups = [dict(group) for group in batched(_claims(more, members, (first, days)), BATCH)]
            large, empty = in_turn(
                size.of(3, 2),
                lambda groups=groups: _timed(databases, full, groups),  # type: ignore[misc]
                lambda groups=groups: _timed(databases, databases.path(), groups),  # type: ignore[misc]
            )
            note = f"{more:,} rows into {there:,} and into none"
            yield Figure(f"growth, {name}", goal, large / more * 1e6, empty / more * 1e6, note=note)


def _claims(n: int, members: int, span: tuple[int, int]) -> list[tuple[Key, Claim]]:
    """Make up messages of one channel, in the order of their time."""
    first, days = span
    found = []
    for number in range(n):
        at = first * DAY_MS + number * days * DAY_MS // n
        day, who = at // DAY_MS, number * 2654435761 % members + 1
        key = f"s:C{CHANNELS:08d}:{at // 1000}.{number % 1_000_000:06d}"
        claim = Claim(day, at, who, Kind.MESSAGE, 1, None, None, None, 0, False, False, at, 0, 0)
        found.append(((day, key), claim))
    return found


def _timed(databases: Shelf, path: Path, groups: list[Group]) -> float:
    copy = databases.folder / "copy.db"
    shutil.copyfile(path, copy)
    try:
        return asyncio.run(_store(databases, copy, groups))
    finally:
        copy.unlink()


async def _store(databases: Shelf, path: Path, groups: list[Group]) -> float:
    watch = Stopwatch()
    async with databases.open(path) as opened:
        for group in groups:
            with watch.running():
                async with opened.database.write() as connection:
                    outcome = await store(connection, opened.community, group)
            assert len(outcome.new) == len(group)
    return watch.seconds
