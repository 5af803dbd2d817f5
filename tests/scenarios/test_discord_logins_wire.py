"""However often Cairn crashes or loses its session, it logs in so seldom that Discord never resets its token."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from bot.operating.running import Supervisor, Task
from bot.ports import Account, Desk, Installations, Level, Meter, Space
from integrations.discord.integration import Access, Discord
from integrations.discord.timing import Timing
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.faults import Fault
from integrations.sandbox.proxy import Proxy
from tests.canaries import MARK
from tests.scenarios.discord_rig import LIFTED, Clock, until

HOUR_MS = 3_600_000


@dataclass
class Memory:
    """A host that remembers what is put down, over restarts, and listens to no server."""

    kept: dict[str, str] = field(default_factory=dict)
    counts: Counter[Meter] = field(default_factory=Counter)
    left: list[float] = field(default_factory=list)

    @property
    def notes(self) -> Memory:
        return self

    async def read(self, name: str) -> str | None:
        return self.kept.get(name)

    async def write(self, name: str, value: str) -> None:
        self.kept[name] = value

    @property
    def installations(self) -> Installations:
        raise NotImplementedError

    async def desk(self, space: Space, *, invited: bool = False) -> Desk | None:
        return None

    async def spaces_of(self, account: Account) -> list[Space]:
        return []

    def count(self, what: Meter, n: int = 1) -> None:
        self.counts[what] += n

    def level(self, what: Level, value: float) -> None:
        self.left.append(value)


@dataclass
class Login:
    """A sandbox, and how to log in to it by a clock that waits do not hold up."""

    server: Sandbox
    clock: Clock
    host: Memory
    api_url: str = ""

    def discord(self) -> Discord:
        url, gateway = self.api_url or self.server.rest_url, self.server.gateway_url
        timing = Timing(pause=self.clock.pause, note=0.5, closing=0.2)
        return Discord(Access(self.server.token, url, gateway, clock=self.clock), timing)

    @property
    def identifies(self) -> int:
        return self.server.gateway.counts["identifies"]

    def seldom(self) -> None:
        """Check that logins were few, and came later each time."""
        made = [at for at, _ in self.server.gateway.starts.made]
        waits = [later - at for at, later in zip(made, made[1:], strict=False)]
        assert sum(at < made[0] + HOUR_MS for at in made) <= 20
        assert min(waits[3:]) >= 5_000
        assert max(waits) >= 900_000
        assert all(sum(at <= one < at + 24 * HOUR_MS for one in made) <= 900 for at in made)
        assert not self.server.gateway.token_is_reset
        assert self.host.left[-1] > 0


@pytest.fixture
async def login() -> AsyncIterator[Login]:
    clock = Clock()
    async with Sandbox(Settings(clock=clock, limits=LIFTED, mark=MARK)) as server:
        yield Login(server, clock, Memory())


@asynccontextmanager
async def connecting(one: Login) -> AsyncIterator[asyncio.Task[None]]:
    """Run until the block ends."""
    running = asyncio.create_task(one.discord().run(one.host))
    try:
        yield running
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def crashes(one: Login, times: int) -> None:
    for n in range(times):
        async with connecting(one):
            await until(lambda n=n: one.identifies > n)  # type: ignore[misc]
        one.clock.skip(0.5)


async def loses_sessions(one: Login, times: int) -> None:
    async with connecting(one) as running:
        for n in range(times):
            await until(lambda n=n: one.identifies > n and one.server.gateway.sessions)  # type: ignore[misc]
            one.server.gateway.invalidate(resumable=False)
        await until(lambda: one.identifies > times)
        assert not running.done()


async def test_crash_loop_logs_in_seldom(login: Login, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await crashes(login, 200)
    login.seldom()
    assert "too many logins lately" in caplog.text


async def test_sessions_lost_again_and_again_are_begun_seldom(login: Login, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await loses_sessions(login, 100)
    login.seldom()
    assert "too many logins lately" in caplog.text


@pytest.mark.parametrize("kind", ["status", "banned"])
async def test_refused_logins_are_tried_later_each_time(login: Login, kind: str) -> None:
    fault = login.server.faults.add(Fault("GET", "/users/@me", kind=kind, status=429, times=100))
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await login.clock.pause(seconds)

    supervisor = Supervisor(
        [Task("discord", lambda _: login.discord().run(login.host), at_once=True)],
        pause=pause,
        now=lambda: login.clock() / 1000,
    )
    supervisor.start()
    await until(lambda: login.identifies == 1)
    await supervisor.stop(20)

    assert fault.hit == 100
    assert pauses[0] >= 5
    assert max(pauses) >= 900
    hour = [sum(pauses[:n]) for n in range(len(pauses) + 1)]
    assert sum(at < 3_600 for at in hour) <= 20
    assert sum(at < 600 for at in hour) * 5 < 1_000


async def test_discord_that_refuses_connections_at_first_is_tried_again(login: Login) -> None:
    async with Proxy(login.server.port) as proxy:
        login.api_url = login.server.rest_url.replace(str(login.server.port), str(proxy.port))
        await proxy.refuse()
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                await proxy.accept()

        supervisor = Supervisor([Task("discord", lambda _: login.discord().run(login.host), at_once=True)], pause=pause)
        supervisor.start()
        await until(lambda: login.identifies == 1)
        assert supervisor.waits == {}
        await supervisor.stop(20)
    assert len(pauses) == 3
