"""`cairn run` as a process of its own, watched from outside: the processor and memory it uses, what it has stored."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.feeding import free_port

PATIENCE = 1_200.0
_ROOT = Path(__file__).resolve().parents[1]
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Running:
    """A running Cairn, its database file and its port for health; `began` is when it was started (monotonic)."""

    process: Process
    database: Path
    port: int
    began: float

    @property
    def processor(self) -> float:
        """The processor's seconds that it has used so far."""
        numbers = self._about("stat").rpartition(")")[2].split()
        return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Its memory in use, in MB."""
        return int(self._about("statm").split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE

    @property
    def handles(self) -> int:
        """How many files and sockets it has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    @property
    def tasks(self) -> int:
        """How many tasks its event loop has."""
        return int(self.figure("cairn_tasks"))

    def figure(self, name: str) -> float:
        """Return one of the figures that it tells of itself; 0 where it does not tell it."""
        found = re.search(rf"^{name} (\S+)", self._get("metrics"), re.MULTILINE)
        return float(found[1]) if found else 0.0

    async def ready(self) -> float:
        """Wait until it is ready; returns the seconds since its start."""
        return await self._until("is not ready", self._is_ready)

    async def settled(self, rows: int) -> float:
        """Wait until it has so many rows, and no mark is left; returns the seconds since its start."""

        def all_there() -> bool:
            return self.rows() >= rows and self.rows("dirty") + self.rows("stale") == 0

        return await self._until(f"has not stored {rows} rows", all_there)

    def rows(self, table: str = "engagement") -> int:
        """Return how many rows a table has; of engagements the last one's number, since counting takes long."""
        what = "coalesce(max(id), 0)" if table == "engagement" else "count(*)"
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return int(connection.execute(f"SELECT {what} FROM {table}").fetchone()[0])
        return 0

    def counted(self) -> int:
        """Return how many engagements there are, one by one."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM engagement").fetchone()[0])

    def _is_ready(self) -> bool:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return bool(self._get("readyz"))
        return False

    async def _until(self, what: str, holds: Callable[[], bool]) -> float:
        while not holds():
            assert time.monotonic() < self.began + PATIENCE, f"Cairn {what}"
            assert self.process.returncode is None, "Cairn has ended"
            await asyncio.sleep(0.05)
        return time.monotonic() - self.began

    def _about(self, what: str) -> str:
        return Path(f"/proc/{self.process.pid}/{what}").read_text()

    def _get(self, page: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{page}", timeout=5) as answer:
            return str(answer.read().decode())


@asynccontextmanager
async def running(platform: Mapping[str, str], folder: Path, community: str = "") -> AsyncIterator[Running]:
    """Run Cairn on a SQLite database in a folder, with the settings of a platform; it is killed at the block's end.

    `community` is the text of a community file, which is applied before.
    """
    port = free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{folder / 'cairn.db'}",
        "COMMUNITY": "Benchmark",
        "HEALTH_PORT": str(port),
        "LOG_LEVEL": "warning",
        **platform,
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    env = plain | {f"CAIRN_{name}": value for name, value in settings.items()}
    env["PYTHONPATH"] = str(_ROOT)

    async def cairn(*words: str, told: int | None = None) -> Process:
        words = ("-m", "bot", *words)
        return await asyncio.create_subprocess_exec(sys.executable, *words, cwd=folder, env=env, stdout=told)

    if community:
        await asyncio.to_thread((folder / "community.yaml").write_text, community, encoding="utf-8")
        applying = await cairn("config", "apply", "community.yaml", told=DEVNULL)
        assert await applying.wait() == 0
    process = await cairn("run")
    try:
        yield Running(process, folder / "cairn.db", port, time.monotonic())
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
