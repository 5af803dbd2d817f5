"""Clocks in processes of their own: `python -m tests.faults.ticking SOCKET` makes one of itself for each connection.

So what takes longest, to import everything, is done once. A connection's first line is a JSON list of the database's
URL and a folder; the answer is the number of the new process. It starts at a fixed moment. Each further line says by
how many seconds its clock is put forward; then it looks, does what is due and answers with one line. It ends with its
connection. The slow job says in the folder that it has begun, and waits there for a file called `go on` before it
writes.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.clockwork.duties import Job, Missed, Work, Write
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


async def tick(connection: socket.socket) -> None:
    """Be a clock for one connection."""
    reader, writer = await asyncio.open_connection(sock=connection)
    url, folder = json.loads(await reader.readline())
    database = Database(url)
    rig = Rig(database, START, jobs(Path(folder)))
    writer.write(f"{os.getpid()}\n".encode())
    while line := await reader.readline():
        rig.at += float(line)
        await rig.tick()
        writer.write(f"done {rig.told.done.total()}\n".encode())
    await database.close()


def main(path: str) -> None:
    """Wait for connections until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        if os.fork() == 0:
            sys.stdin.read()
            os.killpg(0, signal.SIGKILL)
        while True:
            connection, _ = door.accept()
            if os.fork() == 0:
                door.close()
                asyncio.run(tick(connection))
                os._exit(0)
            connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
