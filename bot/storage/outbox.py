"""The rows of the outbox: put in, taken up one at a time, and settled. Nothing is sent that is not a row here.

`due` is when a row is taken up: by the courier, where it is pending; by anybody who comes, where it is being sent and
no answer came. A private line is due when it expires; until then it waits for its reader.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import Purpose, Way
from bot.storage import outgoing
from bot.storage.bulk import each, insert_new, is_sqlite, matching, rows_of
from bot.storage.knowing import Who
from bot.storage.schema import outbox

PENDING, SENDING, SENT, FAILED, UNKNOWN = "pending", "sending", "sent", "failed", "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """A message that is not settled. `platform` and `external` are its space's; times are in ms.

    `first_at`: since when it may have been accepted without our knowing; None where it has not been handed over.
    """

    id: int
    community: int
    space: int
    key: str
    purpose: Purpose
    way: Way
    member: int | None
    channel: str
    pings: bool
    content: bytes
    posted_at: int
    due: int
    expires: int
    state: str
    first_at: int | None
    platform: str
    external: str


_ROW = (
    "o.id, o.community, o.space, o.key, o.purpose, o.way, o.member, o.channel, o.pings, o.content, o.posted_at, o.due, "
    "o.expires, o.state, o.first_at, s.platform, s.external"
)


def _row(found: Any) -> Row:  # noqa: ANN401 - a row of whichever driver
    return Row(
        found[0], found[1], found[2], found[3], Purpose(found[4]), Way(found[5]), found[6], found[7], bool(found[8]),
        bytes(found[9] or b""), *found[10:],
    )  # fmt: skip


async def add(connection: AsyncConnection, values: dict[str, object]) -> bool:
    """Put a message in; returns whether its key was not there yet."""
    row = {"state": PENDING, "reason": "", "opens": False, "message": ""} | values
    return bool(await insert_new(connection, outbox, tuple(row), [tuple(row.values())]))


@dataclass(frozen=True, slots=True)
class Due:
    """A row that is to be taken up, and who its member is now (None where it has none, or they are gone)."""

    row: Row
    root: int | None

    @property
    def who(self) -> Who | None:
        """Its member as the Gate asks about them."""
        return None if self.root is None else Who(self.row.community, self.root, self.row.space)


_FULL = (
    f"SELECT {_ROW}, coalesce(m.merged_into, m.id) FROM {{here}} JOIN space s ON s.id = o.space "
    "LEFT JOIN member m ON m.id = o.member "
)
_WAITS = "o.state IN ('pending', 'sending') AND o.due <= :now"
_NEXT_ON_SQLITE = _FULL.replace("{here}", "outbox o {by:ix_outbox_due}") + f"WHERE {_WAITS}{{but}} ORDER BY {{order}}"
# The first that nobody else has just found. Tried from the outside, in order: so no row is locked that is not returned.
_NEXT_ON_POSTGRESQL = _FULL.replace(
    "{here}",
    f"(SELECT q.id FROM (SELECT o.id FROM outbox o WHERE {_WAITS}{{but}} ORDER BY {{order}}64) q "
    "WHERE pg_try_advisory_xact_lock(1, CAST(q.id % 2147483647 AS int)) LIMIT 1) p JOIN outbox o ON o.id = p.id",
)


async def next_due(connection: AsyncConnection, now: int, but: Collection[int]) -> Due | None:
    """Return what is to be taken up next, and what nobody else has just found; `but` are spaces left aside."""
    sqlite = is_sqlite(connection)
    sql = _NEXT_ON_SQLITE if sqlite else _NEXT_ON_POSTGRESQL
    sql = sql.replace("{but}", " AND o.space NOT IN (SELECT given.space FROM {given})" if but else "")
    sql = sql.replace("{order}", "o.due, o.id LIMIT " + ("1" if sqlite else ""))
    rows = await matching(connection, sql, {"space": "bigint"}, ((one,) for one in sorted(but)), now=now)
    return Due(_row(rows[0][:-1]), rows[0][-1]) if rows else None


async def batch(connection: AsyncConnection, now: int, but: Collection[int], most: int) -> list[Due]:
    """Return what is pending and due, the first first, so that nobody else changes it until the commit.

    The rows come without their content. `but` are spaces left aside.
    """
    sqlite = is_sqlite(connection)
    sql = _FULL.replace("o.content", "NULL").replace("{here}", "outbox o {by:ix_outbox_due}")
    elsewhere = " AND o.space NOT IN (SELECT given.space FROM {given})" if but else ""
    lock = "" if sqlite else " FOR UPDATE OF o SKIP LOCKED"
    rows = await matching(
        connection,
        f"{sql}WHERE {_WAITS} AND o.state = 'pending'{elsewhere} ORDER BY o.due, o.id LIMIT :most{lock}",
        {"space": "bigint"},
        ((one,) for one in sorted(but)),
        now=now,
        most=most,
    )
    return [Due(_row(row[:-1]), row[-1]) for row in rows]


class Sorted(NamedTuple):
    """What is to become of a pending row: it waits until it is due again, in whichever way, or it failed."""

    id: int
    state: str
    way: str
    reason: str
    due: int


async def put_aside(connection: AsyncConnection, rows: Sequence[Sorted], now: int) -> None:
    """Put down what is to become of pending rows."""
    await matching(
        connection,
        "UPDATE outbox SET state = given.state, way = given.way, reason = given.reason, due = given.due, "
        "settled_at = CASE WHEN given.state = 'failed' THEN CAST(:now AS bigint) END, "
        "content = CASE WHEN given.state = 'failed' THEN NULL ELSE content END, "
        "channel = CASE WHEN given.state = 'failed' AND outbox.way = 'beside' THEN '' ELSE channel END "
        "FROM {given} WHERE outbox.id = given.id AND outbox.state = 'pending' RETURNING 1",
        {"id": "bigint", "state": "text", "way": "text", "reason": "text", "due": "bigint"},
        [tuple(row) for row in rows],
        now=now,
    )


async def kept(connection: AsyncConnection, due: Due, now: int) -> Due | None:
    """Return the row as it is under the lock of its member, None where it is not to be taken up any more.

    Until the commit nobody changes it, nor whether its community's messages go out.
    """
    if is_sqlite(connection):
        return due
    await outgoing.stay(connection, due.row.community)
    sql = _FULL.replace("{here}", "outbox o") + f"WHERE {_WAITS} AND o.id = :id FOR UPDATE OF o"
    rows = await rows_of(connection, sql, id=due.row.id, now=now)
    found = Due(_row(rows[0][:-1]), rows[0][-1]) if rows else None
    return found if found is not None and found.root == due.root else None


async def lines(connection: AsyncConnection, who: Who, now: int) -> list[Due]:
    """Return the private lines that wait for a member in a space, in order."""
    rows = await rows_of(
        connection,
        f"SELECT {_ROW} FROM outbox o JOIN space s ON s.id = o.space WHERE o.community = :community AND o.member IN "
        "(SELECT id FROM member WHERE community = :community AND (id = :member OR merged_into = :member)) "
        "AND o.member IS NOT NULL AND o.space = :space AND o.way = 'line' AND o.state = 'pending' "
        "AND o.due = o.expires AND o.expires > :now ORDER BY o.posted_at, o.id",
        community=who.community,
        member=who.root,
        space=who.space,
        now=now,
    )
    return [Due(_row(row), who.root) for row in rows]


async def addresses(connection: AsyncConnection, row: Row, member: int) -> list[bytes]:
    """Return a member's sealed identities on a row's platform; whom the message was written for comes first."""
    rows = await rows_of(
        connection,
        "SELECT a.sealed FROM account a WHERE a.community = :community AND a.member = :member "
        "AND a.platform = :platform AND NOT a.bot ORDER BY CASE WHEN a.own_member = :own THEN 0 ELSE 1 END, a.id",
        community=row.community,
        member=member,
        platform=row.platform,
        own=row.member,
    )
    return [bytes(one[0]) for one in rows]


async def claim(connection: AsyncConnection, row: Row, token: str, span: tuple[int, int], *, opens: bool) -> None:
    """Put down that a row is being sent from now on, and when others may take it up (`span`: both, in ms)."""
    await _update(
        connection,
        "state = 'sending', reason = '', claim = :token, claimed_at = :now, "
        "first_at = coalesce(first_at, :now), due = :due, opens = :opens WHERE id = :id",
        token=token,
        now=span[0],
        due=span[1],
        opens=opens,
        id=row.id,
    )


async def look(connection: AsyncConnection, row: Row, token: str, due: int) -> None:
    """Put down that somebody looks whether a row arrived, and when others may (ms); nothing is sent."""
    await _update(connection, "claim = :token, due = :due WHERE id = :id", token=token, due=due, id=row.id)


async def hold(connection: AsyncConnection, row: Row, due: int, reason: str) -> None:
    """Let a row wait until another moment (ms); it counts as not sent."""
    await _update(
        connection,
        "state = 'pending', reason = :reason, claim = NULL, claimed_at = NULL, first_at = NULL, opens = FALSE, "
        "due = :due WHERE id = :id",
        reason=reason,
        due=due,
        id=row.id,
    )


async def turn_to_line(connection: AsyncConnection, row: Row, reason: str) -> None:
    """Let a direct message wait as a private line for its reader, as long as it lives."""
    await hold(connection, row, row.expires, reason)
    await _update(connection, "way = 'line' WHERE id = :id", id=row.id)


async def retry(connection: AsyncConnection, row: Row, due: int) -> None:
    """Let a row that is being sent be taken up again at a moment (ms)."""
    await _update(connection, "due = :due WHERE id = :id", due=due, id=row.id)


async def end(connection: AsyncConnection, row: Row, state: str, now: int, *, said: tuple[str, str] = ("", "")) -> bool:
    """Settle a row for good (`said`: why, and the platform's id of the message); its content is deleted.

    Where somebody was told something beside what they did, the channel in which they did it is forgotten, too.
    Returns whether it was there.
    """
    unsent = ", claimed_at = NULL, opens = FALSE" if state == FAILED else ""
    unsent += ", channel = CASE WHEN way = 'beside' THEN '' ELSE channel END"
    return await _update(
        connection,
        "state = :state, reason = :reason, message = :message, settled_at = :now, content = NULL, claim = NULL"
        f"{unsent} WHERE id = :id",
        state=state,
        reason=said[0],
        message=said[1],
        now=now,
        id=row.id,
    )


async def show(connection: AsyncConnection, row: Row, now: int) -> None:
    """Put down that a private line was shown (ms)."""
    await _update(connection, "claimed_at = :now WHERE id = :id", now=now, id=row.id)
    await end(connection, row, SENT, now)


async def still(connection: AsyncConnection, row: Row, token: str) -> bool:
    """Return whether a row is still being sent by who holds the token, and keep it so until the commit."""
    rows = await rows_of(
        connection,
        "SELECT 1 FROM outbox WHERE id = :id AND claim = :token AND state = 'sending'"
        + ("" if is_sqlite(connection) else " FOR UPDATE"),
        id=row.id,
        token=token,
    )
    return bool(rows)


async def ask_again(connection: AsyncConnection, whose: tuple[int, Collection[int]], reason: str, now: int) -> None:
    """Let the Gate be asked now (ms) about what waits for members (community, which) for a reason that is over."""
    community, members = whose
    await each(
        connection,
        "UPDATE outbox SET due = :now WHERE community = :community AND member = :member AND state = 'pending' "
        "AND way <> 'line' AND reason = :reason AND due > :now",
        [{"community": community, "member": one, "reason": reason, "now": now} for one in sorted(members)],
    )


async def waiting_since(connection: AsyncConnection) -> int | None:
    """Return when the row that is due first was or will be due (ms), None where there is none."""
    rows = await rows_of(connection, "SELECT min(due) FROM outbox WHERE state IN ('pending', 'sending')")
    found = rows[0][0]
    return None if found is None else int(found)


async def _update(connection: AsyncConnection, rest: str, **values: object) -> bool:
    return bool(await rows_of(connection, f"UPDATE outbox SET {rest} RETURNING 1", **values))
