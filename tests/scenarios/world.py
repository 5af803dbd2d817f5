"""A database with communities in it, driven from plain (not async) tests: signals in, settled, and looked at."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.maintenance.scores import compare
from bot.ports import Receipt
from bot.rules import parse_rules
from bot.settle import Settler
from bot.storage import belonging, communities, marks, migrate, people
from bot.storage.accounts import Memory, Newcomers
from bot.storage.engine import Database
from bot.storage.recording import Origin, record
from bot.storage.schema import import_run
from scoring.mountain import Mountain
from scoring.signals import ALWAYS_STORED, Kind, Signal
from tests.scenarios import oracle
from tests.scenarios.words import Happening, Source, Truth

RULES = """\
name: Small world
window: 30
groups: [country]
bands:
  - {name: Around, touch: low, entry: 1}
  - {name: Helping, touch: low, entry: 2, focus: true}
  - {name: Leading, touch: high, entry: 4}
engagements:
  - {name: mentored, band: Leading, when: {kind: participation, role: mentor}, points: 4}
  - {name: took part, band: Helping, when: {kind: participation}, points: 1}
  - {name: helped, band: Helping, when: {kind: reply, place: "help*", to_others: true}, curve: [1, 1.5],
     different_people: true}
  - {name: answered, band: Around, when: {kind: reply, to_others: true}, points: 1, cooldown: 10 minutes, daily_cap: 3}
  - {name: wrote, band: Around, when: {kind: [message, reply]}, points: 0.5, each_next: 0.5, daily_cap: 1}
  - {name: kudos, band: Leading, when: {kind: thanks, place: "help*"}, credit: receiver, points: 1, daily_cap: 9,
     different_people: true}
  - {name: was thanked, band: Helping, when: {kind: thanks}, credit: receiver, curve: [0.333, 0.5]}
  - {name: cheered, band: Around, when: {kind: reaction, to_others: true}, curve: [0.25, 0.4], different_people: true}
  - {name: clapped, band: Around, when: {kind: reaction}, points: 0.1}
  - {name: named somebody, band: Around, when: {kind: mention, to_others: true}, points: 0.2}
  - {name: stayed, band: Around, when: {kind: stay}, per: 30 minutes, curve: [0.25, 0.5, 2]}
multipliers:
  - {name: leaders, times: 2, programme: Leaders, from: 2020-02-05}
  - {name: far away, times: 1.33, group: country, values: [Peru], to: 2020-02-20}
steps:
  - {name: come, band: Around, points: 1, days: 2, without_role: mentor}
  - {name: lead, band: Helping, points: 2, leads_to: Leading}
  - {name: learn, band: Around, points: 0.5, without_role: élève}
"""


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything settling wrote, by member."""

    tallies: dict[tuple[int, int, int], tuple[int, int]]
    totals: dict[tuple[int, int], int]
    bands: list[tuple[int, int, int]]
    crossings: list[tuple[int, int, int]]


class World:
    """One open database; `found` makes a community of its own in it for each example."""

    def __init__(self, database: Database, keys: Keys, runner: asyncio.Runner) -> None:
        self.database = database
        self.keys = keys
        self.runner = runner
        self.run = runner.run
        self.memory = Memory()
        self._mountains: dict[str, Mountain] = {}

    def found(self, name: str, *, sources: Sequence[Source] = (), rules: str = RULES) -> Town:
        """Make a community with an import for each source but the live one."""
        return self.run(self._found(name, sources, rules))

    async def _found(self, name: str, sources: Sequence[Source], rules: str) -> Town:
        if rules not in self._mountains:
            self._mountains[rules] = parse_rules(rules, "rules.yaml")
        mountain = self._mountains[rules]
        async with self.database.write() as connection:
            one = await communities.found(connection, name, rules, mountain.version, "rules.yaml")
            numbers = {source: 0 if source.live else await _begin_import(connection, one.id) for source in sources}
        return Town(self, one.id, mountain, numbers, Settler(self.database, one.id))


async def _begin_import(connection: AsyncConnection, community: int) -> int:
    """Put down an import of which nothing is known."""
    needed = (one for one in import_run.columns if not one.nullable and not one.primary_key)
    row = {one.name: 0 if one.type.python_type is int else "{}" for one in needed}
    made = insert(import_run).values({**row, "community": community}).returning(import_run.c.id)
    return int((await connection.execute(made)).scalar_one())


@dataclass(frozen=True, slots=True)
class Town:
    """A community, with the numbers of its sources."""

    world: World
    id: int
    mountain: Mountain
    numbers: dict[Source, int]
    settler: Settler

    def origin(self, source: Source, *, wait: bool = False) -> Origin:
        """Return where signals of a source come from."""
        kinds = ALWAYS_STORED | self.mountain.kinds
        newcomers = Newcomers(self.numbers[source], page=True, wait=wait)
        programmes = any(one.programme for one in self.mountain.multipliers)
        return Origin(self.id, None, kinds, newcomers, source.captured, programmes)

    def record(self, source: Source, *calls: Sequence[Signal], wait: bool = False) -> list[Receipt]:
        """Store what callers of one source give, in one transaction."""
        return self.world.run(self._record(self.origin(source, wait=wait), calls))

    async def _record(self, origin: Origin, calls: Sequence[Sequence[Signal]]) -> list[Receipt]:
        async with self.world.database.write() as connection:
            return await record(connection, self.world.keys, origin, calls, self.world.memory)

    def settle(self) -> int:
        """Settle all marks."""
        return self.world.run(self.settler.settle())

    def roll(self, day: int) -> None:
        """Roll the window to a day and settle."""
        self.world.run(self.settler.roll(day))
        self.settle()

    def declare(self, source: Source, said: dict[str, str]) -> None:
        """Declare the country of people who are known, by id."""
        self.world.run(self._declare(source, said))

    async def _declare(self, source: Source, said: dict[str, str]) -> None:
        known = {row.id: row.number for row in await self._people()}
        async with self.world.database.write() as connection:
            rows = [(known[one], "country", country) for one, country in said.items() if one in known]
            await belonging.declare(connection, self.id, self.numbers[source], rows)

    def link(self, source: Source, one: str, other: str) -> None:
        """Say that two accounts are one person's."""
        self.world.run(self._link(source, one, other))

    async def _link(self, source: Source, one: str, other: str) -> None:
        known = {row.id: row.number for row in await self._people()}
        async with self.world.database.write() as connection:
            pair, last = (known[one], known[other]), max(known.values())
            await people.join_accounts(connection, self.id, self.numbers[source], [pair], last)

    def part(self, source: Source) -> None:
        """Take back all links on a source's word."""
        self.world.run(self._part(source))

    async def _part(self, source: Source) -> None:
        async with self.world.database.write() as connection:
            await people.part_accounts(connection, self.id, self.numbers[source])

    def as_of(self) -> int:
        """Return the day up to which totals run."""
        return self.world.run(self._as_of())

    async def _as_of(self) -> int:
        async with self.world.database.read() as connection:
            return (await communities.get(connection, self.id)).as_of

    def waiting(self) -> int:
        """Return how many marks are left."""
        return self.world.run(self._waiting())

    async def _waiting(self) -> int:
        async with self.world.database.read() as connection:
            return await marks.waiting(connection, self.id)

    def differences(self) -> dict[Any, str]:
        """Return where stored scores differ from the program's own full recompute."""
        return self.world.run(self._differences())

    async def _differences(self) -> dict[Any, str]:
        # Whole histories may be read by another copy of SQLite, which must not meet connections of this one.
        await self.world.database.close()
        try:
            return dict((await compare(self.world.database, self.id)).wrong)
        finally:
            await self.world.database.close()

    def people(self) -> list[Known]:
        """Return all accounts."""
        return self.world.run(self._people())

    async def _people(self) -> list[Known]:
        rows = await self.query("SELECT id, sealed, member, bot FROM account WHERE community = :of")
        return [
            Known(self.world.keys.open(bytes(sealed)).id, number, member, bool(bot))
            for number, sealed, member, bot in rows
        ]

    def holding(self) -> dict[tuple[int, str], Happening]:
        """Return the engagements that hold, of people, by natural key."""
        return self.world.run(self._holding())

    async def _holding(self) -> dict[tuple[int, str], Happening]:
        names = {one.number: one for one in await self._people()}
        rows = await self.query(
            "SELECT e.key_day, e.key, e.kind, e.account, e.day, e.at, c.name, c.place, c.role, e.target, e.parent, "
            "e.amount FROM engagement e JOIN context c ON c.id = e.context WHERE e.community = :of AND e.holds"
        )
        return {
            (row[0], row[1]): Happening(
                Kind(row[2]), names[row[3]].id, row[4], row[5], row[6], row[7], row[8],
                names[row[9]].id if row[9] else None, row[10], row[11],
            )
            for row in rows
            if not names[row[3]].bot
        }  # fmt: skip

    def scores(self) -> Scores:
        """Return everything settling wrote."""
        return self.world.run(self._scores())

    async def _scores(self) -> Scores:
        tallies = await self.query("SELECT member, day, type, counted, points FROM tally WHERE community = :of")
        totals = await self.query("SELECT member, band, points FROM total WHERE community = :of")
        bands = await self.query("SELECT member, day, band FROM band_change WHERE community = :of ORDER BY 1, 2")
        crossed = await self.query("SELECT member, day, step FROM crossing WHERE community = :of ORDER BY 1, 2, 3")
        return Scores(
            {row[:3]: row[3:] for row in tallies}, {row[:2]: row[2] for row in totals}, list(bands), list(crossed)
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query about this community (`:of`)."""
        return self.world.run(self.query(sql))

    async def query(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.world.database.read() as connection:
            return [tuple(row) for row in await connection.execute(text(sql), {"of": self.id})]


@dataclass(frozen=True, slots=True)
class Known:
    """An account as a test looks at it."""

    id: str
    number: int
    member: int
    bot: bool


def right(town: Town, truth: Truth, countries: dict[str, str], as_of: int) -> Scores:
    """Return what the oracle makes of all that was said, for the members that the store knows."""
    people_by_number = sorted(town.people(), key=lambda one: one.number)
    number = {one.id: one.member for one in people_by_number}
    declared = {one.id: countries[one.id] for one in people_by_number if one.id in countries}
    about = truth.about(number.__getitem__, declared)
    tallies = oracle.tallies(truth.deeds(number.__getitem__), town.mountain, about)
    return Scores(
        tallies,
        oracle.totals(tallies, town.mountain, as_of),
        oracle.bands(tallies, town.mountain, as_of),
        oracle.crossings(tallies, town.mountain, as_of, about),
    )


@contextlib.contextmanager
def world(url: str, keys: Keys) -> Iterator[World]:
    """Open a database with all tables for the time of the block."""
    with asyncio.Runner() as runner:
        database = Database(url)
        try:
            runner.run(migrate.upgrade(database))
            yield World(database, keys, runner)
        finally:
            runner.run(database.close())
