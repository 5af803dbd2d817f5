"""What happens while Cairn is away is read from Discord's history: all that can still be seen, once, at a fair pace."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from integrations.discord.timing import Timing
from integrations.sandbox.discord.changes import places
from integrations.sandbox.discord.hub import By, Limits
from integrations.sandbox.discord.model import Channel, Message, Overwrite
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.faults import Fault
from integrations.sandbox.ledger import Request
from scoring.signals import Kind, day_of
from tests.scenarios.discord_people import SECRET, Crowd, crowd
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
        (told,) = await one.unheard()
        assert (told.open, told.since, told.until) == (False, since, until_)
        assert Kind.REACTION in told.missing, "those to earlier messages"
        assert Kind.MESSAGE not in told.missing
        await one.check()
        await one.keeps_quiet(SECRET)


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
        await one.stop()
        await one.check()
        await one.keeps_quiet(SECRET)


async def test_refused_history_leaves_its_gap_open_and_live_hearing_as_it_is_until_it_is_shown(
    database_url: str,
) -> None:
    async with rig(database_url) as one:
        guild = one.server.guild("Garden")
        general, lounge, old = guild.text("general"), guild.voice("lounge"), guild.text("old")
        alice, bob = guild.person("alice"), guild.person("bob")
        one.timing = hasty(one)
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
        await one.stores()
        assert [(told.open, Kind.MESSAGE in told.missing) for told in await one.unheard()] == [(True, True)]
        await bob.starts(await bob.plans(guild, "tea", one.clock(), lounge))
        for who in (alice, bob):
            await who.joins_voice(lounge)
        await one.skip(300)
        await alice.leaves_voice(guild)
        await one.stores()

        stored = await one.stored()
        messages = {fact.thing for fact in stored.facts if fact.kind is Kind.MESSAGE}
        assert {f"d:{message.id}" for message in heard} <= messages
        assert not {f"d:{message.id}" for message in unseen} & messages
        assert stored.minutes[str(alice.id), str(lounge.id), day_of(one.clock())] >= 5
        assert await one.gaps() == [False]
        assert one.log.getvalue().count("channels and threads that Cairn may not read") == 1

        one.server.faults.clear()
        await until(one.all_read)
        things = {fact.thing for fact in (await one.stored()).facts}
        assert {f"d:{message.id}" for message in unseen[:2]} <= things


def hasty(one: Rig) -> Timing:
    """Return how to wait where what is refused is asked for again at once."""
    return Timing(pause=one.clock.pause, note=0.05, stays=0.05, closing=0.5, retry=0.01, again=0.05)


async def test_what_was_missed_without_the_right_is_read_when_it_is_given_over_restarts(database_url: str) -> None:
    async with rig(database_url) as one:
        guild = one.server.guild("Garden")
        general, mute = guild.text("general"), guild.text("mute")
        alice = guild.person("alice")
        one.timing = hasty(one)
        await one.start()
        await one.heard()
        thread = await alice.opens_thread(mute, "about tea")
        await one.stores()

        async def rule(deny: int) -> None:
            places.overwrite(guild.hub, By(guild.guild.owner_id), mute, Overwrite(guild.bot_role.id, 0, 0, deny))

        async def meanwhile() -> None:
            await rule(Permission.READ_MESSAGE_HISTORY)
            for place in (general, mute, thread):
                await alice.says(place, "while nobody listens")
            await alice.archives(thread)

        await one.restart(meanwhile)
        await until(lambda: "is read but for" in one.log.getvalue())
        await one.restart(lambda: one_more(alice, general))
        await until(lambda: one.log.getvalue().count("is read but for") == 2)
        await one.stores()
        assert await one.gaps() == [False, False]
        assert {fact.kind for fact in (await one.differences())["missing"]} == {Kind.MESSAGE}

        await rule(0)
        await until(one.all_read)
        await one.agrees()


async def one_more(who: Person, place: Channel) -> None:
    await who.says(place, "one more")


async def test_refused_threads_leave_the_gap_open_until_they_are_shown(sqlite_url: str) -> None:
    async with rig(sqlite_url) as one:
        guild = one.server.guild("Garden")
        general, alice = guild.text("general"), guild.person("alice")
        one.timing = hasty(one)
        await one.start()
        await one.heard()
        thread = await alice.opens_thread(general, "about tea")
        await one.stores()

        async def meanwhile() -> None:
            await alice.says(thread, "while nobody listens")
            await alice.archives(thread)
            path = f"/channels/{general.id}/threads/archived/public"
            one.server.faults.inject("GET", path, 403, 50001, times=1_000)

        await one.restart(meanwhile)
        await until(lambda: "is read but for 1 channels and threads" in one.log.getvalue())
        assert await one.gaps() == [False]
        one.server.faults.clear()
        await until(one.all_read)
        await one.agrees()


async def test_many_gaps_are_read_as_one_and_each_is_made_good(database_url: str) -> None:
    async with rig(database_url) as one:
        people = crowd(one, "Garden", 10)
        await one.start()
        await one.heard()
        await people.act(10)
        await one.stores()
        people.begin_anew()
        await until(lambda: one.query("SELECT 1 FROM backfill WHERE ended_at IS NOT NULL"))
        shut = one.server.faults.inject("GET", "/channels/*/messages", 503, times=100_000)
        for n in range(4):
            await one.restart(lambda: people.act(15, only_seen_later=True))
            await until(lambda n=n: _put_down(one, n + 1))  # type: ignore[misc]
            await people.act(5, only_seen_later=True)
        await until(lambda: shut.hit)
        assert await one.gaps() == [False] * 4

        one.server.faults.clear()
        before = len(pages_of(one))
        await until(one.all_read)
        asked = Counter(request.path["channel_id"] for request in pages_of(one)[before:])
        assert set(asked.values()) == {1}, "each place has less than a page of messages"
        assert len(await one.gaps()) == 4
        await one.agrees()


async def _put_down(one: Rig, gaps: int) -> bool:
    return len(await one.gaps()) == gaps


def pages_of(one: Rig) -> list[Request]:
    return one.server.ledger.requests("GET", "/channels/{channel_id}/messages")
