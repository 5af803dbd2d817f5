"""Scoring a whole history anew from the store, against the fastest column read and the same formula in plain NumPy."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from adbc_driver_sqlite import dbapi

from benchmarks.large_store import FIRST_DAY, build
from benchmarks.measuring import Figure, Size, Stopwatch, in_turn, same
from benchmarks.stores import Shelf, plain, shelf
from bot.storage import acts
from bot.storage.columns import by_cursor
from scoring.assess import crossings, totals
from scoring.columns import Ints
from scoring.mountain import TIMES_ONE, Mountain
from scoring.points import tally
from scoring.road import Road
from scoring.signals import DAY_MS, Kind

AS_OF = FIRST_DAY + 363
_KINDS = (Kind.MESSAGE, Kind.REPLY, Kind.REACTION)
_SQL = "SELECT account, at, kind FROM engagement NOT INDEXED WHERE community = 1 AND holds"
"""What this history's formula needs, read from end to end: SQLite would take an index, and twice the time."""
_PEOPLE = "SELECT id, member FROM account"
_BASE = "adbc_driver_sqlite"

Scores = tuple[tuple[Ints, Ints, Ints], tuple[Ints, Ints, Ints]]
"""Totals as member, band and points; crossings as member, day and step."""


def run(size: Size) -> Iterator[Figure]:
    """Recompute tallies, totals and crossings of everybody, with the extra `analytics` and without."""
    members, rows = size.of(1_000_000, 50_000), size.of(10_000_000, 500_000)
    with shelf() as databases:
        path = databases.path()
        build(path, members, rows)
        for name, goal, read in (("ADBC", 1.5, _by_adbc), ("cursor", 1.2, _by_cursor)):
            first, other = _compare(databases, path, read, size.of(3, 3))
            note = f"{members:,} members, {rows:,} engagements"
            yield Figure(f"recompute / column read by {name} + NumPy", goal, first, other, unit="s", note=note)


def _compare(databases: Shelf, path: Path, read: Callable[[Path, str], list[Ints]], rounds: int) -> list[float]:
    found: dict[str, Scores] = {}

    def ours() -> float:
        with _without(_BASE if read is _by_cursor else ""):
            seconds, found["ours"] = asyncio.run(_recompute(databases, path))
        return seconds

    def plainly() -> float:
        watch = Stopwatch()
        with watch.running():
            found["plain"] = formula(read(path, _SQL), read(path, _PEOPLE), mountain)
        return watch.seconds

    mountain = asyncio.run(_mountain(databases, path))
    best = in_turn(rounds, ours, plainly)
    for what, one, other in zip(("totals", "crossings"), found["ours"], found["plain"], strict=True):
        same(what, [column.tolist() for column in one], [column.tolist() for column in other])
        same(f"that there are {what}", len(one[0]) > 0, True)
    return best


async def _recompute(databases: Shelf, path: Path) -> tuple[float, Scores]:
    watch = Stopwatch()
    async with databases.open(path) as store:
        with watch.running():
            found = await acts.to_score(store.database, store.community, AS_OF, store.mountain)
            scored = tally(found, store.mountain)
            road = Road(scored, store.mountain, AS_OF)
            now, crossed = totals(road, AS_OF), crossings(road)
    return watch.seconds, ((now.member, now.band, now.points), (crossed.member, crossed.day, crossed.step))


async def _mountain(databases: Shelf, path: Path) -> Mountain:
    async with databases.open(path) as store:
        return store.mountain


def formula(columns: list[Ints], people: list[Ints], mountain: Mountain) -> Scores:
    """Return the same scores, written for nothing but this history: three plain types, one window, no multipliers."""
    account, at, kind = columns
    member_of = np.zeros(int(people[0].max()) + 1, np.int64)
    member_of[people[0]] = people[1]
    plain_types = [next(one for one in mountain.types if one.when.kinds == (kind,)) for kind in _KINDS]
    type_of = np.full(max(Kind) + 1, -1)
    type_of[list(_KINDS)] = range(len(_KINDS))
    counts = type_of[kind] >= 0
    slot = (at[counts] % DAY_MS) // (plain_types[0].slot * 1000)
    day = at[counts] // DAY_MS - FIRST_DAY
    packed = ((member_of[account[counts]] * 512 + day) * 4 + type_of[kind[counts]]) * 256 + slot
    packed.sort()
    packed = packed[np.append(True, packed[1:] != packed[:-1])]
    groups = packed >> 8
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    counted = np.diff(np.append(starts, len(groups)))
    key = groups[starts]
    points = np.zeros(len(key), np.int64)
    for n, one in enumerate(plain_types):
        mine = key & 3 == n
        points[mine] = np.array(one.curve)[np.minimum(counted[mine], len(one.curve) - 1)] * TIMES_ONE
    band = np.array([one.band for one in plain_types])[key & 3]
    return _totals(key >> 11, band, points, mountain), _crossings(key, band, points, mountain)


def _totals(member: Ints, band: Ints, points: Ints, mountain: Mountain) -> tuple[Ints, Ints, Ints]:
    bands = len(mountain.bands)
    sums = np.bincount(member * bands + band, points).astype(np.int64)
    there = np.flatnonzero(sums)
    return there // bands, there % bands, sums[there]


def _crossings(key: Ints, band: Ints, points: Ints, mountain: Mountain) -> tuple[Ints, Ints, Ints]:
    """Follow each member's sum from day to day, for the steps that these bands have (one type a band and day)."""
    rows = []
    for number, step in enumerate(mountain.steps):
        mine = band == step.band
        member, day = key[mine] >> 11, key[mine] >> 2 & 511
        begins = np.append(True, member[1:] != member[:-1])[: len(member)]
        sums = np.cumsum(points[mine])
        first = np.maximum.accumulate(np.where(begins, np.arange(len(member)), 0))
        so_far = sums - (sums - points[mine])[first]
        days = np.arange(len(member)) - first + 1
        reached = (so_far >= step.points * TIMES_ONE) & (days >= step.days)
        crossed = reached & ~(np.append(False, reached[:-1])[: len(reached)] & ~begins)
        rows.append(np.column_stack((member[crossed], day[crossed] + FIRST_DAY, np.full(crossed.sum(), number))))
    table = np.concatenate(rows)
    table = table[np.lexsort(table.T[::-1])]
    return table[:, 0], table[:, 1], table[:, 2]


def _by_adbc(path: Path, sql: str) -> list[Ints]:
    with dbapi.connect(str(path)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return [column.to_numpy() for column in cursor.fetch_arrow_table().columns]


def _by_cursor(path: Path, sql: str) -> list[Ints]:
    with plain(path) as connection:
        return by_cursor(connection, sql, sql.partition(" FROM")[0].count(",") + 1)


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Let a module look as if it were not installed."""
    before = sys.modules.get(module)
    try:
        if module:
            sys.modules[module] = None  # type: ignore[assignment]
        yield
    finally:
        if module and before is not None:
            sys.modules[module] = before
