"""Forgets somebody, and is killed again and again: `python -m tests.faults.forgetful URL KEYS COMMUNITY PERSON KILLS`.

PERSON is a Discord id. The first process is told to forget them and is killed when that is put down. Each one after it
goes on, and is killed at the next point of a transaction: when it has begun, before its commit, or after it. All are
made of this one, so that starting them takes no time. It ends when so many were killed, and says how many were.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import open_keys
from bot.rights.forgetting import Forgetting, Order
from bot.storage.engine import Database
from scoring.signals import Account

POINTS = ("begun", "before", "after")


class Killed(Database):
    """A database whose process is killed at a point of the n-th transaction that writes."""

    def __init__(self, url: str, point: str, left: int) -> None:
        super().__init__(url)
        self._point, self._left = point, left

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that may be the last."""
        self._left -= 1
        async with super().write() as connection:
            self._die_at("begun")
            yield connection
            self._die_at("before")
        self._die_at("after")

    def _die_at(self, point: str) -> None:
        if self._left == 0 and point == self._point:
            os.kill(os.getpid(), signal.SIGKILL)


async def live(url: str, keys: Path, order: Order | None, end: tuple[str, int]) -> None:
    """Forget somebody, or go on with what was begun."""
    database = Killed(url, *end)
    forgetting = Forgetting(database, open_keys(keys))
    await (forgetting.finish() if order is None else forgetting.forget(order))
    await database.close()


def main(url: str, keys: str, community: str, person: str, kills: str) -> None:
    """Let one process after the other live and die."""
    killed = 0
    for n in range(int(kills)):
        child = os.fork()
        if child == 0:
            order = None if n else Order(int(community), Account("discord", "", person))
            point = POINTS[n % 3] if n else "after"
            asyncio.run(live(url, Path(keys), order, (point, 1 + n // 4)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        if not os.WIFSIGNALED(status):
            break
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
