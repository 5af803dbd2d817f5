"""From the gateway's socket to committed rows with their dirty marks, against discord.py alone on the same socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager

from benchmarks.feeding import feeding
from benchmarks.listening import Bare, Cairn
from benchmarks.measuring import Figure, Processor, Size, in_turn, same
from benchmarks.stores import Row, Shelf, bare_insert, batched, engagements, on_postgresql, on_sqlite, shelf
from bot.keys import open_keys
from bot.storage.engine import Database
from integrations.discord.integration import Discord
from tests import postgres

MEMBERS = 10_000
BATCH = 1_000

Opened = AbstractAsyncContextManager[Database]


def run(size: Size) -> Iterator[Figure]:
    """Let 20,000 messages come over a socket as fast as they are taken; those who write have all written before."""
    n = size.of(20_000, 4_000)
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
        note = f"{n:,} messages of {MEMBERS:,} members; time of our process's processor"
        yield Figure("pipe_discord_sqlite / bare discord.py", 1.6, sqlite, bare, note=note)
        yield Figure("pipe_discord_pg / bare discord.py", 2.0, postgresql, bare, note=note)
        note = f"with an executemany of the same rows by {BATCH:,} ({insert:.2g} us)"
        yield Figure("pipe_discord_sqlite / bare + insert", 1.6, sqlite, bare + insert, note=note)


async def _bare(n: int) -> float:
    async with feeding(MEMBERS) as feed:
        client = Bare()
        async with client.connected(feed.access):
            await feed.tell(f"make {n}")
            with Processor() as used:
                await feed.tell("pour")
                while client.messages < n:  # noqa: ASYNC110 - to be told would cost more than to look
                    await asyncio.sleep(0.002)
    return used.seconds


async def _piped(databases: Shelf, opened: Callable[[], Opened], n: int) -> float:
    async with feeding(MEMBERS) as feed, opened() as database:
        cairn = Cairn(database, open_keys(databases.folder / "keys"))
        async with cairn.listening(Discord(feed.access)):
            for _ in range(2):
                before = cairn.stored
                await feed.tell(f"make {n}")
                with Processor() as used:
                    await feed.tell("pour")
                    await cairn.has(before + n)
            same("rows", await cairn.count("engagement"), 2 * n)
            same("that there are marks", await cairn.count("dirty") > 0, True)
    return used.seconds


async def _rows(databases: Shelf, n: int) -> list[Row]:
    """Return the rows that so many messages become."""
    path = databases.path()
    async with feeding(MEMBERS) as feed, on_sqlite(path) as database:
        cairn = Cairn(database, open_keys(databases.folder / "keys"))
        async with cairn.listening(Discord(feed.access)):
            await feed.tell(f"make {n}")
            await feed.tell("pour")
            await cairn.has(n)
    return engagements(path)


def _inserted(databases: Shelf, rows: list[Row]) -> float:
    path, groups = databases.path(), batched(rows, BATCH)
    with Processor() as used:
        bare_insert(path, groups)
    path.unlink()
    return used.seconds
