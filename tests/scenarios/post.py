"""A community whose messages go out: its people, its spaces, and made-up platforms that keep a ledger of what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.chat.speech import Block, Paragraph
from bot.courier import Courier
from bot.gate import Invite, Purpose
from bot.keys import Keys
from bot.operating.metrics import Metrics
from bot.ports import Space
from bot.sending.delivering import Delivered, Delivery, Outcome
from bot.sending.outbox import Letter, Line, post, take_line
from bot.storage import accounts, communities, contacts, migrate, outgoing, spaces
from bot.storage.accounts import Newcomers
from bot.storage.engine import Database
from scoring.signals import Account
from tests.scenarios.world import RULES

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
NOON = 1_700_049_600_000
"""Wednesday, 15 November 2023, 12:00 UTC."""
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
HELLO: tuple[Block, ...] = (Paragraph(("Would you like to host a call?",)),)


class LostError(Exception):
    """The connection broke."""


@dataclass
class FakePlatform:
    """Takes messages and remembers them. A nonce that it knows from less than `window` seconds ago is no new message.

    `answer` says what comes of a delivery before it is taken: an outcome, an exception, or None to take it. `after` is
    called once it was taken, before the answer goes back.
    """

    now: Callable[[], int]
    remembers: float = 120.0
    window: float = 180.0
    answer: Callable[[Delivery], Outcome | Exception | None] = lambda _: None
    after: Callable[[Delivery], Exception | None] = lambda _: None
    ledger: list[Delivery] = field(default_factory=list)
    asked: list[Delivery] = field(default_factory=list)
    _known: dict[str, int] = field(default_factory=dict)

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Take a message."""
        self.asked.append(delivery)
        await asyncio.sleep(0)
        said = self.answer(delivery)
        if isinstance(said, Exception):
            raise said
        if said is not None:
            return said
        known = self._known.get(delivery.nonce)
        if known is None or self.now() - known >= self.window * 1000:
            self._known[delivery.nonce] = self.now()
            self.ledger.append(delivery)
        broken = self.after(delivery)
        if broken is not None:
            raise broken
        return Outcome(Delivered.SENT, message=f"message {delivery.nonce}")


@dataclass
class Street:
    """A community with two spaces on the platform `chat`. `at` is the time (ms), moved by hand."""

    database: Database
    community: int
    spaces: tuple[int, int]
    at: int = NOON
    metrics: Metrics = field(default_factory=Metrics)
    _posted: int = 0

    def __post_init__(self) -> None:
        self.platform = FakePlatform(lambda: self.at)
        self.courier = self.new_courier()

    def new_courier(self, database: Database | None = None) -> Courier:
        """Return a courier as another process would have it."""
        platforms = {"chat": self.platform}
        return Courier(database or self.database, KEYS, platforms, Metrics(), lambda: self.at)

    async def somebody(self, name: str, invite: Invite | None = Invite.DM, *, met: bool = True) -> int:
        """Make a member who was here just now and wishes to be invited, if not told otherwise; returns their number."""
        account = Account("chat", "", name)
        async with self.database.write() as connection:
            one = {KEYS.handle(account): account}
            made = await accounts.find_or_make(connection, self.community, one, KEYS, Newcomers(0, page=True))
            member = next(iter(made.values())).member
            if met:
                await contacts.met(connection, self.community, member, self.at)
            for space in self.spaces:
                await contacts.set_invite(connection, self.community, member, space, invite)
        return member

    async def live(self) -> None:
        """Go live."""
        async with self.database.write() as connection:
            await outgoing.go_live(connection, self.community, self.at)

    def letter(self, member: int | None = None, **more: Any) -> Letter:
        """Return an invitation by direct message that is due now."""
        self._posted += 1
        given: dict[str, Any] = {"community": self.community, "space": self.spaces[0], "key": f"letter:{self._posted}",
                 "kind": Purpose.INVITATION, "blocks": HELLO, "member": member, "due": self.at}  # fmt: skip
        return Letter(**(given | more))

    async def post(self, *letters: Letter) -> list[bool]:
        """Put letters into the outbox, in one transaction."""
        async with self.database.write() as connection:
            return [await post(connection, one, KEYS) for one in letters]

    async def line(self, member: int, space: int | None = None) -> Line | None:
        """Let a member use Cairn; returns the private line that they are shown."""
        async with self.database.write() as connection:
            return await take_line(connection, (self.community, member, space or self.spaces[0]), self.at, KEYS)

    async def states(self) -> list[tuple[str, str]]:
        """Return all rows' states and reasons, in order."""
        return [(one[0], one[1]) for one in await self.rows("SELECT state, reason FROM outbox ORDER BY id")]

    async def rows(self, sql: str) -> list[Sequence[Any]]:
        """Return what a query finds."""
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.execute(text(sql))]

    async def refusals(self) -> dict[str, int]:
        """Return how often the Gate refused, by reason."""
        async with self.database.read() as connection:
            return await outgoing.refusals(connection, self.community, 0, 99_999)


@asynccontextmanager
async def street(url: str) -> AsyncIterator[Street]:
    """Open a street in an empty database, in a community that is live."""
    database = Database(url)
    try:
        await migrate.upgrade(database)
        async with database.write() as connection:
            community = (await communities.found(connection, "Street", RULES, "v", "mountain.yaml")).id
            first, second = [
                await spaces.settle(connection, community, Space("chat", number, ""), "counted", "{}")
                for number in ("100", "200")
            ]
        place = Street(database, community, (first, second))
        await place.live()
        yield place
    finally:
        await database.close()
