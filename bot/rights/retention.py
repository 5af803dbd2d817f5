"""How long things are kept, and letting go of what is over its time: in small steps, oldest first, at any moment.

Acts of people who are only counted become numbers of their day after 90 days; the acts of a page go after 13 months,
and what they gave stays with the page (`old_tally`), so its totals and its road lose nothing. Contact details go half a
year after somebody last came. What is stored stays equal to a recompute throughout. Imports that said for how long they
are kept have a job of their own.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settle import Settler
from bot.standing.pacing import Pace
from bot.storage import acts, aging, belonging, erasing, marks, old_tallies
from bot.storage.aging import Old
from bot.storage.bulk import take_turns
from bot.storage.engine import Database
from scoring.asked import counterparts_asked
from scoring.points import Tallies, tally, together
from scoring.signals import DAY_MS, date_of, day_number

COUNTED_DAYS, PAGE_DAYS, CONTACT_DAYS, SENT_DAYS = 90, 396, 183, 396
BATCH = 100
"""Acts, with what answers them, in one transaction, at most."""
LEAST = 0.2
"""The least, of that: five milliseconds of each transaction are its own, whatever is in it."""
SECONDS, REST = 0.015, 1.0
"""What a transaction should take, and for how many times that is rested after it, so that others have their turn."""
READ = 5_000
"""Acts that are looked for at once."""


@dataclass(frozen=True, slots=True)
class Periods:
    """How many days things are kept; only ever less than by default."""

    counted: int = COUNTED_DAYS
    page: int = PAGE_DAYS
    contact: int = CONTACT_DAYS
    sent: int = SENT_DAYS

    def __post_init__(self) -> None:
        """Refuse longer ones."""
        allowed = (COUNTED_DAYS, PAGE_DAYS, CONTACT_DAYS, SENT_DAYS)
        if any(not 0 <= mine <= most for mine, most in zip(self._all, allowed, strict=True)):
            raise ValueError("periods of retention can only be shortened")

    @property
    def _all(self) -> tuple[int, ...]:
        return self.counted, self.page, self.contact, self.sent


DEFAULT = Periods()


@dataclass(frozen=True, slots=True)
class LetGo:
    """What was let go of: acts, people's contact details, and messages that were sent."""

    acts: int
    contacts: int
    messages: int


class Retention:
    """Lets go of one community's things."""

    def __init__(self, database: Database, community: int, periods: Periods = DEFAULT) -> None:
        """Take the store, the community's number, and how long things are kept."""
        self._database = database
        self._community = community
        self._periods = periods
        self._settler = Settler(database, community, REST)
        self._pace = Pace(BATCH, SECONDS, REST, LEAST)
        self._told: set[int] = set()

    async def run(self, today: int) -> LetGo:
        """Let go of all that is over its time on a day, and settle what that concerns."""
        now = today * DAY_MS
        gone = await self._acts(today)
        contacts = await self._while(aging.lapsed, now - self._periods.contact * DAY_MS)
        messages = await self._while(aging.sent_before, now - self._periods.sent * DAY_MS)
        return LetGo(gone, contacts, messages)

    async def _while(self, part: aging.Part, before: int) -> int:
        gone, more, pace = 0, True, Pace(BATCH, SECONDS, REST)
        while more:
            size = pace.size
            async with self._database.write() as connection:
                begin = time.perf_counter()
                n = await part(connection, self._community, before, size)
            pace.took(n, begin)
            gone, more = gone + n, n == size
            await pace.rest()
        return gone

    async def _acts(self, today: int) -> int:
        gone, after = 0, (-1, 0)
        while True:
            async with self._database.read() as connection:
                before = aging.Before(today - self._periods.counted, today - self._periods.page)
                found = await aging.over(connection, self._community, before, after, READ)
                about = await aging.answers_to(connection, self._community, [(one.key_day, one.key) for one in found])
            if not found:
                break
            await self._months(found)
            gone += await self._portions(found, _by_key(about))
            after = (found[-1].day, found[-1].id)
        await self._settler.settle()
        return gone

    async def _portions(self, found: Sequence[Old], answered: _Answered) -> int:
        """Let go of acts, so many in each transaction as there is time for; returns how many."""
        gone, at = 0, 0
        while at < len(found):
            some = _portion(found, at, answered, self._pace.size)
            touched = {pair for one in some for pair in answered.get((one.key_day, one.key), ())}
            gone += await self._let_go(some, touched)
            at += len(some)
            await self._pace.rest()
        return gone

    async def _months(self, found: Sequence[Old]) -> None:
        """Store how many people wrote in months of which acts go now, before the first of them does.

        They are counted before anything is written: that takes longer than others should wait.
        """
        months = {day_number(date_of(one.day).replace(day=1)) for one in found if not one.page}
        for first in sorted(months - self._told):
            async with self._database.read() as connection:
                rows = await aging.writers(connection, self._community, first)
            async with self._database.write() as connection:
                await aging.put_writers(connection, self._community, first, rows)
        self._told |= months

    async def _let_go(self, over: Sequence[Old], answered: set[tuple[int, int]]) -> int:
        await self._settler.read_rules()
        async with self._database.write() as connection:
            begin = time.perf_counter()
            await take_turns(connection, self._community)
            rows = await aging.still(connection, self._community, over)
            if not rows:
                return 0
            accounts = {(one.day, one.account) for one in rows}
            accounts |= {(one.day, one.thanked) for one in rows if one.thanked is not None}
            member_of = await aging.members_of(connection, {one for _, one in accounts})
            own = {(one.day, member_of[one.account]) for one in rows if one.page}
            thanked = {(one.day, member_of[one.thanked]) for one in rows if one.thanked is not None}
            kept = await self._pages(connection, own | thanked | answered)
            before = await self._scored(connection, kept)
            await aging.counts(connection, self._community, [one for one in rows if not one.page])
            await erasing.keep_no_trace(connection)
            await aging.delete(connection, self._community, rows)
            await self._keep(connection, before, await self._scored(connection, kept))
            await marks.dirty_accounts(connection, self._community, accounts)
            await marks.dirty_days(connection, self._community, answered)
        self._pace.took(len(over) + len(answered), begin)
        return len(rows)

    async def _pages(self, connection: AsyncConnection, pairs: set[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the member-days of those who have a page: they keep what they have."""
        pages = await aging.with_page(connection, (who for _, who in pairs))
        return sorted(pair for pair in pairs if pair[1] in pages)

    async def _scored(self, connection: AsyncConnection, pairs: Sequence[tuple[int, int]]) -> dict[int, Tallies]:
        """Return by rules what the acts that are there give on some member-days, whether that is settled or not."""
        scored: dict[int, Tallies] = {}
        if not pairs:
            return scored
        in_force = await self._settler.in_force(connection)
        asked = {kind for rules in in_force for kind in counterparts_asked(rules.mountain)}
        found = await acts.of_days(connection, self._community, pairs, asked)
        for rules in in_force:
            about = await belonging.of(connection, self._community, rules.mountain, {who for _, who in pairs})
            result = tally(found, rules.mountain, about)
            wanted = {(who, day) for day, who in pairs}
            mine = [pair in wanted for pair in zip(result.member.tolist(), result.day.tolist(), strict=True)]
            scored[rules.id] = result.where(np.array(mine, np.bool_))
        return scored

    async def _keep(self, connection: AsyncConnection, before: dict[int, Tallies], after: dict[int, Tallies]) -> None:
        """Put down what went with the acts, so that it is added from now on."""
        for rules, had in before.items():
            has = after[rules]
            less = Tallies(has.member, has.day, has.type, -has.counted, -has.points)
            lost = together(had, less)
            rows = zip(*(getattr(lost, name).tolist() for name in Tallies.__slots__), strict=True)
            await old_tallies.add(connection, self._community, rules, [row for row in rows if row[3] or row[4]])


_Answered = dict[tuple[int, str], list[tuple[int, int]]]
"""By the key of a message, the day and member of each act about it."""


def _portion(found: Sequence[Old], at: int, answered: _Answered, size: int) -> Sequence[Old]:
    """Return the acts from `at` on that go together, one at least: their number and that of their answers decides."""
    until, weight = at, 0
    while until < len(found) and weight < size:
        weight += 1 + len(answered.get((found[until].key_day, found[until].key), ()))
        until += 1
    return found[at:until]


def _by_key(about: Sequence[tuple[int, str, int, int]]) -> _Answered:
    found: _Answered = {}
    for key_day, key, day, member in about:
        found.setdefault((key_day, key), []).append((day, member))
    return found
