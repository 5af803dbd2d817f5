"""The live part of the demo: Cairn listens to a made-up Discord in which a real history happens anew, at high speed.

Then people use it there, and in a made-up Slack beside it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.cli.run import Plan, listen
from bot.cli.session import Session, opened
from bot.cli.stage.clock import Clock, Pace, tell
from bot.cli.stage.garden import CHANNEL, MANAGER, MODERATOR, THANKS, Garden
from bot.cli.stage.garden import NAME as GARDEN
from bot.cli.stage.history import Replay, read
from bot.cli.stage.looks import Looks
from bot.cli.stage.picture import Lines as Written
from bot.cli.stage.picture import Picture
from bot.cli.stage.places import Conversation
from bot.cli.stage.prompt import Lines, Prompt
from bot.cli.stage.script import Script
from bot.cli.stage.slack_looks import SlackLooks
from bot.cli.stage.slack_talk import SlackTalk
from bot.cli.stage.talk import Talk
from bot.cli.stage.watching import Watching
from bot.cli.stage.workspace import THANKS as SLACK_THANKS
from bot.cli.stage.workspace import Workspace
from bot.clockwork.duties import Jobs, everything
from bot.demo.story import Turn
from bot.errors import MachineError
from bot.operating.logs import telling
from bot.operating.redaction import Redactor
from bot.operating.running import Stop
from bot.rights.retention import Retention
from bot.storage import communities, marks
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.discord.timing import Timing
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox
from integrations.sandbox.discord.server import Settings as SandboxSettings
from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox as SlackSandbox
from integrations.sandbox.slack.server import Settings as SlackSettings
from integrations.slack.access import Access as SlackAccess
from integrations.slack.integration import Slack
from scoring.signals import DAY_MS, day_of

HISTORY = "Houston"
"""The community whose history happens anew, and its server."""
_HEARD_SECONDS, _LOOK_SECONDS = 0.001, 0.02
_SCORED_SECONDS = 3.0
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
    roles: {{moderators: [{moderator}], managers: [{manager}]}}
    backfill: off
"""
_SLACK = """\
  - platform: slack
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
    """A made-up Discord with two servers: one where the history of an export happens anew, one of invented people.

    Some of these are in a made-up Slack, too.
    """

    def __init__(self, export: Path) -> None:
        """Read the export and furnish the servers. Raises InputError for what is no Slack export."""
        history = read(export)
        moments = [one.at for one in history.values()]
        self._clock = Clock(min(moments) - DAY_MS)
        self._first, self._last = min(moments), max(moments)
        self._server = Sandbox(SandboxSettings(clock=self._clock, limits=Limits(answer=_PATIENCE)))
        self._replay = Replay(self._server.guild(HISTORY), history)
        self._garden = Garden(self._server)
        self._workspace = Workspace(SlackSandbox(SlackSettings(clock=self._clock, limits=LIFTED)))

    def write_files(self, folder: Path) -> None:
        """Write the community files: of one server each, and that of the Garden of its workspace, too."""
        for name, consent in ((HISTORY, "notice"), (GARDEN, "counted")):
            said = _FILE.format(
                name=name,
                consent=consent,
                id=self._server.guild(name).id,
                thanks=THANKS,
                moderator=MODERATOR,
                manager=MANAGER,
            )
            team = self._workspace.team.id
            beside = _SLACK.format(name=GARDEN, id=team, thanks=SLACK_THANKS) if name == GARDEN else ""
            (folder / f"{name.lower()}.yaml").write_text(said + beside, encoding="utf-8")

    async def play(self, how: Telling) -> bool:
        """Tell the story to a running Cairn and show how it arrives; returns False where it was broken off."""
        async with opened() as session:
            with Picture(how.console) if how.console.is_terminal else Written(how.console) as shown:
                watching = Watching(session.database, self._clock, shown)
                whole = await self._beside(session, how, lambda discord, _: self._watched(discord, how, watching))
                if whole:
                    await watching.look(last=True)
        return whole

    async def _watched(self, discord: Discord, how: Telling, watching: Watching) -> None:
        told = asyncio.create_task(self._tell(discord, how.seconds))
        looking = asyncio.create_task(watching.keep())
        try:
            await asyncio.wait((told, looking), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = [one for one in (told, looking) if not one.cancel()]
            await asyncio.gather(told, looking, return_exceptions=True)
        for one in ended:
            one.result()

    async def talk(self, how: Telling, turns: Sequence[Turn]) -> bool:
        """Let people use Cairn as a script says, and show what it answers; returns False where it was broken off."""
        pause = how.seconds / max(len(turns), 1)

        async def act(discord: Discord, slack: Slack) -> None:
            places = await self._places(session, (discord, slack), how)
            by_name = {one.platform: one for one in places}
            await Script(by_name, how.console, self._clock.next_minute, pause).tell(turns)

        async with opened() as session:
            await self._let_go(session)
            return await self._beside(session, how, act)

    async def _let_go(self, session: Session) -> None:
        """Let go of what is over its time in the Garden, as each night does."""
        garden = await session.community(GARDEN)
        if garden is not None:
            await Retention(session.database, garden.id).run(day_of(self._clock()))

    async def keep(self, how: Telling, name: str, source: int = 0) -> bool:
        """Do what is typed, beginning as somebody, until there is no more; returns False where it was broken off.

        `source` is the number of the file from which it is read: what a person types, if nothing else.
        """

        async def act(discord: Discord, slack: Slack) -> None:
            places = await self._places(session, (discord, slack), how)
            await Prompt(places, Lines(source), how.console, echoes=not os.isatty(source)).run(name)

        self._clock.go_on()
        async with opened() as session:
            return await self._beside(session, how, act)

    async def _places(
        self, session: Session, heard: tuple[Discord, Slack], how: Telling
    ) -> tuple[Conversation, Conversation]:
        """Return where people talk, once Cairn hears both places and its commands are there."""
        discord, slack = heard

        async def on_discord() -> None:
            await self._heard(discord)
            await discord.quiet()
            await _scored(session.database, GARDEN)

        async def on_slack() -> None:
            await self._workspace.server.delivered(_PATIENCE)
            await _scored(session.database, GARDEN)

        await self._waits(lambda: self._server.world.application.commands.get(self._garden.guild.id))
        await self._waits(lambda: slack.connected)
        await on_discord()
        looks = Looks(self._server.world, how.console)
        talk = Talk(self._garden.guild, self._garden.guild.text(CHANNEL), looks, on_discord)
        slack_looks = SlackLooks(self._workspace.server.world, how.console)
        return talk, SlackTalk(self._workspace, slack_looks, on_slack)

    async def _beside(
        self, session: Session, how: Telling, act: Callable[[Discord, Slack], Coroutine[Any, Any, None]]
    ) -> bool:
        """Let something happen beside a running Cairn; returns False where it was broken off before its end."""
        async with self._server, self._workspace.server:
            discord = Discord(self._access(), Timing(form=_PATIENCE, first=_PATIENCE))
            slack = Slack(self._slack_access())
            settings = session.settings.model_copy(update={"health_port": 0})
            plan = Plan([discord, slack], settings, how.stop, self._clock.seconds, _jobs())
            with telling("error", "text", Redactor(settings.secrets)):
                acting = asyncio.create_task(act(discord, slack))
                listening = asyncio.create_task(listen(session, plan))
                await asyncio.wait((acting, listening), return_when=asyncio.FIRST_COMPLETED)
                whole = not acting.cancel()
                if not plan.stop.asked:
                    plan.stop.ask()
                await listening
                (failed,) = await asyncio.gather(acting, return_exceptions=True)
                if isinstance(failed, Exception):
                    raise failed
        return whole

    def _access(self) -> Access:
        server = self._server
        return Access(server.token, server.rest_url, server.gateway_url, members=True, clock=self._clock)

    def _slack_access(self) -> SlackAccess:
        server = self._workspace.server
        token, app = self._workspace.team.token, server.app.app_token
        return SlackAccess((token,), app, api_url=server.url, clock=self._clock)

    async def _tell(self, discord: Discord, seconds: float) -> None:
        pace = Pace(self._first, self._last, seconds)
        beats = [*self._replay.beats(), *self._garden.beats(self._first, self._last)]
        await tell(beats, self._clock, pace, lambda: self._heard(discord))

    async def _heard(self, discord: Discord) -> None:
        """Return when all that the server has told is heard."""
        await self._waits(lambda: discord.connected and discord.sequence >= self._sent())

    async def _waits(self, came: Callable[[], object]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not came():  # noqa: ASYNC110 - two sides that do not know of each other
                    await asyncio.sleep(_HEARD_SECONDS)
        except TimeoutError:
            raise MachineError("the demo's Discord is not heard; is this machine very busy?") from None

    def _sent(self) -> int:
        """Return the number of the last event that the server has told, of all sessions together."""
        return sum(one.sequence for one in self._server.gateway.sessions.values() if one.wire is not None)


def _jobs() -> Jobs:
    """Return the clock's jobs but two: the history that happens anew is kept whole, to be compared with its file, and
    of a database that is thrown away no copies are needed.
    """
    return Jobs.of(job for name, job in everything().by_name.items() if name not in ("retention", "backup"))


async def _scored(database: Database, name: str) -> None:
    """Return when all that is stored of a community is scored; a little earlier where jobs keep it busy."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_SCORED_SECONDS):
            while await _waiting(database, name):  # noqa: ASYNC110 - it is the store that says so
                await asyncio.sleep(_LOOK_SECONDS)


async def _waiting(database: Database, name: str) -> int:
    async with database.read() as connection:
        there = [one.id for one in await communities.everyone(connection) if one.name == name]
        return sum([await marks.waiting(connection, number) for number in there])
