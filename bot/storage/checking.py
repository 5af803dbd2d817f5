"""Questions to a database that is in doubt: each returns what does not hold, in words, and how much was looked at.

Members, accounts and engagements are named by their numbers in the store.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import copying
from bot.storage.columns import read_columns
from bot.storage.engagements import CLAIM, claim_of
from bot.storage.engine import Database
from bot.storage.schema import metadata
from scoring.claims import Claim, join
from scoring.columns import Ints
from scoring.signals import Kind

_CHUNK = 5_000


class Looked(NamedTuple):
    """How many things were looked at, and what is wrong with which of them."""

    at: int
    problems: list[str]


_POINTERS = (
    ("engagement", "community", "community"),
    ("engagement", "account", "account"),
    ("engagement", "target", "account"),
    ("engagement", "context", "context"),
    ("tally", "community", "community"),
    ("tally", "rules", "rules"),
    ("tally", "member", "member"),
    ("total", "member", "member"),
    ("band_change", "member", "member"),
    ("crossing", "member", "member"),
)
"""Columns of tables that take many rows, so that the database itself does not watch where they point."""


async def integrity(connection: AsyncConnection) -> Looked:
    """Let the database check itself; on PostgreSQL, which has no such command, read every value of every table."""
    names = await copying.names(connection)
    if connection.dialect.name == "sqlite":
        found = [str(row[0]) for row in await connection.execute(text("PRAGMA integrity_check"))]
        pointing = await connection.execute(text("PRAGMA foreign_key_check"))
        lost = [f"{row[0]}: row {row[1]} points at a row of {row[2]} that is not there" for row in pointing]
        return Looked(len(names), [one for one in found if one != "ok"] + lost)
    await _by_rows(connection)
    for name in names:
        await connection.execute(text(f'SELECT sum(length(CAST(t AS text))) FROM "{name}" AS t'))
    return Looked(len(names), [])


async def drift(connection: AsyncConnection) -> Looked:
    """Find where tables, columns and indexes differ from what the code expects."""

    def compare(sync: Connection) -> list[Any]:
        found = compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), metadata)
        # What differs within a column comes as a list of its own.
        return [one for some in found for one in (some if isinstance(some, list) else [some])]

    return Looked(len(metadata.tables), [_drifted(*one) for one in await connection.run_sync(compare)])


def _drifted(change: str, *what: Any) -> str:  # noqa: ANN401 - whatever Alembic says
    """Put a change that Alembic would make into words."""
    action, _, kind = change.partition("_")
    if action == "modify":
        return f"{what[1]}.{what[2]}: its {kind} differs from what is expected"
    names = [part if isinstance(part, str) else getattr(part, "name", None) for part in what]
    said = {"add": "is missing", "remove": "is there, but nothing of Cairn's"}
    return f"{kind} {'.'.join(name for name in names if name)}: {said.get(action, 'differs')}"


async def pointers(connection: AsyncConnection) -> Looked:
    """Find rows that point at what is not there, where no foreign key forbids it."""
    problems = []
    for table, column, other in _POINTERS:
        result = await connection.execute(
            text(
                f"SELECT count(*) FROM {table} t LEFT JOIN {other} o ON o.id = t.{column} "
                f"WHERE t.{column} IS NOT NULL AND o.id IS NULL"
            )
        )
        if n := result.scalar_one():
            problems.append(f"{table}.{column}: {n} rows point at a row of {other} that is not there")
    return Looked(len(_POINTERS), problems)


async def doubles(connection: AsyncConnection, community: int) -> Looked:
    """Find natural keys with more than one engagement, by the rows themselves, whatever the index says."""
    if connection.dialect.name == "sqlite":
        table = "engagement NOT INDEXED"
    else:
        table = "engagement"
        await _by_rows(connection)
    rows = await connection.execute(
        text(
            f"SELECT min(id), count(*) FROM {table} WHERE community = :community "
            "GROUP BY key_day, key HAVING count(*) > 1 ORDER BY 1"
        ),
        {"community": community},
    )
    problems = [f"engagement {row[0]}: its object is there {row[1]} times, expected once" for row in rows]
    n = await connection.execute(
        text("SELECT count(*) FROM engagement WHERE community = :community"), {"community": community}
    )
    return Looked(int(n.scalar_one()), problems)


async def _by_rows(connection: AsyncConnection) -> None:
    """Let PostgreSQL read tables rather than indexes for the rest of the transaction."""
    for way in ("indexscan", "indexonlyscan", "bitmapscan"):
        await connection.execute(text(f"SET LOCAL enable_{way} = off"))


async def sightings(connection: AsyncConnection, community: int) -> Looked:
    """Find engagements that differ from what their sources' claims come to."""
    words = CLAIM.replace("e.", "s.")
    result = await connection.stream(
        text(
            f"SELECT e.id, {CLAIM}, {words} FROM sighting s JOIN engagement e ON e.id = s.engagement "
            "WHERE e.community = :community ORDER BY s.engagement, s.source"
        ),
        {"community": community},
        execution_options={"yield_per": _CHUNK},
    )
    n, problems, open_rows = 0, list[str](), list[Any]()
    async for rows in result.partitions():
        # The last engagement of a slice may go on in the next one.
        open_rows += rows
        last = open_rows[-1][0]
        whole = [row for row in open_rows if row[0] != last]
        open_rows = [row for row in open_rows if row[0] == last]
        n += len({row[0] for row in whole})
        problems += _disagreeing(whole)
    return Looked(n + bool(open_rows), problems + list(_disagreeing(open_rows)))


def _disagreeing(rows: list[Any]) -> Iterator[str]:
    width = len(Claim._fields)
    for number, words in groupby(rows, key=itemgetter(0)):
        said = [(claim_of(row[1 : 1 + width]), claim_of(row[1 + width :])) for row in words]
        if not _agrees(said[0][0], [word for _, word in said]):
            yield f"engagement {number}: it differs from what its {len(said)} sources say"


def _agrees(stored: Claim, words: list[Claim]) -> bool:
    """Whether a row is the join of its sources' claims.

    The details of what is retracted may be of any source, since they no longer count.
    """
    come_to = reduce(join, words)
    if stored.retracted:
        return _end(come_to) == _end(stored)
    return come_to == stored


def _end(claim: Claim) -> tuple[bool, int, int]:
    return claim.retracted, claim.version, claim.captured


async def holding(connection: AsyncConnection, community: int) -> Looked:
    """Find engagements marked as holding that do not (retracted, or gone with their message), and the other way."""
    depends = f"e.kind IN ({Kind.MENTION:d}, {Kind.REACTION:d})"
    gone = f"coalesce({depends} AND (p.retracted OR (e.kind = {Kind.REACTION:d} AND e.version < p.captured)), false)"
    rows = await connection.execute(
        text(
            "SELECT e.id, e.holds FROM engagement e LEFT JOIN engagement p ON p.community = e.community "
            f"AND p.key_day = e.parent_day AND p.key = e.parent AND {depends} "
            f"WHERE e.community = :community AND e.holds <> (NOT e.retracted AND NOT {gone}) ORDER BY 1"
        ),
        {"community": community},
    )
    said = {True: "counts although it is gone", False: "does not count although it is there"}
    problems = [f"engagement {row[0]}: it {said[bool(row[1])]}" for row in rows]
    n = await connection.execute(
        text("SELECT count(*) FROM engagement WHERE community = :community AND holds"), {"community": community}
    )
    return Looked(int(n.scalar_one()), problems)


async def marked(connection: AsyncConnection, community: int) -> set[int]:
    """Return the members whose scores wait to be settled, and those they are merged into.

    While something is looked at that may count no longer, or again, that may be anybody.
    """
    rows = await connection.execute(
        text(
            "SELECT m.id, m.merged_into FROM member m WHERE m.id IN (SELECT member FROM dirty WHERE community = :of) "
            "OR m.id IN (SELECT member FROM stale WHERE community = :of) "
            "OR (m.community = :of AND EXISTS (SELECT 1 FROM recount r WHERE r.community = :of))"
        ),
        {"of": community},
    )
    return {number for row in rows for number in row if number is not None}


async def scores(database: Database, of: tuple[int, int], table: str, columns: tuple[str, ...]) -> list[Ints]:
    """Return columns of a table of scores, whole, for a community and rules (their numbers)."""
    community, rules = of
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE community = {community:d} AND rules = {rules:d}"
    return await read_columns(database, sql, len(columns))


async def writable(connection: AsyncConnection) -> bool:
    """Whether a transaction that was begun for writing may write and make tables (SQLite would have said so)."""
    if connection.dialect.name == "sqlite":
        return True
    asked = "current_setting('transaction_read_only') = 'off' AND has_schema_privilege(current_schema(), 'CREATE')"
    return bool((await connection.execute(text(f"SELECT {asked}"))).scalar_one())
