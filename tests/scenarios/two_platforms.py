"""One Cairn that listens to a made-up Discord and a made-up Slack at once, for one community, and its store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.cli.run import Cairn, Plan
from bot.community import Terms, apply, parse_community
from bot.config import Settings as CairnSettings
from bot.consent.choices import Choices, Said
from bot.gate import Person as Facts
from bot.intake import Intake
from bot.operating.running import Patience, Stop, run_until_stopped
from bot.rules import parse_rules
from bot.storage import knowing, migrate
from bot.storage.engine import Database
from bot.storage.knowing import Who
from integrations.discord.integration import Access, Discord
from integrations.discord.timing import Timing
from integrations.platforms import PLATFORMS
from integrations.sandbox.discord.components import walked
from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.server import Sandbox
from integrations.sandbox.discord.server import Settings as DiscordSettings
from integrations.sandbox.slack.blocks import elements
from integrations.sandbox.slack.limits import LIFTED as SLACK_LIFTED
from integrations.sandbox.slack.people import Person as SlackPerson
from integrations.sandbox.slack.server import Sandbox as SlackSandbox
from integrations.sandbox.slack.server import Settings as SlackSettings
from integrations.sandbox.slack.teams import TeamHandle
from integrations.slack.access import Access as SlackAccess
from integrations.slack.integration import Slack
from scoring.signals import Account
from tests.canaries import MARK
from tests.scenarios.chat import text_of
from tests.scenarios.discord_rig import LIFTED, PATIENCE, RULES, Clock, until
from tests.scenarios.discord_store import Store
from tests.scenarios.stories import KEYS

THANKS, SLACK_THANKS = "🙏", "pray"
NOON_SECONDS = 12 * 3_600
_FILE = """\
name: Garden
spaces:
  - platform: discord
    id: "{guild}"
    name: Garden server
    thanks: ["{thanks}"]
    roles: {{moderators: [mods]}}
    backfill: "off"
  - platform: slack
    id: {team}
    name: Garden workspace
    thanks: [{slack_thanks}]
    roles: {{moderators: [mods]}}
    backfill: "off"
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody is shown: all of its words, and the names and ids of its buttons."""

    words: str
    buttons: dict[str, str]


@dataclass
class OnDiscord:
    """Somebody on Discord who uses Cairn there."""

    rig: TwoPlatforms
    person: Person
    last: Shown = field(init=False)

    @property
    def account(self) -> Account:
        return Account("discord", "", str(self.person.id))

    async def says(self, text: str) -> None:
        """Write in the channel."""
        await self.person.says(self.rig.general, text)

    async def uses(self, command: str, **given: Any) -> Shown:
        """Use a command in the channel, and return what is answered."""
        used = await self.person.uses(self.rig.general, command, given)
        return self._shown(await used.finished(PATIENCE))

    async def clicks(self, shown: Shown, label: str) -> Shown:
        """Press one of the buttons that were shown last."""
        used = await self.person.clicks(self._message, shown.buttons[label])
        return self._shown(await used.finished(PATIENCE))

    def _shown(self, used: Any) -> Shown:
        self._message = used.message
        named = [one for one in walked(self._message.components) if "custom_id" in one]
        self.last = Shown(text_of(self._message), {str(one.get("label")): one["custom_id"] for one in named})
        return self.last


@dataclass
class OnSlack:
    """Somebody on Slack who uses Cairn there."""

    rig: TwoPlatforms
    person: SlackPerson
    last: Shown = field(init=False)

    @property
    def account(self) -> Account:
        return Account("slack", self.rig.team.id, self.person.id)

    async def says(self, text: str) -> None:
        """Write in the channel."""
        await self.person.says(self.rig.channel, text)

    async def uses(self, command: str, **given: Any) -> Shown:
        """Use a command in the channel, and return what is answered."""
        root, _, rest = command.partition(" ")
        used = await self.person.uses(root, " ".join([rest, *map(str, given.values())]), self.rig.channel)
        return await self._shown(used)

    async def clicks(self, shown: Shown, label: str) -> Shown:
        """Press one of the buttons that were shown last."""
        return await self._shown(await self.person.clicks(self._message, shown.buttons[label]))

    async def _shown(self, used: Any) -> Shown:
        await used.said(within=PATIENCE)
        self._message = used.message
        buttons = [one for _, one in elements(self._message.blocks) if one["type"] == "button"]
        named = {one["text"]["text"]: one["action_id"] for one in buttons}
        self.last = Shown("\n".join(_words(self._message.blocks)), named)
        return self.last


def _words(shown: Any) -> list[str]:
    """Return all texts in blocks, in their order."""
    if isinstance(shown, dict):
        own = [shown["text"]] if isinstance(shown.get("text"), str) else []
        named = [f"<@{shown['user_id']}>"] if shown.get("type") == "user" else []
        return own + named + [one for value in shown.values() for one in _words(value)]
    return [one for value in shown for one in _words(value)] if isinstance(shown, list) else []


@dataclass
class TwoPlatforms(Store):
    """A server and a workspace of one community, and the Cairn between them, by one clock."""

    url: str
    server: Sandbox
    slack: SlackSandbox
    clock: Clock
    keys = KEYS
    discord: Discord | None = None
    integrations: tuple[Discord, Slack] = field(init=False)
    _life: asyncio.Task[None] | None = None
    _stop: Stop = field(default_factory=Stop)

    def __post_init__(self) -> None:
        self.guild: GuildHandle = self.server.guild("Garden")
        self.general = self.guild.text("general")
        self.team: TeamHandle = self.slack.team("Garden")
        self.channel = self.team.channel("general")
        self.guild.role("mods", int(Permission.MANAGE_MESSAGES))
        self._rung = 0

    def on_discord(self, name: str) -> OnDiscord:
        """Return somebody of the server."""
        return OnDiscord(self, self.guild.person(name))

    def on_slack(self, name: str) -> OnSlack:
        """Return somebody of the workspace."""
        person = self.team.person(name)
        self.channel.members.setdefault(person.id, self.channel.created)
        return OnSlack(self, person)

    async def start(self) -> None:
        """Start Cairn, and return when it hears both platforms and its commands are there."""
        timing = Timing(pause=self.clock.pause, note=0.05, closing=0.5, retry=0.01, answer=60.0, form=60.0, first=60.0)
        access = Access(
            self.server.token, self.server.rest_url, self.server.gateway_url, members=True, clock=self.clock
        )
        self.discord = Discord(access, timing)
        there = SlackAccess((self.team.token,), self.slack.app.app_token, api_url=self.slack.url, clock=self.clock)
        slack = Slack(there)
        self._stop = Stop()
        self.integrations = self.discord, slack
        self._life = asyncio.create_task(self._live(self.discord, slack))

        def hears() -> bool:
            if self._life is not None and self._life.done():
                self._life.result()
            registered = self.server.world.application.commands.get(self.guild.id)
            return self.discord is not None and self.discord.connected and slack.connected and bool(registered)

        await until(hears)

    async def _live(self, *integrations: Any) -> None:
        database = Database(self.url)
        settings = CairnSettings(database_url=self.url, community="Garden", health_port=0)
        try:
            async with AsyncExitStack() as way_in:
                intake = await way_in.enter_async_context(Intake(database, self.keys))
                plan = Plan(integrations, settings, self._stop, lambda: self.clock() / 1000)
                cairn = Cairn(database, intake, plan)
                await run_until_stopped(cairn.listening, cairn.working, way_in.aclose, self._stop, Patience())
        finally:
            await database.close()

    async def stop(self) -> None:
        """Stop in order, as SIGTERM does."""
        if self._life is not None:
            self._stop.ask()
            await asyncio.wait_for(self._life, PATIENCE)
            self._life = None

    async def settled(self) -> None:
        """Wait until all that was done on both platforms is stored and scored: a bell is rung on each, last."""
        self._rung += 1
        rung = await self.guild.person("Ringer").says(self.general, MARK)
        told = await self.on_slack("Ringer").person.says(self.channel, MARK)
        for key in (f"d:{rung.id}", f"s:{self.channel.id}:{told.ts}"):
            await until(lambda key=key: self.query(f"SELECT 1 FROM engagement WHERE key = '{key}'"))  # type: ignore[misc]

        async def scored() -> bool:
            waiting = "SELECT (SELECT count(*) FROM dirty) + (SELECT count(*) FROM stale)"
            return not (await self.query(waiting))[0][0]

        await until(scored)

    @property
    def ringers(self) -> str:
        """The pseudonyms of those who ring the bells, as SQL lists them."""
        both = self.on_discord("Ringer"), self.on_slack("Ringer")
        return ", ".join(f"'{self.keys.handle(one.account)}'" for one in both)

    async def number(self, who: OnDiscord | OnSlack) -> tuple[int, int]:
        """Return the numbers of somebody's account and of the member it is now."""
        wanted = f"SELECT id, member FROM account WHERE handle = '{self.keys.handle(who.account)}'"
        ((account, member),) = await self.query(wanted)
        return account, member

    @asynccontextmanager
    async def choices(self) -> AsyncIterator[Choices]:
        """Yield what takes choices down."""
        database = Database(self.url)
        try:
            yield Choices(database, self.keys)
        finally:
            await database.close()

    async def said(self, who: OnDiscord | OnSlack) -> Said:
        """Return somebody who speaks now, in their own space."""
        wanted = "SELECT community, id FROM space WHERE platform = "
        ((community, space),) = await self.query(f"{wanted}'{who.account.platform}'")
        return Said(community, space, who.account, self.clock())

    async def known(self, who: OnDiscord | OnSlack) -> Facts:
        """Return what the Gate knows of somebody in their own space."""
        said, (_, member) = await self.said(who), await self.number(who)
        of = Who(said.community, member, said.space)
        database = Database(self.url)
        try:
            async with database.read() as connection:
                return (await knowing.known(connection, [of], self.clock()))[of].person
        finally:
            await database.close()


@asynccontextmanager
async def two_platforms(url: str, *, start: bool = True) -> AsyncIterator[TwoPlatforms]:
    """Yield a Cairn on both platforms, at noon of a made-up day."""
    clock = Clock()
    clock.skip(NOON_SECONDS)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Sandbox(DiscordSettings(clock=clock, limits=LIFTED, mark=MARK)))
        slack = await stack.enter_async_context(SlackSandbox(SlackSettings(clock=clock, limits=SLACK_LIFTED)))
        rig = TwoPlatforms(url, server, slack, clock)
        await _found(rig)
        stack.push_async_callback(rig.stop)
        if start:
            await rig.start()
        yield rig


async def _found(rig: TwoPlatforms) -> None:
    said = _FILE.format(guild=rig.guild.id, team=rig.team.id, thanks=THANKS, slack_thanks=SLACK_THANKS)
    shape = parse_community(said, "community.yaml", PLATFORMS)
    version = parse_rules(RULES, "rules.yaml").version
    database = Database(rig.url)
    try:
        await migrate.upgrade(database)
        async with database.write() as connection:
            await apply(connection, shape, Terms(rig.keys, PLATFORMS, lambda: (RULES, version, "rules.yaml")))
    finally:
        await database.close()
