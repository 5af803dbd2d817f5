"""Scoring a whole community from the store, against the quickest read of the same columns and the same formula."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import numpy as np

from benchmarks.big_store import LAST_DAY, fill
from benchmarks.measuring import Figure, Size, Stopwatch, in_turn, same
from benchmarks.stores import Shelf, plain, shelf
from bot.storage import acts
from scoring.assess import Road, Totals, crossings, totals
from scoring.columns import Acts, Ints
from scoring.mountain import Mountain
from scoring.points import tally
from scoring.signals import Context

_COLUMNS = "account, day, at, kind, context"
"""What the formula needs under the default rules."""
_QUERY = f"SELECT {_COLUMNS} FROM engagement WHERE community = 1 AND holds"

Read = Callable[[Path], list[Ints]]


def run(size: Size) -> Iterator[Figure]:
    """Score 1 M members with 10 M engagements, read by ADBC and by the standard cursor."""
    members, n = size.of(1_000_000, 50_000), size.of(10_000_000, 500_000)
    with shelf() as databases:
        path = databases.path()
        fill(path, members, n)
        note = f"{members:,} members, {n:,} engagements"
        yield _one(databases, path, ("ADBC", 1.5, _by_adbc), note)
        with _without_adbc():
            yield _one(databases, path, ("cursor", 1.2, _by_cursor), note)


def _one(databases: Shelf, path: Path, way: tuple[str, float, Read], note: str) -> Figure:
    name, goal, read = way
    found: list[Totals] = []

    def ours() -> float:
        watch = Stopwatch()
        found.append(asyncio.run(_ours(databases, path, watch)))
        return watch.seconds

    def other() -> float:
        mountain = asyncio.run(_mountain(databases, path))
        with plain(path) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM context ORDER BY id")]
        watch = Stopwatch()
        with watch.running():
            account, day, at, kind, context = read(path)
            nobody = np.zeros_like(account)
            places = tuple(Context(place=one, name=one) for one in names)
            found.append(_formula(Acts(account, day, at, kind, context - 1, nobody, nobody, places), mountain))
        return watch.seconds

    mine, theirs = in_turn(2, ours, other)
    for one in found[1:]:
        same("totals", np.array_equal(one.points, found[0].points), other=True)
    return Figure(f"recompute by {name} / {name} read + formula", goal, mine, theirs, "s", note)


async def _ours(databases: Shelf, path: Path, watch: Stopwatch) -> Totals:
    async with databases.open(path) as opened:
        with watch.running():
            everything = await acts.everything(opened.database, opened.community, LAST_DAY, counterparts=False)
            return _formula(everything, opened.mountain)


async def _mountain(databases: Shelf, path: Path) -> Mountain:
    async with databases.open(path) as opened:
        return opened.mountain


def _formula(found: Acts, mountain: Mountain) -> Totals:
    tallies = tally(found, mountain)
    crossings(Road(tallies, mountain, LAST_DAY))
    return totals(tallies, mountain, LAST_DAY)


def _by_adbc(path: Path) -> list[Ints]:
    from adbc_driver_sqlite import dbapi

    with dbapi.connect(str(path)) as connection, connection.cursor() as cursor:
        cursor.execute(_QUERY)
        table = cursor.fetch_arrow_table()
    return [column.to_numpy() for column in table.columns]


def _by_cursor(path: Path) -> list[Ints]:
    with plain(path) as connection:
        flat = np.fromiter(chain.from_iterable(connection.execute(_QUERY)), np.int64)
    return [np.ascontiguousarray(column) for column in flat.reshape(-1, 5).T]


@contextmanager
def _without_adbc() -> Iterator[None]:
    """Let the machine look like one without the extra `analytics`."""
    kept = {name: module for name, module in sys.modules.items() if name.startswith("adbc_driver_sqlite")}
    sys.modules.update(dict.fromkeys(["adbc_driver_sqlite", *kept], None))  # type: ignore[arg-type]
    try:
        yield
    finally:
        sys.modules.pop("adbc_driver_sqlite", None)
        sys.modules.update(kept)
