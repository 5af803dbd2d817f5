"""Letting go of much: a member with 10,000 engagements is forgotten, and 100,000 acts are over their time.

It is told how long forgetting takes, and for how long others wait at most, which is the longest transaction.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.made_history import FIRST_DAY, Crowd, history, people
from benchmarks.measuring import Figure, Size, same
from benchmarks.stores import Watched, fresh_database
from bot.intake import Intake
from bot.keys import Keys, open_keys
from bot.operating.shipped import shipped
from bot.rights.forgetting import Forgetting, Order
from bot.rights.retention import COUNTED_DAYS, PAGE_DAYS, Retention
from bot.rules import read_rules
from bot.settle import Settler
from bot.storage import choosing, communities, migrate
from bot.storage.accounts import Newcomers
from bot.storage.bulk import rows_of
from bot.storage.recording import Origin
from scoring.signals import DAY_MS, Account, Context, Kind, Signal
from tests import postgres

SECONDS, TRANSACTION = 5.0, 0.05
GOES = Account("slack", "T0000001", "U99999999")
DAYS = 50


def run(size: Size) -> Iterator[Figure]:
    """Forget somebody, then age everything, on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="cairn-benchmark-") as name, postgres.server() as server:
        for kind in ("SQLite", "PostgreSQL"):
            yield from asyncio.run(_all(Path(name), server if kind == "PostgreSQL" else None, size))


async def _all(folder: Path, server: str | None, size: Size) -> list[Figure]:
    where = "SQLite" if server is None else "PostgreSQL"
    async with _store(folder, server) as database:
        keys = open_keys(folder / "keys")
        community = await _found(database)
        acts = size.of(10_000, 2_000)
        await _fill(database, keys, community, (acts, Crowd(size.of(1_000, 200), DAYS)))
        forgetting = await _forget(database, keys, community, where)
        return [*forgetting, *await _age(database, community, where)]


@asynccontextmanager
async def _store(folder: Path, server: str | None) -> AsyncIterator[Watched]:
    url = f"sqlite:///{folder / 'forget.db'}" if server is None else await fresh_database(server)
    database = Watched(url)
    try:
        await migrate.upgrade(database)
        yield database
    finally:
        await database.close()


async def _found(database: Watched) -> int:
    rules = shipped("mountain.yaml")
    text = await asyncio.to_thread(rules.read_text, encoding="utf-8")
    async with database.write() as connection:
        one = await communities.found(connection, "Benchmark", text, read_rules(rules).version, rules.name)
    return one.id


async def _fill(database: Watched, keys: Keys, community: int, much: tuple[int, Crowd]) -> None:
    """Store what the crowd did, and somebody among them who did very much; every second one of them has a page."""
    acts, crowd = much
    signals = history(crowd)
    origin = Origin(community, None, frozenset(Kind), Newcomers(0, page=False), 1)
    async with Intake(database, keys) as intake:
        await intake.record(origin, signals)
        await intake.record(origin, _busy(acts, people(crowd)))
    async with database.write() as connection:
        await rows_of(connection, "UPDATE member SET page = TRUE WHERE id % 2 = 0 RETURNING 1")
    settler = Settler(database, community)
    await settler.settle()


def _busy(acts: int, others: Sequence[Account]) -> list[Signal]:
    """Return what somebody did who writes all the time, and what others answered and how they thanked."""
    signals: list[Signal] = []
    for n in range(acts):
        day = FIRST_DAY + n % DAYS
        at, who = day * DAY_MS + n * 7, others[n % len(others)]
        key, place = f"x:{n}", Context(place=f"C{n % 20:08d}")
        signals.append(Signal(Kind.MESSAGE, key, day, at, GOES, at, place))
        if n % 5 == 0:
            signals.append(
                Signal(Kind.REPLY, f"y:{n}", day, at + 1, who, at + 1, place, parent=key, parent_day=day)
            )  # fmt: skip
            signals.append(Signal(Kind.REACTION, f"{key}/r/x", day, at + 2, who, at + 2, place, GOES, key, day))
        if n % 50 == 0:
            signals.append(Signal(Kind.THANKS, f"z:{n}", day, at + 3, who, at + 3, place, GOES))
    return signals


async def _forget(database: Watched, keys: Keys, community: int, where: str) -> list[Figure]:
    async with database.read() as connection:
        whose = await choosing.family(connection, community, keys.handle(GOES))
        assert whose is not None
        n = await _count(database, f"engagement WHERE account = {whose.accounts[0].id}")
    database.clear()
    begin = time.perf_counter()
    gone = await Forgetting(database, keys).forget(Order(community, GOES))
    seconds = time.perf_counter() - begin
    same(
        "what is left", (gone, await _count(database, f"engagement WHERE account = {whose.accounts[0].id}")), (True, 0)
    )
    note = f"{n:,} engagements of theirs, {await _count(database, 'engagement'):,} of others"
    return [
        Figure(f"forget on {where}", SECONDS, seconds, unit="s", note=note),
        Figure(f"forget on {where}: longest transaction", TRANSACTION, database.longest, unit="s", note=database.told),
    ]


async def _age(database: Watched, community: int, where: str) -> list[Figure]:
    await Settler(database, community).settle()
    figures = []
    for what, days in (("counted", COUNTED_DAYS), ("pages", PAGE_DAYS)):
        database.clear()
        begin = time.perf_counter()
        gone = await Retention(database, community).run(FIRST_DAY + DAYS + 1 + days)
        note = f"{gone.acts:,} acts in {time.perf_counter() - begin:.0f} s, {database.told}"
        name = f"retention of {what} on {where}: longest transaction"
        figures.append(Figure(name, TRANSACTION, database.longest, unit="s", note=note))
    same("acts left", await _count(database, "engagement WHERE account IS NOT NULL"), 0)
    return figures


async def _count(database: Watched, rows: str) -> int:
    async with database.read() as connection:
        return int((await rows_of(connection, f"SELECT count(*) FROM {rows}"))[0][0])
