"""People of the workspace of the made-up Slack who use Cairn: what they type is done, and what is said is printed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.cli.stage.forms import Ask
from bot.cli.stage.places import Offered
from bot.cli.stage.slack_forms import Filling, filled
from bot.cli.stage.slack_looks import SlackLooks, inputs, pressable
from bot.cli.stage.workspace import ADMIN, EMOJI, Workspace
from bot.commands.registry import registry
from bot.errors import InputError, MachineError
from bot.language import Words
from integrations.sandbox.slack.interactions.uses import Use
from integrations.sandbox.slack.model import Json, Message, View
from integrations.sandbox.slack.people import Person

_PATIENCE = 30.0
_QUIET = 3.0
"""Seconds in which something more comes after a click, where anything does."""
_COMMANDS = ("/cairn", "/cairn-team")


@dataclass(slots=True)
class SlackTalk:
    """A conversation in one channel. `heard` returns when all that people did is stored and scored."""

    workspace: Workspace
    looks: SlackLooks
    heard: Callable[[], Awaitable[None]]
    _seen: set[str] = field(default_factory=set)

    @property
    def platform(self) -> str:
        """What people call the platform."""
        return "Slack"

    @property
    def where(self) -> str:
        """The name of the channel."""
        return self.workspace.channel.name

    def called(self, name: str) -> str:
        """Return how somebody is called; see `places.Conversation`."""
        return self._person(name).user.real_name

    def everybody(self) -> list[tuple[str, str]]:
        """Return who is there, and who of them runs the workspace."""
        return [(one.user.real_name, ADMIN if one.user.admin else "") for one in self._people()]

    def offered(self) -> dict[str, Offered]:
        """Return what can be typed as a command: the very words of Discord."""
        return {
            f"/{one.path}": Offered(one.about, tuple(f"{option.name}: {option.about}" for option in one.options))
            for one in registry().offered(Words("en"))
            if one.menu is None
        }

    def _people(self) -> list[Person]:
        here = self.workspace.team.team.users.values()
        names = sorted(one.real_name for one in here if not one.bot and not one.owner)
        return [self.workspace.team.person(name) for name in names]

    def _person(self, name: str) -> Person:
        wanted, there = name.removeprefix("@").casefold(), self._people()
        found = next((one for one in there if one.user.real_name.casefold() == wanted), None)
        if found is None:
            names = ", ".join(one.user.real_name for one in there)
            raise InputError(f"nobody here is called {name}; there are {names}")
        return found

    async def does(self, name: str, line: str, ask: Ask) -> None:
        """Let somebody do what is typed; see `places.Conversation`."""
        who = self._person(name)
        verb, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if verb.startswith("/"):
            await self._command(who, verb, rest, ask)
        elif verb == "home":
            await self._home(who)
        elif verb == "click" and rest:
            await self._click(who, rest, ask)
        elif verb == "says" and rest:
            named = [one for one in self._people() if f"@{one.user.real_name}".casefold() in rest.casefold()]
            await who.says(self.workspace.channel, rest, named)
            self.looks.line(who.user.real_name, rest, self.where)
        elif verb == "reacts" and rest:
            await self._react(who, rest)
        else:
            raise InputError(f"{line.strip()!r} is nothing that can be done here; help says what is")
        await self.heard()
        self._arrived(who)

    async def _command(self, who: Person, command: str, text: str, ask: Ask) -> None:
        if command not in _COMMANDS:
            raise InputError(f"there is no command {command}; there are {' and '.join(_COMMANDS)}")
        self.looks.line(who.user.real_name, f"{command} {text}".strip(), self.where)
        use = await who.uses(command, self._live(text), self.workspace.channel)
        await self._answered(who, use, ask)

    def _live(self, text: str) -> str:
        """Return a text in which people and channels are named as Slack's programs send them."""
        for one in self._people():
            name = re.escape(one.user.real_name)
            text = re.sub(rf"@{name}\b", one.mention, text, flags=re.IGNORECASE)
        return text.replace(f"#{self.where}", f"<#{self.workspace.channel.id}>")

    async def _home(self, who: Person) -> None:
        """Open the Home tab, and print it once it has been drawn."""
        before = who.home.hash if who.home is not None else ""
        await who.opens_home()
        self.looks.line(who.user.real_name, "opens Cairn's Home tab")
        await self._waits(lambda: who.home is not None and who.home.hash != before)
        if who.home is not None:
            self.looks.message(who.home.shown["blocks"], seen="the Home tab")

    async def _click(self, who: Person, wanted: str, ask: Ask) -> None:
        """Press the button that is called so, or choose from a list, in the newest message that has it."""
        there = [(shown, *one) for shown in self._visible(who) for one in pressable(_blocks(shown))]
        found = [one for one in there if one[1].casefold() == wanted.strip("[]").casefold()]
        if not found:
            names = ", ".join(dict.fromkeys(f"[{one[1]}]" for one in there[:8])) or "none yet"
            raise InputError(f"{who.user.real_name} sees no button {wanted}; there are {names}")
        shown, label, action, value = found[0]
        self.looks.line(who.user.real_name, f"clicks [{label}]")
        use = await (who.clicks(shown, action) if value is None else who.chooses(shown, action, value))
        await self._answered(who, use, ask)

    async def _answered(self, who: Person, use: Use, ask: Ask) -> None:
        """Wait for an answer, print it, and fill in a form where that is the answer."""
        with suppress(TimeoutError):
            await use.answered(_PATIENCE)
            await self.workspace.server.until(lambda: use.messages or use.views or use.errors or use.trouble, _QUIET)
        if use.trouble:
            raise MachineError(f"the demo's Cairn did not answer: {use.trouble}")
        for shown in use.messages:
            self._shows(who, shown)
        for error in use.errors.values():
            self.looks.note(error)
        if use.views:
            await self._viewed(who, use.views[-1], ask)

    async def _viewed(self, who: Person, view: View, ask: Ask) -> None:
        """Print a window, and fill it in where it is a form."""
        if not inputs(view.shown):
            self.looks.message(view.shown["blocks"], seen=f"a window before {who.user.real_name}")
            return
        given = await filled(view.shown, Filling(self.looks, ask, self._named))
        if given is None:
            self.looks.note(f"{who.user.real_name} closes the form")
            await who.closes(view)
            return
        try:
            sent = await who.submits(view, given)
        except ValueError as error:
            raise InputError(f"Slack does not send the form: {error}") from None
        self.looks.submit()
        await self._answered(who, sent, ask)

    def _named(self, sort: str, name: str) -> object:
        if sort == "@":
            return self._person(name)
        if name.lstrip("#").casefold() != self.where:
            raise InputError(f"there is no channel {name} here, only #{self.where}")
        return self.workspace.channel

    async def _react(self, who: Person, emoji: str) -> None:
        messages = reversed(self.workspace.channel.messages.values())
        people = {one.id for one in self._people()} - {who.id}
        found = next((one for one in messages if one.user in people), None)
        if found is None:
            raise InputError("nobody else has said anything here yet")
        await who.reacts(found, EMOJI.get(emoji, emoji.strip(":")))
        self.looks.line(who.user.real_name, f"{emoji} to {self.looks.name(found.user)}'s last message", self.where)

    def _shows(self, who: Person, shown: Message) -> None:
        self._seen.add(shown.ts)
        seen = f"only visible to {who.user.real_name}" if shown.only_for else f"#{self.where}"
        self.looks.message(shown.blocks, shown.text, seen)

    def _visible(self, who: Person) -> list[Message | View]:
        """Return what somebody sees of the bot's, the newest first."""
        private = sorted([*who.ephemerals, *self._written(who)], key=lambda one: one.ts, reverse=True)
        pages = [*reversed(who.views), *([who.home] if who.home is not None else [])]
        return [*pages[:-1], *private, *pages[-1:]]

    def _written(self, who: Person) -> list[Message]:
        """Return what the bot wrote in the channel, and to somebody directly."""
        bot = who.bot_of().id
        return [one for place in (self.workspace.channel, who.dm) for one in place.messages.values() if one.user == bot]

    def _arrived(self, who: Person) -> None:
        """Print what the bot wrote since the last look, in the channel or to somebody."""
        for one in (*self._written(who), *who.ephemerals):
            if one.ts not in self._seen:
                self._shows(who, one)

    async def _waits(self, came: Callable[[], object]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.workspace.server.until(came, _PATIENCE)
        except TimeoutError:
            raise MachineError("the demo's Cairn did not answer; is this machine very busy?") from None


def _blocks(shown: Message | View) -> list[Json]:
    return list(shown.shown["blocks"]) if isinstance(shown, View) else shown.blocks
