"""Listen live, until stopped, to the platforms that the settings name."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, field

from cyclopts import App

from bot.cli import output
from bot.cli.platforms import configured, invitation
from bot.cli.session import Session, first_rules, opened
from bot.clock import Clock
from bot.clockwork.duties import Jobs, Means, everything
from bot.clockwork.shifts import Bench
from bot.config import Settings
from bot.courier import Courier
from bot.errors import ConfigError
from bot.hearing.hosting import Desks, Policy
from bot.identity.names import Namer, Names
from bot.intake import Intake
from bot.operating.census import Census
from bot.operating.collecting import collecting_seldom
from bot.operating.health import Beat, Health, Sources
from bot.operating.logs import on_loop_error, telling
from bot.operating.memory import GivingBack
from bot.operating.metrics import Metrics
from bot.operating.probing import Probe
from bot.operating.readiness import Look, Writable, connected, database_current, look_at, on_time, settled
from bot.operating.redaction import Redactor
from bot.operating.running import QUICK, Patience, Stop, Supervisor, Task, quickest_loop, run_until_stopped
from bot.ports import Integration
from bot.sending.delivering import Deliverer
from bot.standing.settling import Settling
from bot.storage.engine import Database
from bot.teamwork.tools import Tools
from integrations.archives.sheets import CsvSheets

HISTORY_SECONDS = 20.0
"""How long the First look of a setup waits for history to be read; after that it shows what is there."""

app = App(name="run", help="Listen live, until stopped, to the platforms that the settings name.")


@app.default
def run() -> None:
    """Listen to what the settings name, settle scores, and tell on a port how it goes.

    SIGTERM or Ctrl-C stops it in order: nothing new is taken in, what was heard is stored, and it ends with 0.
    """
    with asyncio.Runner(loop_factory=quickest_loop()) as runner:
        runner.run(_run())


async def _run() -> None:
    async with opened() as session:
        settings = session.settings
        integrations = configured(settings)
        link = invitation(settings, session.database, await session.keys(), time.time_ns() // 1_000_000)
        if not integrations:
            raise ConfigError(
                "there is nothing to listen to; set CAIRN_DISCORD_TOKEN or CAIRN_SLACK_BOT_TOKEN (see .env.example)"
            )
        if link:
            output.show(link)
            sys.stdout.flush()
        with telling(settings.log_level, settings.log_format, Redactor(settings.secrets)):
            await listen(session, Plan(integrations, settings, Stop()))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run, and what tells to stop. `now` (seconds since 1970) says which day it is to scores.

    `jobs` are those of the clock.
    """

    integrations: Sequence[Integration]
    settings: Settings
    stop: Stop
    now: Callable[[], float] = time.time
    jobs: Jobs = field(default_factory=everything)


async def listen(session: Session, plan: Plan) -> None:
    """Run everything until the plan's `stop` is asked, by a signal or otherwise."""
    asyncio.get_running_loop().set_exception_handler(on_loop_error)
    async with AsyncExitStack() as way_in:
        intake = await way_in.enter_async_context(Intake(session.database, await session.keys()))
        cairn = Cairn(session.database, intake, plan)
        with plan.stop.on_signals(), collecting_seldom():
            async with _telling_health(cairn, plan.settings):
                await run_until_stopped(cairn.listening, cairn.working, way_in.aclose, plan.stop, Patience())


def _telling_health(cairn: Cairn, settings: Settings) -> Health | nullcontext[None]:
    return Health(cairn.sources, settings.health_host, settings.health_port) if settings.health_port else nullcontext()


class Cairn:
    """All parts of a running Cairn, put together."""

    def __init__(self, database: Database, intake: Intake, plan: Plan) -> None:
        """Take the store, the way in, and what is to be run."""
        metrics, beat, settings, integrations = Metrics(), Beat(), plan.settings, plan.integrations
        metrics.watch_tasks(asyncio.get_running_loop())
        settling = Settling(database, metrics, plan.now)
        desks = Desks(database, intake, Policy(settings.community, lambda: first_rules(settings)), metrics)
        desks.told = settling.wake
        names = Names({one.name: one for one in integrations if isinstance(one, Namer)})
        desks.door.tools = Tools(
            sheets=CsvSheets(), names=names, told=settling.wake, changed=desks.wake, patience=HISTORY_SECONDS
        )
        probe = Probe(intake.inbox, database, metrics)
        platforms = {one.name: one for one in integrations if isinstance(one, Deliverer)}
        courier = Courier(database, intake.keys, platforms, metrics, lambda: int(plan.now() * 1000))
        desks.beside.posted = courier.wake
        bench = Bench(database, Means(intake.keys, settings), plan.now, metrics)
        clock = Clock(bench, plan.jobs)
        census = Census(database, settings.backups_folder if settings.backups_keep else None, metrics, plan.now)
        listening = [_listening(one, desks) for one in integrations]
        self.listening = Supervisor(listening, metrics.restarted)
        loops = {"desks": desks.run, "settle": settling.run, "probe": probe.run, "beat": beat.run,
                 "courier": courier.run, "beside": desks.beside.run, "clock": clock.run, "census": census.run,
                 "memory": GivingBack().run}  # fmt: skip
        self.working = Supervisor([Task(name, loop, QUICK) for name, loop in loops.items()], metrics.restarted)
        looks: dict[str, Look] = {
            "database": database_current(database),
            "storage": Writable(probe.once),
            "integrations": connected(integrations, self.listening.waits),
            "scores": settled(settling.lag),
            "jobs": on_time(clock.late),
        }
        self.sources = Sources(beat, lambda: look_at(looks), lambda: plan.stop.asked, metrics.text)


def _listening(integration: Integration, desks: Desks) -> Task:
    host = desks.host(integration.name)
    return Task(integration.name, lambda _: integration.run(host), at_once=True)
