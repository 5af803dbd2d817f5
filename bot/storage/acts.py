"""Engagements as columns: for settling a few member-days, and for looking at a community's whole history."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import contexts
from bot.storage.bulk import matching, rows_of
from bot.storage.columns import read_columns, read_elsewhere
from bot.storage.engine import Database
from bot.storage.packing import KIND, PACKED, unpack
from scoring.asked import counterparts_asked, details_asked
from scoring.columns import NOBODY, Acts, Ints
from scoring.mountain import Mountain
from scoring.signals import Context, Kind

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

    `counterparts` are the kinds of acts for which it is looked up whom they are about.
    """
    parent, other = _about(counterparts)
    reader = await _Reader.open(database, community)
    return await reader.acts(as_of, reader.columns(f"{PACKED}{other}", parent, kind))


async def to_score(database: Database, community: int, as_of: int, mountain: Mountain) -> Acts:
    """Return all acts up to a day, with no more about them than these rules look at.

    Contexts and amounts are left out of kinds for which no engagement type asks for them, and counterparts likewise.
    """
    reader = await _Reader.open(database, community)
    return await reader.acts(as_of, _asked(reader, mountain))


async def _asked(reader: _Reader, mountain: Mountain) -> list[Ints]:
    asked = counterparts_asked(mountain)
    lowest = min(details_asked(mountain), default=max(Kind) + 1)
    details = f"CASE WHEN e.kind < {int(lowest)} THEN e.kind ELSE {PACKED} END"
    if asked - {Kind.THANKS}:
        parent, other = _about(asked)
        return await reader.columns(f"{details}{other}", parent)
    columns = await reader.columns(details)
    if asked:  # few are thanked, and there is an index of them: the many are spared a column
        parent, other = _about(asked)
        thanks = await reader.columns(f"{PACKED}{other}", parent, Kind.THANKS)
        if len(thanks[0]):
            columns.append(np.zeros_like(columns[0]))
            others = columns[2] & KIND != Kind.THANKS
            columns = [np.concatenate((one[others], more)) for one, more in zip(columns, thanks, strict=True)]
    return columns


_INDEXES = {Kind.THANKS: "ix_engagement_receiver", Kind.PARTICIPATION: "ix_engagement_participation"}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a community's acts. The costs go by the number of values: small ones are packed in one, days left out."""

    database: Database
    community: int
    contexts: Mapping[int, Context]
    alone: bool
    """Whether the community has the database to itself."""

    @classmethod
    async def open(cls, database: Database, community: int) -> _Reader:
        async with database.read() as connection:
            known = await contexts.everything(connection, community)
            sql = "SELECT 1 FROM community WHERE id <> :community LIMIT 1"
            others = await rows_of(connection, sql, community=community)
            return cls(database, community, known, not others)

    async def columns(self, values: str, join: str = "", kind: Kind | None = None) -> list[Ints]:
        """Return the accounts, moments and packed numbers, and with a join the accounts on the other side."""
        only = f"AND e.kind = {int(kind)}" if kind else ""
        sql = (
            f"SELECT e.account, e.at, {values} FROM engagement e {self._way(kind)} {join} "
            f"WHERE e.community = {int(self.community)} AND e.holds {only}"
        )
        return await read_columns(self.database, sql, 4 if join else 3, whole="" if kind else "engagement e")

    async def acts(self, as_of: int, reading: Awaitable[list[Ints]]) -> Acts:
        """Read the columns and who everybody is: both at once where the reading is done elsewhere."""
        people = _members(self.database, self.community)
        if read_elsewhere(self.database):
            columns, member_of = await asyncio.gather(reading, people)
        else:  # two cursors in one process would only wait for one another
            columns, member_of = await reading, await people
        return unpack(columns, member_of, self.contexts, as_of)

    def _way(self, kind: Kind | None) -> str:
        """Tell SQLite its way: by a kind's own index, or from end to end where nearly all is wanted anyway.

        Left alone it takes an index that leads it all over the table.
        """
        if self.database.path is None:
            return ""
        if kind in _INDEXES:
            return f"INDEXED BY {_INDEXES[kind]}"
        return "NOT INDEXED" if self.alone else ""


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


async def _members(database: Database, community: int) -> Ints:
    """Return the member of each account number; `NOBODY` for machines and unknown numbers."""
    people = f"SELECT id, member FROM account WHERE community = {int(community)} AND NOT bot"
    account, member = await read_columns(database, people, 2, whole="account")
    top = await read_columns(database, "SELECT coalesce(max(id), 0) FROM account", 1)
    member_of = np.full(int(top[0][0]) + 1, NOBODY, np.int64)
    member_of[account] = member
    return member_of


def _columns(rows: Iterable[Any], width: int) -> list[Ints]:
    flat = np.fromiter(chain.from_iterable(rows), np.int64)
    return [np.ascontiguousarray(column) for column in flat.reshape(-1, width).T]
