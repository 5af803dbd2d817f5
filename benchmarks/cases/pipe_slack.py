"""From a signed request of Slack to committed rows with their dirty marks, against Bolt alone on the same requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager

from benchmarks.feeding import feeding_slack
from benchmarks.listening import Bolt, Cairn
from benchmarks.measuring import Figure, Processor, Size, in_turn, same
from benchmarks.stores import Row, Shelf, bare_insert, batched, engagements, on_postgresql, on_sqlite, shelf
from bot.keys import open_keys
from bot.storage.engine import Database
from integrations.slack.integration import Slack
from tests import postgres

MEMBERS = 10_000
CHANNELS = 20
BATCH = 1_000
AT_ONCE = 100
"""Requests on their way at once: over each connection goes the next when the last was answered."""

Opened = AbstractAsyncContextManager[Database]


def run(size: Size) -> Iterator[Figure]:
    """Let 10,000 messages come over HTTP as fast as they are taken; those who write have all written before."""
    n = size.of(10_000, 2_000)
    with shelf() as databases, postgres.server() as server:
        rows: list[Row] = []
        sides = (
            lambda: asyncio.run(_bare(n)),
            lambda: _inserted(databases, rows),
            lambda: asyncio.run(_piped(databases, lambda: on_sqlite(databases.path()), n)),
            lambda: asyncio.run(_piped(databases, lambda: on_postgresql(server), n)),
        )
        rows += asyncio.run(_rows(databases, n))
        bare, insert, sqlite, postgresql = (seconds / n * 1e6 for seconds in in_turn(size.of(5, 2), *sides))
        note = f"{n:,} messages of {MEMBERS:,} members, {AT_ONCE} at once; time of our process's processor"
        yield Figure("pipe_slack_sqlite / bare Bolt", 1.2, sqlite, bare, note=note)
        yield Figure("pipe_slack_pg / bare Bolt", 1.5, postgresql, bare, note=note)
        note = f"with an executemany of the same rows by {BATCH:,} ({insert:.2g} us)"
        yield Figure("pipe_slack_sqlite / bare Bolt + insert", 1.2, sqlite, bare + insert, note=note)


async def _bare(n: int) -> float:
    async with feeding_slack(1, MEMBERS, CHANNELS) as feed:
        bolt = Bolt(await feed.access())
        async with bolt.listening():
            for _ in range(2):
                before = bolt.messages
                await feed.tell(f"make {n}")
                with Processor() as used:
                    await feed.tell(f"pour {AT_ONCE}")
                    while bolt.messages < before + n:  # noqa: ASYNC110 - to be told would cost more than to look
                        await asyncio.sleep(0.002)
    return used.seconds


async def _piped(databases: Shelf, opened: Callable[[], Opened], n: int) -> float:
    async with feeding_slack(1, MEMBERS, CHANNELS) as feed, opened() as database:
        cairn = Cairn(database, open_keys(databases.folder / "keys"))
        async with cairn.listening(Slack(await feed.access())):
            for _ in range(2):
                before = cairn.stored
                await feed.tell(f"make {n}")
                with Processor() as used:
                    await feed.tell(f"pour {AT_ONCE}")
                    await cairn.has(before + n)
            same("rows", await cairn.count("engagement"), 2 * n)
            same("that there are marks", await cairn.count("dirty") > 0, True)
    return used.seconds


async def _rows(databases: Shelf, n: int) -> list[Row]:
    """Return the rows that so many messages become."""
    path = databases.path()
    async with feeding_slack(1, MEMBERS, CHANNELS) as feed, on_sqlite(path) as database:
        cairn = Cairn(database, open_keys(databases.folder / "keys"))
        async with cairn.listening(Slack(await feed.access())):
            await feed.tell(f"make {n}")
            await feed.tell(f"pour {AT_ONCE}")
            await cairn.has(n)
    return engagements(path)


def _inserted(databases: Shelf, rows: list[Row]) -> float:
    path, groups = databases.path(), batched(rows, BATCH)
    with Processor() as used:
        bare_insert(path, groups)
    path.unlink()
    return used.seconds
