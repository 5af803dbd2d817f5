"""A whole Cairn on a sandbox Discord behind a faulty network, by a clock that can be set forward, and its store."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pprint import pformat
from typing import Any

from bot.cli.run import Cairn, Plan
from bot.community import Terms, apply, parse_community
from bot.config import Settings as CairnSettings
from bot.intake import Intake
from bot.keys import Keys
from bot.operating.logs import telling
from bot.operating.redaction import Redactor
from bot.operating.running import Patience, Stop, run_until_stopped
from bot.rules import parse_rules
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.discord.timing import Timing
from integrations.platforms import PLATFORMS
from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.exchanges import Watch
from integrations.sandbox.ledger import Act
from integrations.sandbox.proxy import Proxy
from scoring.signals import DAY_MS, day_number
from tests.canaries import MARK
from tests.scenarios.backed_up import backed_up
from tests.scenarios.discord_presence import Presence
from tests.scenarios.discord_store import Store
from tests.scenarios.discord_truth import Missed, Rules, Truth
from tests.scenarios.stories import KEYS

LIFTED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=())
PATIENCE = 60.0
"""Seconds within which a condition has to hold; on a quiet machine each takes a fraction of one."""
MORNING = day_number(dt.date(2026, 3, 14)) * DAY_MS + 300_000
THANKS = "🙏"
RULES = """\
name: Busy day
bands:
  - {name: Around, touch: low, entry: 1}
  - {name: Leading, touch: high, entry: 4, focus: true}
engagements:
  - {name: came, band: Leading, when: {kind: [attendance, rsvp]}, points: 2}
  - {name: was given a role, band: Leading, when: {kind: role}, points: 1}
  - {name: was thanked, band: Leading, when: {kind: thanks}, credit: receiver, points: 1}
  - {name: stayed, band: Around, when: {kind: stay}, per: 30 minutes, points: 1}
  - {name: answered, band: Around, when: {kind: reply, to_others: true}, points: 1, cooldown: 1 minute, daily_cap: 9}
  - {name: wrote, band: Around, when: {kind: [message, reply, thread, mention]}, points: 0.5}
  - {name: cheered, band: Around, when: {kind: reaction, to_others: true}, points: 0.25, different_people: true}
  - {name: was around, band: Around, when: {kind: [poll_vote, join, leave, reaction]}, points: 0.1}
steps:
  - {name: lead, band: Around, points: 3, leads_to: Leading}
"""


class Clock:
    """Moves like any clock, from the morning of a made-up day, and can be set forward."""

    def __init__(self, start: int = MORNING) -> None:
        self._began = time.monotonic()
        self._start = start

    def __call__(self) -> int:
        return self._start + int((time.monotonic() - self._began) * 1000)

    def skip(self, seconds: float) -> None:
        self._start += int(seconds * 1000)

    async def pause(self, seconds: float) -> None:
        """Let a wait pass at once."""
        self.skip(seconds)
        await asyncio.sleep(0)


async def until(holds: Callable[[], Awaitable[object] | object], within: float = PATIENCE) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + within
    while True:
        found = holds()
        if await found if isinstance(found, Awaitable) else found:
            return
        assert time.monotonic() < end, "it does not come about"
        await asyncio.sleep(0.01)


@dataclass
class Rig(Store):
    """A sandbox, and a Cairn that can be started, stopped and cut off.

    `missed` is what it did not hear live; `members` says whether it hears of joins, leaves and roles. `patience` is how
    many seconds things may take to be stored and read.
    """

    url: str
    server: Sandbox
    proxy: Proxy
    clock: Clock
    log: io.StringIO
    keys: Keys = KEYS
    timing: Timing | None = None
    missed: list[Missed] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    members: bool = True
    discord: Discord | None = None
    patience: float = PATIENCE
    _life: asyncio.Task[None] | None = None
    _stop: Stop = field(default_factory=Stop)

    @property
    def shards(self) -> int:
        return max(self.server.gateway.suggested_shards, 1)

    @property
    def place(self) -> int:
        """Where in the ledger we are."""
        return len(self.server.ledger.entries)

    # the life of Cairn

    async def start(self) -> None:
        timing = self.timing or Timing(pause=self.clock.pause, note=0.05, stays=0.2, closing=0.5, retry=0.01)
        gateway = self.server.announce_gateway(self.proxy.port)
        access = Access(self.server.token, self.server.rest_url, gateway, members=self.members, clock=self.clock)
        self.discord = Discord(access, timing)
        self._stop = Stop(_second_signal)
        self._life = asyncio.create_task(self._live(self.discord, self._stop))

    async def _live(self, discord: Discord, stop: Stop) -> None:
        database = Database(self.url)
        settings = CairnSettings(database_url=self.url, community="Garden", health_port=0)
        try:
            async with AsyncExitStack() as way_in:
                intake = await way_in.enter_async_context(Intake(database, self.keys))
                plan = Plan([discord], settings, stop, lambda: self.clock() / 1000)
                cairn = Cairn(database, intake, plan)
                await run_until_stopped(cairn.listening, cairn.working, way_in.aclose, stop, Patience())
        finally:
            await database.close()

    async def stop(self) -> None:
        """Stop in order, as SIGTERM does."""
        if self._life is not None:
            self._stop.ask()
            await asyncio.wait_for(self._life, PATIENCE)
            self._life = None

    # what is heard

    def hears(self) -> bool:
        """Whether each shard has a session on an open connection."""
        sessions = self.server.gateway.sessions.values()
        live = {one.shard for one in sessions if one.wire in self.server.gateway.wires and not one.lost}
        return live == set(range(self.shards))

    async def heard(self) -> None:
        """Wait until all that was told has been heard."""

        def same() -> bool:
            if self._life is not None and self._life.done():
                self._life.result()
            told = sum(one.sequence for one in self.server.gateway.sessions.values() if one.wire is not None)
            return self.hears() and self.discord is not None and self.discord.sequence == told

        await until(same, self.patience)

    async def skip(self, seconds: float) -> None:
        """Set the clock forward, once all is stored: what is on its way would seem to be later than it was."""
        await self.stores()
        self.clock.skip(seconds)

    async def stores(self) -> None:
        """Wait until all that was told is stored: each server's bell is rung, and its sound arrives last."""
        await self.heard()
        await self.stores_in(*(one.name for one in self.server.world.guilds.values()))

    async def stores_in(self, *names: str) -> None:
        """Wait until all that happened in some servers is stored."""
        for name in names:
            ringer = self.server.person(f"{name} ringer")
            rung = await ringer.says(self.server.guild(name).text("bell"), "ding")
            wanted = f"SELECT count(*) FROM engagement WHERE key = 'd:{rung.id}'"
            await until(lambda wanted=wanted: self._counts(wanted), self.patience)  # type: ignore[misc]

    async def _counts(self, sql: str) -> bool:
        return bool((await self.query(sql))[0][0])

    @asynccontextmanager
    async def deaf(self, *, anew: bool = False) -> AsyncIterator[None]:
        """Let the block take away what Cairn hears with; what happens from its beginning until all is back is missed.

        Wait for `heard` before, unless what is on its way is sure to arrive.
        """
        first = self.place
        yield
        await until(self.hears)
        self.missed.append(Missed(first, self.place, anew))

    async def restart(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        """Stop in order, let something happen, and start again."""
        await self.heard()
        async with self.deaf(anew=True):
            await self.stop()
            await meanwhile()
            await self.start()

    # what there is

    def truth(self) -> Truth:
        return Truth(self.server, Rules(frozenset({THANKS}), frozenset(self.hidden), self.members), tuple(self.missed))

    # what has to hold

    async def agrees(self, after: str = "") -> None:
        """Wait until exactly what the ledger says is stored, and all gaps are read; then check everything else."""

        async def same() -> bool:
            return not (await self.differences())

        try:
            await until(same, self.patience)
        except AssertionError:
            found = await self.differences()
            raise AssertionError(f"{after}: {pformat(found)}\n{self.story(found)}") from None
        await until(self.all_read, self.patience)

    def compares(self, who: str) -> bool:
        """Whether what somebody does is compared with the ledger."""
        return True

    async def differences(self) -> dict[str, Any]:
        """Return in which ways the store and the ledger differ."""
        stored, truth = await self.stored(), self.truth()
        presence = Presence(self.server, truth.counts, tuple(self.missed))
        facts = {one for one in stored.facts if self.compares(one.who)}
        found: dict[str, Any] = {
            "missing": sorted(one for one in truth.must - facts if self.compares(one.who))[:9],
            "too much": sorted(facts - truth.must - truth.may)[:9],
            "doubles": [one for one, n in stored.facts.items() if n > 1],
        }
        there = {one for one in stored.attended if self.compares(one.who)}
        minutes = {one: n for one, n in stored.minutes.items() if self.compares(one[0])}
        for fact, least, most in presence.attendances():
            if not self.compares(fact.who):
                continue
            if (least > 601_000 and fact not in there) or (most < 599_000 and fact in there):
                found.setdefault("attendance", []).append((fact, least, most))
            there.discard(fact)
        for who, least, most in presence.minutes():
            if not self.compares(who[0]):
                continue
            n = minutes.pop(who, 0)
            if not least <= n <= most:
                found.setdefault("minutes", []).append((who, n, least, most))
        found |= {"attended where nothing was": sorted(there), "stayed where nothing was": minutes}
        return {name: what for name, what in found.items() if what}

    def story(self, found: dict[str, Any]) -> str:
        """Return what the ledger says of the first things that differ."""
        facts = [*found.get("missing", []), *found.get("too much", [])][:3]
        numbers = {one.thing[2:].split("/")[0] for one in facts}
        acts = [(n, one) for n, one in enumerate(self.server.ledger.entries) if isinstance(one, Act)]
        told = [f"{n} {one}" for n, one in acts if one.what in numbers]
        return "\n".join([*told, str(self.missed)])

    async def keeps_quiet(self, *canaries: str, backups: bool = False) -> None:
        """Check that no secret and nothing that anybody wrote is in the database's files or in the log (I6).

        With `backups` it is looked for in a backup, too, which takes about a second.
        """
        kept = await backed_up(self.url) if backups else b""
        for canary in (self.server.token, MARK, *canaries):
            assert canary not in self.log.getvalue()
            assert canary.encode() not in kept
            assert not await self.holds(canary), canary


def _second_signal(code: int) -> None:
    raise AssertionError(f"asked twice to stop ({code})")


@asynccontextmanager
async def rig(
    url: str,
    guilds: tuple[str, ...] = ("Garden",),
    *,
    shards: int = 1,
    limits: Limits = LIFTED,
    heartbeat: float = 0.4,
    known: bool = True,
    watch: Watch | None = None,
) -> AsyncIterator[Rig]:
    """Set a sandbox with some servers up, and a database in which they are listened to; Cairn is not started yet.

    Where they are not `known`, the database is empty, and Cairn finds them by itself. `watch` is shown what is asked.
    """
    clock, log = Clock(), io.StringIO()
    async with AsyncExitStack() as stack:
        settings = Settings(clock=clock, limits=limits, heartbeat=heartbeat, watch=watch, mark=MARK)
        server = await stack.enter_async_context(Sandbox(settings))
        server.gateway.suggested_shards = shards
        proxy = await stack.enter_async_context(Proxy(server.port))
        stack.enter_context(telling("debug", "json", Redactor((server.token,)), log))
        made = Rig(url, server, proxy, clock, log)
        made_guilds = [server.guild(name) for name in guilds]
        if known:
            await settle_down(url, made_guilds)
        stack.push_async_callback(made.stop)
        yield made


async def settle_down(url: str, guilds: list[GuildHandle], keys: Keys = KEYS) -> None:
    """Make a community of some servers."""
    spaces = "".join(f'  - {{platform: discord, id: "{one.id}", thanks: ["{THANKS}"]}}\n' for one in guilds)
    shape = parse_community(f"name: Garden\nspaces:\n{spaces}", "community.yaml", PLATFORMS)
    version = parse_rules(RULES, "rules.yaml").version
    database = Database(url)
    try:
        await migrate.upgrade(database)
        async with database.write() as connection:
            await apply(connection, shape, Terms(keys, PLATFORMS, lambda: (RULES, version, "rules.yaml")))
    finally:
        await database.close()
