"""People of a server of the made-up Discord who use Cairn: what they type is done, and what is said back is printed.

Nothing here knows what Cairn answers: each act goes to the running Cairn, and what is printed is what then lies in the
made-up Discord.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.cli.stage import typed
from bot.cli.stage.forms import Ask, filled
from bot.cli.stage.looks import Looks, labels
from bot.cli.stage.places import Offered
from bot.cli.stage.typed import Typed
from bot.errors import InputError, MachineError
from integrations.sandbox.discord.changes.interactions import EPHEMERAL
from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.model import Channel, Message, Upload
from integrations.sandbox.discord.pending import DEFERRED_UPDATE
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.using import Use

_PATIENCE = 30.0
"""Seconds in which Cairn answers, or the one who asked is told that it did not."""
_LARGEST = 8_000_000


@dataclass(slots=True)
class Talk:
    """A conversation in one channel. `heard` returns when all that people did is stored and scored."""

    guild: GuildHandle
    channel: Channel
    looks: Looks
    heard: Callable[[], Awaitable[None]]
    _private: dict[int, list[Message]] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._seen = {one.id for one, _ in self._from_bot()}

    @property
    def platform(self) -> str:
        """What people call the platform."""
        return "Discord"

    @property
    def where(self) -> str:
        """The name of the channel."""
        return self.channel.name

    def called(self, name: str) -> str:
        """Return how somebody is called; see `places.Conversation`."""
        return self.person(name).user.name

    def everybody(self) -> list[tuple[str, str]]:
        """Return who is there, each with the names of their roles."""
        return [(one.user.name, ", ".join(self.roles(one))) for one in self.people()]

    def offered(self) -> dict[str, Offered]:
        """Return what can be typed as a command."""
        return {
            path: Offered(str(one["description"]), tuple(map(_option, one.get("options") or ())))
            for path, one in self.commands().items()
        }

    def people(self) -> list[Person]:
        """Return the people who are there, by name."""
        users = self.guild.hub.world.users
        there = [users[number] for number in self.guild.guild.members]
        return [self.guild.person(one.name) for one in sorted(there, key=lambda one: one.name) if self._acts(one.id)]

    def _acts(self, number: int) -> bool:
        one = self.guild.hub.world.users[number]
        return not one.bot and number != self.guild.guild.owner_id

    def roles(self, who: Person) -> list[str]:
        """Return the names of somebody's roles."""
        held = self.guild.guild.members[who.id].roles
        return [one.name for one in self.guild.guild.roles.values() if one.id in held]

    def commands(self) -> dict[str, Any]:
        """Return the commands that are registered, by their paths."""
        stored = self.guild.hub.world.application.commands
        return typed.commands([*stored.get(self.guild.id, {}).values(), *stored[0].values()])

    def person(self, name: str) -> Person:
        """Return somebody by their name. Raises InputError where nobody is called so."""
        wanted = name.removeprefix("@").casefold()
        there = self.people()
        found = next((one for one in there if one.user.name.casefold() == wanted), None)
        if found is None:
            raise InputError(f"nobody here is called {name}; there are {', '.join(one.user.name for one in there)}")
        return found

    async def does(self, name: str, line: str, ask: Ask) -> None:
        """Let somebody do what is typed; see `places.Conversation`."""
        who = self.person(name)
        verb, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if verb.startswith("/"):
            await self._command(who, line, ask)
        elif verb == "click" and rest:
            await self._click(who, rest, ask)
        elif verb == "says" and rest:
            named = [one for one in self.people() if f"@{one.user.name}".casefold() in rest.casefold()]
            await who.says(self.channel, rest, mentions=named)
            self.looks.line(who.user.name, rest, self.channel.name)
        elif verb == "reacts" and rest:
            await self._react(who, rest)
        else:
            raise InputError(f"{line.strip()!r} is nothing that can be done here; help says what is")
        await self.heard()
        self.arrived()

    async def _command(self, who: Person, line: str, ask: Ask) -> None:
        given = typed.parse(line, self.commands())
        try:
            options = {name: await self._value(who, given, name) for name in given.given}
            use = await who.uses(self.channel, given.path, options)
        except ValueError as error:
            raise InputError(f"{who.user.name} cannot use {given.path} here: {error}") from None
        said = " ".join([given.path, *(f"{name}:{value}" for name, value in given.given.items())])
        self.looks.line(who.user.name, said, self.channel.name)
        await self._answered(who, use, ask)

    async def _value(self, who: Person, given: Typed, name: str) -> Any:  # noqa: ANN401 - whatever an option takes
        """Return what an option is given, as a program of Discord's would send it."""
        option, text = given.options[name], given.given[name]
        if option.get("autocomplete"):
            typing = await who.types(self.channel, given.path, name, text)
            return _chosen(text, (await typing.answered(_PATIENCE)).choices)
        if option.get("choices"):
            return _among(name, text, option["choices"])
        return self.value(option["type"], name, text)

    def value(self, kind: int, name: str, text: str) -> Any:  # noqa: ANN401 - whatever an option takes
        """Return what is meant by a text, by Discord's kind of option. Raises InputError where it is nothing."""
        match kind:
            case typed.PERSON:
                return self.person(text)
            case typed.CHANNEL:
                return _named(name, text, self.guild.guild.channels.values())
            case typed.ROLE:
                return _named(name, text, self.guild.guild.roles.values())
            case typed.FILE:
                return _file(text)
            case typed.BOOLEAN:
                return text.casefold() in ("yes", "true", "1", "on")
            case typed.NUMBER:
                return _number(name, text)
        return text

    async def _click(self, who: Person, wanted: str, ask: Ask) -> None:
        """Press the button that is called so, or choose from a list, in the newest message that has it."""
        there = [(shown, *one) for shown in self._visible(who) for one in labels(shown)]
        found = [one for one in there if one[1].casefold() == wanted.strip("[]").casefold()]
        if not found:
            names = ", ".join(dict.fromkeys(f"[{one[1]}]" for one in there[:8])) or "none yet"
            raise InputError(f"{who.user.name} sees no button {wanted}; there are {names}")
        shown, label, number, value = found[0]
        self.looks.line(who.user.name, f"clicks [{label}]")
        before = shown.edited
        use = await (who.chooses(shown, number, [value]) if value else who.clicks(shown, number))
        await self._answered(who, use, ask, lambda: shown.edited != before)

    async def _answered(self, who: Person, use: Use, ask: Ask, changed: Callable[[], bool] = lambda: False) -> None:
        """Wait for an answer, print it, and fill in a form where that is the answer."""
        try:
            await use.finished(_PATIENCE)
            if use.pending.answer == DEFERRED_UPDATE:
                await self.guild.hub.until(lambda: use.more or changed(), _PATIENCE)
        except TimeoutError:
            raise MachineError("the demo's Cairn did not answer; is this machine very busy?") from None
        below = use.pending.answer == DEFERRED_UPDATE and not changed()
        for shown in use.more if below else use.pending.messages():
            self._shows(who, shown, private=shown.flags & EPHEMERAL > 0)
        if use.pending.form is not None:
            await self._fill(who, use, ask)

    async def _fill(self, who: Person, use: Use, ask: Ask) -> None:
        given = await filled(use.form, self, ask)
        if given is None:
            self.looks.note(f"{who.user.name} closes the form")
            return
        try:
            sent = await who.submits(use, given)
        except ValueError as error:
            raise InputError(f"Discord does not send the form: {error}") from None
        self.looks.submit()
        await self._answered(who, sent, ask)

    async def _react(self, who: Person, emoji: str) -> None:
        others = [self.channel.messages[number] for number in reversed(self.channel.order)]
        found = next((one for one in others if one.author_id != who.id and self._acts(one.author_id)), None)
        if found is None:
            raise InputError("nobody else has said anything here yet")
        await who.reacts(found, emoji)
        author = self.looks.name(found.author_id)
        self.looks.line(who.user.name, f"{emoji} to {author}'s last message", self.channel.name)

    def _shows(self, who: Person, shown: Message, *, private: bool) -> None:
        self._seen.add(shown.id)
        if private:
            mine = self._private.setdefault(who.id, [])
            self._private[who.id] = [shown, *(one for one in mine if one is not shown)]
        self.looks.message(shown, who.user.name if private else "", "" if private else f"#{self.channel.name}")

    def _visible(self, who: Person) -> list[Message]:
        """Return the bot's messages that somebody sees, the newest first: those to them, then those in channels."""
        open_to_all = [one for one, place in self._from_bot() if place.guild_id or who.id in place.recipients]
        return self._private.get(who.id, []) + sorted(open_to_all, key=lambda one: -one.id)

    def _from_bot(self) -> list[tuple[Message, Channel]]:
        """Return what the bot wrote in channels of the server and in private conversations."""
        world = self.guild.hub.world
        places = [one for one in world.channels.values() if one.guild_id in (None, self.guild.id)]
        return [(one, place) for place in places for one in place.messages.values() if one.author_id == world.bot.id]

    def arrived(self) -> None:
        """Print what the bot wrote by itself since the last look."""
        for one, place in self._from_bot():
            if one.id not in self._seen:
                self._seen.add(one.id)
                to = [self.looks.name(number) for number in place.recipients]
                self.looks.message(one, "", f"#{place.name}" if place.guild_id else f"direct message to {to[0]}")


def _option(one: dict[str, Any]) -> str:
    return f"{one['name']}: {one['description']}{'' if one.get('required') else ' (can be left out)'}"


def _chosen(text: str, offered: Iterable[dict[str, Any]]) -> str:
    """Return the value of the suggestion that is meant; what was typed where none is called so."""
    wanted = text.casefold()
    return next((str(one["value"]) for one in offered if str(one["name"]).casefold() == wanted), text)


def _among(name: str, text: str, choices: Iterable[dict[str, Any]]) -> str:
    wanted, names = text.casefold(), [str(one["name"]) for one in choices]
    for one in choices:
        if wanted in (str(one["name"]).casefold(), str(one["value"]).casefold()):
            return str(one["value"])
    raise InputError(f"{name}: {text} cannot be chosen; expected one of: {', '.join(names)}")


def _named(name: str, text: str, there: Iterable[Any]) -> Any:  # noqa: ANN401 - channels or roles
    wanted = text.lstrip("#@").casefold()
    found = [one for one in there if one.name.lstrip("@").casefold() == wanted]
    if not found:
        raise InputError(f"{name}: there is no {text} here")
    return found[0]


def _number(name: str, text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InputError(f"{name}: {text} is no number") from None


def _file(text: str) -> Upload:
    path = Path(text).expanduser()
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{text} is too large; expected at most 8 MB")
        return Upload(path.name, path.read_bytes())
    except OSError as error:
        raise InputError(f"{text} cannot be read: {error.strerror or type(error).__name__}") from None
