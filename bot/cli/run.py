"""Listen live, until stopped: Discord, as the settings say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, nullcontext

from cyclopts import App

from bot.cli.session import Session, first_rules, opened
from bot.config import Settings
from bot.errors import ConfigError
from bot.health import Beat, Health, Sources
from bot.hosting import Desks, Policy
from bot.intake import Intake
from bot.logs import on_loop_error, telling
from bot.metrics import Metrics
from bot.ports import Integration
from bot.probing import Probe
from bot.readiness import Look, Writable, connected, database_current, look_at, settled
from bot.redaction import Redactor
from bot.running import QUICK, Patience, Stop, Supervisor, Task, run_until_stopped
from bot.settling import Settling
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord

app = App(name="run", help="Listen live, until stopped: Discord, as the settings say.")


@app.default
async def run() -> None:
    """Listen to what the settings name, settle scores, and tell on a port how it goes.

    SIGTERM or Ctrl-C stops it in order: nothing new is taken in, what was heard is stored, and it ends with 0.
    """
    async with opened() as session:
        settings = session.settings
        integrations = configured(settings)
        if not integrations:
            raise ConfigError("there is nothing to listen to; set CAIRN_DISCORD_TOKEN (see .env.example)")
        with telling(settings.log_level, settings.log_format, Redactor(settings.secrets)):
            await _run(session, integrations)


def configured(settings: Settings) -> list[Integration]:
    """Return the live platforms that the settings name."""
    token = settings.discord_token
    if token is None:
        return []
    members = settings.discord_members == "on"
    access = Access(token.get_secret_value(), settings.discord_api_url, settings.discord_gateway_url, members)
    return [Discord(access)]


async def _run(session: Session, integrations: Sequence[Integration]) -> None:
    settings, stop = session.settings, Stop()
    asyncio.get_running_loop().set_exception_handler(on_loop_error)
    async with AsyncExitStack() as way_in:
        intake = await way_in.enter_async_context(Intake(session.database, await session.keys()))
        cairn = Cairn(session.database, intake, integrations, settings, stop)
        with stop.on_signals():
            async with _telling_health(cairn, settings):
                await run_until_stopped(cairn.listening, cairn.working, way_in.aclose, stop, Patience())


def _telling_health(cairn: Cairn, settings: Settings) -> Health | nullcontext[None]:
    return Health(cairn.sources, settings.health_host, settings.health_port) if settings.health_port else nullcontext()


class Cairn:
    """All parts of a running Cairn, put together."""

    def __init__(
        self, database: Database, intake: Intake, integrations: Sequence[Integration], settings: Settings, stop: Stop
    ) -> None:
        """Take the store, the way in, what to listen to, the settings, and what tells to stop."""
        metrics, beat = Metrics(), Beat()
        settling = Settling(database, metrics)
        desks = Desks(database, intake, Policy(settings.community, lambda: first_rules(settings)), metrics)
        desks.told = settling.wake
        probe = Probe(intake.inbox, database, metrics)
        listening = [_listening(one, desks) for one in integrations]
        self.listening = Supervisor(listening, metrics.restarted)
        loops = {"desks": desks.run, "settle": settling.run, "probe": probe.run, "beat": beat.run}
        self.working = Supervisor([Task(name, loop, QUICK) for name, loop in loops.items()], metrics.restarted)
        looks: dict[str, Look] = {
            "database": database_current(database),
            "storage": Writable(probe.once),
            "integrations": connected(integrations, self.listening.waits),
            "scores": settled(settling.lag),
        }
        self.sources = Sources(beat, lambda: look_at(looks), lambda: stop.asked, metrics.text)


def _listening(integration: Integration, desks: Desks) -> Task:
    host = desks.host(integration.name)
    return Task(integration.name, lambda _: integration.run(host), at_once=True)
