"""A PostgreSQL server that is stopped in the middle of everything, and started again."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests import postgres
from tests.faults.lives import until


class Breakable:
    """A server by the URL of a database of its own. What is committed there is on disk, as it is by default."""

    def __init__(self, url: str) -> None:
        self.url = url.rpartition("/")[0] + "/breakable"
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CREATE DATABASE breakable")
            admin.execute("ALTER DATABASE breakable SET synchronous_commit = on")
            (folder,) = admin.execute("SHOW data_directory").fetchone() or ("",)
        self._folder = Path(folder)
        self._command = shlex.split((self._folder / "postmaster.opts").read_text())
        self._again: subprocess.Popen[bytes] | None = None

    async def stop_at_once(self) -> None:
        """Stop it without an end to anything it does."""
        number = self._number()
        os.kill(number, signal.SIGQUIT)

        async def gone() -> bool:
            if self._again is not None:
                return self._again.poll() is not None
            return not await self.answers()

        await until(gone)

    async def start(self) -> None:
        """Start it again and wait until it answers."""
        self._again = await asyncio.to_thread(self._started)
        await until(self.answers)

    async def answers(self) -> bool:
        """Return whether it lets somebody in."""
        return await asyncio.to_thread(self._lets_in)

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **postgres.unprivileged()
        )

    def _lets_in(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def close(self) -> None:
        """Stop what was started."""
        if self._again is not None and self._again.poll() is None:
            self._again.send_signal(signal.SIGINT)
            self._again.wait(30)

    def _number(self) -> int:
        return int((self._folder / "postmaster.pid").read_text().splitlines()[0])


@contextmanager
def breakable() -> Iterator[Breakable]:
    """Run a server of one's own for the time of the block. Raises `postgres.NoServerError`."""
    with postgres.server() as url:
        one = Breakable(url)
        try:
            yield one
        finally:
            one.close()
