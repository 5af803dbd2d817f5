"""What may have arrived is looked for where the platform can be asked: it is sent or unknown, and never sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.gate import Purpose
from bot.sending.claiming import LEASE_MS, LOOKED_FOR_MS
from bot.sending.delivering import Delivered, Outcome, Sought
from bot.sending.outcomes import LOOK_MS, NOT_FOUND, SURE_MS
from bot.storage import contacts
from tests.scenarios.post import HOUR, MINUTE, FakePlatform, LostError, Street, street


@dataclass
class Searchable(FakePlatform):
    """A platform that knows no message again that comes twice, and can be asked whether one is there.

    `says` is what it answers to the next looks; after those it looks. `holds` keeps whoever asks waiting.
    """

    remembers: float = 0.0
    window: float = 0.0
    says: list[Outcome] = field(default_factory=list)
    holds: asyncio.Event | None = None
    seen: asyncio.Event = field(default_factory=asyncio.Event)
    looked: list[Sought] = field(default_factory=list)

    async def find(self, sought: Sought) -> Outcome:
        self.looked.append(sought)
        self.seen.set()
        await asyncio.sleep(0)
        if self.holds is not None:
            await self.holds.wait()
        if self.says:
            return self.says.pop(0)
        there = any(one.nonce == sought.nonce for one in self.ledger)
        return Outcome(Delivered.SENT, "found") if there else Outcome(Delivered.UNKNOWN)


@dataclass
class Search:
    """A street on such a platform, and a letter whose answer is lost."""

    place: Street
    platform: Searchable

    async def loses(self, *, arrived: bool) -> None:
        """Post a letter, and lose the answer to it."""
        await self.place.post(self.place.letter(kind=Purpose.POST, channel="7"))
        self.platform.answer = lambda _: None if arrived else LostError()
        self.platform.after = lambda _: LostError()
        await self.place.courier.once()

    async def after(self, ms: int) -> list[tuple[str, str]]:
        """Let time pass, and somebody look; returns how the letters stand."""
        self.place.at += ms
        await self.place.courier.once()
        return await self.place.states()


@pytest.fixture
async def search(database_url: str) -> AsyncIterator[Search]:
    async with street(database_url) as place:
        platform = Searchable(lambda: place.at)
        place.platform = platform
        place.courier = place.new_courier()
        yield Search(place, platform)


async def test_what_is_there_is_sent(search: Search) -> None:
    await search.loses(arrived=True)
    assert await search.after(LOOK_MS - 1) == [("sending", "")]
    assert not search.platform.looked
    assert await search.after(1) == [("sent", "")]
    assert await search.place.rows("SELECT message, content FROM outbox") == [("found", None)]
    [sought] = search.platform.looked
    assert (sought.channel, sought.person, sought.at) == ("7", None, search.place.at - LOOK_MS)
    assert len(search.platform.asked) == 1


async def test_what_is_not_there_in_the_end_is_unknown_and_never_sent_again(search: Search) -> None:
    """It is looked for some times, since history may lag."""
    await search.loses(arrived=False)
    for _ in range(200):
        await search.after(LOOK_MS)
    assert await search.place.states() == [("unknown", NOT_FOUND)]
    assert 3 <= len(search.platform.looked) <= 5
    assert search.platform.looked[-1].at <= search.place.at - SURE_MS
    assert len(search.platform.asked) == 1


async def test_what_comes_late_is_found_late(search: Search) -> None:
    await search.loses(arrived=False)
    assert await search.after(LOOK_MS) == [("sending", "")]
    search.platform.ledger.append(search.platform.asked[0])
    assert await search.after(5 * LOOK_MS) == [("sent", "")]


async def test_where_nobody_can_look_it_is_looked_for_a_day(search: Search) -> None:
    """As soon as the platform says, and seldom after an hour."""
    await search.loses(arrived=True)
    search.platform.says = [Outcome(Delivered.LATER, after=600)] * 100
    await search.after(LOOK_MS)
    assert await search.after(599_000) == [("sending", "")]
    assert len(search.platform.looked) == 1
    await search.after(1_000)
    assert len(search.platform.looked) == 2
    while search.place.at < search.platform.looked[0].at + LOOKED_FOR_MS + 13 * HOUR:
        await search.after(HOUR)
    assert await search.place.states() == [("unknown", "no answer")]
    assert len(search.platform.looked) < 20
    assert len(search.platform.asked) == 1


async def test_what_nobody_may_ever_see_is_unknown_at_once(search: Search) -> None:
    await search.loses(arrived=True)
    search.platform.says = [Outcome(Delivered.FAILED, reason="not shown")]
    assert await search.after(LOOK_MS) == [("unknown", "not shown")]


async def test_who_dies_while_looking_leaves_it_to_others(search: Search) -> None:
    """One looks at a time; who died is followed when their time is over."""
    await search.loses(arrived=True)
    search.place.at += LOOK_MS
    search.platform.holds = asyncio.Event()
    dying = asyncio.create_task(search.place.new_courier().once())
    await asyncio.wait_for(search.platform.seen.wait(), 20)
    dying.cancel()
    await asyncio.wait((dying,))
    search.platform.holds = None
    assert await search.after(LEASE_MS - 1) == [("sending", "")]
    assert len(search.platform.looked) == 1
    assert await search.after(1) == [("sent", "")]


async def test_looking_changes_nothing_of_when_somebody_was_written_to(search: Search) -> None:
    """Nothing is sent by it; what is found began the conversation when it was sent."""
    ann = await search.place.somebody("ann")
    await search.place.post(search.place.letter(ann))
    search.platform.after = lambda _: LostError()
    await search.place.courier.once()
    before = await search.place.rows("SELECT claimed_at FROM outbox")
    assert await search.after(LOOK_MS) == [("sent", "")]
    assert await search.place.rows("SELECT claimed_at FROM outbox") == before
    assert await search.place.rows("SELECT opened_at FROM reach WHERE opened_at IS NOT NULL") != []
    [sought] = search.platform.looked
    assert sought.person is not None


async def test_who_was_forgotten_meanwhile_is_not_looked_for(search: Search) -> None:
    """Their letters are gone, and nothing of it comes back."""
    ann = await search.place.somebody("ann")
    await search.place.post(search.place.letter(ann))
    search.platform.after = lambda _: LostError()
    await search.place.courier.once()
    async with search.place.database.write() as connection:
        await contacts.forget(connection, search.place.community, ann)
    assert await search.after(10 * MINUTE) == []
    assert not search.platform.looked
