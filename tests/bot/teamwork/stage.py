"""A space whose team calls commands at the door, on a real store: what they are told, and what is kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from bot.chat.calling import Aim, Call, Caller, ChannelNow, RoleNow
from bot.chat.speech import (
    Action,
    Bars,
    Block,
    Bold,
    Button,
    Channel,
    Choice,
    Controls,
    Fields,
    Form,
    Heading,
    Jump,
    Link,
    Moment,
    Paragraph,
    Reply,
    Select,
    Span,
    Table,
    Who,
)
from bot.errors import MachineError
from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.keys import Keys
from bot.operating.metrics import Metrics
from bot.ports import Desk, Space
from bot.rules import parse_rules
from bot.settle import Settler
from bot.storage import communities, migrate, spaces
from bot.storage.engine import Database
from bot.teamwork.tools import Tools
from scoring.signals import DAY_MS, Account, Context, Kind, Signal

TODAY = 20_500
NOW = TODAY * DAY_MS + DAY_MS // 2
MOD, HEAD, ANN, BOB, CAT = (Account("discord", "", f"{n}00000000000000{n}") for n in range(1, 6))
MACHINE = Account("discord", "", "900000000000009", bot=True)
MODS, HEADS = ("10", "Mods"), ("11", "Heads")
RULES = """\
name: Garden
bands:
  - {name: Around, touch: low, entry: 1}
  - {name: Helping, touch: high, entry: 2, focus: true}
  - {name: Leading, touch: high, entry: 5}
engagements:
  - {name: mentored, title: mentored somebody, band: Helping, when: {kind: participation, role: mentor}, points: 4}
  - {name: took-part, title: took part, band: Helping, when: {kind: participation}, points: 1}
  - {name: helped-out, title: helped out, band: Helping, when: {kind: logged}, points: 2}
  - {name: came, title: came, band: Helping, when: {kind: attendance}, points: 1}
  - {name: wrote, title: wrote, band: Around, when: {kind: [message, reply]}, curve: [0.5, 0.8, 1]}
steps:
  - {name: lead, title: Lead something, band: Helping, points: 2, leads_to: Leading}
"""


@dataclass
class Told:
    """What the platform tells when it is asked; `silent`: it does not answer."""

    stage: Stage
    channels: dict[str, ChannelNow] = field(default_factory=dict)
    silent: bool = False

    async def channel(self, place: str) -> ChannelNow | None:
        self._may_fail()
        return self.channels.get(place)

    async def person(self, who: Account) -> Caller | None:
        self._may_fail()
        return self.stage.caller(who)

    async def role(self, role: str) -> RoleNow | None:
        self._may_fail()
        return {one: RoleNow(name) for one, name in (MODS, HEADS)}.get(role)

    def _may_fail(self) -> None:
        if self.silent:
            raise MachineError("no answer")


@dataclass
class Stage:
    """A community with one space, which is listened to, and its door."""

    database: Database
    keys: Keys
    desks: Desks
    desk: Desk
    community: int
    space: int
    now: int = NOW
    calls: int = 0
    places: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        team, open_to_all = ChannelNow(everyone=False, writable=True), ChannelNow(everyone=True, writable=True)
        shut = ChannelNow(everyone=False, writable=False)
        self.told = Told(self, {"88": team, "99": open_to_all, "66": shut})

    async def call(self, command: str = "", by: Account = MOD, /, **given: Any) -> Reply:
        """Give a command as somebody: the moderator and the manager have their roles."""
        return await self.desk.call(Call(self.caller(by), self._at(), command, given=given, look=self.told))

    async def act(self, action: Action, by: Account = MOD, /, *, chosen: Iterable[str] = (), **given: Any) -> Reply:
        """Press a button, choose, or send a form."""
        call = Call(self.caller(by), self._at(), action=action, given=given, chosen=tuple(chosen), look=self.told)
        return await self.desk.call(call)

    async def menu(self, command: str, aim: Aim, who: Account = MOD, locale: str = "") -> Reply:
        """Use a context menu."""
        return await self.desk.call(Call(self.caller(who, locale), self._at(), command, aim=aim))

    async def in_german(self, command: str, by: Account = MOD, /, **given: Any) -> Reply:
        """Give a command in German."""
        return await self.desk.call(Call(self.caller(by, "de"), self._at(), command, given=given))

    async def suggested(self, command: str, option: str, typed: str = "", who: Account = MOD) -> list[Choice]:
        """Return what is suggested while an option is typed."""
        return list(await self.desk.suggest(self.caller(who), self.now, (command, option, typed)))

    def caller(self, who: Account, locale: str = "") -> Caller:
        roles = {MOD: [MODS], HEAD: [HEADS]}.get(who, [])
        return Caller(who, frozenset(roles), locale=locale)

    def _at(self) -> int:
        """Return a moment of its own for each call, so far apart that nobody is too quick."""
        self.now += 20_000
        return self.now

    async def wrote(self, who: Account, number: int, *, day: int = TODAY - 1, **more: Any) -> Signal:
        """Let somebody write in a channel."""
        at = day * DAY_MS + number * 60_000
        values = {"kind": Kind.MESSAGE, "key": f"d:{number}", "key_day": day, "at": at, "version": at, "account": who}
        signal = Signal(**{**values, "context": Context("77", "help"), **more})
        await self.desk.record([signal])
        return signal

    async def settle(self) -> None:
        """Settle all marks."""
        settler = Settler(self.database, self.community)
        await settler.roll(TODAY)
        await settler.settle()

    async def with_page(self, who: Account) -> int:
        """Give somebody who is known a page; returns their number."""
        await self.do(
            "UPDATE member SET page = TRUE WHERE id = (SELECT member FROM account WHERE handle = :handle)",
            handle=self.keys.handle(who),
        )
        rows = await self.rows("SELECT member FROM account WHERE handle = :handle", handle=self.keys.handle(who))
        return int(rows[0][0])

    async def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Run a query."""
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.execute(text(sql), values)]

    async def do(self, sql: str, **values: Any) -> None:
        """Change something."""
        async with self.database.write() as connection:
            await connection.execute(text(sql), values)

    async def audited(self) -> list[str]:
        """Return what the audit log says was done, in order."""
        return [row[0] for row in await self.rows("SELECT what FROM audit ORDER BY n")]

    async def holding(self, kind: Kind) -> int:
        """Count the engagements of a kind that hold."""
        sql = "SELECT count(*) FROM engagement WHERE holds AND kind = :kind"
        return int((await self.rows(sql, kind=int(kind)))[0][0])


@asynccontextmanager
async def staged(
    url: str, keys: Keys, *, consent: str = "counted", tools: Tools | None = None, language: str = "en"
) -> AsyncIterator[Stage]:
    """Open a store with a community in it."""
    database = Database(url)
    try:
        async with _opened(database, keys, tools or Tools(), (consent, language)) as stage:
            yield stage
            await stage.desks.door.tools.works.close()
    finally:
        await database.close()


@asynccontextmanager
async def _opened(database: Database, keys: Keys, tools: Tools, settled: tuple[str, str]) -> AsyncIterator[Stage]:
    """Make the community; `settled` are how people begin and the language."""
    await migrate.upgrade(database)
    here, (consent, language) = Space("discord", "700", "Garden"), settled
    settings = {"language": language, "roles": {"moderators": ["mods"], "managers": ["11"]}}
    async with database.write() as connection:
        version = parse_rules(RULES, "rules").version
        made = await communities.found(connection, "Garden", RULES, version, "mountain.yaml")
        space = await spaces.settle(connection, made.id, here, consent, json.dumps(settings))
    async with Intake(database, keys) as intake:
        desks = Desks(database, intake, Policy(None, lambda: (RULES, version, "mountain.yaml")), Metrics())
        desks.door.tools = tools
        desk = await desks.host("discord").desk(here)
        assert desk is not None
        yield Stage(database, keys, desks, desk, made.id, space)


def said(reply: Reply) -> str:
    """Return all words of a reply in one line, without the card that asks newcomers about a page."""
    words = [*filter(None, map(_block, reply.blocks))]
    card = next((n for n, one in enumerate(words) if one.startswith(_CARDS)), len(words))
    return " | ".join(words[:card])


_CARDS = ("Cairn counts how people take part here", "Cairn zählt, wie")


def _block(block: Block) -> str:
    match block:
        case Heading(text=spans) | Paragraph(text=spans):
            return line(spans)
        case Table(head=head, rows=rows):
            return " / ".join(", ".join(row) for row in (head, *rows))
        case Fields(rows=fields):
            return " / ".join(f"{line(name)}: {line(value)}" for name, value in fields)
        case Bars(rows=bars):
            return " / ".join(f"{one.label} {one.value:g} {one.note}" for one in bars)
    return ""


def line(spans: Iterable[Span]) -> str:
    """Return spans as one text: people as @id, moments as their milliseconds."""
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    match span:
        case Bold(text=words) | Link(text=words) | Jump(text=words):
            return words
        case Who(account=account):
            return f"@{account.id}"
        case Moment(at=at):
            return str(at // DAY_MS)
        case Channel(id=place):
            return f"#{place}"
    return str(span)


def buttons(reply: Reply) -> dict[str, Action]:
    """Return the actions of a reply's buttons by their labels."""
    return {one.label: one.action for one in _controls(reply) if isinstance(one, Button)}


def select(reply: Reply) -> Select:
    """Return the list of a reply."""
    return next(one for one in _controls(reply) if isinstance(one, Select))


def _controls(reply: Reply) -> Iterator[Button | Select]:
    for block in reply.blocks:
        if isinstance(block, Controls):
            yield from block.items


def form(reply: Reply) -> Form:
    """Return the form that a reply asks to fill in."""
    assert reply.form is not None, said(reply)
    return reply.form


def standing(form: Form) -> Mapping[str, str]:
    """Return what stands in a form's fields at first."""
    return {one.name: one.value for one in form.fields}
