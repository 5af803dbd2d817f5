"""The live part of the demo: Cairn listens to a made-up Discord in which a real history happens anew, at high speed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.cli.run import Plan, listen
from bot.cli.session import Session, opened
from bot.cli.stage.clock import Clock, Pace, tell
from bot.cli.stage.garden import NAME as GARDEN
from bot.cli.stage.garden import THANKS, Garden
from bot.cli.stage.history import Replay, read
from bot.cli.stage.picture import Lines, Picture
from bot.cli.stage.watching import Watching
from bot.errors import MachineError
from bot.logs import telling
from bot.redaction import Redactor
from bot.running import Stop
from integrations.discord.integration import Access, Discord
from integrations.sandbox.discord.server import Sandbox
from integrations.sandbox.discord.server import Settings as SandboxSettings
from scoring.signals import DAY_MS

HISTORY = "Houston"
"""The community whose history happens anew, and its server."""
_HEARD_SECONDS = 0.001
_PATIENCE = 30.0
"""Seconds in which what happens is heard, or the demo is given up."""
_FILE = """\
# A community file as docs/community.md explains it. The number is that of a server in the made-up Discord.
name: {name}
consent: {consent}
spaces:
  - platform: discord
    id: {id}
    name: {name}
    thanks: [{thanks}]
    backfill: off
"""


@dataclass(frozen=True, slots=True)
class Telling:
    """How the story is told: `seconds` for all of it, 0 for as fast as it can be heard; where; and what ends it."""

    seconds: float
    console: Console
    stop: Stop


class Show:
    """A made-up Discord with two servers: one where the history of an export happens anew, one of invented people."""

    def __init__(self, export: Path) -> None:
        """Read the export and furnish the servers. Raises InputError for what is no Slack export."""
        history = read(export)
        moments = [one.at for one in history.values()]
        self._clock = Clock(min(moments) - DAY_MS)
        self._first, self._last = min(moments), max(moments)
        self._server = Sandbox(SandboxSettings(clock=self._clock))
        self._replay = Replay(self._server.guild(HISTORY), history)
        self._garden = Garden(self._server)

    def write_files(self, folder: Path) -> None:
        """Write the community files of both servers."""
        for name, consent in ((HISTORY, "notice"), (GARDEN, "counted")):
            said = _FILE.format(name=name, consent=consent, id=self._server.guild(name).id, thanks=THANKS)
            (folder / f"{name.lower()}.yaml").write_text(said, encoding="utf-8")

    async def play(self, how: Telling) -> bool:
        """Tell the story to a running Cairn and show how it arrives; returns False where it was broken off."""
        async with opened() as session, self._server:
            discord = Discord(self._access())
            settings = session.settings.model_copy(update={"health_port": 0})
            plan = Plan([discord], settings, how.stop, self._clock.seconds)
            with telling("error", "text", Redactor(settings.secrets)):
                return await self._run(session, plan, discord, how)

    def _access(self) -> Access:
        server = self._server
        return Access(server.token, server.rest_url, server.gateway_url, members=True, clock=self._clock)

    async def _run(self, session: Session, plan: Plan, discord: Discord, how: Telling) -> bool:
        with Picture(how.console) if how.console.is_terminal else Lines(how.console) as shown:
            watching = Watching(session.database, self._clock, shown)
            told = asyncio.create_task(self._tell(discord, how.seconds))
            looking = asyncio.create_task(watching.keep())
            listening = asyncio.create_task(listen(session, plan))
            await asyncio.wait((told, looking, listening), return_when=asyncio.FIRST_COMPLETED)
            whole = told.done()
            if not plan.stop.asked:
                plan.stop.ask()
            told.cancel()
            looking.cancel()
            await listening
            for one in await asyncio.gather(told, looking, return_exceptions=True):
                if isinstance(one, Exception):
                    raise one
            if whole:
                await watching.look(last=True)
        return whole

    async def _tell(self, discord: Discord, seconds: float) -> None:
        async def heard() -> None:
            try:
                async with asyncio.timeout(_PATIENCE):
                    while not discord.connected or discord.sequence < self._sent():  # noqa: ASYNC110 - two counts
                        await asyncio.sleep(_HEARD_SECONDS)
            except TimeoutError:
                raise MachineError("the demo's Discord is not heard; is this machine very busy?") from None

        pace = Pace(self._first, self._last, seconds)
        beats = [*self._replay.beats(), *self._garden.beats(self._first, self._last)]
        await tell(beats, self._clock, pace, heard)

    def _sent(self) -> int:
        """Return the number of the last event that the server has told, of all sessions together."""
        return sum(one.sequence for one in self._server.gateway.sessions.values() if one.wire is not None)
