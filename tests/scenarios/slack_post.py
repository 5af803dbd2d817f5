"""Letters on their way to a made-up Slack of two workspaces, with a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from bot.chat.speech import Block, Paragraph
from bot.community import Terms, apply, parse_community
from bot.courier import Courier
from bot.gate import Purpose
from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.ports import Delivery, Outcome, Sought, Space
from bot.rules import parse_rules
from bot.sending.outbox import Letter, post
from bot.storage import contacts, migrate, outgoing
from bot.storage.engine import Database
from integrations.platforms import PLATFORMS
from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.model import Message
from integrations.sandbox.slack.people import Person
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from integrations.slack.access import Access
from integrations.slack.integration import Slack
from scoring.signals import DAY_MS, Kind, Signal, day_of
from tests.scenarios.discord_rig import RULES, until
from tests.scenarios.listeners import Clock
from tests.scenarios.stories import KEYS

BEFORE, AFTER = "killed before it is asked", "killed before the commit"


@dataclass
class Mortal:
    """Hands messages to Slack, or dies at a point."""

    slack: Slack
    dies: str = ""
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def remembers(self) -> float:
        return self.slack.remembers

    async def deliver(self, delivery: Delivery) -> Outcome:
        if self.dies == BEFORE:
            await self._end()
        outcome = await self.slack.deliver(delivery)
        if self.dies == AFTER:
            await self._end()
        return outcome

    async def find(self, sought: Sought) -> Outcome:
        return await self.slack.find(sought)

    async def _end(self) -> None:
        self.dead.set()
        await asyncio.Event().wait()


@dataclass
class Post:
    """Two workspaces of one community that is live, and who hands letters to them. Every person here is a member."""

    server: Sandbox
    database: Database
    clock: Clock
    slack: Slack
    teams: list[TeamHandle]
    desks: Desks
    posted: list[str] = field(default_factory=list)

    def courier(self, deliverer: Mortal | None = None) -> Courier:
        """Return a courier as another process would have it."""
        return Courier(self.database, KEYS, {"slack": deliverer or Mortal(self.slack)}, Metrics(), self.clock)

    async def member(self, person: Person) -> int:
        """Let somebody be known, and written to before; returns their member's number."""
        now, team = self.clock(), next(one for one in self.teams if one.id == person.user.team_id)
        desk = await self.desks.host("slack").desk(Space("slack", team.id))
        assert desk is not None
        who = PLATFORMS["slack"].account(team.id, person.id)
        await desk.record([Signal(Kind.MESSAGE, f"s:{person.id}", day_of(now), now, who, now)])
        [(member,)] = await self.rows(f"SELECT member FROM account WHERE handle = '{KEYS.handle(who)}'")
        async with self.database.write() as connection:
            await contacts.opened(connection, 1, member, self.space(team), now)
        return int(member)

    def space(self, team: TeamHandle) -> int:
        """Return a workspace's number in the store."""
        return self.teams.index(team) + 1

    async def post(self, team: TeamHandle, *blocks: Block, **to: Any) -> str:
        """Put a letter into the outbox, to a `member` or a `channel`; returns what it says, which no other one does."""
        self.posted.append(f"letter {len(self.posted)}.")
        purpose = Purpose.ANSWER if "member" in to else Purpose.POST
        said = (Paragraph((self.posted[-1],)), *blocks)
        letter = Letter(1, self.space(team), self.posted[-1], purpose, said, due=self.clock(), **to)
        async with self.database.write() as connection:
            assert await post(connection, letter, KEYS)
        return self.posted[-1]

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.execute(text(sql))]

    async def states(self) -> list[str]:
        """Return how all letters stand, in order."""
        return [row[0] for row in await self.rows("SELECT state FROM outbox ORDER BY id")]

    def there(self) -> Counter[str]:
        """Return how often each letter stands on Slack."""
        written = (one for place in self.server.world.channels.values() for one in place.messages.values())
        return Counter(_letter(one) for one in written if self.server.world.of_app(one.user) is not None)

    def asked(self, method: str) -> int:
        """Return how many calls of a method Slack took."""
        return len(self.server.ledger.requests(route=method))


def _letter(message: Message) -> str:
    return message.text.split(".")[0] + "."


@asynccontextmanager
async def post_office(url: str) -> AsyncIterator[Post]:
    """Let a Cairn be live on a made-up Slack at noon, in the workspaces Garden and Club."""
    clock = Clock()
    clock.now = (day_of(clock.now) + 1) * DAY_MS + DAY_MS // 2
    database = Database(url)
    async with Sandbox(Settings(clock=clock, limits=LIFTED)) as server:
        teams = [server.team("Garden"), server.team("Club")]
        tokens = tuple(one.token for one in teams)
        slack = Slack(Access(tokens, app_token=server.app.app_token, api_url=server.url, clock=clock))
        metrics = Metrics()
        try:
            await _found(database, teams, clock())
            async with Intake(database, KEYS) as intake:
                desks = Desks(database, intake, Policy("Garden", lambda: (RULES, "v", "rules.yaml")), metrics)
                listening = asyncio.create_task(slack.run(desks.host("slack")))
                try:
                    await until(lambda: listening.done() or slack.connected)
                    yield Post(server, database, clock, slack, teams, desks)
                finally:
                    listening.cancel()
                    await asyncio.wait((listening,))
        finally:
            await database.close()


async def _found(database: Database, teams: list[TeamHandle], now: int) -> None:
    listed = "".join(f"  - platform: slack\n    id: {one.id}\n    backfill: 'off'\n" for one in teams)
    shape = parse_community(f"name: Garden\nspaces:\n{listed}", "community.yaml", PLATFORMS)
    version = parse_rules(RULES, "rules.yaml").version
    await migrate.upgrade(database)
    async with database.write() as connection:
        await apply(connection, shape, Terms(KEYS, PLATFORMS, lambda: (RULES, version, "rules.yaml")))
        await outgoing.go_live(connection, 1, now)
        rows = await connection.execute(text("SELECT external FROM space ORDER BY id"))
        assert [row[0] for row in rows] == [one.id for one in teams]
