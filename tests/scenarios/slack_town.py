"""A workspace that Cairn has just come to, and people who use it as they would in Slack, put together as it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bot.storage import migrate
from bot.storage.engine import Database
from integrations.sandbox.slack.blocks import elements
from integrations.sandbox.slack.interactions.uses import Use
from integrations.sandbox.slack.limits import LIFTED, Limits
from integrations.sandbox.slack.model import Channel, File, Message, UserGroup, View
from integrations.sandbox.slack.people import Person
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.slack.access import Access
from scoring.signals import DAY_MS
from tests.scenarios.discord_rig import Clock, until
from tests.scenarios.slack_rig import SlackRig
from tests.scenarios.ways import part_of

HOUR = 3_600
TEAM = ("boss", "head")
"""Who manages the community, by name."""
BETWEEN = 7.0
"""Seconds between what people do, so that nobody is too quick."""
PATIENCE = 60.0
SLOW = replace(LIFTED, answer=60.0, trigger=120.0)
"""A Slack that is as patient as a busy machine needs it to be."""
Shown = Message | View


def words_in(part: object) -> Iterator[str]:
    """Yield all words in blocks."""
    if isinstance(part, list):
        for one in part:
            yield from words_in(one)
    elif isinstance(part, dict):
        for name, one in part.items():
            if name in ("text", "alt_text", "fallback") and isinstance(one, str):
                yield one
            elif name not in ("options", "value"):
                yield from words_in(one)


def plain(shown: Shown) -> str:
    """Return what a message or view says."""
    return "".join(words_in(blocks_of(shown)))


def blocks_of(shown: Shown) -> list[dict[str, Any]]:
    return list(shown.shown["blocks"] if isinstance(shown, View) else shown.blocks)


def content(shown: Shown) -> object:
    """Return what is replaced as a whole where something else takes its place."""
    return shown.shown if isinstance(shown, View) else shown.blocks


def ids(shown: Shown) -> list[str]:
    """Return the ids of the buttons and lists of a message or view."""
    return [one["action_id"] for _, one in elements(blocks_of(shown))]


def asks(shown: Shown) -> bool:
    """Whether it is a form."""
    return isinstance(shown, View) and "submit" in shown.shown


class Hurried(SlackRig):
    """A Cairn that looks several times a second what there is to do."""

    def access(self) -> Access:
        return replace(super().access(), pause=_short)


async def _short(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.2))


@dataclass
class SlackTown:
    """A workspace with a history, its people, and what they are told. The team may speak another language."""

    rig: SlackRig
    clock: Clock
    spoken: str = "en"
    by_team: str = "en"
    told: list[tuple[str, str]] = field(default_factory=list)
    """What was done, and what was said to it."""

    def __post_init__(self) -> None:
        self.boss, self.head, self.ann, self.bob, self.cat = map(self.person, ("boss", "head", "ann", "bob", "cat"))
        self.boss.user.admin = True
        self.heads = self.rig.team.group("heads", [self.head])
        everybody = (self.boss, self.head, self.ann, self.bob, self.cat)
        self.general, self.help = (self.rig.team.channel(one, members=everybody) for one in ("general", "help"))
        self.team = self.rig.team.private("team", members=(self.boss, self.head))

    def person(self, name: str) -> Person:
        locale = self.by_team if name in TEAM else self.spoken
        return self.rig.team.person(name, locale={"en": "en-US", "de": "de-DE"}[locale])

    def channel(self, name: str) -> Channel:
        return self.rig.team.channel(name)

    def role(self, name: str) -> UserGroup:
        return self.rig.team.group(name)

    def file(self, name: str, content: bytes) -> File:
        return self.head.gives(name, content)

    def words(self, key: str, who: Person) -> str:
        """Return what is sure to stand in a text of Cairn's for somebody."""
        return part_of(key, who.user.locale[:2])

    async def settle_down(self) -> None:
        """Let people be there, who have talked for a quarter of a year before Cairn came."""
        now = self.clock()
        for days in range(80, 0, -8):
            at = now - days * DAY_MS
            question = await self.ann.at(at).says(self.help, "canary question")
            await self.bob.at(at + 60_000).replies(question, "canary answer")
            await self.cat.at(at + 120_000).says(self.general, "canary news")

    async def restart(self) -> None:
        """Stop Cairn, and start another one."""
        await self.rig.stop()
        await self.rig.start()

    # what people do

    async def does(self, who: Person, line: str, given: Mapping[str, Any] | None = None) -> Shown:
        """Give a command, with its options in a form where there are any; returns the answer."""
        root, _, rest = line.partition(" ")
        use = await self._after(who).uses(root, f"{rest} ?" if given else rest, self.general)
        shown = await self._done(who, line, use)
        return await self.submits(who, shown, given) if given else shown

    async def clicks(self, who: Person, shown: Shown, start: str, says: str = "") -> Shown:
        """Press the button whose id begins with something."""
        name = next(one for one in ids(shown) if one.startswith(f"cairn:{start}"))
        used = shown, content(shown)
        return await self._done(who, f"[{start}]", await self._after(who).clicks(shown, name), says, used)

    async def chooses(self, who: Person, shown: Shown, start: str, value: str, says: str = "") -> Shown:
        """Choose from the list whose id begins with something."""
        name = next(one for one in sorted(ids(shown), key=len) if one.startswith(f"cairn:{start}"))
        used, use = (shown, content(shown)), await self._after(who).chooses(shown, name, value)
        return await self._done(who, f"[{start} {value}]", use, says, used)

    async def submits(self, who: Person, form: Shown, given: Mapping[str, Any], says: str = "") -> Shown:
        """Fill a form in, and send it."""
        assert isinstance(form, View), plain(form)
        used, use = (form, content(form)), await self.sends(who, form, given)
        assert not use.errors, use.errors
        return await self._done(who, "(form)", use, says, used)

    async def sends(self, who: Person, form: View, given: Mapping[str, Any]) -> Use:
        """Fill a form in, and send it, whatever comes of it."""
        for name, value in given.items():
            await self.fills(who, form, name, value)
        use = await self._after(who).submits(form)
        return await use.answered(PATIENCE)

    async def fills(self, who: Person, form: View, name: str, value: Any) -> None:
        """Fill one field in; what has suggestions is typed, and the first of those that fits is chosen."""
        _, one = next(pair for pair in elements(blocks_of(form)) if pair[1]["action_id"] == name)
        if one["type"] == "external_select":
            typed = await (await self._after(who).types(form, name, str(value))).answered(PATIENCE)
            fits = [each for each in typed.options if str(value) in (each["value"], each["text"]["text"])]
            value = (fits or [each for each in typed.options if str(value) in each["text"]["text"]])[0]
        elif one["type"] == "static_select" and isinstance(value, UserGroup):
            value = value.id
        elif one["type"] == "checkboxes":
            value = ["yes"] if value else []
        await who.fills(form, {name: value})

    async def shortcut(self, who: Person, callback: str, message: Message | None = None) -> Shown:
        """Use a shortcut."""
        return await self._done(who, f"shortcut {callback}", await self._after(who).shortcut(callback, message))

    async def posted(self, channel: Channel, n: int) -> Message:
        """Wait until Cairn has said so many things in a channel; returns the last of them."""
        own = self.rig.team.bot.id

        def mine() -> list[Message]:
            return [one for one in channel.messages.values() if one.user == own]

        await until(lambda: len(mine()) >= n, PATIENCE)
        self.told.append((f"#{channel.name}", plain(mine()[-1])))
        return mine()[-1]

    def _after(self, who: Person) -> Person:
        self.clock.skip(BETWEEN)
        return who

    async def _done(
        self, who: Person, what: str, use: Use, says: str = "", used: tuple[Shown, object] | None = None
    ) -> Shown:
        """Wait for an answer: a message that only they see, a view, or what stands in the place of what was used."""
        await use.answered(PATIENCE)
        soon = self.words("chat.one_moment", who)

        def shown() -> Shown | None:
            changed = [used[0]] if used is not None and content(used[0]) is not used[1] else []
            for one in (*use.messages[-1:], *use.views[-1:], *changed):
                if plain(one) != soon and (not isinstance(one, View) or one in who.views):
                    return one
            return None

        await until(lambda: shown() is not None or use.trouble, PATIENCE)
        found = shown()
        assert found is not None, (what, use.trouble)
        assert isinstance(found, View) or found.only_for == who.id, what
        self.told.append((what, plain(found)))
        if says:
            assert self.words(says, who) in plain(found), (what, plain(found))
        return found


@asynccontextmanager
async def slack_town(
    url: str, spoken: str = "en", by_team: str = "en", limits: Limits = SLOW
) -> AsyncIterator[SlackTown]:
    """Set a workspace up to which Cairn has not come yet, at noon."""
    clock = Clock()
    clock.skip(12 * HOUR)
    async with Sandbox(Settings(clock=clock, limits=limits)) as server:
        found = SlackTown(Hurried(url, server, server.team("Garden")), clock, spoken, by_team)
        database = Database(url)
        try:
            await migrate.upgrade(database)
        finally:
            await database.close()
        await found.settle_down()
        try:
            yield found
        finally:
            await found.rig.stop()
