"""The desk of one space: where an integration hands signals in, and what it is told of the space."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.chat.calling import Call, Caller, Offered
from bot.chat.speech import Choice, Reply
from bot.commands.door import Place
from bot.community.comparing import called
from bot.community.settled import settings_from
from bot.consent.addressed import Addressed
from bot.consent.coming import Coming
from bot.consent.membership import Membership
from bot.consent.noticing import Written
from bot.consent.roles import Roles, There
from bot.history.backfilling import History, Store
from bot.ports import (
    Consent,
    Held,
    Kind,
    Meter,
    Notes,
    Occasion,
    Past,
    Receipt,
    Signal,
    Space,
    SpaceSettings,
    Unread,
)
from bot.rights.removal import Removal
from bot.storage import convenings, exclusions, notes, recalling
from bot.storage.engine import Database
from bot.storage.exclusions import OnTop
from bot.storage.recording import Origin
from bot.storage.spaces import Kept
from bot.storage.unread import UnreadOf
from scoring.signals import Account

if TYPE_CHECKING:
    from bot.hearing.hosting import Desks

NOT_LISTENED_TO = "not listened to"
"""Why signals are dropped of a space that has been taken out of the community file."""
_logger = logging.getLogger(__name__)


class OneDesk:
    """The desk of one space. `open` says whether it is listened to at all."""

    def __init__(self, desks: Desks, integration: str, space: Space) -> None:
        self._desks = desks
        self.integration = integration
        self._read: tuple[str, Kept, OnTop] | None = None
        self.space = space
        self.settings = SpaceSettings()
        self.open = True
        self._wrote: Written | None = None
        self._away = True  # as far as is known: it may have been removed before a restart
        self.origin: Origin
        store = Store(desks.database, desks.intake.keys, self._became)
        self.past: Past = History(store, self)

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds worth telling of."""
        return self.origin.kinds

    @property
    def notes(self) -> Notes:
        """What the integration has put down about the space."""
        return NotesOf(self._desks.database, self.integration, self.origin.space or 0)

    @property
    def unread(self) -> Unread:
        """What could not be read."""
        return UnreadOf(self._desks.database, (self.origin.community, self.origin.space or 0))

    async def held(self, key_day: int, key: str) -> list[Held]:
        """Return what is stored of each person under a natural key."""
        async with self._desks.database.read() as connection:
            return await recalling.held(connection, self._desks.intake.keys, self.origin.community, (key_day, key))

    async def known(self, keys: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        """Return under which natural keys, or below them, something is stored."""
        async with self._desks.database.read() as connection:
            return await recalling.known(connection, self.origin.community, keys)

    async def holding(self, held: Mapping[Account, Collection[tuple[str, str]]]) -> None:
        """Hear which roles people hold now."""
        origin, now = self.origin, time.time_ns() // 1_000_000
        there = There(origin.community, origin.space or 0, self.settings, now)
        if await Roles(self._desks.database, self._desks.intake.keys).heard(there, held):
            self._desks.told()
        await self._membership.heard(there, held)

    async def shut(self, places: Collection[str]) -> None:
        """Hear which channels do not count because of a category."""
        community, space = self.origin.community, self.origin.space or 0
        async with self._desks.database.read() as connection:
            before = await exclusions.shut(connection, space)
        if before != frozenset(places):
            async with self._desks.database.write() as connection:
                await exclusions.shut_these(connection, community, space, places)
            self._desks.told()

    async def missed(self, since: int, until: int) -> int:
        """Put down that not everything was heard; returns the gap's number."""
        self._desks.metrics.count(self.integration, Meter.GAPS)
        async with self._desks.database.write() as connection:
            return await notes.missed(connection, (self.origin.community, self.origin.space or 0), since, until)

    async def occasions(self, since: int, until: int) -> list[Occasion]:
        """Return the convenings that were announced in channels of the space."""
        async with self._desks.database.read() as connection:
            found = await convenings.between(connection, self.origin.community, since, until)
        return [
            Occasion(
                f"{one.key}/here", one.key_day, convenings.context_of(one), one.channel, one.starts_at, one.ends_at
            )
            for one in found
            if one.channel and one.space == self.origin.space
        ]

    async def left(self) -> None:
        """Take note that Cairn was removed from the space."""
        self._away = True
        await Removal(self._desks.database).left(self.origin.space or 0, time.time_ns() // 1_000_000)
        _logger.info("%s: Cairn was removed; what it knows of it will be deleted", called(replace(self.space, name="")))

    async def returned(self) -> None:
        """Take note that Cairn is in the space (again)."""
        if self._away and await Removal(self._desks.database).returned(self.origin.space or 0):
            _logger.info("%s: Cairn is there again, and all is as it was", called(replace(self.space, name="")))
        self._away = False

    async def member_left(self, who: Account, at: int) -> None:
        """Hear that somebody left the space."""
        await self._coming.left(who, at)
        there = There(self.origin.community, self.origin.space or 0, self.settings, at)
        await self._membership.heard(there, {who: ()})

    async def member_came(self, who: Account) -> None:
        """Hear that somebody came to the space, or came back."""
        await self._coming.came(who)

    def acted(self, signals: Sequence[Signal], at: int) -> None:
        """Hear that people just did these things themselves, and that they were stored."""
        origin = self.origin
        self._desks.beside.heard(signals, There(origin.community, origin.space or 0, self.settings, at))

    async def lives_in(self, who: Account, zone: str) -> None:
        """Hear the time zone of somebody's profile."""
        await self._coming.lives_in(who, zone)

    async def written_to(self, who: Account, at: int, *, answers: bool = True) -> bool:
        """Hear that somebody wrote to Cairn itself."""
        database, keys = self._desks.database, self._desks.intake.keys
        called = self.space.name, self.settings.language
        addressed = Addressed(database, keys, self.origin.community, self.origin.space or 0, *called)
        return await addressed.heard(who, at, answers=answers)

    @property
    def _coming(self) -> Coming:
        return Coming(self._desks.database, self._desks.intake.keys, self.origin.community, self.origin.space or 0)

    @property
    def _membership(self) -> Membership:
        return Membership(self._desks.database, self._desks.intake.keys, self.record)

    async def open_gaps(self) -> list[tuple[int, int, int]]:
        """Return the gaps that are not made good: their numbers, and from when to when they are (ms)."""
        async with self._desks.database.read() as connection:
            return await notes.open_gaps(connection, self.origin.space or 0)

    async def made_good(self, gaps: Collection[int]) -> None:
        """Put down that all that can still be seen of these gaps is stored."""
        if gaps:
            async with self._desks.database.write() as connection:
                await notes.made_good(connection, gaps)

    @property
    def offered(self) -> list[Offered]:
        """The commands in the space's language."""
        return self.offered_in(self.settings.language)

    def offered_in(self, language: str) -> list[Offered]:
        """Return the commands in a language."""
        return self._desks.door.offered(language)

    def opens_form(self, call: Call) -> bool:
        """Whether a call may be answered with a form."""
        return self._desks.door.opens_form(call)

    def may(self, caller: Caller, path: str) -> bool:
        """Whether somebody may use a command."""
        return self._desks.door.may(caller, path, self.settings)

    async def call(self, call: Call) -> Reply:
        """Answer what somebody did in chat."""
        reply = await self._desks.door.answer(call, self._place)
        if call.caller.zone:  # behind the answer, since it may have made the page for whose sake it is kept
            await self._coming.lives_in(call.caller.account, call.caller.zone)
        return reply

    async def suggest(self, caller: Caller, at: int, wanted: tuple[str, str, str]) -> Sequence[Choice]:
        """Return choices while an option is typed."""
        return await self._desks.door.suggest(caller, at, wanted, self._place)

    @property
    def _place(self) -> Place:
        return Place(self.origin.community, self.origin.space or 0, self.settings, self)

    @property
    def _written(self) -> Written:
        if self._wrote is None:
            self._wrote = Written(self._desks.database, self.origin.space or 0)
        return self._wrote

    def furnish(self, whole: str, kept: Kept, on_top: OnTop) -> None:
        """Take what holds in the space now: the file's settings, the space, and what the team put on top."""
        if self._read != (whole, kept, on_top):
            self.settings, self._read = on_top.over(settings_from(whole, kept)), (whole, kept, on_top)

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        """Store signals; returns after the commit."""
        desks = self._desks
        desks.metrics.received(self.integration, len(signals))
        if not self.open:
            receipt = Receipt()
            receipt.dropped[NOT_LISTENED_TO] += len(signals)
        else:
            desks.waiting += len(signals)
            try:
                receipt = await desks.intake.record(self.origin, signals)
            finally:
                desks.waiting -= len(signals)
            if self.settings.consent is Consent.STRICT:
                await self._written.heard(signals)
        self._became(0, receipt)
        desks.metrics.acknowledged(self.integration, len(signals))
        return receipt

    def _became(self, n: int, receipt: Receipt) -> None:
        """Tell what became of signals; of `n` of them it was not told yet that they were handed in."""
        metrics = self._desks.metrics
        metrics.received(self.integration, n)
        metrics.acknowledged(self.integration, n)
        metrics.became(self.integration, receipt)
        if receipt.new or receipt.changed or receipt.retracted:
            self._desks.told()


@dataclass(frozen=True, slots=True)
class NotesOf:
    """What an integration has put down about a space, or (0) about itself."""

    database: Database
    owner: str
    space: int

    async def read(self, name: str) -> str | None:
        """Return what was put down under a name."""
        async with self.database.read() as connection:
            return await notes.read(connection, self.owner, self.space, name)

    async def write(self, name: str, value: str) -> None:
        """Put something down under a name."""
        async with self.database.write() as connection:
            await notes.write(connection, self.owner, self.space, name, value)
