"""The outbox: where everything that is to go out is put, but for replies to a call.

A letter is put in within the transaction that decided on it, so that both happen or neither. Its blocks lie encrypted
and are deleted as soon as it is settled.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.speech import Block
from bot.gate import Purpose, Way
from bot.keys import Keys
from bot.sending.parcels import packed, unpacked
from bot.sending.passing import ask
from bot.storage import contacts, outbox, outgoing
from bot.storage.knowing import Who
from scoring.signals import DAY_MS

HELD_DAYS = 7
"""After so many days a message that could not go is not worth sending any more; a private line lives on."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is to go out in a space (numbers of the store, times in ms).

    `key` says what it is about, once and for all: `digest:47:2026-w12`. Without a `channel` it goes to its `member`: by
    direct message, or (`line`) as a private line when they next use Cairn, from now on. In a channel, a member is whom
    it names, and `pings` lets that one person be notified; `beside` shows it there to that member alone. It
    expires HELD_DAYS after it is due, or sooner where that is said; only a line may live longer.
    """

    community: int
    space: int
    key: str
    kind: Purpose
    blocks: tuple[Block, ...]
    member: int | None = None
    channel: str = ""
    due: int = 0
    expires: int = 0
    pings: bool = False
    line: bool = False
    beside: bool = False

    @property
    def way(self) -> Way:
        """How it reaches its reader."""
        if self.beside:
            return Way.BESIDE
        if self.channel:
            return Way.CHANNEL
        return Way.LINE if self.line else Way.DM


async def post(connection: AsyncConnection, letter: Letter, keys: Keys) -> bool:
    """Put a letter into the outbox; returns False where its key was there already, and then does nothing.

    ValueError where it says neither a channel nor a member, or when it is due and expires.
    """
    if letter.beside and not (letter.channel and letter.member is not None):
        raise ValueError("a letter beside something goes to a member in a channel")
    if not letter.channel and letter.member is None:
        raise ValueError("a letter goes to a member or to a channel")
    way, latest = letter.way, letter.due + HELD_DAYS * DAY_MS
    expires = latest if not letter.expires else letter.expires if way is Way.LINE else min(letter.expires, latest)
    if not 0 < letter.due < expires:
        raise ValueError("a letter says when it is due, and expires later")
    values: dict[str, object] = {
        "community": letter.community, "space": letter.space, "key": letter.key, "purpose": letter.kind.value,
        "way": way.value, "member": letter.member, "channel": letter.channel, "pings": letter.pings,
        "content": keys.seal_bytes(packed(letter.blocks)), "posted_at": letter.due, "expires": expires,
        "due": expires if way is Way.LINE else letter.due,
    }  # fmt: skip
    return await outbox.add(connection, values)


@dataclass(frozen=True, slots=True)
class Line:
    """A private line to be shown: what it is about, what for, and what it says."""

    key: str
    kind: Purpose
    blocks: tuple[Block, ...]


async def lines_open(connection: AsyncConnection, of: tuple[int, int, int], now: int) -> int:
    """Return how many private lines a member (community, member, space) could be shown now; none is taken."""
    there = await outbox.lines(connection, Who(*of), now)
    return sum(one.verdict.allowed for one in await ask(connection, there, now)) if there else 0


async def take_line(connection: AsyncConnection, of: tuple[int, int, int], now: int, keys: Keys) -> Line | None:
    """Return the private line that a member (community, member, space) is to be shown now, None where there is none.

    It counts as shown from then on. Call it in the transaction of something that the member does in that space, and
    show it beside the reply.
    """
    community, member, space = of
    root = await contacts.lock(connection, community, member)
    if root is None:
        return None
    refused: Counter[tuple[int, str]] = Counter()
    shown = None
    for due in await outbox.lines(connection, Who(community, root, space), now):
        row, (asked,) = due.row, await ask(connection, [due], now)
        if asked.verdict.allowed:
            await outbox.show(connection, row, now)
            shown = Line(row.key, row.purpose, unpacked(keys.open_bytes(row.content)))
            break
        reason = str(asked.verdict.reason)
        refused[community, reason] += 1
        if asked.verdict.again is None:
            await outbox.end(connection, row, outbox.FAILED, now, said=(reason, ""))
    await outgoing.refused(connection, now, refused)
    return shown
