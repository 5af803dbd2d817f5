"""`cairn run` as a process of its own on a sandbox, which is killed, stopped and started again."""

from __future__ import annotations

import asyncio
import io
import os
import socket
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import CairnError
from bot.keys import Keys
from bot.maintenance import keys_for
from bot.storage.engine import Database
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.proxy import Proxy
from tests.canaries import MARK
from tests.faults.crowd import AnyCrowd, Crowd, SlackCrowd
from tests.faults.doomed import KILLED
from tests.scenarios.discord_rig import LIFTED, PATIENCE, Clock, Rig
from tests.scenarios.slack_rig import SlackRig, slack_rig

ROOT = Path(__file__).resolve().parents[2]
SOAK = (pytest.mark.soak, pytest.mark.timeout(14_400))
"""The marks of a form that takes minutes or hours."""
MOSTLY_SQLITE = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=SOAK)], indirect=True
)
"""For what has little to do with the database: the short form runs on one of them."""
READY_SECONDS = 10.0
"""Within which a start should end in being ready, on a quiet machine."""


async def until(holds: Callable[[], Awaitable[object]], within: float = PATIENCE) -> None:
    """Wait until a condition holds; asked seldom enough that asking does not slow down what is asked about."""
    end = time.monotonic() + within
    while not await holds():
        assert time.monotonic() < end, "it does not come about"
        await asyncio.sleep(0.2)


class Life:
    """One process, from its start to its end. Its log goes to `log`."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path, port: int) -> None:
        self.process = process
        self.port = port
        self.began = time.monotonic()
        self._log = log

    @property
    def told(self) -> str:
        """What it has told on stderr."""
        return self._log.read_text(errors="replace")

    async def asked(self, path: str) -> tuple[int, str]:
        """Return the status and text of an answer on the health port; 0 where nobody answers."""
        try:
            async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}{path}") as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, OSError):
            return 0, ""

    async def ready(self, within: float = 3 * PATIENCE) -> float:
        """Wait until it says that it is ready; returns the seconds since its start."""
        said = ""

        async def says_so() -> bool:
            nonlocal said
            assert self.process.returncode is None, (self.process.returncode, self.told)
            status, said = await self.asked("/readyz")
            return status == 200

        try:
            await until(says_so, within)
        except AssertionError as error:
            raise AssertionError(f"{error}; asked whether it is ready, it says {said!r}") from None
        return time.monotonic() - self.began

    async def not_ready(self, why: str = "") -> float:
        """Wait until it says that it is not ready, and why; returns how many seconds that took."""
        began = time.monotonic()

        async def says_so() -> bool:
            assert self.process.returncode is None, (self.process.returncode, self.told)
            status, said = await self.asked("/readyz")
            return status == 503 and why in said

        await until(says_so)
        return time.monotonic() - began

    async def ended(self) -> int:
        """Wait for its end; returns its exit code."""
        return await asyncio.wait_for(self.process.wait(), 3 * PATIENCE)

    async def kill(self) -> None:
        """End it without any warning."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class Town(Protocol):
    """What is known of a sandbox, and of what should be stored of it."""

    url: str
    keys: Keys
    log: io.StringIO

    async def query(self, sql: str) -> list[tuple[Any, ...]]: ...
    async def gaps(self) -> list[bool]: ...
    async def agrees(self) -> None: ...
    async def check(self) -> None: ...
    async def keeps_quiet(self, *canaries: str) -> None: ...


R = TypeVar("R", bound=Town)


@dataclass
class AnyLives(ABC, Generic[R]):
    """A sandbox, a database, and processes on them, one after the other; `rig` says what should be stored."""

    rig: R
    folder: Path
    more: Mapping[str, str] = field(default_factory=dict)
    told: list[Path] = field(default_factory=list)
    runs: tuple[str, ...] = ()
    """The module that runs instead of `cairn run`, and what it is given before the doom."""

    @abstractmethod
    def crowd(self) -> AnyCrowd[Any]:
        """Return people who are busy there."""

    @abstractmethod
    def reached(self) -> Mapping[str, str]:
        """Return the settings by which a Cairn reaches the sandbox."""

    @property
    def keys_file(self) -> Path:
        return self.folder / "keys"

    @asynccontextmanager
    async def life(self, *doom: object) -> AsyncIterator[Life]:
        """Let a process live as long as the block; with `doom` it ends by itself (see `tests.faults.doomed`)."""
        port, log = _free_port(), self.folder / f"log{len(self.told)}"
        self.told.append(log)
        what = self.runs or (("tests.faults.doomed",) if doom else ("bot", "run"))
        environment = self._environment() | {"CAIRN_HEALTH_PORT": str(port)}
        with log.open("wb") as stream:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *what, *map(str, doom), cwd=self.folder, env=environment, stderr=stream
            )
        life = Life(process, log, port)
        try:
            yield life
        finally:
            await life.kill()

    def _environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
        own = {
            "PYTHONPATH": str(ROOT),
            "CAIRN_DATABASE_URL": self.rig.url,
            "CAIRN_KEYS_FILE": str(self.keys_file),
            "CAIRN_COMMUNITY": "Garden",
            "CAIRN_LOG_LEVEL": "debug",
            "CAIRN_LOG_FORMAT": "json",
        }
        return {**plain, **own, **self.reached(), **self.more}

    async def heard(self, life: Life) -> None:
        """Wait until the server is known: what happened before Cairn was there is not missed."""

        async def put_down() -> bool:
            assert life.process.returncode in (None, KILLED), life.told
            try:
                return bool(await self.rig.query("SELECT 1 FROM note WHERE name = 'heard'"))
            except (CairnError, DBAPIError):
                return False  # there is no such table, or no database

        await until(put_down, 3 * PATIENCE)

    async def an_hour_passes(self) -> None:
        """Forget the logins: a client that logs in often has to wait, which is not what is looked at here."""
        database = Database(self.rig.url)
        try:
            async with database.write() as connection:
                await connection.execute(text("DELETE FROM note WHERE name = 'logins'"))
        finally:
            await database.close()

    async def agree(self, *canaries: str) -> None:
        """Check that what is stored is what the ledger says, that it is sound, and that nothing private is told."""
        await self.read_keys()
        await self.caught_up()
        await self.rig.agrees()
        await self.rig.check()
        await self.keep_quiet(*canaries)

    async def caught_up(self) -> None:
        """Wait until all that was missed is read."""

        async def read() -> bool:
            return all(await self.rig.gaps())

        await until(read, 3 * PATIENCE)

    async def keep_quiet(self, *canaries: str) -> None:
        """Check that neither logs nor the database hold a word of what must stay private (I6)."""
        self.rig.log = io.StringIO("".join(one.read_text(errors="replace") for one in self.told))
        await self.rig.keeps_quiet("canary", *canaries)

    async def read_keys(self) -> None:
        """Take the keys that the processes have made."""
        database = Database(self.rig.url)
        try:
            self.rig.keys = await keys_for(database, self.keys_file)
        finally:
            await database.close()


@dataclass
class Lives(AnyLives[Rig]):
    """On a sandbox Discord."""

    @property
    def server(self) -> Sandbox:
        return self.rig.server

    def crowd(self) -> Crowd:
        return Crowd(self.server.guild("Garden"))

    def reached(self) -> Mapping[str, str]:
        return {
            "CAIRN_DISCORD_TOKEN": self.server.token,
            "CAIRN_DISCORD_API_URL": self.server.rest_url,
            "CAIRN_DISCORD_GATEWAY_URL": self.server.gateway_url,
        }


@dataclass
class SlackLives(AnyLives[SlackRig]):
    """On a sandbox Slack, which tells what is not acknowledged again, at last each hour for a day."""

    def crowd(self) -> SlackCrowd:
        return SlackCrowd(self.rig.team)

    def reached(self) -> Mapping[str, str]:
        app = self.rig.server.app
        there = {"CAIRN_SLACK_BOT_TOKEN": self.rig.team.token, "CAIRN_SLACK_API_URL": self.rig.server.url}
        if not self.rig.http:
            return there | {"CAIRN_SLACK_APP_TOKEN": app.app_token}
        return there | {"CAIRN_SLACK_SIGNING_SECRET": app.signing_secret, "CAIRN_SLACK_PORT": str(self.rig.port)}

    async def caught_up(self) -> None:
        """Wait until all that was missed is read, and all that was not acknowledged has come again."""
        courier = self.rig.server.courier
        await until(self._reached, 3 * PATIENCE)
        await super().caught_up()

        async def come() -> bool:
            if courier.waiting and not courier.under_way:
                self.rig.server.passes(301)
            return not (courier.waiting or courier.under_way)

        await until(come, 3 * PATIENCE)
        assert courier.lost == []

    async def _reached(self) -> bool:
        """Whether somebody takes what Slack tells."""
        if not self.rig.http:
            return bool(self.rig.server.sockets.of(self.rig.server.app))
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.rig.port)) == 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def lives(url: str, folder: Path, **more: str) -> AsyncIterator[Lives]:
    """Set a sandbox with one server up; nothing runs on it yet."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Sandbox(Settings(limits=LIFTED, mark=MARK)))
        server.guild("Garden")
        rig = Rig(url, server, Proxy(server.port), Clock(time.time_ns() // 1_000_000), io.StringIO())
        yield Lives(rig, folder, more)


@asynccontextmanager
async def slack_lives(url: str, folder: Path, *, http: bool = False, **more: str) -> AsyncIterator[SlackLives]:
    """Set a sandbox with one workspace up; nothing runs on it yet."""
    async with slack_rig(url, http=http, start=False, known=False) as rig:
        rig.server.app.delayed_events = True
        yield SlackLives(rig, folder, more)
