"""A Cairn that people talk to on a made-up Discord, with commands of the tests' own, and can be started anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.chat.calling import Call, Menu, Offered, Option
from bot.chat.speech import (
    Action,
    Asks,
    Block,
    Button,
    Choice,
    Controls,
    Field,
    Form,
    Paragraph,
    Reply,
    Select,
)
from bot.commands.door import Door
from bot.commands.registry import Registry
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.community import Terms, apply, parse_community
from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.language import Words
from bot.operating.metrics import Metrics
from bot.ports import Delivery, Outcome
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.discord.timing import Timing
from integrations.platforms import PLATFORMS
from integrations.sandbox.discord.components import texts, walked
from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.model import Channel, Message
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.discord.using import Use
from integrations.sandbox.exchanges import Watch
from tests.canaries import MARK
from tests.scenarios.listeners import Clock, until
from tests.scenarios.stories import KEYS
from tests.scenarios.world import RULES

LIFTED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=())
PATIENCE = 60.0
"""Seconds within which something has to come about; on a quiet machine it takes a fraction of one."""
PATIENT = Timing(note=0.02, look=0.05, stays=60.0, answer=60.0, form=60.0, first=60.0, sending=60.0)
"""Nothing is put off, however slow the machine is."""
HASTY = Timing(note=0.02, look=0.05, stays=60.0, answer=0.05, form=0.2, first=60.0, sending=60.0)
RELAXED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=(), answer=600.0)
KINDS = tuple(Choice(one, one.title()) for one in ("talk", "help", "host"))


class Shop(Registry):
    """Commands whose words are their own names, since no language file has them."""

    def offered(self, words: Words) -> list[Offered]:
        plain = [self._plain(one, words.tag) for one in self.commands]
        return plain + [self._menu(one, menu, words.tag) for one in self.commands for menu in one.menus]

    def _plain(self, one: Command, tag: str) -> Offered:
        options = tuple(
            Option(
                asked.name, f"{asked.name} {tag}", asked.asks, asked.required,
                tuple(Choice(value, f"{value} {tag}") for value in asked.choices), asked.suggest is not None,
                asked.least, asked.most,
            )
            for asked in one.options
        )  # fmt: skip
        staff = one.role is not Role.EVERYONE
        return Offered(one.path, f"{one.name} {tag}", options, staff, one.opens_form)

    def _menu(self, one: Command, menu: Menu, tag: str) -> Offered:
        staff = one.role is not Role.EVERYONE
        return Offered(one.path, f"{one.name} {menu} {tag}", staff=staff, opens_form=one.opens_form, menu=menu)


def said(*blocks: Block) -> Reply:
    return Reply(blocks or (Paragraph(("yes",)),))


@dataclass
class Keeper:
    """What the commands of a shop share: whom they were called by, what they show, and what they wait for."""

    calls: list[Call] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    shows: Reply = field(default_factory=said)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def show(self, call: Call, room: Room) -> Reply:
        self.calls.append(call)
        self.roles.append(room.role)
        return self.shows

    async def wait(self, call: Call, room: Room) -> Reply:
        await self.gate.wait()
        return await self.show(call, room)

    async def ask(self, call: Call, room: Room) -> Reply:
        """Answer with a form that has every sort of field there is room for."""
        self.calls.append(call)
        asked = [*call.action.arguments, "text"] if call.action else ["text"]
        return Reply(form=Form("A form", FORMS[asked[0]], Action("ask-sent", (asked[0],))))

    async def ask_slowly(self, call: Call, room: Room) -> Reply:
        await self.gate.wait()
        return await self.ask(call, room)

    async def more(self, call: Call, room: Room) -> Reply:
        """Answer a form with a form."""
        self.calls.append(call)
        return Reply(form=Form("More", FORMS["text"], Action("ask-sent", ("text",))))

    async def fail(self, call: Call, room: Room) -> Reply:
        raise RuntimeError("canary: secret words")

    async def suggest(self, typed: str, room: Room) -> list[Choice]:
        return [Choice(f"{typed}{n}", f"{typed} number {n}") for n in range(3)]

    def commands(self) -> tuple[Command, ...]:
        forms = Act(self.ask, opens_form=True)
        return (
            Command("cairn show", self.show, options=(Asked("what"),), acts={
                "show-again": Act(self.show), "show-slow": Act(self.wait), "show-form": forms,
                "show-slow-form": Act(self.ask_slowly, opens_form=True),
                "show-staff": Act(self.show, Role.MODERATOR),
            }),
            Command("cairn give", self.show, options=EVERY_OPTION(self)),
            Command("cairn slow", self.wait),
            Command("cairn ask", self.ask, acts={
                "ask-sent": Act(self.show), "ask-more": Act(self.more),
            }, opens_form=True),
            Command("cairn ask-slowly", self.ask_slowly, opens_form=True),
            Command("cairn broken", self.fail),
            Command("cairn-team event create", self.show, Role.MODERATOR, (Asked("name", required=True),)),
            Command("cairn-team event list", self.show, Role.MODERATOR),
            Command("cairn-team setup", self.show, Role.MANAGER),
            Command("cairn thank", self.show, menus=(Menu.PERSON, Menu.MESSAGE)),
            Command("cairn-team log", self.show, Role.MODERATOR, menus=(Menu.MESSAGE,)),
        )  # fmt: skip


def EVERY_OPTION(keeper: Keeper) -> tuple[Asked, ...]:  # noqa: N802 - a constant but for its suggestions
    """Return an option of each sort; the needed one comes last, which Discord does not take."""
    return (
        Asked("text", Asks.TEXT),
        Asked("long", Asks.LONG_TEXT),
        Asked("number", Asks.NUMBER, least=0, most=24),
        Asked("day", Asks.DAY),
        Asked("kind", Asks.CHOICE, choices=("talk", "help")),
        Asked("person", Asks.PERSON),
        Asked("role", Asks.ROLE),
        Asked("channel", Asks.CHANNEL),
        Asked("file", Asks.FILE),
        Asked("sure", Asks.YES_OR_NO),
        Asked("near", Asks.TEXT, suggest=keeper.suggest),
        Asked("needed", Asks.TEXT, required=True),
    )


FORMS = {
    "text": (
        Field("name", "Your name", value="Ann", hint="as you like", longest=10), Field("why", "Why", Asks.LONG_TEXT),
    ),
    "figures": (
        Field("hours", "Hours", Asks.NUMBER), Field("day", "Day", Asks.DAY),
        Field("sure", "Are you sure?", Asks.YES_OR_NO), Field("kind", "Kind", Asks.CHOICE, choices=KINDS, value="help"),
    ),
    "things": (
        Field("person", "Who", Asks.PERSON), Field("role", "Role", Asks.ROLE, required=False),
        Field("channel", "Where", Asks.CHANNEL), Field("file", "File", Asks.FILE),
        Field("one", "Only one", Asks.CHOICE, required=False, choices=KINDS[:1]),
    ),
}  # fmt: skip


@dataclass
class Chat:
    """A sandbox, a store, and a Cairn between them."""

    server: Sandbox
    database: Database
    intake: Intake
    clock: Clock
    guilds: Mapping[str, GuildHandle]
    keeper: Keeper
    metrics: Metrics = field(default_factory=Metrics)
    desks: Desks = field(init=False)
    discord: Discord | None = None
    _running: asyncio.Task[None] | None = None

    @property
    def guild(self) -> GuildHandle:
        return next(iter(self.guilds.values()))

    @property
    def general(self) -> Channel:
        return self.guild.text("general")

    def person(self, name: str) -> Person:
        return self.guild.person(name)

    async def staff(self, name: str, role: str = "mods") -> Person:
        """Return somebody with a role, who sees commands for staff."""
        found = self.guild.person(name)
        await found.gets_role(self.guild, self.guild.role(role))
        return found

    async def start(self, timing: Timing = PATIENT) -> None:
        """Connect, and wait until the commands are there."""
        self.desks = Desks(self.database, self.intake, Policy("Garden", lambda: (RULES, "v", "m.yaml")), self.metrics)
        self.desks.door = Door(self.database, KEYS, Shop(self.keeper.commands()))
        access = Access(self.server.token, self.server.rest_url, self.server.gateway_url, clock=self.clock)
        self.discord = Discord(access, timing)
        self._running = asyncio.create_task(self.discord.run(self.desks.host("discord")))
        await until(self._there)

    async def _there(self) -> bool:
        assert self._running is not None
        assert self.discord is not None
        if self._running.done():
            self._running.result()
        registered = self.server.world.application.commands
        return self.discord.connected and all(registered.get(one.id) for one in self.guilds.values())

    async def stop(self) -> None:
        """Stop as the supervisor does."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
            self._running = None

    async def shows(self, who: Person, *blocks: Block, where: Channel | None = None, replaces: bool = False) -> Use:
        """Let somebody be shown some blocks by a command."""
        self.keeper.shows = Reply(blocks, replaces=replaces)
        used = await who.uses(where or self.general, "/cairn show")
        return await used.finished(PATIENCE)

    async def answered(self, use: Use) -> Use:
        return await use.finished(PATIENCE)

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Hand a message over; while Cairn is only just coming, again."""
        found: list[Outcome] = []

        async def handed_over() -> bool:
            assert self.discord is not None
            found.append(await self.discord.deliver(delivery))
            return not found[-1].reason.endswith("not connected")

        await until(handed_over)
        return found[-1]

    def pings(self) -> list[Any]:
        """Return all that was ever notified, as the ledger has it."""
        return [one for request in self.server.ledger.requests() for one in request.values.get("pings", ())]


def text_of(message: Message) -> str:
    """Return what a message shows."""
    return "\n\n".join((*filter(None, [message.content]), *texts(message.components)))


def ids_of(message: Message) -> list[str]:
    """Return the ids of the buttons and lists of a message."""
    return [one["custom_id"] for one in walked(message.components) if "custom_id" in one]


def buttons(*names: str) -> Controls:
    return Controls(tuple(Button(name, Action(name)) for name in names))


def button(*parts: str) -> Controls:
    return Controls((Button(parts[0], Action(parts[0], parts[1:])),))


def choice(name: str, *values: str, most: int = 1) -> Controls:
    return Controls((Select(Action(name), tuple(Choice(one, one.title()) for one in values), "Choose", most),))


@asynccontextmanager
async def chat_on(
    database_url: str,
    guilds: Iterable[str] = ("Garden",),
    limits: Limits = RELAXED,
    timer: Callable[[Clock], Callable[[], float]] = lambda _: time.monotonic,
    watch: Watch | None = None,
) -> AsyncIterator[Chat]:
    """Set up a sandbox, and a store in which its servers are listened to; nobody is connected yet.

    `timer` says by what the sandbox measures for how long something holds, in seconds; `watch` is shown what is asked.
    """
    clock = Clock()
    async with AsyncExitStack() as stack:
        database = Database(database_url)
        stack.push_async_callback(database.close)
        await migrate.upgrade(database)
        settings = Settings(limits=limits, clock=clock, timer=timer(clock), watch=watch, mark=MARK)
        server = await stack.enter_async_context(Sandbox(settings))
        made = {name: server.guild(name) for name in guilds}
        for guild in made.values():
            for role in ("mods", "heads"):
                guild.role(role, int(Permission.MANAGE_MESSAGES))
        roles = "roles: {moderators: [mods], managers: [heads]}"
        spaces = "".join(
            f'  - {{platform: discord, id: "{one.id}", name: "{name}", {roles}}}\n' for name, one in made.items()
        )
        shape = parse_community(f"name: Garden\nconsent: notice\nspaces:\n{spaces}", "community.yaml", PLATFORMS)
        async with database.write() as connection:
            await apply(connection, shape, Terms(KEYS, PLATFORMS, lambda: (RULES, "v", "m.yaml")))
        intake = await stack.enter_async_context(Intake(database, KEYS))
        found = Chat(server, database, intake, clock, made, Keeper())
        stack.push_async_callback(found.stop)
        yield found
