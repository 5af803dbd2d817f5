"""What follows when people are given roles, or lose them, that a space's settings ask about.

Whoever holds a role that is left out counts in that space no longer; a role that people choose can stand for their yes
to a page, and losing it for their no; people who are too young are erased. What they belong to by the roles they hold
is told in `bot.consent.membership`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.consent.choices import Choices, Said, Source
from bot.hearing.space_settings import Listed, SpaceSettings
from bot.keys import Keys
from bot.rights.forgetting import UNDER_AGE, Forgetting, Order
from bot.storage import choosing, spaces
from bot.storage.engine import Database
from bot.storage.what_counts import BY_ROLE
from scoring.signals import Account

Role = tuple[str, str]
"""A role's id and its name."""
_VERSION = "role"


@dataclass(frozen=True, slots=True)
class There:
    """Where roles are held: community, space and what holds there; and when it was heard (ms)."""

    community: int
    space: int
    settings: SpaceSettings
    at: int


class Roles:
    """Heeds what roles people hold."""

    def __init__(self, database: Database, keys: Keys) -> None:
        """Take the store and the keys."""
        self._database = database
        self._keys = keys

    async def heard(self, there: There, held: Mapping[Account, Collection[Role]]) -> bool:
        """Take what people hold now; returns whether scores may change by it. Hearing it again changes nothing."""
        settings = there.settings
        people = {who: roles for who, roles in held.items() if not who.bot}
        changed = bool(settings.excluded_roles.entries) and await self._leave_out(there, people)
        for who in _holders(settings.under_age_roles, people):
            await self._erase(there, who)
        if settings.page_roles.entries:
            await self._pages(there, people)
        return changed

    async def _leave_out(self, there: There, people: Mapping[Account, Collection[Role]]) -> bool:
        handles = {self._keys.handle(who): who for who in people}
        where = BY_ROLE + there.space
        wanted = {self._keys.handle(who) for who in _holders(there.settings.excluded_roles, people)}
        async with self._database.read() as connection:
            before = await choosing.left_out_among(connection, there.community, handles, where)
        if wanted == before:
            return False
        async with self._database.write() as connection:
            await spaces.leave_out(connection, there.community, where, wanted - before)
            await spaces.let_in(connection, there.community, where, before - wanted)
        return True

    async def _erase(self, there: There, who: Account) -> None:
        marker = self._keys.marker(self._keys.handle(who))
        async with self._database.read() as connection:
            done = await choosing.under_age(connection, there.community, [marker])
        if not done:
            await Forgetting(self._database, self._keys).forget(Order(there.community, who, UNDER_AGE, there.at))

    async def _pages(self, there: There, people: Mapping[Account, Collection[Role]]) -> None:
        """Give and take pages; who is concerned is found out for all of them at once."""
        handles = {who: self._keys.handle(who) for who in people}
        holders = set(_holders(there.settings.page_roles, people))
        async with self._database.read() as connection:
            pages, by_role = await choosing.pages_of(connection, there.community, handles.values())
        choices = Choices(self._database, self._keys)
        for who, handle in handles.items():
            said = Said(there.community, there.space, who, there.at, Source.ROLE, _VERSION)
            if who in holders and handle not in pages:
                await choices.by_role(said)
            elif who not in holders and handle in by_role:
                await choices.role_lost(said)


def _holders(wanted: Listed, people: Mapping[Account, Collection[Role]]) -> list[Account]:
    """Return who holds one of some roles."""
    if not wanted.entries:
        return []
    return [who for who, roles in people.items() if any(wanted.has(*one) for one in roles)]
