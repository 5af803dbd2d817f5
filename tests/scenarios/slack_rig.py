"""A whole Cairn on a sandbox Slack, over sockets or HTTP, and its store."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.cli.run import Cairn, Plan
from bot.community import Terms, apply, parse_community
from bot.config import Settings as CairnSettings
from bot.intake import Intake
from bot.keys import Keys
from bot.operating.running import Patience, Stop, run_until_stopped
from bot.rules import parse_rules
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.platforms import PLATFORMS
from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from integrations.slack.access import Access
from integrations.slack.integration import Slack
from integrations.slack.receiving.serving import EVENTS
from scoring.signals import Kind
from tests.scenarios.discord_rig import RULES, until
from tests.scenarios.discord_store import Store
from tests.scenarios.discord_truth import Fact
from tests.scenarios.slack_truth import SlackTruth
from tests.scenarios.stories import KEYS

THANKS = "pray"


@dataclass
class SlackRig(Store):
    """A sandbox with one workspace, and a Cairn that can be started and stopped. `http` says that Slack sends to it."""

    url: str
    server: Sandbox
    team: TeamHandle
    http: bool = False
    keys: Keys = KEYS
    port: int = 0
    hidden: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    patience: float = 20.0
    log: io.StringIO = field(default_factory=io.StringIO)
    slack: Slack | None = None
    _life: asyncio.Task[None] | None = None
    _stop: Stop = field(default_factory=Stop)

    def access(self) -> Access:
        """How Cairn reaches this Slack."""
        found = Access((self.team.token,), api_url=self.server.url, clock=self.server.settings.clock)
        if self.http:
            return replace(found, signing_secret=self.server.app.signing_secret, port=self.port)
        return replace(found, app_token=self.server.app.app_token)

    def database(self) -> Database:
        """What Cairn stores in."""
        return Database(self.url)

    async def start(self) -> None:
        """Start Cairn, and return when it hears."""
        self.slack = Slack(self.access())
        self._stop = Stop()
        self._life = asyncio.create_task(self._live(self.slack, self._stop))
        await until(self.hears)

    def hears(self) -> bool:
        """Whether Cairn hears; raises what ended it."""
        if self._life is not None and self._life.done():
            self._life.result()
        return self.slack is not None and self.slack.connected

    async def _live(self, slack: Slack, stop: Stop) -> None:
        database = self.database()
        settings = CairnSettings(database_url=self.url, community="Garden", health_port=0)
        try:
            async with AsyncExitStack() as way_in:
                intake = await way_in.enter_async_context(Intake(database, self.keys))
                now = self.server.settings.clock
                cairn = Cairn(database, intake, Plan([slack], settings, stop, lambda: now() / 1000))
                await run_until_stopped(cairn.listening, cairn.working, way_in.aclose, stop, Patience())
        finally:
            await database.close()

    async def stop(self) -> None:
        """Stop in order, as SIGTERM does."""
        if self._life is not None:
            self._stop.ask()
            await asyncio.wait_for(self._life, 60.0)
            self._life = None

    def truth(self) -> set[Fact]:
        """Return what the ledger says should be stored."""
        return set(SlackTruth.of(self.server.ledger, THANKS, self.hidden, self.strangers).facts)

    async def agrees(self) -> None:
        """Wait until exactly what the ledger says is stored, each once; then check everything else."""

        async def same() -> bool:
            return not any((await self.differences()).values())

        try:
            await until(same, self.patience)
        except AssertionError:
            raise AssertionError(await self.differences()) from None
        await self.check()

    async def differences(self) -> dict[str, list[Fact]]:
        """Return in which ways the store and the ledger differ."""
        stored = (await self.stored()).facts
        kept = {one: n for one, n in stored.items() if one.kind in _KINDS}
        truth = self.truth()
        return {
            "missing": sorted(truth - kept.keys())[:9],
            "too much": sorted(kept.keys() - truth)[:9],
            "doubles": sorted(one for one, n in kept.items() if n > 1)[:9],
        }

    async def keeps_quiet(self, *canaries: str) -> None:
        """Check that no secret and nothing that anybody wrote is in the database's files or in the log (I6)."""
        app = self.server.app
        canaries = (self.team.token, app.app_token, app.signing_secret, *canaries)
        assert not any(canary in self.log.getvalue() for canary in canaries)
        assert not await self.holds(*canaries)


_KINDS = frozenset({Kind.MESSAGE, Kind.REPLY, Kind.REACTION, Kind.THANKS, Kind.MENTION})


@asynccontextmanager
async def slack_rig(url: str, *, http: bool = False, start: bool = True, known: bool = True) -> AsyncIterator[SlackRig]:
    """Yield a rig with a workspace in a community named Garden; not yet where it is not `known`."""
    async with rig_of(SlackRig, url, Settings(limits=LIFTED), http=http, start=start, known=known) as rig:
        yield rig


R = TypeVar("R", bound=SlackRig)


@asynccontextmanager
async def rig_of(
    sort: type[R], url: str, settings: Settings, *, http: bool = False, start: bool = True, known: bool = True
) -> AsyncIterator[R]:
    """Yield a rig of some sort, as `slack_rig` does, on a sandbox with these settings."""
    async with Sandbox(settings) as server:
        rig = sort(url, server, server.team("Garden"), http, port=free_port())
        if http:
            server.app.socket_mode = False
            address = f"http://127.0.0.1:{rig.port}{EVENTS}"
            server.app.events_url = server.app.interactivity_url = server.app.commands_url = address
        if known:
            await found(rig)
        if start:
            await rig.start()
        try:
            yield rig
        finally:
            await rig.stop()


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def found(rig: SlackRig, more: str = "") -> None:
    """Found the community, with `more` lines of settings for the workspace where there are any."""
    shape = parse_community(
        f"name: Garden\nspaces:\n  - platform: slack\n    id: {rig.team.id}\n    thanks: [{THANKS}]\n"
        f"    stays: everywhere\n    backfill: 'off'\n{more}",
        "community.yaml",
        PLATFORMS,
    )
    version = parse_rules(RULES, "rules.yaml").version
    database = Database(rig.url)
    try:
        await migrate.upgrade(database)
        async with database.write() as connection:
            await apply(connection, shape, Terms(rig.keys, PLATFORMS, lambda: (RULES, version, "rules.yaml")))
    finally:
        await database.close()
