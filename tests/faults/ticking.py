"""A clock in a process of its own: `python -m tests.faults.ticking URL FOLDER`; it ends when its input does.

It starts at a fixed moment. Each line of input is a number of seconds by which its clock is put forward; then it looks,
does what is due and answers with one line. The slow job says in the folder that it has begun, and waits there for a
file called `go on` before it writes.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.duties import Job, Missed, Work, Write
from bot.storage.engine import Database
from tests.bot.clockwork import Rig, counts, job

START = 1_773_144_000.0  # 2026-03-10T12:00Z


def jobs(folder: Path) -> list[Job]:
    """Return three quick jobs that make up for each day, and a slow one."""

    async def slow(work: Work) -> Sequence[Write]:
        (folder / "begun").touch()  # noqa: ASYNC240 - one quick look at a local file
        while not (folder / "go on").exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
            await asyncio.sleep(0.02)
        return [counts(f"slow {work.key}", work.community), counts(f"slow end {work.key}", work.community)]

    return [job("slow", "30 2 * * *", slow), *(job(name, "30 2 * * *", missed=Missed.EACH) for name in "abc")]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(url: str, folder: Path) -> None:
    database = Database(url)
    rig = Rig(database, START, jobs(folder))
    lines: asyncio.Queue[str] = asyncio.Queue()
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: lines.put_nowait(sys.stdin.readline()))
    say("ready")
    while line := await lines.get():
        rig.at += float(line)
        await rig.tick()
        say(f"done {rig.told.done.total()}")
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
