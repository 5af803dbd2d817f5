"""Importing a Slack export, against decoding its files and inserting the same rows; and what memory an import takes."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import orjson

from benchmarks.made_export import slack_export
from benchmarks.measuring import Figure, Size, Stopwatch, in_turn, same
from benchmarks.stores import Shelf, bare_insert, batched, engagements, plain, shelf
from bot.history.importing import BATCH, Importer, Order
from bot.keys import open_keys
from bot.operating.shipped import shipped
from bot.storage.engine import Database
from integrations.archives.ahead import opened
from integrations.archives.slack_export import SlackExport
from scoring.signals import Kind

MEGABYTE = 1_000_000


def run(size: Size) -> Iterator[Figure]:
    """Import 100,000 messages in turn with the other side; then once 1 M messages in a process of their own."""
    with shelf() as databases:
        messages = size.of(100_000, 10_000)
        export = databases.folder / "export.zip"
        slack_export(export, messages)
        yield from _against_bare(databases, export, messages, size.of(3, 2))
        large = size.of(1_000_000, 50_000)
        slack_export(export, large)
        yield _memory(databases, export, large)


def _against_bare(databases: Shelf, export: Path, messages: int, rounds: int) -> Iterator[Figure]:
    first = databases.path()
    asyncio.run(_import(databases, export, first))
    rows = engagements(first)
    with plain(first) as connection:
        written = (int(Kind.MESSAGE), int(Kind.REPLY))
        told = connection.execute("SELECT count(*) FROM engagement WHERE kind IN (?, ?)", written).fetchone()[0]
    same("messages", told, messages)
    settled = []

    def ours() -> float:
        path = databases.path()
        seconds, settling = asyncio.run(_import(databases, export, path))
        settled.append(settling)
        path.unlink()
        return seconds

    def bare() -> float:
        path, watch = databases.path(), Stopwatch()
        with watch.running(), zipfile.ZipFile(export) as archive:
            for name in archive.namelist():
                orjson.loads(archive.read(name))
        seconds = bare_insert(path, batched(rows, BATCH))
        path.unlink()
        return watch.seconds + seconds

    mine, theirs = in_turn(rounds, ours, bare)
    note = f"{messages:,} messages, {len(rows):,} rows; settling them takes {min(settled):.1f} s more"
    yield Figure("backfill / orjson + executemany", 2.5, mine, theirs, "s", note)


async def _import(databases: Shelf, export: Path, path: Path) -> tuple[float, float]:
    """Import; return the seconds until the last signal was stored, and those that settling took after that."""
    begin = stored = time.perf_counter()

    def hear(stage: str, *_: int) -> None:
        nonlocal stored
        if stage == "reading":
            stored = time.perf_counter()

    async with databases.open(path) as store:
        archive = opened(SlackExport, export)
        await Importer(store.database, store.keys, hear).run(archive, _order(export))
        archive.close()
    return stored - begin, time.perf_counter() - stored


def _order(export: Path) -> Order:
    rules = shipped("mountain.yaml")
    return Order("Benchmark", "0", export.name, lambda: (rules.read_text(encoding="utf-8"), "0", rules.name))


def _memory(databases: Shelf, export: Path, messages: int) -> Figure:
    """Import in a process of its own; return the most memory that it had, and it and its reader while there is one."""
    path = databases.path()
    command = (sys.executable, "-m", "benchmarks.cases.backfill", str(export), str(path))
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1_200)
    note = f"{messages:,} messages, a file of {export.stat().st_size / MEGABYTE:.0f} MB"
    return Figure("memory of an import", 200, float(said.stdout), unit="MB", note=note)


async def _alone(export: Path, path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    archive = opened(SlackExport, export)
    together = 0.0

    def hear(stage: str, *_: int) -> None:
        nonlocal together
        if stage == "reading":  # after that the reader is gone
            together = max(together, _most_memory("self") + sum(map(_most_memory, _children())))

    await Importer(database, open_keys(path.with_suffix(".keys")), hear).run(archive, _order(export))
    print(max(_most_memory("self"), together))
    archive.close()
    await database.close()


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def _most_memory(process: str) -> float:
    """Return the most memory that a process has had, in MB (`getrusage` would count that of whoever started it)."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) * 1024 / MEGABYTE if found else 0.0


if __name__ == "__main__":
    asyncio.run(_alone(Path(sys.argv[1]), Path(sys.argv[2])))
