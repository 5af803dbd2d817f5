"""Puts down what became of a row that was handed to a platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import Purpose, Way
from bot.sending.claiming import DELIVER_SECONDS, Claimed
from bot.sending.delivering import Delivered, Outcome
from bot.storage import contacts, outbox, outgoing, waiting

RETRY_MS = 2_000
"""How soon after an answer that did not come another attempt is made; later, twice as long each time."""
LOOK_MS, SURE_MS = 5_000, 120_000
"""How soon it is looked whether a message arrived after all; and after how long one that is not there will not come."""
ASK_AGAIN_MS = 60_000
"""How soon is asked again by whom could not look; later, half as long again as it has been."""
NOT_FOUND = "not there"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform said of a claimed row, and when (ms); `remembers` is the platform's (see `Deliverer`).

    `findable`: the platform can be asked later whether the row arrived.
    """

    claimed: Claimed
    outcome: Outcome
    now: int
    remembers: float
    findable: bool = False

    def in_time(self, due: int) -> bool:
        """Whether an attempt at a moment (ms) would still be taken for the same message."""
        first = self.claimed.row.first_at or self.claimed.at
        return first <= self.now and due <= first + (self.remembers - DELIVER_SECONDS) * 1000


async def settle(connection: AsyncConnection, answer: Answer) -> str:
    """Put down what became of a row; returns the state that it is in now, nothing where another one has taken it up."""
    claimed = answer.claimed
    if claimed.root is not None:  # before the row: as everybody does; and whoever they are by now
        await contacts.lock(connection, claimed.row.community, claimed.root)
    if answer.outcome.what is Delivered.SENT:  # that holds, whoever has taken the row up meanwhile
        return await _sent(connection, answer)
    if not await outbox.still(connection, claimed.row, claimed.token):
        return ""
    if claimed.looks:
        return await _looked(connection, answer)
    await _of_person(connection, answer)
    return await _BECOMES[answer.outcome.what](connection, answer)


async def give_back(connection: AsyncConnection, claimed: Claimed, now: int) -> None:
    """Let a row be asked about anew that was claimed and then not handed over."""
    if not await outbox.still(connection, claimed.row, claimed.token):
        return
    if claimed.again or claimed.looks:
        await outbox.retry(connection, claimed.row, now)
    else:
        await outbox.hold(connection, claimed.row, now, "")


async def _sent(connection: AsyncConnection, answer: Answer) -> str:
    claimed = answer.claimed
    row, at = claimed.row, claimed.at
    if not await outbox.end(connection, row, outbox.SENT, answer.now, said=("", answer.outcome.message)):
        return ""  # its member has been forgotten meanwhile
    if claimed.root is not None and row.way is Way.DM:
        await contacts.opened(connection, row.community, claimed.root, row.space, at)
        if claimed.opens:
            await outgoing.speed_up(connection, row.space)
    if claimed.root is not None and row.purpose is Purpose.QUESTION:
        await contacts.asked(connection, row.community, claimed.root, at)
    return outbox.SENT


async def _of_person(connection: AsyncConnection, answer: Answer) -> None:
    """Remember of a person what concerns more than this one message."""
    row, root = answer.claimed.row, answer.claimed.root
    if root is None or row.way is not Way.DM:
        return
    if answer.outcome.what is Delivered.CLOSED:
        await contacts.closed(connection, row.community, root, row.space, answer.now)
    elif answer.outcome.what is Delivered.GONE:
        await contacts.left(connection, row.community, root, row.space, answer.now)


async def _unknown(connection: AsyncConnection, answer: Answer) -> str:
    """Try again while the platform would take it for the same message; later it can only be looked for."""
    since = answer.now - (answer.claimed.row.first_at or answer.claimed.at)
    due = answer.now + max(since, RETRY_MS)
    if answer.in_time(due):
        await outbox.retry(connection, answer.claimed.row, due)
        return outbox.SENDING
    if answer.findable:
        await outbox.retry(connection, answer.claimed.row, answer.now + LOOK_MS)
        return outbox.SENDING
    return await _nobody_knows(connection, answer, answer.outcome.reason or answer.outcome.what.value)


async def _looked(connection: AsyncConnection, answer: Answer) -> str:
    """Look once more for what was not there; what is not there in the end is never sent again, and stays unknown."""
    since, what = answer.now - (answer.claimed.row.first_at or answer.claimed.at), answer.outcome.what
    if what is Delivered.LATER:
        wait = max(round(answer.outcome.after * 1000), ASK_AGAIN_MS, since // 2)
    elif what is Delivered.UNKNOWN and 0 <= since < SURE_MS:
        wait = max(LOOK_MS, 4 * since)
    else:
        reason = NOT_FOUND if what is Delivered.UNKNOWN else answer.outcome.reason
        return await _nobody_knows(connection, answer, reason)
    await outbox.retry(connection, answer.claimed.row, answer.now + wait)
    return outbox.SENDING


async def _nobody_knows(connection: AsyncConnection, answer: Answer, reason: str) -> str:
    await outbox.end(connection, answer.claimed.row, outbox.UNKNOWN, answer.now, said=(reason, ""))
    return outbox.UNKNOWN


async def _later(connection: AsyncConnection, answer: Answer) -> str:
    row, due = answer.claimed.row, answer.now + max(round(answer.outcome.after * 1000), 1_000)
    await waiting.make_wait(connection, row, due)
    if not answer.claimed.again:
        await outbox.hold(connection, row, due, Delivered.LATER.value)
        return outbox.PENDING
    if not answer.in_time(due):
        return await _doubtful(connection, answer)
    await outbox.retry(connection, row, due)
    return outbox.SENDING


async def _too_fast(connection: AsyncConnection, answer: Answer) -> str:
    until = await outgoing.slow_down(connection, answer.claimed.row.space, answer.now)
    if answer.claimed.again:
        return await _doubtful(connection, answer)
    await outbox.hold(connection, answer.claimed.row, until, Delivered.TOO_FAST.value)
    return outbox.PENDING


async def _closed(connection: AsyncConnection, answer: Answer) -> str:
    row = answer.claimed.row
    if answer.claimed.again:
        return await _doubtful(connection, answer)
    if row.way is not Way.DM or row.expires <= answer.now:
        return await _failed(connection, answer)
    await outbox.turn_to_line(connection, row, Delivered.CLOSED.value)
    return outbox.PENDING


async def _failed(connection: AsyncConnection, answer: Answer) -> str:
    if answer.claimed.again:
        return await _doubtful(connection, answer)
    reason = answer.outcome.reason or answer.outcome.what.value
    await outbox.end(connection, answer.claimed.row, outbox.FAILED, answer.now, said=(reason, ""))
    return outbox.FAILED


async def _doubtful(connection: AsyncConnection, answer: Answer) -> str:
    """End a row that this attempt did not send, and an earlier one may have."""
    return await _nobody_knows(connection, answer, answer.outcome.what.value)


_BECOMES: Mapping[Delivered, Callable[[AsyncConnection, Answer], Awaitable[str]]] = {
    Delivered.CLOSED: _closed,
    Delivered.GONE: _failed,
    Delivered.TOO_FAST: _too_fast,
    Delivered.LATER: _later,
    Delivered.UNKNOWN: _unknown,
    Delivered.FAILED: _failed,
}
