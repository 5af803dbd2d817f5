"""All parts of a running Cairn together: under load it stops in order, and what was acknowledged is stored."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import aiohttp
import pytest
from sqlalchemy import text

from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.operating.health import Beat, Health, Sources
from bot.operating.metrics import Metrics
from bot.operating.probing import Probe
from bot.operating.readiness import Look, Writable, connected, database_current, look_at, settled
from bot.operating.running import QUICK, Patience, Stop, Supervisor, Task, run_until_stopped
from bot.ports import Finding, Host, Space
from bot.standing.settling import Settling
from bot.storage import communities, marks, migrate
from bot.storage.engine import Database
from tests.scenarios.stories import KEYS, message
from tests.scenarios.world import RULES


class Chatter:
    """A platform on which somebody writes all the time; `acknowledged` counts what came back as stored."""

    name = "chat"

    def __init__(self) -> None:
        self.connected = False
        self.acknowledged = 0
        self.busy = asyncio.Event()

    async def run(self, host: Host) -> None:
        desk = await host.desk(Space("chat", "100", "Here"))
        assert desk is not None
        self.connected = True
        try:
            while True:
                given = [message(self.acknowledged + n) for n in range(20)]
                await asyncio.shield(desk.record(given))
                self.acknowledged += len(given)
                if self.acknowledged >= 100:
                    self.busy.set()
        finally:
            self.connected = False

    async def check(self) -> list[Finding]:
        return []


class Cairn:
    """What `cairn run` puts together."""

    def __init__(self, database: Database, intake: Intake, chatter: Chatter) -> None:
        self.metrics, self.stop, self.beat = Metrics(), Stop(), Beat()
        self.settling = Settling(database, self.metrics)
        self.desks = Desks(database, intake, Policy(None, lambda: (RULES, "v", "m.yaml")), self.metrics)
        self.desks.told = self.settling.wake
        probe = Probe(intake.inbox, database, self.metrics)
        host = self.desks.host(chatter.name)
        self.listening = Supervisor(
            [Task(chatter.name, lambda _: chatter.run(host), at_once=True)], self.metrics.restarted
        )
        loops = {"desks": self.desks.run, "settle": self.settling.run, "probe": probe.run, "beat": self.beat.run}
        self.working = Supervisor([Task(name, run, QUICK) for name, run in loops.items()], self.metrics.restarted)
        checks: dict[str, Look] = {
            "database": database_current(database),
            "storage": Writable(probe.once),
            "integrations": connected([chatter], self.listening.waits),
            "scores": settled(self.settling.lag),
        }
        self.sources = Sources(self.beat, lambda: look_at(checks), lambda: self.stop.asked, self.metrics.text)


async def asked(session: aiohttp.ClientSession, port: int, path: str) -> tuple[int, str]:
    async with session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def test_busy_cairn_stops_in_order_and_keeps_all_that_was_acknowledged(database_url: str) -> None:
    database, chatter = Database(database_url), Chatter()
    await migrate.upgrade(database)
    try:
        async with AsyncExitStack() as way_in:
            intake = await way_in.enter_async_context(Intake(database, KEYS))
            cairn = Cairn(database, intake, chatter)
            async with Health(cairn.sources, "127.0.0.1", 0) as health, aiohttp.ClientSession() as session:
                running = asyncio.create_task(
                    run_until_stopped(cairn.listening, cairn.working, way_in.aclose, cairn.stop, Patience())
                )
                await asyncio.wait_for(chatter.busy.wait(), 60)
                assert await asked(session, health.port, "/readyz") == (200, '{"ready": true, "reasons": {}}')
                assert (await asked(session, health.port, "/livez"))[0] == 200

                began = time.monotonic()
                cairn.stop.ask()
                status, _ = await asked(session, health.port, "/readyz")
                assert (status, time.monotonic() - began < 1) == (503, True)
                await asyncio.wait_for(running, 60)
                figures = (await asked(session, health.port, "/metrics"))[1]

        assert not chatter.connected
        async with database.read() as connection:
            stored = int((await connection.execute(text("SELECT count(*) FROM engagement"))).scalar_one())
            (community,) = await communities.everyone(connection)
            assert await marks.waiting(connection, community.id) == 0
        assert chatter.acknowledged <= stored <= chatter.acknowledged + 20
        assert f'cairn_signals_received_total{{integration="chat"}} {float(stored)}' in figures
        assert "cairn_queue_depth 0.0" in figures
    finally:
        await database.close()


async def test_probe_that_fails_makes_cairn_not_ready(sqlite_url: str) -> None:
    database, chatter = Database(sqlite_url), Chatter()
    await migrate.upgrade(database)
    try:
        async with Intake(database, KEYS) as intake:
            cairn = Cairn(database, intake, chatter)
        found = await cairn.sources.ready()  # the intake is closed by now, and nobody has connected
    finally:
        await database.close()

    assert found.reasons == {
        "storage": "Cairn is stopping and takes no more signals in",
        "integrations": "chat: not connected",
    }


@pytest.mark.parametrize("lag", [0.0, 1000.0])
async def test_lag_of_scores_is_part_of_being_ready(lag: float) -> None:
    assert (await look_at({"scores": settled(lambda: lag)})).ready is (lag == 0)
