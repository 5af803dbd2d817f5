"""Memory of `cairn run` by members and over a million messages; how soon it is ready again among 100,000 members."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.feeding import feeding
from benchmarks.large_store import build
from benchmarks.measuring import Figure, Size
from benchmarks.running import MEGABYTE, running
from benchmarks.stores import shelf
from bot.operating.memory import SECONDS

FEW, MANY = 1_000, 100_000
WRITING = 10_000
PART = 100_000
WARM = 3
"""Parts of the messages after which memory should not grow any more."""


def run(size: Size) -> Iterator[Figure]:
    """Start it among few members and among many, then let a million messages come as fast as they are taken."""
    many, parts = size.of(MANY, 10_000), size.of(10, 4)
    _, little = _start(FEW)
    seconds, much = _start(many)
    note = f"ready with {FEW:,} members {little:.1f} MB, with {many:,} {much:.1f} MB"
    yield Figure("memory a member", 300, max(much - little, 0) * MEGABYTE / (many - FEW), unit="B", note=note)
    note = f"{many:,} members, each with an account, and {5 * many:,} engagements in the store"
    yield Figure("restart until ready", 10, seconds, unit="s", note=note)
    with tempfile.TemporaryDirectory(prefix="cairn-benchmark-") as folder:
        sizes, handles, tasks = asyncio.run(_million(Path(folder), parts))
    grown = 100 * (max(sizes[WARM:]) / max(sizes[:WARM]) - 1)
    note = f"MB after each {PART:,}: {', '.join(f'{one:.0f}' for one in sizes)}; {handles} handles, {tasks} tasks"
    yield Figure(f"memory after {parts * PART:,} messages", 5, grown, unit="% more", note=note)


def _start(members: int) -> tuple[float, float]:
    """Return the seconds until a restart is ready, and the memory in use then, in MB."""
    with shelf() as databases, tempfile.TemporaryDirectory(prefix="cairn-benchmark-") as folder:
        path = databases.path()
        build(path, members, 5 * members)
        shutil.copyfile(path, Path(folder) / "cairn.db")
        return asyncio.run(_restart(Path(folder), members))


async def _restart(folder: Path, members: int) -> tuple[float, float]:
    async with feeding(members) as feed:
        async with running(feed.settings, folder) as cairn:
            await cairn.ready()
            await asyncio.sleep(6)  # until it has put down how far it has heard
        async with running(feed.settings, folder) as cairn:
            seconds = await cairn.ready()
            await asyncio.sleep(3)
            return seconds, cairn.memory


async def _million(folder: Path, parts: int) -> tuple[list[float], int, int]:
    async with feeding(WRITING) as feed, running(feed.settings, folder) as cairn:
        await cairn.ready()
        sizes = []
        for part in range(parts):
            await feed.tell(f"make {PART}")
            await feed.tell("pour")
            await cairn.settled((part + 1) * PART)
            await asyncio.sleep(SECONDS + 2)  # until what is free has been given back: else chance has its say
            sizes.append(cairn.memory)
        return sizes, cairn.handles, cairn.tasks
