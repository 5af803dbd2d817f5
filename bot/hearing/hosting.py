"""What integrations are given to run: the desks of the spaces that are listened to, kept up to date."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.door import Door
from bot.commands.registry import registry
from bot.community.comparing import called
from bot.consent.asking import Asking
from bot.consent.beside import Beside
from bot.hearing.desks import NotesOf, OneDesk
from bot.hearing.installations import Installations
from bot.hearing.installing import InstallationsOf
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.ports import (
    Consent,
    Desk,
    Host,
    Level,
    Meter,
    Notes,
    Space,
)
from bot.rules import parse_rules
from bot.storage import communities, exclusions, spaces
from bot.storage.accounts import Memory, Newcomers, look_up
from bot.storage.communities import Community
from bot.storage.engine import Database
from bot.storage.recording import Origin
from bot.storage.spaces import Kept
from scoring.asked import programmes_asked
from scoring.mountain import Mountain
from scoring.signals import ALWAYS_STORED, Account

REFRESH_SECONDS = 5.0
"""How old a desk's settings and kinds may be."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """What becomes of a space nobody has named: the first one, and those that were invited, are taken in where no
    community file says otherwise.

    `community` is whom it joins (None: the only one), `rules` (text, version, file) what a new community begins with.
    """

    community: str | None
    rules: Callable[[], tuple[str, str, str]]


class Desks:
    """All desks of one process, kept up to date by `run`.

    `told` is called after each commit that changed something, so that it gets settled.
    """

    def __init__(self, database: Database, intake: Intake, policy: Policy, metrics: Metrics) -> None:
        """Take the store, the way in, what to do with unknown spaces, and where to count."""
        self.database = database
        self._policy = policy
        self._desks: dict[tuple[str, str], OneDesk] = {}
        self._refused: set[tuple[str, str]] = set()
        self._told: set[tuple[tuple[str, str], str]] = set()
        self._mountains: dict[int, Mountain] = {}
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()
        self.intake = intake
        self.door = Door(database, intake.keys, registry(), Asking())
        self.beside = Beside(database, intake.keys)
        self.metrics = metrics
        self.waiting = 0
        self.told: Callable[[], None] = lambda: None
        metrics.watch("queue_depth", "Signals that wait to be stored.", lambda: self.waiting)

    def host(self, integration: str) -> Host:
        """Return the host of one integration."""
        self.metrics.begins(integration)
        return _Host(self, integration)

    async def desk(self, integration: str, wanted: Space, *, invited: bool = False) -> Desk | None:
        """Return a space's desk; None where it is not listened to."""
        key = (wanted.platform, wanted.id)
        if self._unanswered(key):
            async with self._turn:
                if self._unanswered(key):
                    await self._open(integration, key, wanted, invited=invited)
        desk = self._desks.get(key)
        return desk if desk is not None and desk.open else None

    def _unanswered(self, key: tuple[str, str]) -> bool:
        """Whether it is to be asked of the store what becomes of a space; one that was purged may come again."""
        desk = self._desks.get(key)
        return (desk is None or not desk.open) and key not in self._refused

    async def run(self, stop: asyncio.Event) -> None:
        """Keep all desks up to date until told to stop."""
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                self._changed.clear()
                await self.refresh()
                changed = asyncio.ensure_future(self._changed.wait())
                try:
                    ends = (stopping, changed)
                    await asyncio.wait(ends, timeout=REFRESH_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    changed.cancel()
        finally:
            stopping.cancel()
            if stop.is_set():
                await self.door.tools.works.close()

    def wake(self) -> None:
        """Let the desks be brought up to date now: something holds since just now."""
        self._changed.set()

    async def spaces_of(self, integration: str, account: Account) -> list[Space]:
        """Return the spaces of an integration that are listened to, and whose communities know or left out somebody."""
        own = [one for one in self._desks.values() if one.integration == integration and one.open]
        handle = self.intake.keys.handle(account)
        async with self.database.read() as connection:
            there = {}
            for community in {one.origin.community for one in own}:
                found = await look_up(connection, community, [handle], None, Memory())
                there[community] = bool(found.known or found.left_out)
        return [one.space for one in own if there[one.origin.community]]

    async def refresh(self) -> None:
        """Read anew what holds in each space; refused spaces may ask again."""
        async with self._turn:
            self._refused.clear()
            async with self.database.read() as connection:
                for key, desk in self._desks.items():
                    found = await spaces.communities_of(connection, Space(*key))
                    if found:
                        await self._furnish(connection, desk, *found[0])
                    desk.open = bool(found)

    async def _open(self, integration: str, key: tuple[str, str], wanted: Space, *, invited: bool) -> None:
        async with self.database.read() as connection:
            found = await spaces.communities_of(connection, wanted)
        if not found:
            async with self.database.write() as connection:
                refused = await self._take_in(connection, wanted, invited=invited)
                found = await spaces.communities_of(connection, wanted)
            if refused:
                self._refuse(key, wanted, refused)
                return
        async with self.database.read() as connection:
            desk = self._desks.get(key) or OneDesk(self, integration, wanted)
            await self._furnish(connection, desk, *found[0])
            desk.open = True
            self._desks[key] = desk
        await desk.returned()

    def _refuse(self, key: tuple[str, str], wanted: Space, reason: str) -> None:
        self._refused.add(key)
        if (key, reason) not in self._told:
            self._told.add((key, reason))
            _logger.warning("%s is not listened to: %s", called(replace(wanted, name="")), reason)

    async def _take_in(self, connection: AsyncConnection, wanted: Space, *, invited: bool) -> str:
        """Put an unknown space down where the policy takes it; returns why not."""
        there = await communities.everyone(connection)
        name = self._policy.community or (there[0].name if len(there) == 1 else None)
        if name is None and there:
            return "there are several communities; set CAIRN_COMMUNITY, or name the space in a community file"
        community = next((one for one in there if one.name == name), None)
        if community is None:
            community = await communities.found(connection, name or wanted.name or wanted.id, *self._policy.rules())
        refused = await _full(connection, community, invited=invited)
        if not refused:
            await spaces.settle(connection, community.id, wanted, Consent.COUNTED, "{}")
            _logger.info("%s is listened to from now on (consent: counted)", called(replace(wanted, name="")))
        return refused

    async def _furnish(self, connection: AsyncConnection, desk: OneDesk, number: int, kept: Kept) -> None:
        """Give a desk what holds now."""
        rules = await communities.active_rules(connection, number)
        if rules.id not in self._mountains:
            self._mountains[rules.id] = parse_rules(rules.text, rules.name)
        mountain = self._mountains[rules.id]
        kinds = ALWAYS_STORED | mountain.kinds
        whole = await spaces.whole(connection, number)
        desk.furnish(whole or "{}", kept, await exclusions.on_top(connection, number, kept.id))
        desk.origin = Origin(
            number, kept.id, kinds, Newcomers(0, page=False, wait=True), time.time_ns() // 1_000_000,
            bool(programmes_asked(mountain.multipliers)),
        )  # fmt: skip


async def _full(connection: AsyncConnection, community: Community, *, invited: bool) -> str:
    """Return why a community takes no further space in, nothing where it does."""
    if await spaces.whole(connection, community.id) is not None:
        return "it is not in the community file; name it there and run cairn config apply"
    if not invited and any(one.settings is not None for one in await spaces.of_community(connection, community.id)):
        return "another space is listened to already; name both in a community file and run cairn config apply"
    return ""


class _Host:
    def __init__(self, desks: Desks, integration: str) -> None:
        self._desks = desks
        self._integration = integration
        self.installations: Installations = InstallationsOf(desks.database, desks.intake.keys, integration)

    @property
    def notes(self) -> Notes:
        return NotesOf(self._desks.database, self._integration, 0)

    async def desk(self, space: Space, *, invited: bool = False) -> Desk | None:
        return await self._desks.desk(self._integration, space, invited=invited)

    async def spaces_of(self, account: Account) -> list[Space]:
        return await self._desks.spaces_of(self._integration, account)

    def count(self, what: Meter, n: int = 1) -> None:
        self._desks.metrics.count(self._integration, what, n)

    def level(self, what: Level, value: float) -> None:
        self._desks.metrics.level(self._integration, what, value)
