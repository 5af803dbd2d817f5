"""Whoever dies with a letter in hand, and whatever answer is lost: on a made-up Slack, which knows no message again
that comes twice, each letter is there at most once, and what Cairn says of it is so (R4, R5, I3).
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from integrations.sandbox.faults import Fault
from integrations.sandbox.slack.model import Channel
from tests.scenarios.listeners import PATIENCE
from tests.scenarios.slack_post import AFTER, BEFORE, Mortal, Post, post_office

MEANWHILE = "killed before it is answered"
WRITE, HISTORY = "/chat.postMessage", "/conversations.history"
LOST = {
    "cut off before it is taken": (Fault("POST", WRITE, "reset"),),
    "cut off after it is taken": (Fault("POST", WRITE, "reset", after_accept=True),),
    "an error before it is taken": (Fault("POST", WRITE, status=500),),
    "an error after it is taken": (Fault("POST", WRITE, status=500, after_accept=True),),
    "trouble of Slack's own": (Fault("POST", WRITE, status=200, error="internal_error", after_accept=True),),
    "not let through": (Fault("POST", WRITE, status=503),),
    "nobody can look at first": (
        Fault("POST", WRITE, "reset", after_accept=True), Fault("*", HISTORY, "reset"),
        Fault("*", HISTORY, status=429, seconds=7),
    ),
    "too many at once": (Fault("POST", WRITE, status=429, seconds=1),),
}  # fmt: skip
POINTS = (BEFORE, MEANWHILE, AFTER, *LOST)
ARRIVES = {MEANWHILE, AFTER, *(one for one, faults in LOST.items() if faults[0].after_accept), "too many at once"}
"""Where the letter is there in the end."""
LATER = (1, 31, 45, 600)
_PLACES = 40


@dataclass
class Mishaps:
    """Letters to channels and to people, one after the other, each with a mishap of its own."""

    post: Post
    members: list[int]
    channels: list[Channel]
    expected: dict[str, bool] = field(default_factory=dict)

    async def mishap(self, point: str, seconds: int, *, private: bool) -> None:
        """Post a letter that something happens to; somebody else looks so many seconds later, and again."""
        n = len(self.post.posted)
        to = {"member": self.members[n % len(self.members)]} if private else {"channel": self.channels[n % _PLACES].id}
        self.expected[await self.post.post(self.post.teams[0], **to)] = point in ARRIVES
        if point in LOST:
            for one in LOST[point]:
                more = (one.kind, one.status, one.code, one.seconds, 1, one.after_accept, 0, one.error)
                self.post.server.faults.add(Fault(one.method, one.path, *more))
            await self.post.courier().once()
        else:
            await self._killed(point)
        for _ in range(5):
            self.post.clock.forward(seconds / 60)
            await self.post.courier().once()
        self.post.server.faults.clear()

    async def _killed(self, point: str) -> None:
        """Let a courier take the letter up, and end without any warning."""
        mortal, before = Mortal(self.post.slack, point), self.post.asked("chat.postMessage")
        if point == MEANWHILE:
            self.post.server.faults.add(Fault("POST", WRITE, "black_hole", after_accept=True))
            taken = self.post.server.until(lambda: self.post.asked("chat.postMessage") > before, PATIENCE)
            dead = asyncio.create_task(taken)
        else:
            dead = asyncio.create_task(_of(mortal.dead))
        living = asyncio.create_task(self.post.courier(mortal).run(asyncio.Event()))
        await asyncio.wait((dead, living), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        assert dead.done()
        living.cancel()
        await asyncio.wait((living,))

    async def ended(self) -> Counter[str]:
        """Check what Slack shows, once everything has come to its end; returns how the letters ended."""
        for _ in range(4):
            self.post.clock.forward(15)
            await self.post.courier().once()
        there = self.post.there()
        assert set(there.values()) <= {1}
        assert {one: there[one] == 1 for one in self.expected} == self.expected
        states = dict(await self.post.rows("SELECT key, state FROM outbox"))
        assert states == {one: "sent" if arrived else "unknown" for one, arrived in self.expected.items()}
        return Counter(states.values())


async def _of(event: asyncio.Event) -> None:
    await event.wait()


async def mishaps(post: Post) -> Mishaps:
    """Return where mishaps can happen: in many channels and with many people, so that none waits for another."""
    people = [post.teams[0].person(f"Person {n}") for n in range(_PLACES)]
    channels = [post.teams[0].channel(f"place-{n}", members=people[:1]) for n in range(_PLACES)]
    return Mishaps(post, [await post.member(one) for one in people], channels)


async def test_each_letter_is_there_once_and_what_is_said_of_it_is_so(sqlite_url: str) -> None:
    async with post_office(sqlite_url) as post:
        here = await mishaps(post)
        for n, point in enumerate(POINTS):
            await here.mishap(point, LATER[n % len(LATER)], private=n % 2 == 0)
        ended = await here.ended()
        assert post.asked("chat.postMessage") == ended["sent"]
    assert ended == {"sent": len(ARRIVES), "unknown": len(POINTS) - len(ARRIVES)}


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("points", [(BEFORE, MEANWHILE, AFTER), tuple(LOST)], ids=["killed", "lost"])
async def test_each_of_a_thousand_letters_is_there_once(database_url: str, points: tuple[str, ...]) -> None:
    """A thousand who die with a letter in hand, and a thousand answers that are lost."""
    dice = random.Random()  # noqa: S311 - which mishap comes, no secret
    async with post_office(database_url) as post:
        here = await mishaps(post)
        for _ in range(1_000):
            await here.mishap(dice.choice(points), dice.choice(LATER), private=dice.random() < 0.5)
        ended = await here.ended()
    assert ended["sent"] > 200
    assert ended["unknown"] > 100
