"""Whether a community's messages go out at all, how often the Gate refused, how fast conversations are begun; and what
is kept of all that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import Reason
from bot.storage.bulk import each, is_sqlite, rows_of
from scoring.signals import DAY_MS, day_of

FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 3_600_000, DAY_MS
"""How long no direct message goes out after a platform wanted fewer; twice as long each time in a row."""


_LOCK = int.from_bytes(b"out")


@dataclass(frozen=True, slots=True)
class Going:
    """Since when a community's messages go out, and since when all are held (ms); None where they do not or are not."""

    live_at: int | None = None
    paused_at: int | None = None


async def going(connection: AsyncConnection, community: int) -> Going:
    """Return whether a community's messages go out."""
    rows = await rows_of(
        connection, "SELECT live_at, paused_at FROM outgoing WHERE community = :community", community=community
    )
    return Going(*rows[0]) if rows else Going()


async def go_live(connection: AsyncConnection, community: int, at: int) -> None:
    """Let a community's messages go out from now on (ms)."""
    await _set(connection, community, "live_at", at)
    await _ask_again(connection, community, Reason.NOT_LIVE, at)


async def pause(connection: AsyncConnection, community: int, at: int) -> None:
    """Hold everything of a community, from this commit on (ms)."""
    await _set(connection, community, "paused_at", at)


async def resume(connection: AsyncConnection, community: int, at: int) -> None:
    """Let what was held go its way again (ms)."""
    await _set(connection, community, "paused_at", None)
    await _ask_again(connection, community, Reason.PAUSED, at)


async def stay(connection: AsyncConnection, community: int) -> None:
    """Let nobody change, until the commit, whether a community's messages go out; many may hold it so at once.

    It is a lock of its own and not the community's row: that one is taken by whoever puts down anything of it.
    """
    if not is_sqlite(connection):
        await _lock(connection, "pg_advisory_xact_lock_shared", community)


async def _lock(connection: AsyncConnection, how: str, community: int) -> None:
    await connection.execute(text(f"SELECT {how}(:lock, :of)"), {"lock": _LOCK, "of": community})


async def _set(connection: AsyncConnection, community: int, column: str, value: int | None) -> None:
    if not is_sqlite(connection):  # whoever is letting something through is waited for, and waits
        await _lock(connection, "pg_advisory_xact_lock", community)
    await connection.execute(
        text(
            f"INSERT INTO outgoing (community, {column}) VALUES (:community, :value) "
            f"ON CONFLICT (community) DO UPDATE SET {column} = excluded.{column}"
        ),
        {"community": community, "value": value},
    )


async def _ask_again(connection: AsyncConnection, community: int, reason: Reason, now: int) -> None:
    here = "WHERE community = :community AND state = 'pending' AND way <> 'line' AND reason = :reason"
    values = {"community": community, "reason": reason, "now": now}
    lock = "" if is_sqlite(connection) else " FOR UPDATE SKIP LOCKED"  # who holds a row waits for this commit
    held = f"SELECT id FROM outbox {here}{lock}"
    await connection.execute(text(f"UPDATE outbox SET due = :now WHERE id IN ({held})"), values)


async def refused(connection: AsyncConnection, now: int, reasons: Mapping[tuple[int, str], int]) -> None:
    """Count refusals of a day, by community and reason."""
    day = day_of(now)
    rows = [{"community": of, "day": day, "reason": why, "n": n} for (of, why), n in sorted(reasons.items())]
    await each(
        connection,
        "INSERT INTO refusal (community, day, reason, n) VALUES (:community, :day, :reason, :n) "
        "ON CONFLICT (community, day, reason) DO UPDATE SET n = refusal.n + excluded.n",
        rows,
    )


async def refusals(connection: AsyncConnection, community: int, first: int, last: int) -> dict[str, int]:
    """Return how often the Gate refused from day `first` to day `last`, both included, by reason."""
    rows = await rows_of(
        connection,
        "SELECT reason, sum(n) FROM refusal WHERE community = :community AND day BETWEEN :first AND :last "
        "GROUP BY reason ORDER BY reason",
        community=community,
        first=first,
        last=last,
    )
    return {row[0]: int(row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class Pace:
    """When conversations were begun in a space within a day (ms), and until when the platform wants none."""

    opened: tuple[int, ...]
    slow_until: int


async def pace(connection: AsyncConnection, space: int, now: int) -> Pace:
    """Return how fast conversations have been begun in a space."""
    rows = await rows_of(
        connection,
        "SELECT 0, o.claimed_at FROM outbox o WHERE o.space = :space AND o.opens AND o.claimed_at > :since "
        "AND o.state IN ('sending', 'sent', 'unknown') "
        "UNION ALL SELECT 1, s.until FROM slowdown s WHERE s.space = :space",
        space=space,
        since=now - DAY_MS,
    )
    return Pace(
        tuple(sorted(row[1] for row in rows if row[0] == 0)), max((row[1] for row in rows if row[0]), default=0)
    )


async def slow_down(connection: AsyncConnection, space: int, now: int) -> int:
    """Hold direct messages of a space, longer each time in a row; returns until when (ms)."""
    rows = await rows_of(connection, "SELECT times, until FROM slowdown WHERE space = :space", space=space)
    times, until = rows[0] if rows else (0, 0)
    if until > now:  # another one heard it at the same time
        return int(until)
    until = now + min(FIRST_PAUSE_MS * 2 ** min(times, 10), LONGEST_PAUSE_MS)
    await connection.execute(
        text(
            "INSERT INTO slowdown (space, until, times) VALUES (:space, :until, 1) "
            "ON CONFLICT (space) DO UPDATE SET until = excluded.until, times = slowdown.times + 1"
        ),
        {"space": space, "until": until},
    )
    return int(until)


async def speed_up(connection: AsyncConnection, space: int) -> None:
    """Forget that a platform wanted fewer messages: a new conversation was begun again."""
    await connection.execute(text("DELETE FROM slowdown WHERE space = :space"), {"space": space})


async def sweep(
    connection: AsyncConnection, community: int, before: int, limit: int = 5_000, *, beside: bool = False
) -> bool:
    """Delete rows that were settled before a moment (ms); returns whether more are left.

    With them their keys are forgotten: keep them as long as anything could be posted again. With `beside`, only those
    go that stood beside something that somebody did.
    """
    those = " AND way = 'beside'" if beside else ""
    rows = await rows_of(
        connection,
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE community = :community "
        f"AND state IN ('sent', 'failed', 'unknown') AND settled_at < :before{those} LIMIT :limit) RETURNING 1",
        community=community,
        before=before,
        limit=limit,
    )
    return len(rows) == limit
