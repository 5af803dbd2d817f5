"""What people belong to by the roles they hold in a space: chapters, and cohorts of programmes.

Who holds a role that stands for a chapter belongs to it until they hold none of its roles any more; what the team put
down goes on. Who holds one that stands for a cohort takes part, and losing it ends nothing that happened. Where the
team has taken somebody from a cohort or closed a chapter, its word stands.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.consent.roles import Role, There
from bot.hearing.space_settings import Consent, Listed
from bot.keys import Keys
from bot.ports import Receipt
from bot.storage import accounts, chapters, recalling
from bot.storage.accounts import Known, Memory, Newcomers
from bot.storage.engine import Database
from bot.storage.turns import in_turn
from bot.teamwork.taking_part import KEY_DAY, key_of, taking_part
from scoring.signals import Account, Context, Signal, day_of

_AT_ONCE = 500
"""People whose chapters are changed in one transaction, at most."""
_VERSION = 1
"""The version of what roles say: any word of the team is a later one, and hearing a role again is no newer one."""


@dataclass(frozen=True, slots=True)
class _Held:
    """Who somebody is, and what they hold."""

    who: Account
    roles: Collection[Role]

    def any_of(self, wanted: Listed) -> bool:
        return any(wanted.has(*one) for one in self.roles)


_People = Mapping[str, _Held]
"""People by pseudonym."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Of whom something may be kept: those who are known, those who may become so, and how these begin."""

    known: Mapping[str, Known]
    new: Mapping[str, Account]
    terms: Newcomers

    def __contains__(self, handle: str) -> bool:
        return handle in self.new or (handle in self.known and not self.known[handle].bot)


@dataclass(frozen=True, slots=True)
class _Change:
    """Who comes to which chapter (by name) and who leaves which (by number), by pseudonym."""

    came: frozenset[tuple[str, str]]
    went: frozenset[tuple[int, str]]


class Membership:
    """Lets people belong to what their roles stand for."""

    def __init__(
        self, database: Database, keys: Keys, record: Callable[[Sequence[Signal]], Awaitable[Receipt]]
    ) -> None:
        """Take the store, the keys, and where that people take part is handed in as signals."""
        self._database = database
        self._keys = keys
        self._record = record

    async def heard(self, there: There, held: Mapping[Account, Collection[Role]], *, whole: bool = True) -> None:
        """Take what people hold now, all of it or (where not `whole`) some. Hearing it again changes nothing."""
        if not (there.settings.chapters or there.settings.cohorts):
            return
        people = {self._keys.handle(who): _Held(who, roles) for who, roles in held.items() if not who.bot}
        if there.settings.chapters:
            for some in _portions(people):
                await self._chapters(there, some, whole=whole)
        if signals := await self._parts(there, people):
            await self._record(signals)

    async def _chapters(self, there: There, people: _People, *, whole: bool) -> None:
        async with self._database.read() as connection:
            change, _ = await self._change(connection, there, people, whole=whole)
        if not (change.came or change.went):
            return
        async with in_turn(self._database, there.community) as connection:
            change, kept = await self._change(connection, there, people, whole=whole)
            new = {handle: kept.new[handle] for _, handle in change.came if handle in kept.new}
            await accounts.make(connection, there.community, kept.known, new, (self._keys, kept.terms))
            numbers = await _made(connection, there, sorted({name for name, _ in change.came}))
            came = [(number, handle) for name, handle in sorted(change.came) if (number := numbers[name.casefold()])]
            where = there.community, there.space
            await chapters.by_roles(connection, where, came, sorted(change.went), day_of(there.at))

    async def _change(
        self, connection: AsyncConnection, there: There, people: _People, *, whole: bool
    ) -> tuple[_Change, _Kept]:
        """Find out who comes and who goes, and of whom something may be kept."""
        numbers = await chapters.named(connection, there.community)
        now = await chapters.belonging(connection, there.community, there.space, people)
        kept = await self._kept(connection, there, people)
        came, went = set[tuple[str, str]](), set[tuple[int, str]]()
        for one in there.settings.chapters:
            number = numbers.get(one.name.casefold(), 0)
            if number is None:
                continue
            holders = {handle for handle, held in people.items() if held.any_of(one.roles)}
            there_already = {handle for chapter, handle, _ in now if chapter == number}
            came |= {(one.name, handle) for handle in holders - there_already if handle in kept}
            if whole:
                went |= {(number, who) for chapter, who, by in now if chapter == number and by and who not in holders}
        return _Change(frozenset(came), frozenset(went)), kept

    async def _parts(self, there: There, people: _People) -> list[Signal]:
        """Return that people take part in what their roles stand for, of those of whom it was never said."""
        wanted: dict[str, tuple[Account, Context]] = {}
        for one in there.settings.cohorts:
            context = Context(programme=one.programme, cohort=one.cohort, role=one.part)
            holders = ((handle, held.who) for handle, held in people.items() if held.any_of(one.roles))
            wanted |= {f"{key_of(context)}/{handle}": (who, context) for handle, who in holders}
        if not wanted:
            return []
        async with self._database.read() as connection:
            said = await recalling.known(connection, there.community, ((KEY_DAY, key) for key in wanted))
            kept = await self._kept(connection, there, people)
        new = (one for key, one in wanted.items() if (KEY_DAY, key) not in said)
        return [taking_part(who, context, there.at, _VERSION) for who, context in new if self._keys.handle(who) in kept]

    async def _kept(self, connection: AsyncConnection, there: There, people: _People) -> _Kept:
        """Return of whom something may be kept, as intake decides it for what people do."""
        found = await accounts.look_up(connection, there.community, people, there.space, Memory())
        terms = Newcomers(0, page=found.consent == Consent.NOTICE, wait=found.consent == Consent.STRICT)
        if terms.wait:
            return _Kept(await accounts.with_page(connection, found.known), {}, terms)
        unknown = people.keys() - found.known.keys() - found.left_out
        unknown -= await accounts.forgotten(connection, there.community, self._keys, unknown)
        return _Kept(found.known, {handle: people[handle].who for handle in unknown}, terms)


async def _made(connection: AsyncConnection, there: There, names: Sequence[str]) -> Mapping[str, int | None]:
    """Return the numbers of chapters by name (without letter case), and make those that never were."""
    numbers = await chapters.named(connection, there.community)
    for name in names:
        if name.casefold() not in numbers:
            made = await chapters.create(connection, there.community, name, "", (None, there.at))
            numbers[name.casefold()] = made.id if made else None
    return numbers


def _portions(people: _People) -> Iterator[_People]:
    """Yield so many people at a time that a transaction stays short."""
    rest = iter(people.items())
    while some := dict(islice(rest, _AT_ONCE)):
        yield some
