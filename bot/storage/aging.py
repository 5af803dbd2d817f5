"""Acts whose time is over: which they are, and what becomes of them.

Acts of people who are only counted become numbers of their day. A page keeps what its acts gave when they go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.anonymous import WRITERS
from bot.storage.bulk import each, matching, rows_of
from bot.storage.what_counts import counts as what_counts
from scoring.signals import WRITTEN, Kind, date_of, day_number

_IDS = {"id": "bigint"}
_KEPT = f"{Kind.PARTICIPATION:d}"
"""Participations stay as long as their import says."""
_HAS_PAGE = (
    "NOT EXISTS (SELECT 1 FROM member x WHERE (x.id = a.member OR x.merged_into = a.member) "
    "AND (NOT x.page OR e.day < x.begins))"
)
_LIVE = (
    "(e.source = 0 OR EXISTS (SELECT 1 FROM import_run r WHERE r.id = e.source AND r.source LIKE '%-history')) "
    "AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.engagement = e.id AND s.source <> 0)"
)


@dataclass(frozen=True, slots=True)
class Old:
    """An act whose time is over: its row, key, day and account, and whether it is on a page."""

    id: int
    key_day: int
    key: str
    day: int
    account: int
    kind: int
    target: int | None
    page: bool

    @property
    def thanked(self) -> int | None:
        """The account that it thanks, None where it is something else."""
        return self.target if self.kind == Kind.THANKS else None


class Before(NamedTuple):
    """The days before which acts are over their time: of people who are only counted, and on pages."""

    counted: int
    page: int


Part = Callable[[AsyncConnection, int, int, int], Awaitable[int]]
"""Deletes, of a community, what was before a moment, at most so much; returns how much."""


async def over(
    connection: AsyncConnection, community: int, before: Before, after: tuple[int, int], most: int
) -> list[Old]:
    """Return acts that are over their time, from a (day, row) on, the oldest first."""
    rows = await rows_of(
        connection,
        "SELECT e.id, e.key_day, e.key, e.day, e.account, e.kind, e.target, "
        f"CASE WHEN {_HAS_PAGE} THEN 1 ELSE 0 END AS own FROM engagement e JOIN account a ON a.id = e.account "
        "WHERE e.community = :community AND (e.day, e.id) > (:day, :row) AND e.day < :counted "
        f"AND e.kind <> {_KEPT} AND NOT a.bot "
        f"AND ((e.day < :of_counted AND NOT {_HAS_PAGE}) OR (e.day < :page AND {_LIVE})) "
        "ORDER BY e.day, e.id LIMIT :most",
        community=community,
        counted=max(before),
        of_counted=before.counted,
        page=before.page,
        day=after[0],
        row=after[1],
        most=most,
    )
    return [Old(row[0], row[1], row[2], row[3], row[4], row[5], row[6], bool(row[7])) for row in rows]


async def still(connection: AsyncConnection, community: int, rows: Iterable[Old]) -> list[Old]:
    """Return those that are still what they were: nobody has made a page, or closed one, meanwhile."""
    known = {one.id: one for one in rows}
    found = await matching(
        connection,
        f"SELECT e.id, CASE WHEN {_HAS_PAGE} THEN 1 ELSE 0 END FROM {{given}} JOIN engagement e ON e.id = given.id "
        "JOIN account a ON a.id = e.account WHERE e.community = :community",
        _IDS,
        ((one,) for one in known),
        community=community,
    )
    return [known[row[0]] for row in found if known[row[0]].page == bool(row[1])]


async def answers_to(
    connection: AsyncConnection, community: int, keys: Collection[tuple[int, str]]
) -> list[tuple[int, str, int, int]]:
    """Return the messages' keys with the day and member of each act about them.

    It looks through the whole table: ask for many at once.
    """
    rows = await matching(
        connection,
        "SELECT DISTINCT e.parent_day, e.parent, e.day, a.member FROM engagement e JOIN account a ON a.id = e.account "
        "WHERE e.community = :community AND (e.parent_day, e.parent) IN "
        "(SELECT given.key_day, given.key FROM {given})",
        {"key_day": "int", "key": "text"},
        keys,
        community=community,
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def counts(connection: AsyncConnection, community: int, rows: Sequence[Old]) -> None:
    """Add acts to the numbers of their days; what was done in a thread counts for the channel it hangs below."""
    found = await matching(
        connection,
        "SELECT e.kind, e.day, CASE WHEN c.parent = '' THEN c.place ELSE c.parent END, coalesce(c.space, 0), e.source "
        "FROM {given} JOIN engagement e ON e.id = given.id JOIN context c ON c.id = e.context "
        f"JOIN account a ON a.id = e.account WHERE e.holds AND {what_counts()}",
        _IDS,
        ((one.id,) for one in rows),
    )
    numbers = Counter(tuple(row) for row in found)
    added: list[dict[str, object]] = [
        {"community": community, "kind": Kind(kind).label, "day": day, "place": place, "n": n, "source": source,
         "key": f"h:{space}/{Kind(kind).label}/{day}/{place}"}
        for (kind, day, place, space, source), n in sorted(numbers.items())
    ]  # fmt: skip
    await each(connection, f'{_COUNT} DO UPDATE SET n = "count".n + excluded.n', added)


_COUNT = (
    'INSERT INTO "count" (community, key, kind, day, place, n, source) '
    "VALUES (:community, :key, :kind, :day, :place, :n, :source) ON CONFLICT (community, key, source)"
)


async def writers(connection: AsyncConnection, community: int, day: int) -> list[tuple[int, int]]:
    """Return how many people wrote in the month of a day: the number of each space (0: none), and theirs."""
    first = date_of(day).replace(day=1)
    last = day_number(first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)) - 1
    kinds = ", ".join(str(int(one)) for one in WRITTEN)
    rows = await rows_of(
        connection,
        "SELECT coalesce(c.space, 0), count(DISTINCT a.member) FROM engagement e JOIN account a ON a.id = e.account "
        "JOIN context c ON c.id = e.context WHERE e.community = :community AND e.day >= :first AND e.day <= :last "
        f"AND e.holds AND {what_counts()} AND e.kind IN ({kinds}) GROUP BY coalesce(c.space, 0)",
        community=community,
        first=day_number(first),
        last=last,
    )
    return [(row[0], row[1]) for row in rows]


async def put_writers(connection: AsyncConnection, community: int, day: int, rows: Iterable[tuple[int, int]]) -> None:
    """Store how many people wrote in the month of a day in spaces; what stands there already stays."""
    first = date_of(day).replace(day=1)
    added: list[dict[str, object]] = [
        {"community": community, "kind": WRITERS, "day": day_number(first), "place": "", "n": n, "source": 0,
         "key": f"h:{space}/{WRITERS}/{day_number(first)}/"}
        for space, n in rows
    ]  # fmt: skip
    there = await matching(
        connection,
        'SELECT c.key FROM {given} JOIN "count" c ON c.key = given.key WHERE c.community = :community',
        {"key": "text"},
        ((one["key"],) for one in added),
        community=community,
    )
    known = {row[0] for row in there}
    await each(connection, f"{_COUNT} DO NOTHING", [one for one in added if one["key"] not in known])


async def delete(connection: AsyncConnection, community: int, rows: Sequence[Old]) -> None:
    """Delete acts, with what hangs on their messages and did not hold beside them."""
    await matching(
        connection,
        "DELETE FROM engagement WHERE id IN (SELECT e.id FROM {given} JOIN engagement e ON e.community = :community "
        "AND e.key_day = given.key_day AND e.key > given.key || '/' AND e.key < given.key || '0' AND NOT e.holds) "
        "RETURNING 1",
        {"key_day": "int", "key": "text"},
        ((one.key_day, one.key) for one in rows if "/" not in one.key),
        community=community,
    )
    await matching(
        connection,
        "DELETE FROM engagement WHERE id IN (SELECT given.id FROM {given}) RETURNING 1",
        _IDS,
        ((one.id,) for one in rows),
    )


async def members_of(connection: AsyncConnection, accounts: Iterable[int]) -> dict[int, int]:
    """Return to whom accounts belong now."""
    rows = await matching(
        connection,
        "SELECT a.id, a.member FROM {given} JOIN account a ON a.id = given.id",
        _IDS,
        ((one,) for one in set(accounts)),
    )
    return {row[0]: row[1] for row in rows}


async def with_page(connection: AsyncConnection, members: Iterable[int]) -> set[int]:
    """Return those members who have a page, with all who are joined in them."""
    rows = await matching(
        connection,
        "SELECT given.id FROM {given} WHERE NOT EXISTS (SELECT 1 FROM member m "
        "WHERE (m.id = given.id OR m.merged_into = given.id) AND NOT m.page)",
        _IDS,
        ((one,) for one in set(members)),
    )
    return {row[0] for row in rows}


async def lapsed(connection: AsyncConnection, community: int, before: int, most: int) -> int:
    """Delete some of the contact details of who last came to us before a moment (ms); returns how many people's."""
    rows = await rows_of(
        connection,
        "SELECT k.member FROM contact k WHERE k.community = :community AND k.met_at < :before AND NOT EXISTS "
        "(SELECT 1 FROM outbox o WHERE o.community = k.community AND o.member = k.member "
        "AND o.state IN ('pending', 'sending')) ORDER BY k.member LIMIT :most",
        community=community,
        before=before,
        most=most,
    )
    gone = [{"community": community, "member": row[0]} for row in rows]
    for table in ("contact", "reach"):
        await each(connection, f"DELETE FROM {table} WHERE community = :community AND member = :member", gone)
    return len(gone)


async def sent_before(connection: AsyncConnection, community: int, before: int, most: int) -> int:
    """Delete some of the outbox's rows that were settled before a moment (ms); returns how many."""
    rows = await rows_of(
        connection,
        "SELECT id FROM outbox WHERE community = :community AND settled_at < :before ORDER BY id LIMIT :most",
        community=community,
        before=before,
        most=most,
    )
    await each(connection, "DELETE FROM outbox WHERE id = :id", [{"id": row[0]} for row in rows])
    return len(rows)
