"""A server that Cairn has just come to, and people who use it as they would on Discord, by `cairn run`'s own wiring."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from integrations.discord.timing import Timing
from integrations.sandbox.discord.components import walked
from integrations.sandbox.discord.model import Channel, Message, Role, Upload
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.using import Use
from integrations.sandbox.exchanges import Watch
from scoring.signals import DAY_MS
from tests.scenarios.chat import RELAXED, text_of
from tests.scenarios.discord_rig import PATIENCE, Rig, rig, until
from tests.scenarios.ways import part_of

HOUR = 3_600
TEAM = ("boss", "head")
"""Who manages the community, by name."""
BETWEEN = 7.0
"""Seconds between what people do, so that nobody is too quick."""


def plain(message: Message) -> str:
    """Return what a message says, without the signs that keep Discord from formatting it."""
    return text_of(message).replace("\\", "")


@dataclass
class Town:
    """A server with a history, its people, and what they are told. The team may speak another language than members."""

    rig: Rig
    spoken: str
    by_team: str
    told: list[tuple[str, str]] = field(default_factory=list)
    """What was done, and what was said to it."""

    def __post_init__(self) -> None:
        self.guild = self.rig.server.guild("Garden")
        self.general, self.help, self.team = (self.guild.text(one) for one in ("general", "help", "team"))
        self.guild.make_private(self.team, self.guild.bot_role)
        self.heads = self.guild.role("heads", int(Permission.MANAGE_MESSAGES))
        self.boss, self.head = self.person("boss"), self.person("head")
        self.ann, self.bob, self.cat = (self.person(one) for one in ("ann", "bob", "cat"))

    def person(self, name: str) -> Person:
        found = self.guild.person(name)
        found.user.locale = self.by_team if name in TEAM else self.spoken
        return found

    def words(self, key: str, who: Person) -> str:
        """Return what is sure to stand in a text of Cairn's for somebody."""
        return part_of(key, who.user.locale)

    def channel(self, name: str) -> Channel:
        return self.guild.text(name)

    def role(self, name: str) -> Role:
        return self.guild.role(name)

    def file(self, name: str, content: bytes) -> Upload:
        return Upload(name, content)

    async def settle_down(self) -> None:
        """Let people be there, who have talked for a quarter of a year before Cairn came."""
        await self.boss.gets_role(self.guild, self.guild.role("boss", int(Permission.ADMINISTRATOR)))
        await self.head.gets_role(self.guild, self.heads)
        now = self.rig.clock()
        for days in range(80, 0, -8):
            at = now - days * DAY_MS
            question = await self.ann.at(at).says(self.help, "canary question")
            await self.bob.at(at + 60_000).says(self.help, "canary answer", question)
            await self.cat.at(at + 120_000).says(self.general, "canary news")

    async def arrive(self) -> None:
        """Start Cairn, and wait until its commands are there and it hears."""
        await self.rig.start()
        commands = self.rig.server.world.application.commands
        await until(lambda: bool(commands.get(self.guild.id)))
        await self.rig.heard()

    # what people do

    async def does(self, who: Person, line: str, given: Mapping[str, Any] | None = None) -> Use:
        """Give a command; returns the whole answer."""
        return await self._done(who, line, await self._after(who).uses(self.general, line, given or {}))

    async def clicks(self, who: Person, message: Message, start: str, says: str = "") -> Use:
        """Press the button whose id begins with something."""
        name = next(one for one in ids(message) if one.startswith(f"cairn:{start}"))
        return await self._done(who, f"[{start}]", await self._after(who).clicks(message, name), says)

    async def chooses(self, who: Person, message: Message, start: str, value: str, says: str = "") -> Use:
        """Choose from the list whose id begins with something."""
        name = next(one for one in ids(message) if one.startswith(f"cairn:{start}"))
        use = await self._after(who).chooses(message, name, [value])
        return await self._done(who, f"[{start} {value}]", use, says)

    async def submits(self, who: Person, form: Use, values: Mapping[str, Any], says: str = "") -> Use:
        """Fill a form in."""
        return await self._done(who, "(form)", await self._after(who).submits(form, values), says)

    async def picks(self, who: Person, target: Message | Person, label: str) -> Use:
        """Use a context menu."""
        return await self._done(who, f"menu {label}", await self._after(who).uses_on(target, label, self.general))

    async def types(self, who: Person, line: str, option: str, text: str = "") -> list[str]:
        """Begin to type into an option; returns the values that are suggested."""
        typed = await (await self._after(who).types(self.general, line, option, text)).answered(PATIENCE)
        return [str(one["value"]) for one in typed.choices]

    async def posted(self, channel: Channel, n: int) -> Message:
        """Wait until Cairn has said so many things in a channel; returns the last of them."""
        own = self.rig.server.world.bot.id

        def mine() -> list[Message]:
            return [one for one in channel.messages.values() if one.author_id == own]

        await until(lambda: len(mine()) >= n)
        self.told.append((f"#{channel.name}", plain(mine()[-1])))
        return mine()[-1]

    def _after(self, who: Person) -> Person:
        self.rig.clock.skip(BETWEEN)
        return who

    async def _done(self, who: Person, what: str, use: Use, says: str = "") -> Use:
        await use.finished(PATIENCE)
        said = "(a form)" if use.pending.form is not None else plain(use.message)
        self.told.append((what, said))
        if says:
            assert self.words(says, who) in said, (what, said)
        return use


def ids(message: Message) -> list[str]:
    """Return the ids of the buttons and lists of a message."""
    return [one["custom_id"] for one in walked(message.components) if "custom_id" in one]


@asynccontextmanager
async def town(url: str, spoken: str, by_team: str, watch: Watch | None = None) -> AsyncIterator[Town]:
    """Set a server up in which Cairn arrives for the first time, at noon; `watch` is shown what is asked of Discord."""
    async with rig(url, limits=RELAXED, known=False, watch=watch) as made:
        made.clock.skip(12 * HOUR)
        made.timing = Timing(
            pause=made.clock.pause, note=0.05, stays=60.0, closing=0.5, retry=0.01, pace=0.0, look=0.05, answer=60.0,
            form=60.0, first=60.0, sending=60.0,
        )  # fmt: skip
        found = Town(made, spoken, by_team)
        await found.settle_down()
        yield found
