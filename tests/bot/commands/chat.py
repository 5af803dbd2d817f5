"""Communities in which people give commands: a door, a way in for signals, and what a reply says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.chat.calling import Aim, Call, Caller
from bot.chat.speech import Action, Bar, Bold, Button, Channel, Form, Jump, Link, Moment, Reply, Select, Table, Who
from bot.commands.door import Door, Place
from bot.commands.registry import registry
from bot.consent.choices import Choices, Said, What
from bot.consent.questions import Questions
from bot.hearing.space_settings import Consent, Listed, SpaceSettings
from bot.intake import Intake
from bot.keys import Keys
from bot.ports import Space
from bot.rules import parse_rules
from bot.settle import Settler
from bot.storage import communities, migrate, outgoing, spaces, teamwork
from bot.storage.accounts import Newcomers
from bot.storage.engine import Database
from bot.storage.recording import Origin
from scoring.signals import DAY_MS, Account, Context, Kind, Signal

TODAY = 20_500
NOW = TODAY * DAY_MS + DAY_MS // 2
A_MINUTE = 60_000
ANN, BOB, CAT, DAN = (Account("discord", "", f"{n}00000000000000{n}") for n in (1, 2, 3, 4))
BOT = Account("discord", "", "900000000000009", bot=True)
HELP, CHAT = Context("C1", "help"), Context("C2", "chat")
RULES = """\
name: Garden
window: 60
groups: [country, gender]
sensitive: [gender]
bands:
  - {name: Around, touch: low, entry: 1}
  - {name: Helping, touch: high, entry: 4, focus: true}
  - {name: Leading, touch: high, entry: 2}
engagements:
  - {name: mentored, title: mentored somebody, band: Leading, when: {kind: participation}, points: 2}
  - {name: helped, title: answered others in help, band: Helping, when: {kind: reply, place: help}, points: 1,
     daily_cap: 2}
  - {name: thanked, title: was thanked, band: Helping, when: {kind: thanks}, credit: receiver,
     different_people: true, curve: [0.5, 1]}
  - {name: wrote, title: wrote something, band: Around, when: {kind: [message, reply]}, points: 0.5}
multipliers:
  - {name: far away, times: 2, group: country, values: [Peru]}
steps:
  - {name: host, title: host an evening, band: Helping, points: 3, days: 2, leads_to: Leading, offer: Would you host?}
  - {name: greet, title: greet newcomers, band: Around, points: 0.5, leads_to: Helping, offer: Would you greet?}
"""


@dataclass
class Chat:
    """A community with one space, and people who call there; each call comes a minute after the one before."""

    database: Database
    keys: Keys
    door: Door
    place: Place
    language: str = "en"
    now: int = NOW
    numbers: dict[str, int] = field(default_factory=dict)

    async def say(self, who: Account, command: str, **given: Any) -> Reply:
        """Give a command."""
        return await self.call(who, Call(self._caller(who), 0, command, given=given))

    async def press(self, who: Account, name: str, *arguments: str, **given: Any) -> Reply:
        """Press a button, or send a form with what is given."""
        return await self.call(who, Call(self._caller(who), 0, action=Action(name, arguments), given=given))

    async def choose(self, who: Account, name: str, *chosen: str) -> Reply:
        """Choose from a list."""
        return await self.call(who, Call(self._caller(who), 0, action=Action(name), chosen=chosen))

    async def use(self, who: Account, command: str, aim: Aim) -> Reply:
        """Use a context menu."""
        return await self.call(who, Call(self._caller(who), 0, command, aim=aim))

    async def call(self, who: Account, call: Call) -> Reply:
        self.now += A_MINUTE
        return await self.door.answer(replace(call, at=self.now, caller=self._caller(who)), self.place)

    def _caller(self, who: Account) -> Caller:
        return Caller(who, locale=self.language, bot=who.bot)

    async def hear(self, *signals: Signal) -> None:
        """Store what people did in the space."""
        assert self.place.inbox is not None
        await self.place.inbox.record(list(signals))

    async def settle(self) -> None:
        """Settle all marks, and let the window end today."""
        settler = Settler(self.database, self.place.community)
        await settler.roll(self.now // DAY_MS)
        await settler.settle()

    def said(self, who: Account) -> Said:
        return Said(self.place.community, self.place.space, who, self.now)

    @property
    def choices(self) -> Choices:
        return Choices(self.database, self.keys)

    async def with_page(self, *people: Account) -> None:
        """Give people a page with all that is kept of them."""
        for who in people:
            assert await self.choices.make_page(self.said(who), fresh=False)

    async def undisturbed(self, *people: Account) -> None:
        """Have people counted who were asked lately whether they want a page, so that no card stands below replies."""
        for who in people:
            await self.say(who, "cairn about-me", zone="UTC")
            await Questions(self.database, self.keys).ask(self.said(who), What.ASKED_PAGE)
        self.door = Door(self.database, self.keys, registry())

    async def live(self, channel: str = "") -> None:
        """Let messages go out; the team is told things in a channel."""
        async with self.database.write() as connection:
            await outgoing.go_live(connection, self.place.community, self.now)
            if channel:
                await teamwork.set_team_channel(connection, self.place.space, channel, (None, self.now))

    async def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Run a query (`:of` is the community)."""
        async with self.database.read() as connection:
            named = {"of": self.place.community} if ":of" in sql else {}
            return [tuple(row) for row in await connection.execute(text(sql), named | values)]

    def elsewhere(self, place: Place) -> Chat:
        """Return the same people in another place."""
        return replace(self, place=place)


async def settled_in(database: Database, intake: Intake, name: str, **settings: Any) -> Place:
    """Found a community with one space."""
    mountain = parse_rules(RULES, "mountain.yaml")
    async with database.write() as connection:
        community = await communities.found(connection, name, RULES, mountain.version, "mountain.yaml")
    return await another_space(database, intake, community.id, f"{community.id}00", **settings)


async def another_space(database: Database, intake: Intake, community: int, external: str, **settings: Any) -> Place:
    """Put a space down in a community."""
    there = replace(SpaceSettings(moderators=Listed.of(["Mods"]), managers=Listed.of(["Heads"])), **settings)
    async with database.write() as connection:
        space = await spaces.settle(connection, community, Space("discord", external), there.consent.value, "{}")
    newcomers = Newcomers(0, page=False, wait=there.consent is Consent.STRICT)
    origin = Origin(community, space, frozenset(Kind), newcomers, NOW, asks=True)
    return Place(community, space, there, intake.inbox(origin))


@asynccontextmanager
async def chatting(url: str, **settings: Any) -> AsyncIterator[tuple[Chat, Intake]]:
    """Open a database with one community in it, for the time of the block."""
    database, keys = Database(url), Keys(b"k" * 32, [Fernet.generate_key().decode()])
    await migrate.upgrade(database)
    try:
        async with Intake(database, keys) as intake:
            place = await settled_in(database, intake, "Garden", **settings)
            yield Chat(database, keys, Door(database, keys, registry()), place), intake
    finally:
        await database.close()


def message(who: Account, number: int, *, day: int = TODAY, context: Context = CHAT, **more: Any) -> Signal:
    """Return a message somebody wrote on a day; `number` makes it one of its own."""
    at = day * DAY_MS + (number % 1_000) * A_MINUTE
    values: dict[str, Any] = {
        "kind": Kind.MESSAGE,
        "key": f"d:{number}",
        "key_day": day,
        "at": at,
        "version": at,
        "context": context,
    }
    return Signal(**values | {"account": who} | more)


def answer(who: Account, number: int, *, day: int = TODAY) -> Signal:
    """Return an answer somebody gave in the channel for help."""
    return message(who, number, day=day, context=HELP, kind=Kind.REPLY)


def said(reply: Reply) -> str:
    """Return all words of a reply: those on buttons and in forms, too."""
    return " ".join(_words((reply.blocks, reply.form)))


def actions(reply: Reply) -> list[Action]:
    """Return what can be done with a reply."""
    return [one.action for one in _parts((reply.blocks, reply.form)) if isinstance(one, Button | Select | Form)]


def code_of(reply: Reply) -> str:
    """Return the code that joins accounts."""
    found = [one for one in said(reply).replace(".", " ").split() if len(one) == 11 and one[5] == "-"]
    assert len(found) == 1
    return found[0]


def action(reply: Reply, name: str) -> Action:
    """Return the one action of that name."""
    return next(one for one in actions(reply) if one.name == name)


def parts(reply: Reply) -> list[Any]:
    """Return everything that a reply is made of, blocks and spans alike."""
    return list(_parts((reply.blocks, reply.form)))


def _parts(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, Account):
        return
    if isinstance(value, tuple):
        for one in value:
            yield from _parts(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _parts(getattr(value, one.name))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, Action | StrEnum):
        return
    told = _LEAVES.get(type(value))
    if told is not None:
        yield told(value)
    elif isinstance(value, tuple) and value and all(type(one) in _SPANS for one in value):
        yield "".join(_LEAVES[type(one)](one) for one in value)
    elif isinstance(value, tuple):
        for one in value:
            yield from _words(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _words(getattr(value, one.name))


_LEAVES: dict[type, Callable[[Any], str]] = {
    str: str,
    Bold: lambda one: str(one.text),
    Who: lambda one: f"@{one.account.id}",
    Channel: lambda one: f"#{one.id}",
    Moment: lambda one: str(one.at),
    Jump: lambda one: f"{one.text}<{one.space}/{one.place}/{one.key}>",
    Link: lambda one: str(one.text),
    Bar: lambda one: f"{one.label} {one.value:g}/{one.whole:g} {one.note}",
    Table: lambda one: " ".join(word for row in (one.head, *one.rows) for word in row),
}
_SPANS = {str, Bold, Who, Channel, Moment, Jump, Link}
