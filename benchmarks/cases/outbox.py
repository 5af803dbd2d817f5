"""The end of quiet hours: 10,000 messages are due at once, asked about and sent or put aside, while signals come in."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.made_history import Crowd
from benchmarks.measuring import Figure, Size, same
from benchmarks.recorded import recorded
from benchmarks.stores import Shelf, Store, shelf
from bot.chat.speech import Paragraph
from bot.courier import Courier
from bot.gate import Invite, Purpose
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.ports import Space
from bot.sending.delivering import Delivered, Delivery, Outcome
from bot.sending.outbox import Letter, post
from bot.storage import accounts, contacts, outgoing, spaces
from bot.storage.accounts import Newcomers
from bot.storage.bulk import rows_of
from scoring.signals import Account, Signal
from tests import postgres

PER_SECOND = 200
MEMBERS = 1_000
NOON = 1_700_049_600_000
_DAY = 86_400_000
_BLOCKS = (Paragraph(("Three people asked for help with this. Would you like to show them?",)),)


@dataclass
class Instant:
    """A platform that takes everything at once."""

    remembers: float = 120.0
    taken: list[str] = field(default_factory=list)

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Take a message."""
        self.taken.append(delivery.nonce)
        return Outcome(Delivered.SENT, message="1")


def run(size: Size) -> Iterator[Figure]:
    """Let everything be due at one moment, once on its own and once while 200 signals a second are stored."""
    letters = size.of(10_000, 2_000)
    with shelf() as databases, postgres.server() as server:
        made = recorded(databases, Crowd(size.of(1500, 400), 90))
        for name, where in (("SQLite", None), ("PostgreSQL", server)):
            alone = asyncio.run(_alone((databases, where), made.signals, size.of(10, 4)))
            seconds, waits, sent = asyncio.run(_beside((databases, where), letters, made.signals))
            note = f"{letters:,} due rows, {sent:,} of them sent, beside {PER_SECOND} signals/s"
            goal = 10.0 * letters / 10_000
            yield Figure(f"outbox on {name}: claimed and asked about", goal, seconds, unit="s", note=note)
            p99, quiet = (float(np.percentile(one, 99)) for one in (waits, alone))
            note = f"without anything due: {quiet * 1000:.0f} ms"
            yield Figure(f"outbox on {name}: acknowledged meanwhile, p99", 0.05, p99, unit="s", note=note)


async def _alone(where: tuple[Shelf, str | None], signals: Sequence[Signal], seconds: int) -> list[float]:
    async with where[0].open_on(where[1]) as store, Intake(store.database, store.keys) as intake:
        over = asyncio.Event()
        coming = asyncio.create_task(_signals(store, intake, signals, over))
        await asyncio.sleep(seconds)
        over.set()
        return await coming


async def _beside(
    where: tuple[Shelf, str | None], letters: int, signals: Sequence[Signal]
) -> tuple[float, list[float], int]:
    async with where[0].open_on(where[1]) as store, Intake(store.database, store.keys) as intake:
        platform = Instant()
        await _fill(store, letters)
        courier = Courier(store.database, store.keys, {"chat": platform}, Metrics(), lambda: NOON)
        over = asyncio.Event()
        coming = asyncio.create_task(_signals(store, intake, signals, over))
        await asyncio.sleep(1)
        begin = time.perf_counter()
        await courier.once()
        seconds = time.perf_counter() - begin
        over.set()
        waits = await coming
        due = f"SELECT count(*) FROM outbox WHERE state = 'sending' OR (state = 'pending' AND due <= {NOON})"
        async with store.database.read() as connection:
            same("rows left", (await rows_of(connection, due))[0][0], 0)
        same("messages", len(set(platform.taken)), len(platform.taken))
        return seconds, waits, len(platform.taken)


async def _fill(store: Store, letters: int) -> None:
    """Post letters to members, of whom one in ten never chose, and some to channels."""
    async with store.database.write() as connection:
        await outgoing.go_live(connection, store.community, NOON)
        space = await spaces.settle(connection, store.community, Space("chat", "1", ""), "counted", "{}")
        everybody = {store.keys.handle(one): one for one in (Account("chat", "", str(n)) for n in range(MEMBERS))}
        newcomers = Newcomers(0, page=True)
        made = await accounts.find_or_make(connection, store.community, everybody, store.keys, newcomers)
        members = sorted(one.member for one in made.values())
        for n, member in enumerate(members):
            await contacts.met(connection, store.community, member, NOON - _DAY)
            wish = None if n % 10 == 0 else Invite.DM
            await contacts.set_invite(connection, store.community, member, space, wish)
            if n % 2:
                await contacts.opened(connection, store.community, member, space, NOON - _DAY)
    for begin in range(0, letters, 500):
        async with store.database.write() as connection:
            for n in range(begin, begin + 500):
                await post(connection, _letter(store.community, space, members, n), store.keys)


def _letter(community: int, space: int, members: Sequence[int], n: int) -> Letter:
    if n % 50 == 0:
        return Letter(community, space, f"post:{n}", Purpose.POST, _BLOCKS, channel=str(n), due=NOON - 1)
    member = members[n % len(members)]
    return Letter(community, space, f"letter:{n}", Purpose.INVITATION, _BLOCKS, member=member, due=NOON - 1)


async def _signals(store: Store, intake: Intake, signals: Sequence[Signal], over: asyncio.Event) -> list[float]:
    """Hand signals in at a steady pace until it is over; returns how long each waited."""
    waits: list[float] = []

    async def hand_in(signal: Signal, due: float) -> None:
        await intake.record(store.origin, [signal])
        waits.append(time.perf_counter() - due)

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as callers:
        for n, signal in enumerate(itertools.cycle(signals)):
            due = begin + n / PER_SECOND
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            if over.is_set():
                break
            callers.create_task(hand_in(signal, due))
    return waits
