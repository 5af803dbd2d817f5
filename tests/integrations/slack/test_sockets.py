"""Socket Mode through long quiet hours, planned refreshes and dead networks (R8): by a clock that jumps."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from slack_bolt.response import BoltResponse

from bot.ports import ConfigError, Meter, Payload
from integrations.sandbox.proxy import Proxy
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.slack.api import Api
from integrations.slack.receiving.sockets import Sockets
from tests.jumping import jumping

NOTICED_SECONDS = 75.0
HOUR = 3_600.0
LONG = (pytest.mark.soak, pytest.mark.timeout(1_800))
REFRESHED = 18_060
"""Seconds after which Slack renews a connection."""


@dataclass
class Line:
    """A Cairn's connections to a made-up Slack, through a network that may die."""

    server: Sandbox
    proxy: Proxy
    sockets: Sockets
    life: asyncio.Task[None] | None = None
    taken: Counter[str] = field(default_factory=Counter)
    counts: Counter[Meter] = field(default_factory=Counter)
    opened: int = 0
    status: int = 200
    holds: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, body: Payload) -> BoltResponse:
        await self.holds.wait()
        if self.status == 200:
            self.taken[str(body["event_id"])] += 1
        return BoltResponse(status=self.status, body="")

    def count(self, what: Meter) -> None:
        self.counts[what] += 1

    def heard(self) -> None:
        self.opened += 1

    def tells(self) -> None:
        """Let Slack have something to tell."""
        team = self.server.team("Garden")
        self.server.tell(team, {"type": "team_rename", "name": "Garden"})

    async def until(self, holds: Callable[[], object]) -> float:
        """Wait until something holds; returns how many of the loop's seconds that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(1_000):
            while not holds():  # noqa: ASYNC110 - by a clock that jumps, asking costs nothing
                await asyncio.sleep(1)
        return loop.time() - began


@asynccontextmanager
async def line() -> AsyncIterator[Line]:
    loop = asyncio.get_running_loop()
    settings = Settings(limits=Limits(lifted=True), clock=lambda: int(1.7e12 + loop.time() * 1000), timer=loop.time)
    async with Sandbox(settings) as server, Proxy(server.port) as proxy:
        server.announce_sockets(proxy.port)
        server.team("Garden")
        api = Api(server.url)
        one = Line(
            server, proxy, Sockets(api, server.app.app_token, lambda body: one.take(body), lambda m: one.count(m))
        )
        one.holds.set()
        one.life = asyncio.create_task(one.sockets.run(one.heard))
        await one.until(lambda: server.sockets.lines)
        try:
            yield one
        finally:
            one.life.cancel()
            await asyncio.gather(one.life, return_exceptions=True)
            await api.close()


@pytest.mark.parametrize("dies", ["network", "slack"])
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "while nothing can be stored"])
def test_dead_connection_is_noticed_and_nothing_is_lost(dies: str, busy: bool) -> None:
    async def story() -> None:
        async with line() as one:
            if busy:
                one.holds.clear()
                one.tells()
                await asyncio.sleep(1)
            if dies == "network":
                one.proxy.freeze()
            else:
                one.server.sockets.stall()
            one.tells()
            assert await one.until(lambda: one.opened == 2) <= NOTICED_SECONDS
            if len(one.server.sockets.lines) == 2:
                one.server.sockets.lines[0].abort()  # Slack notices, too
            one.holds.set()
            one.tells()
            await asyncio.sleep(7 * 60)  # all of Slack's attempts
            assert set(one.taken) == {attempt.name for attempt in one.server.courier.attempts}
            assert one.server.courier.lost == []
            assert one.opened == 2

    jumping(story())


@pytest.mark.parametrize("hours", [2, pytest.param(24, marks=LONG)])
def test_quiet_hours_bring_no_connection_but_slacks_own_refreshes(hours: int) -> None:
    async def story() -> None:
        async with line() as one:
            await asyncio.sleep(hours * HOUR)
            assert one.opened == 1 + int(hours * HOUR // REFRESHED)
            assert (one.counts[Meter.CONNECTS], one.counts[Meter.RECONNECTS]) == (1, one.opened - 1)
            one.tells()
            await one.until(lambda: one.taken)
            assert one.server.courier.counts == {"taken": 1}

    jumping(story())


@pytest.mark.parametrize("seconds", [20, pytest.param(1_800, marks=LONG)])
def test_refresh_under_load_loses_nothing(seconds: int) -> None:
    """The second connection opens before the first one closes; ten events a second."""

    async def story() -> None:
        async with line() as one:
            together = 0
            for n in range(10 * seconds):
                one.tells()
                if n % 100 == 50:
                    one.server.sockets.warn()
                if n % 100 == 0:
                    one.server.sockets.refresh()
                await asyncio.sleep(0.1)
                together += len(one.server.sockets.lines) == 2
            await one.until(lambda: len(one.taken) == 10 * seconds)
            assert one.server.courier.lost == []
            assert together
            assert one.opened >= seconds // 6

    jumping(story())


def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again() -> None:
    async def story() -> None:
        async with line() as one:
            one.status = 503
            one.tells()
            await asyncio.sleep(30)
            assert not one.taken
            one.status = 200
            await asyncio.sleep(60)
            assert list(one.taken.values()) == [1]
            assert (one.opened, one.server.sockets.counts["acks"]) == (1, 1)

    jumping(story())


def test_slack_that_is_away_for_an_hour_is_asked_ever_more_seldom_and_found_again() -> None:
    async def story() -> None:
        async with line() as one:
            await one.proxy.refuse()
            one.server.sockets.drop()
            tickets = one.server.ledger.requests(route="apps.connections.open")
            await asyncio.sleep(HOUR)
            asked = len(one.server.ledger.requests(route="apps.connections.open")) - len(tickets)
            assert 25 <= asked <= 75
            assert not one.sockets.connected
            await one.proxy.accept()
            assert await one.until(lambda: one.opened == 2) <= 120
            assert one.sockets.connected

    jumping(story())


def test_app_token_that_is_refused_is_told_and_not_tried_again() -> None:
    async def story() -> None:
        async with line() as one:
            api = Api(one.server.url)
            with pytest.raises(ConfigError):
                await Sockets(api, "xapp-1-wrong", one.take, one.count).run(one.heard)
            await api.close()

    jumping(story())
