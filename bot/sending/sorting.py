"""Puts aside at once what is due and may not go: so that thousands of refusals do not keep what may.

Nothing is let through here. What is left is taken up one row at a time (`bot.sending.claiming`), and asked about anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import Way
from bot.sending.pace import slots
from bot.sending.passing import Asked, ask
from bot.storage import outbox, outgoing
from bot.storage.outbox import Sorted
from bot.storage.outgoing import Pace

BATCH = 100
"""Rows in one transaction, which then takes well below 50 ms."""
PACED, SLOWED = "pace", "platform wants fewer"


@dataclass(slots=True)
class Tally:
    """What became of rows that were not let through: refusals by community and reason, holds, and ends."""

    refused: Counter[tuple[int, str]] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)


async def sort_out(connection: AsyncConnection, now: int, but: Collection[int], tally: Tally) -> None:
    """Put aside what may not go now (ms) of the next rows; `but` are spaces left aside."""
    dues = await outbox.batch(connection, now, but, BATCH)
    if not dues:
        return
    asked = await ask(connection, dues, now)
    spaces = {one.due.row.space for one in asked if one.verdict.allowed and one.due.row.way is Way.DM}
    paces = {one: await outgoing.pace(connection, one, now) for one in sorted(spaces)}
    aside = [*_refused(asked, tally), *_too_soon(asked, paces, now, tally)]
    if aside:
        await outbox.put_aside(connection, aside, now)
        await outgoing.refused(connection, now, tally.refused)


def _refused(asked: Sequence[Asked], tally: Tally) -> Iterator[Sorted]:
    for one in asked:
        row, verdict = one.due.row, one.verdict
        if verdict.allowed:
            continue
        reason = str(verdict.reason)
        tally.refused[row.community, reason] += 1
        if verdict.line:
            yield Sorted(row.id, outbox.PENDING, Way.LINE.value, reason, row.expires)
        elif verdict.again is not None:
            yield Sorted(row.id, outbox.PENDING, row.way.value, reason, verdict.again)
        else:
            tally.ended[row.purpose.value, outbox.FAILED] += 1
            yield Sorted(row.id, outbox.FAILED, row.way.value, reason, row.due)


def _too_soon(asked: Sequence[Asked], paces: Mapping[int, Pace], now: int, tally: Tally) -> Iterator[Sorted]:
    """Let direct messages wait for their turn, each for its own."""
    turns = {space: slots(one.opened, now) for space, one in paces.items()}
    for one in asked:
        row = one.due.row
        if not one.verdict.allowed or row.way is not Way.DM:
            continue
        slow_until = paces[row.space].slow_until
        due, reason = (slow_until, SLOWED) if slow_until > now else (now, PACED)
        if due == now and not one.opened:
            due = next(turns[row.space])
        if due > now:
            tally.held[reason] += 1
            yield Sorted(row.id, outbox.PENDING, row.way.value, reason, min(due, row.expires))
