"""Events without end: what waits, tasks, open files and memory stay within bounds, and each event is stored."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integrations.discord.listening.ear import BATCH, MOST_WAITING
from tests.faults.lives import MOSTLY_SQLITE, SOAK, Life, Lives, lives, until
from tests.integrations.discord.payloads import message, snowflake
from tests.scenarios.discord_rig import PATIENCE

MOST_TASKS = 1_000
MOST_FILES_MORE = 8
MOST_GROWTH = 1.05
EACH_WRITES = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process uses at a moment."""

    tasks: float
    waiting: float
    memory: float
    files: int


@MOSTLY_SQLITE
@pytest.mark.parametrize(("parts", "size"), [(6, 2_000), pytest.param(100, 10_000, marks=SOAK)])
async def test_events_without_end_take_no_more_and_no_more(
    database_url: str, tmp_path: Path, parts: int, size: int
) -> None:
    async with lives(database_url, tmp_path, CAIRN_LOG_LEVEL="info") as those:
        guild = those.server.guild("Garden")
        general = guild.text("general")
        async with those.life() as life:
            await life.ready()
            samples = []
            for part in range(parts):
                payloads = written((guild.id, general.id), range(part * size, (part + 1) * size), parts * size)
                await those.server.emit_many("MESSAGE_CREATE", payloads, guild.id)
                samples.append(await sample(life))
                await stored(those, (part + 1) * size)
                samples.append(await sample(life))
        await those.rig.check()
        await those.keep_quiet()
    calm = samples[len(samples) // 3 :]
    assert max(one.tasks for one in samples) < MOST_TASKS
    assert max(one.waiting for one in samples) <= MOST_WAITING + BATCH
    assert max(one.files for one in calm) - min(one.files for one in calm) <= MOST_FILES_MORE
    if parts >= 50:  # what a short run takes is still its beginning
        first, last = calm[: len(calm) // 5], calm[-len(calm) // 5 :]
        assert typical(last) <= MOST_GROWTH * typical(first), (typical(first), typical(last))


def typical(samples: list[Sample]) -> float:
    return statistics.median(one.memory for one in samples)


def written(where: tuple[int, int], numbers: range, most: int) -> Iterator[dict[str, Any]]:
    """Yield messages of as many people as write some each, each with an id of its own."""
    guild, channel = where
    now = time.time_ns() // 1_000_000
    for n in numbers:
        author = str(10**17 + n % (most // EACH_WRITES))
        yield message(snowflake(now, n % 2**22), author, guild_id=str(guild), channel_id=str(channel))


async def sample(life: Life) -> Sample:
    """Look at what a process uses."""
    _, figures = await life.asked("/metrics")
    tasks, waiting, memory = (
        float(re.findall(rf"^cairn_{name} (\S+)$", figures, re.MULTILINE)[0])
        for name in ("tasks", "queue_depth", "resident_memory_bytes")
    )
    return Sample(tasks, waiting, memory, open_files(life.process.pid))


def open_files(process: int) -> int:
    """Return how many files a process has open, 0 where the system does not say."""
    folder = Path(f"/proc/{process}/fd")
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


async def stored(those: Lives, n: int) -> None:
    """Wait until so many messages are stored."""

    async def all_are_there() -> bool:
        ((found,),) = await those.rig.query("SELECT count(*) FROM engagement")
        return bool(found == n)

    await until(all_are_there, 3 * PATIENCE)
