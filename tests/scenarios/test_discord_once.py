"""Whoever dies with a letter in hand, and whatever answer is lost: on a made-up Discord, whose ledger is asked, each
letter is there at most once, and those are there that Cairn says were sent (R4, I3).
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from bot.courier import Courier
from bot.gate import Purpose
from bot.operating.metrics import Metrics
from bot.ports import Delivery, Outcome, Paragraph, Space
from bot.sending.outbox import Letter, post
from bot.storage import outgoing
from integrations.discord.timing import Timing
from integrations.sandbox.discord.model import Channel
from integrations.sandbox.faults import Fault
from scoring.signals import DAY_MS, Account, Kind, Signal, day_of
from tests.scenarios.chat import PATIENCE, Chat, chat_on, text_of
from tests.scenarios.listeners import until
from tests.scenarios.stories import KEYS

BEFORE, MEANWHILE, AFTER = "killed before it is asked", "killed before it is answered", "killed before the commit"
MESSAGES = "/channels/*/messages"
LOST = {
    "cut off before it is taken": Fault("POST", MESSAGES, "reset"),
    "cut off after it is taken": Fault("POST", MESSAGES, "reset", after_accept=True),
    "never answered": Fault("POST", MESSAGES, "black_hole", after_accept=True),
    "an error before it is taken": Fault("POST", MESSAGES, status=500),
    "an error after it is taken": Fault("POST", MESSAGES, status=500, after_accept=True),
    "not let through": Fault("POST", MESSAGES, status=503),
    "no conversation": Fault("POST", "/users/@me/channels", "reset", after_accept=True),
    "too many at once": Fault("POST", MESSAGES, status=429, seconds=1.2),
}
POINTS = (BEFORE, MEANWHILE, AFTER, *LOST)
LATER = (1, 31, 45, 100, 119, 179, 181, 600)
"""Seconds until somebody looks again: before the row is free again, before and after Discord forgets the nonce."""
QUICK = Timing(note=0.02, look=0.05, answer=60.0, form=60.0, first=60.0, sending=0.3)


@dataclass
class Mortal:
    """Hands messages to Discord, or dies at a point."""

    chat: Chat
    dies: str = ""
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def remembers(self) -> float:
        assert self.chat.discord is not None
        return self.chat.discord.remembers

    async def deliver(self, delivery: Delivery) -> Outcome:
        assert self.chat.discord is not None
        if self.dies == BEFORE:
            await self._end()
        outcome = await self.chat.discord.deliver(delivery)
        if self.dies == AFTER:
            await self._end()
        return outcome

    async def _end(self) -> None:
        self.dead.set()
        await asyncio.Event().wait()


@dataclass
class Round:
    """Letters to a channel and to a person, one after the other, each with a mishap of its own."""

    chat: Chat
    community: int
    space: int
    member: int
    posted: list[str] = field(default_factory=list)

    @property
    def general(self) -> Channel:
        return self.chat.general

    async def mishap(self, point: str, seconds: int, *, private: bool) -> None:
        """Post a letter that something happens to; somebody else looks so many seconds later, and again."""
        self.posted.append(f"letter {len(self.posted)}")
        await self._post(self.posted[-1], private=private)
        if point in LOST:
            fault = LOST[point]
            more = (fault.kind, fault.status, fault.code, fault.seconds, 1, fault.after_accept)
            self.chat.server.faults.add(Fault(fault.method, fault.path, *more))
            await self._courier(Mortal(self.chat)).once()
        else:
            await self._killed(point)
        self.chat.server.faults.clear()
        for _ in range(2):
            self.chat.clock.forward(seconds / 60)
            await self._courier(Mortal(self.chat)).once()
        await until(self._nothing_waits)

    async def _nothing_waits(self) -> bool:
        """Try what waits again; what Discord asked to wait with is asked for no sooner, by a clock of its own."""
        self.chat.clock.forward(0.05)
        await self._courier(Mortal(self.chat)).once()
        async with self.chat.database.read() as connection:
            waiting = text("SELECT count(*) FROM outbox WHERE state = 'pending'")
            return not (await connection.execute(waiting)).scalar_one()

    async def _post(self, words: str, *, private: bool) -> None:
        to = {"member": self.member} if private else {"channel": str(self.general.id)}
        purpose = Purpose.ANSWER if private else Purpose.POST
        told = (Paragraph((words,)),)
        of = (self.community, self.space, words, purpose, told)
        async with self.chat.database.write() as connection:
            assert await post(connection, Letter(*of, due=self.chat.clock(), **to), KEYS)

    async def _killed(self, point: str) -> None:
        """Let a courier take the letter up, and end without any warning."""
        mortal, before = Mortal(self.chat, point), len(self.chat.server.ledger.sent())
        if point == MEANWHILE:
            self.chat.server.faults.add(Fault("POST", MESSAGES, "black_hole", after_accept=True))
            dead = asyncio.create_task(
                self.chat.server.until(lambda: len(self.chat.server.ledger.sent()) > before, PATIENCE)
            )
        else:
            dead = asyncio.create_task(_of(mortal.dead))
        living = asyncio.create_task(self._courier(mortal).run(asyncio.Event()))
        await asyncio.wait((dead, living), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        assert dead.done()
        living.cancel()
        await asyncio.wait((living,))

    def _courier(self, deliverer: Mortal) -> Courier:
        return Courier(self.chat.database, KEYS, {"discord": deliverer}, Metrics(), self.chat.clock)

    async def ended(self) -> Counter[str]:
        """Check what the ledger says, once everything has come to its end; returns how the letters ended."""
        for _ in range(3):
            self.chat.clock.forward(15)
            await self._courier(Mortal(self.chat)).once()
        ledger = Counter(one.values["nonce"] for one in self.chat.server.ledger.sent())
        assert set(ledger.values()) <= {1}
        channels = self.chat.server.world.channels.values()
        own = self.chat.server.world.bot.id
        said = Counter(text_of(one) for place in channels for one in place.messages.values() if one.author_id == own)
        assert set(said.values()) <= {1}
        assert sum(said.values()) == sum(ledger.values())
        async with self.chat.database.read() as connection:
            rows = [tuple(row) for row in await connection.execute(text("SELECT key, state FROM outbox ORDER BY id"))]
        assert [row[0] for row in rows] == self.posted
        assert [key for key, state in rows if state == "sent" and not said[key]] == []
        assert [(key, state) for key, state in rows if state not in ("sent", "unknown")] == []
        return Counter(state for _, state in rows)


async def _of(event: asyncio.Event) -> None:
    await event.wait()


@asynccontextmanager
async def rounds(url: str) -> AsyncIterator[Round]:
    """Let a Cairn be live on a made-up Discord at noon; there is one member."""
    async with chat_on(url, timer=lambda clock: lambda: clock() / 1000) as chat:
        chat.clock.now = (day_of(chat.clock.now) + 1) * DAY_MS + DAY_MS // 2
        await chat.start(QUICK)
        ann, now = chat.person("ann"), chat.clock()
        desk = await chat.desks.host("discord").desk(Space("discord", str(chat.guild.id)))
        assert desk is not None
        who = Account("discord", "", str(ann.id))
        await desk.record([Signal(Kind.MESSAGE, "d:1", day_of(now), now, who, now)])
        async with chat.database.write() as connection:
            await outgoing.go_live(connection, 1, now)
            [member] = (await connection.execute(text("SELECT member FROM account"))).one()
        yield Round(chat, 1, 1, int(member))


async def test_each_letter_is_there_once_whatever_happens_to_its_courier(sqlite_url: str) -> None:
    async with rounds(sqlite_url) as round_:
        for n, point in enumerate(POINTS):
            await round_.mishap(point, LATER[n % len(LATER)], private=n % 2 == 0)
        for point in (MEANWHILE, AFTER):
            await round_.mishap(point, 600, private=False)
        ended = await round_.ended()

    assert ended["sent"] >= len(POINTS) - 4
    assert ended["unknown"] >= 2


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_each_of_a_thousand_letters_is_there_once(database_url: str) -> None:
    dice = random.Random()  # noqa: S311 - which mishap comes, no secret
    async with rounds(database_url) as round_:
        for _ in range(1_000):
            await round_.mishap(dice.choice(POINTS), dice.choice(LATER), private=dice.random() < 0.5)
        ended = await round_.ended()

    assert ended["sent"] > 200
    assert ended["unknown"] > 50
