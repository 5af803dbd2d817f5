"""What happens while Cairn is away is read from Discord's history: all that can still be seen, once, at a fair pace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.model import Message
from integrations.sandbox.faults import Fault
from scoring.signals import Kind, day_of
from tests.scenarios.discord_people import Crowd, crowd
from tests.scenarios.discord_rig import Rig, rig, until
from tests.scenarios.discord_truth import Missed

STRICT = Limits(routes=())
"""Discord's own limits on requests."""


class Watch(Fault):
    """Strikes nothing; notes when each request came, refused ones too."""

    def __init__(self) -> None:
        super().__init__("*", "*")
        self.came: list[float] = []

    def meets(self, method: str, path: str) -> bool:
        self.came.append(time.monotonic())
        return False

    def busiest_second(self) -> int:
        """Return the most requests within a second."""
        return max(sum(at <= one < at + 1 for one in self.came[n : n + 200]) for n, at in enumerate(self.came))


@dataclass(frozen=True, slots=True)
class Plenty:
    """How much happens meanwhile."""

    messages: int
    joins: int
    reactions: int


SOME, MUCH = Plenty(250, 25, 50), Plenty(5_000, 500, 1_000)


async def much_happens(one: Rig, people: Crowd, plenty: Plenty) -> None:
    """Let ten minutes pass in which a lot is done, and a little that Discord does not show afterwards."""
    fresh: list[Message] = []
    for n in range(plenty.messages):
        place = people.texts[n % 4]
        about = fresh[-3] if n % 5 == 4 and fresh[-3].channel_id == place.id else None
        fresh.append(await people.people[n % 12].says(place, people.text(), replies_to=about))
        if n % (plenty.messages // 10) == 0:
            one.clock.skip(60)
    for _ in range(plenty.joins):
        await people.comes()
    for n in range(plenty.reactions):
        about = fresh[n * len(fresh) // plenty.reactions]
        await people.people[(n + 1) % 12].reacts(about, "👍")
    old = people.written[:20]
    for message in old[:5]:
        await people.people[0].reacts(message, "👍")
    await people.people[11].deletes(old[10])


async def away(
    url: str, plenty: Plenty, leave: Callable[[Rig, Callable[[], Awaitable[None]]], Awaitable[None]]
) -> None:
    """Be away while much happens, and make it good."""
    async with rig(url, limits=STRICT) as one:
        people = crowd(one, "Garden", 8)
        await one.start()
        await one.heard()
        for n in range(30):
            people.written.append(await people.people[n % 12].says(people.texts[n % 3], people.text()))
        await one.stores()
        before, watch = one.clock(), Watch()
        one.server.faults.add(watch)

        await leave(one, lambda: much_happens(one, people, plenty))
        await until(lambda: _good(one), within=300)
        back = one.clock()

        await one.agrees()
        assert watch.busiest_second() <= 50
        (since, until_) = (await one.query("SELECT since, until FROM gap ORDER BY id"))[-1]
        assert since <= before
        assert before + 500_000 <= until_ <= back
        await one.stop()
        await one.check()


async def _good(one: Rig) -> bool:
    found = await one.gaps()
    return bool(found) and all(found)


async def stopped(one: Rig, meanwhile: Callable[[], Awaitable[None]]) -> None:
    await one.restart(meanwhile)


async def session_lost(one: Rig, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """Op 9, and then nobody is let in until all has happened."""
    first = one.place
    await one.proxy.refuse()
    one.server.gateway.invalidate(resumable=False)
    one.server.gateway.forget_sessions()
    await meanwhile()
    await one.proxy.accept()
    await until(one.hears)
    one.missed.append(Missed(first, one.place))


@pytest.mark.parametrize("leave", [stopped, session_lost])
async def test_what_happened_meanwhile_is_made_good_at_a_fair_pace(
    database_url: str, leave: Callable[[Rig, Callable[[], Awaitable[None]]], Awaitable[None]]
) -> None:
    await away(database_url, SOME, leave)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("leave", [stopped, session_lost])
async def test_thousands_of_acts_meanwhile_are_made_good_at_a_fair_pace(
    database_url: str, leave: Callable[[Rig, Callable[[], Awaitable[None]]], Awaitable[None]]
) -> None:
    await away(database_url, MUCH, leave)


async def test_gateway_that_refuses_at_first_is_tried_again_and_nothing_is_lost(sqlite_url: str) -> None:
    async with rig(sqlite_url) as one:
        people = crowd(one, "Garden", 9)
        await one.start()
        await one.heard()
        await people.act(20)
        await one.stores()
        people.begin_anew()

        async def meanwhile() -> None:
            await people.act(20, only_seen_later=True)
            await one.proxy.refuse()

        async def opens() -> None:
            await until(lambda: "Failed to connect for shard" in one.log.getvalue())
            await one.proxy.accept()

        opening = asyncio.create_task(opens())
        await one.restart(meanwhile)
        await opening
        await one.agrees()


async def test_channels_whose_history_is_refused_are_heard_live_and_leave_their_gap_open(database_url: str) -> None:
    async with rig(database_url) as one:
        guild = one.server.guild("Garden")
        general, lounge, old = guild.text("general"), guild.voice("lounge"), guild.text("old")
        alice, bob = guild.person("alice"), guild.person("bob")
        await one.start()
        await one.stores()
        refused: list[Fault] = []
        unseen: list[Message] = []

        async def meanwhile() -> None:
            for place, status, code in ((general, 403, 50001), (lounge, 403, 50001), (old, 404, 10003)):
                path = f"/channels/{place.id}/messages"
                refused.append(one.server.faults.inject("GET", path, status, code, times=1_000))
                unseen.append(await alice.says(place, "so far"))

        await one.restart(meanwhile)
        await until(lambda: "is read but for 2 channels and threads" in one.log.getvalue())
        assert all(fault.hit for fault in refused)

        heard = [await alice.says(place, "again") for place in (general, lounge, old)]
        await bob.starts(await bob.plans(guild, "tea", one.clock(), lounge))
        await alice.joins_voice(lounge)
        await one.skip(300)
        await alice.leaves_voice(guild)
        await one.stores()

        stored = await one.stored()
        messages = {fact.thing for fact in stored.facts if fact.kind is Kind.MESSAGE}
        assert {f"d:{message.id}" for message in heard} <= messages
        assert not {f"d:{message.id}" for message in unseen} & messages
        assert stored.minutes[str(alice.id), str(lounge.id), day_of(one.clock())] >= 5
        assert await one.gaps() == [False]
        assert await one.query("SELECT value FROM note WHERE name = 'gaps'") == [("[]",)]
