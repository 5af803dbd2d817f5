"""Whoever dies between a message and its commit, and whatever answer is lost: nothing is said twice (R4, R12, I3)."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from bot.gate import Invite, Purpose
from bot.sending.delivering import Delivered, Delivery, Outcome
from bot.storage import contacts, outgoing
from tests.scenarios.post import DAY, HOUR, MINUTE, LostError, Street, street

PATIENCE = 0.5
"""How long a courier may take to hand something over, in seconds; a little less than it rests."""
BEFORE, AFTER = "before it was taken", "after it was taken"


async def crash(place: Street, moment: str) -> None:
    """Let a courier die by a kill while it hands something over."""
    came = asyncio.Event()

    def die(_: Delivery) -> Exception | None:
        came.set()
        dying.cancel()
        return None

    def die_before(_: Delivery) -> Exception:
        die(_)
        return LostError()

    if moment == BEFORE:
        place.platform.answer = die_before
    else:
        place.platform.after = die
    dying = asyncio.create_task(place.new_courier().run(asyncio.Event()))
    seen = asyncio.create_task(came.wait())
    await asyncio.wait((dying, seen), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    for one in (dying, seen):
        one.cancel()
    await asyncio.gather(dying, seen, return_exceptions=True)
    place.platform.answer, place.platform.after = (lambda _: None), (lambda _: None)


async def crashes(url: str, times: int, seed: int) -> Counter[str]:
    """Crash so often, at any moment and for any time; returns how the rows ended."""
    dice = random.Random(seed)
    async with street(url) as place:
        for n in range(times):
            await place.post(place.letter(channel=str(n), kind=Purpose.POST))
            await crash(place, dice.choice((BEFORE, AFTER, AFTER)))
            place.at += dice.choice((1_000, 31_000, 100_000, 104_000, 106_000, 3 * MINUTE, 10 * MINUTE))
            await place.new_courier().once()
        place.at += 10 * MINUTE
        await place.new_courier().once()
        said = Counter(one.channel for one in place.platform.ledger)
        rows = {str(row[0]): str(row[1]) for row in await place.rows("SELECT channel, state FROM outbox")}
    assert max(said.values()) == 1
    assert set(rows.values()) <= {"sent", "unknown"}
    assert all(said[channel] == 1 for channel, state in rows.items() if state == "sent")
    return Counter(rows.values())


async def lost_answers(url: str, times: int, seed: int) -> Counter[str]:
    """Lose answers of messages that were taken or were not; returns how the rows ended."""
    dice = random.Random(seed)
    async with street(url) as place:
        place.platform.answer = lambda _: LostError() if dice.random() < 0.3 else None
        place.platform.after = lambda _: LostError() if dice.random() < 0.6 else None
        for n in range(0, times, 20):
            await place.post(*(place.letter(channel=str(n + m), kind=Purpose.POST) for m in range(20)))
            for _ in range(8):
                await place.courier.once()
                place.at += dice.choice((2_000, 7_000, 20_000, MINUTE))
        for _ in range(4):
            place.at += MINUTE
            await place.courier.once()
        said = Counter(one.channel for one in place.platform.ledger)
        rows = {str(row[0]): str(row[1]) for row in await place.rows("SELECT channel, state FROM outbox")}
    assert max(said.values()) == 1
    assert all(said[channel] == 1 for channel, state in rows.items() if state == "sent")
    return Counter(rows.values())


async def test_crashes_between_taking_and_commit_say_nothing_twice(database_url: str) -> None:
    ended = await crashes(database_url, 40, 3)

    assert ended["sent"] > 5
    assert ended["unknown"] > 5


async def test_lost_answers_say_nothing_twice(database_url: str) -> None:
    ended = await lost_answers(database_url, 100, 5)

    assert ended["sent"] > 50
    assert ended["unknown"] + ended["sent"] == 100


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_a_thousand_crashes_and_lost_answers_say_nothing_twice(database_url: str) -> None:
    assert sum((await crashes(database_url, 1_000, random.randrange(10**6))).values()) == 1_000


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_a_thousand_lost_answers_say_nothing_twice(database_url: str) -> None:
    assert sum((await lost_answers(database_url, 1_000, random.randrange(10**6))).values()) == 1_000


class Life(RuleBasedStateMachine):
    """The life of an outbox: whatever happens, in any order, nothing is said twice, too soon or against a wish."""

    place: Street
    runner: asyncio.Runner

    @initialize()
    def begin(self) -> None:
        self.key = uuid.uuid4().hex
        self.n = 0
        self.said: list[tuple[int, str, bool]] = []
        self.keys: Counter[str] = Counter()
        self.paused = False
        self.wishes: dict[int, Invite] = {}
        self.place.platform.ledger.clear()
        self.people = self.run(self._people())

    async def _people(self) -> list[int]:
        async with self.place.database.write() as connection:
            for table in ("outbox", "slowdown"):
                await connection.execute(text(f"DELETE FROM {table}"))
            await outgoing.resume(connection, self.place.community, self.place.at)
        found = [await self.place.somebody(f"{self.key}{n}") for n in range(2)]
        self.wishes = dict.fromkeys(found, Invite.DM)
        return found

    def run(self, what: Any) -> Any:
        return self.runner.run(what)

    @rule(who=st.integers(0, 2), purpose=st.sampled_from(["invitation", "nudge", "answer"]), line=st.booleans())
    def post(self, who: int, purpose: str, line: bool) -> None:
        self.n += 1
        more: dict[str, Any] = {"channel": "7"} if who == 2 else {"member": self.people[who], "line": line}
        self.run(self.place.post(self.place.letter(kind=Purpose(purpose), key=f"{self.key}:{self.n}", **more)))

    @rule(ms=st.sampled_from([2_000, 31_000, 3 * MINUTE, HOUR, 5 * HOUR, DAY, 3 * DAY]))
    def wait(self, ms: int) -> None:
        self.place.at += ms

    @rule(who=st.integers(0, 1), wish=st.sampled_from(Invite))
    def wish(self, who: int, wish: Invite) -> None:
        self.wishes[self.people[who]] = wish
        self.run(self._wish(self.people[who], wish))

    async def _wish(self, who: int, wish: Invite) -> None:
        async with self.place.database.write() as connection:
            await contacts.set_invite(connection, self.place.community, who, self.place.spaces[0], wish)
            await contacts.renewed(connection, self.place.community, who, self.place.at)

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.paused = paused
        self.run(self._pause())

    async def _pause(self) -> None:
        async with self.place.database.write() as connection:
            await (outgoing.pause if self.paused else outgoing.resume)(connection, self.place.community, self.place.at)

    @rule(answer=st.sampled_from([None, None, *Delivered]), lost=st.booleans())
    def deliver(self, answer: Delivered | None, lost: bool) -> None:
        outcome = Outcome(answer, after=90) if answer not in (None, Delivered.SENT) else None
        self.place.platform.answer = lambda _: outcome
        self.place.platform.after = lambda _: LostError() if lost else None
        self.heard(self.place.courier.once())

    @rule(moment=st.sampled_from([BEFORE, AFTER]))
    def crash(self, moment: str) -> None:
        due = "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending') AND due <= " + str(self.place.at)
        if self.run(self.place.rows(due)):
            self.heard(crash(self.place, moment))

    @rule(who=st.integers(0, 1))
    def come(self, who: int) -> None:
        before = self.place.at
        shown = self.run(self.place.line(self.people[who]))
        if shown is not None:
            assert not self.paused
            self.count(shown.key, str(self.people[who]), contact=shown.kind is not Purpose.ANSWER)
            assert self.wishes[self.people[who]] is not Invite.NO or shown.kind is Purpose.ANSWER
        assert before == self.place.at

    def heard(self, work: Coroutine[Any, Any, object]) -> None:
        """Let something be delivered, and look at what came of it."""
        before = len(self.place.platform.ledger)
        self.run(work)
        for one in self.place.platform.ledger[before:]:
            assert not self.paused
            self.count(one.nonce, one.person.id if one.person else "", contact=False)

    def count(self, key: str, whom: str, *, contact: bool) -> None:
        self.keys[key] += 1
        assert self.keys[key] == 1
        self.said.append((self.place.at, whom, contact))

    @invariant()
    def rows_are_as_they_say(self) -> None:
        if not hasattr(self, "people"):
            return
        rows = self.run(self.place.rows("SELECT state, content IS NULL, claimed_at, purpose, member FROM outbox"))
        for state, empty, claimed_at, *_ in rows:
            assert bool(empty) is (state in ("sent", "failed", "unknown"))
            assert (claimed_at is not None) is (state in ("sending", "sent", "unknown"))
        for who in self.people:
            came = sorted(one[2] for one in rows if one[4] == who and one[2] is not None and one[3] != "answer")
            assert all(other - one >= 7 * DAY for one, other in zip(came, came[1:], strict=False))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Street]:
    async with street(url) as place:
        yield place


@pytest.mark.parametrize("examples", [30])
def test_life_of_an_outbox_in_any_order(database_url: str, examples: int) -> None:
    with asyncio.Runner() as runner:
        context = opened(database_url)
        place = runner.run(context.__aenter__())
        try:
            machine = type("Here", (Life,), {"place": place, "runner": runner})
            run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=25))
        finally:
            runner.run(context.__aexit__(None, None, None))
