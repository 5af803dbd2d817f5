"""Engagements as columns: for settling a few member-days, and for looking at a community's whole history."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import contexts
from bot.storage.bulk import matching
from bot.storage.engine import Database
from scoring.columns import NOBODY, Acts, Ints
from scoring.signals import DAY_MS, Context, Kind

if TYPE_CHECKING:
    from pyarrow import ChunkedArray

_WIDTH = 8
_PARENT = (
    "LEFT JOIN engagement p ON p.community = e.community AND p.key_day = e.parent_day AND p.key = e.parent "
    f"AND p.kind IN ({Kind.MESSAGE:d}, {Kind.REPLY:d})"
)
"""The message an act is about; its author is the counterpart where the act itself names nobody."""


async def of_days(
    connection: AsyncConnection,
    community: int,
    days: Iterable[tuple[int, int]],
    counterparts: Collection[Kind] = tuple(Kind),
) -> Acts:
    """Return all acts of (day, member) pairs, and the thanks they received on those days.

    `counterparts` are the kinds for which the author of the message that an act is about is looked up.
    """
    pairs = list(days)
    own_accounts = await _accounts_of(connection, community, {who for _, who in pairs})
    whose = [(day, account) for day, who in pairs for account in own_accounts[who]]
    rows = list(await matching(connection, _own(counterparts), _DAYS, whose, community=community))
    given = {row[0] for row in rows if row[4] == Kind.THANKS}
    received = await matching(connection, _RECEIVED, _DAYS, whose, community=community)
    rows += [row for row in received if row[0] not in given]
    _, account, day, at, kind, context, amount, other = _columns(rows, _WIDTH)
    member_of = await _members_of(connection, np.concatenate((account, other)))
    place, known = await _contexts(connection, context)
    acts = Acts(member_of(account), day, at, kind, place, member_of(other), amount, known)
    human = acts.member != NOBODY  # the author of thanks may be a machine
    return acts if human.all() else acts.where(human)


_DAYS = {"day": "int", "account": "bigint"}
_OF_DAYS = (
    "SELECT e.id, e.account, e.day, e.at, e.kind, e.context, e.amount, coalesce(e.target, {author}, 0) "
    "FROM {given} JOIN engagement e"
)
_RECEIVED = (
    f"{_OF_DAYS.replace('{author}', '0')} {{by:ix_engagement_receiver}} ON e.community = :community "
    f"AND e.day = given.day AND e.target = given.account AND e.kind = {Kind.THANKS:d} WHERE e.holds"
)


def _own(counterparts: Collection[Kind]) -> str:
    """Return the query for the acts of given (day, account) pairs."""
    on = "ON e.community = :community AND e.day = given.day AND e.account = given.account"
    parent, _ = _about(counterparts)
    return f"{_OF_DAYS.replace('{author}', 'p.account' if parent else '0')} {on} {parent} WHERE e.holds"


async def _accounts_of(connection: AsyncConnection, community: int, members: Iterable[int]) -> dict[int, list[int]]:
    """Return the accounts of members, without machines."""
    found: dict[int, list[int]] = defaultdict(list)
    for who, account in await matching(
        connection,
        "SELECT a.member, a.id FROM {given} JOIN account a ON a.community = :community AND a.member = given.member "
        "WHERE NOT a.bot",
        {"member": "bigint"},
        ((one,) for one in members),
        community=community,
    ):
        found[who].append(account)
    return found


async def _members_of(connection: AsyncConnection, accounts: Ints) -> Callable[[Ints], Ints]:
    """Return a function from these accounts to their members; `NOBODY` for machines and for 0."""
    rows = await matching(
        connection,
        "SELECT a.id, a.member FROM {given} JOIN account a ON a.id = given.id WHERE NOT a.bot",
        {"id": "bigint"},
        ((one,) for one in np.unique(accounts).tolist()),
    )
    table = np.array(sorted(tuple(row) for row in rows) or [(0, NOBODY)], np.int64)

    def member_of(numbers: Ints) -> Ints:
        at = np.minimum(np.searchsorted(table[:, 0], numbers), len(table) - 1)
        return np.where(table[at, 0] == numbers, table[at, 1], NOBODY)

    return member_of


async def _contexts(connection: AsyncConnection, numbers: Ints) -> tuple[Ints, tuple[Context, ...]]:
    """Return contexts, and for each of their numbers its place among them."""
    order, place = np.unique(numbers, return_inverse=True)
    known = await contexts.some(connection, order.tolist())
    return place, tuple(known[number] for number in order.tolist())


async def everything(
    database: Database,
    community: int,
    as_of: int,
    *,
    counterparts: Collection[Kind] = tuple(Kind),
    kind: Kind | None = None,
) -> Acts:
    """Return all acts up to a day (of one kind where asked), read in the quickest way the machine offers.

    `counterparts` are the kinds of acts for which it is looked up whom they are about. Reading costs by the number of
    values, so small numbers travel packed in one and the day is worked out from the moment.
    """
    parent, other = _about(counterparts)
    only = f"AND e.kind = {int(kind)} " if kind else ""
    sql = (
        f"SELECT e.account, e.at, {_PACKED}{other} FROM engagement e {parent} "
        f"WHERE e.community = {int(community)} AND e.day <= {int(as_of)} AND e.holds {only}"
    )
    account, at, packed, *about = await read_columns(database, sql, 4 if other else 3)
    member_of = await _members(database, community)
    async with database.read() as connection:
        known = await contexts.everything(connection, community)
    order = sorted(known)
    number = np.zeros(max(order, default=0) + 1, np.int64)
    number[order] = np.arange(len(order))
    member = member_of[account]
    person = member_of[about[0]] if about else np.zeros_like(member)
    context = number[packed >> _KIND_BITS & (1 << _CONTEXT_BITS) - 1]
    kinds, amount = packed & (1 << _KIND_BITS) - 1, packed >> _KIND_BITS + _CONTEXT_BITS
    acts = Acts(member, at // DAY_MS, at, kinds, context, person, amount, tuple(known[n] for n in order))
    human = member != NOBODY
    return acts if human.all() else acts.where(human)


def _about(kinds: Collection[Kind]) -> tuple[str, str]:
    """Return the join and the column for the person whom acts of these kinds are about."""
    if not kinds:
        return "", ""
    if len(kinds) == len(Kind):
        return _PARENT, ", coalesce(e.target, p.account, 0)"
    asked = f"e.kind IN ({', '.join(str(int(one)) for one in kinds)})"
    # A key that is NULL is found nowhere at once, where a condition beside the key would be looked at afterwards.
    parent = _PARENT.replace("p.key = e.parent", f"p.key = CASE WHEN e.target IS NULL AND {asked} THEN e.parent END")
    return parent, ", coalesce(e.target, p.account, 0)"


_KIND_BITS, _CONTEXT_BITS = 6, 34
_PACKED = f"e.kind + CAST(e.context AS bigint) * {1 << _KIND_BITS} + e.amount * {1 << _KIND_BITS + _CONTEXT_BITS}"


async def _members(database: Database, community: int) -> Ints:
    """Return the member of each account number; `NOBODY` for machines and unknown numbers."""
    people = f"SELECT id, member FROM account WHERE community = {int(community)} AND NOT bot"
    account, member = await read_columns(database, people, 2)
    top = await read_columns(database, "SELECT coalesce(max(id), 0) FROM account", 1)
    member_of = np.full(int(top[0][0]) + 1, NOBODY, np.int64)
    member_of[account] = member
    return member_of


async def read_columns(database: Database, sql: str, width: int) -> list[Ints]:
    """Run a query of whole numbers and return its columns.

    On SQLite a connection of its own reads in a thread: by ADBC where it is installed (the extra `analytics`), else by
    the standard cursor.
    """
    if database.path is not None:
        return await asyncio.to_thread(_read_sqlite, str(database.path), sql, width)
    async with database.read() as connection:
        return _columns((await connection.execute(text(sql))).fetchall(), width)


def _read_sqlite(path: str, sql: str, width: int) -> list[Ints]:
    try:
        from adbc_driver_sqlite import dbapi
    except ImportError:
        return by_cursor(path, sql, width)
    with dbapi.connect(path) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        table = cursor.fetch_arrow_table()
    return [_whole(column) for column in table.columns]


def _whole(column: ChunkedArray) -> Ints:
    """Turn an Arrow column into whole numbers (an empty one has no type of its own)."""
    return np.asarray(column.to_numpy(), np.int64) if len(column) else np.empty(0, np.int64)


def by_cursor(path: str, sql: str, width: int) -> list[Ints]:
    """Read columns by the standard SQLite cursor, a slice at a time so that memory stays that of the arrays."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        cursor = connection.execute(sql)
        slices = []
        while rows := cursor.fetchmany(50_000):
            flat = np.fromiter(chain.from_iterable(rows), np.int64, count=len(rows) * width)
            slices.append(flat.reshape(-1, width))
    finally:
        connection.close()
    table = np.concatenate(slices) if slices else np.empty((0, width), np.int64)
    return [np.ascontiguousarray(table[:, n]) for n in range(width)]


def _columns(rows: Iterable[Any], width: int) -> list[Ints]:
    flat = np.fromiter(chain.from_iterable(rows), np.int64)
    return [np.ascontiguousarray(column) for column in flat.reshape(-1, width).T]
