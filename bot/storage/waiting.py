"""What waits with a row of the outbox that a platform wants later: all that it would want no sooner."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import Way
from bot.storage.bulk import is_sqlite, rows_of
from bot.storage.outbox import Row

_ALIKE = {
    Way.CHANNEL: "way = 'channel' AND channel = :channel",
    Way.DM: "way = 'dm' AND member = :member",
    Way.BESIDE: "way = 'beside'",
}


async def make_wait(connection: AsyncConnection, row: Row, until: int) -> None:
    """Let everything else for a row's channel or member wait as well (ms); beside what people do, all of its space."""
    where, values = _ALIKE.get(row.way, _ALIKE[Way.DM]), {"until": until, "space": row.space, "id": row.id}
    lock = "" if is_sqlite(connection) else " FOR UPDATE SKIP LOCKED"
    here = (
        f"SELECT id FROM outbox WHERE state = 'pending' AND due < :until AND space = :space AND {where} "
        f"AND id <> :id{lock}"
    )
    values |= {name: getattr(row, name) for name in ("channel", "member") if f":{name}" in where}
    await rows_of(connection, f"UPDATE outbox SET due = :until WHERE id IN ({here}) RETURNING 1", **values)
