"""What a database holds after people were busy in a sandbox, as the sandbox's ledger would say it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.keys import Keys
from bot.maintenance.check import check
from bot.storage import communities
from bot.storage.engine import Database
from bot.teamwork import reporting
from bot.teamwork.reporting import Wanted
from scoring.measures.gaps import Stretch
from scoring.signals import Kind
from tests.scenarios.discord_truth import Fact


class Store:
    """Who has a database that can be looked at from outside."""

    url: str
    keys: Keys

    async def query(self, sql: str) -> list[tuple[Any, ...]]:
        database = Database(self.url)
        try:
            async with database.read() as connection:
                return [tuple(row) for row in await connection.execute(text(sql))]
        finally:
            await database.close()

    async def stored(self) -> Stored:
        """Return what is stored and holds."""
        rows = await self.query(
            "SELECT e.kind, e.key, e.key_day, a.handle, t.handle, e.parent, e.amount, c.place FROM engagement e "
            "JOIN account a ON a.id = e.account LEFT JOIN account t ON t.id = e.target "
            "JOIN context c ON c.id = e.context WHERE e.holds"
        )
        # after them, so that everybody they name is known
        names = {
            handle: self.keys.open(bytes(sealed)).id
            for handle, sealed in await self.query("SELECT handle, sealed FROM account")
        }
        found = Stored()
        for kind, key, day, who, whom, about, amount, place in rows:
            found.take((Kind(kind), key, day, names), (names[who], names.get(whom, "")), (about or "", amount, place))
        return found

    async def gaps(self) -> list[bool]:
        """Return for each gap whether what can be seen of it was read."""
        return [bool(row[0]) for row in await self.query("SELECT made_good FROM gap ORDER BY id")]

    async def unheard(self) -> tuple[Stretch, ...]:
        """Return what a report on everything tells of the times that were not heard."""
        database = Database(self.url)
        try:
            async with database.read() as connection:
                (one,) = await communities.everyone(connection)
            found = await reporting.report(database, one.id, Wanted())
        finally:
            await database.close()
        assert found is not None
        return found.findings.gaps

    async def all_read(self) -> bool:
        """Whether what can be seen of all gaps was read."""
        return all(await self.gaps())

    async def check(self) -> None:
        """Check the database by Cairn's own oracle (`cairn db check`): doubles, sources, scores (I2, I5)."""
        database = Database(self.url)
        try:
            report = await check(database)
        finally:
            await database.close()
        assert report.ok, [one for one in report.checks if not one.ok]

    async def holds(self, *canaries: str) -> bool:
        """Whether any of these texts is anywhere in the database: in its files, or in the rows of a server."""
        if self.url.startswith("sqlite"):
            file = Path(self.url.removeprefix("sqlite:///"))
            content = [one.read_bytes() for one in file.parent.iterdir() if one.name.startswith(file.name)]
            return any(canary.encode() in one for canary in canaries for one in content)
        database = Database(self.url)
        try:
            async with database.read() as connection:
                tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                for (name,) in list(await connection.execute(text(tables))):
                    rows = await connection.execute(text(f'SELECT CAST(t AS text) FROM "{name}" t'))
                    if any(canary in row[0] for row in rows for canary in canaries):
                        return True
        finally:
            await database.close()
        return False


@dataclass
class Stored:
    """What a database holds, as the ledger would say it."""

    facts: Counter[Fact] = field(default_factory=Counter)
    attended: Counter[Fact] = field(default_factory=Counter)
    minutes: defaultdict[tuple[str, str, int], int] = field(default_factory=lambda: defaultdict(int))

    def take(
        self, key: tuple[Kind, str, int, dict[str, str]], people: tuple[str, str], rest: tuple[str, int, str]
    ) -> None:
        (kind, thing, day, names), (who, whom), (about, amount, place) = key, people, rest
        head, _, tail = thing.rpartition("/")
        thing = head if tail in names else thing
        if kind is Kind.STAY:
            self.minutes[who, place, day] += amount
        elif kind is Kind.ATTENDANCE:
            self.attended[Fact(kind, thing, who)] += 1
        elif kind in (Kind.JOIN, Kind.LEAVE) and not thing.endswith("/in"):
            self.facts[Fact(kind, f"{thing}@{day}", who)] += 1
        else:
            named = whom if kind in (Kind.MENTION, Kind.THANKS) else ""
            self.facts[Fact(kind, thing, who, named, about)] += 1
