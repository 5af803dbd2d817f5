"""Engagements as columns: for settling a few member-days, and for looking at a community's whole history."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Collection, Iterable, Mapping
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
from bot.storage.what_counts import BY_ROLE, BY_TEAM, Passed, passed
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
    people = await _people(connection, np.concatenate((account, other)))
    order, place = np.unique(context, return_inverse=True)
    there = await contexts.placed(connection, order.tolist())
    known = [there[number] for number in order.tolist()]
    space = np.array([one.space for one in known], np.int64)[place]
    who, whom = (people.members(one, space) for one in (account, other))
    acts = Acts(who, day, at, kind, place, whom, amount, tuple(one.context for one in known))
    counts = (who != NOBODY) & ~np.array([one.left_out for one in known], np.bool_)[place]
    return acts if counts.all() else acts.where(counts)  # the author of thanks may be a machine, or left out


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


@dataclass(frozen=True, slots=True)
class _People:
    """Accounts with their members (sorted by account), and (account, space) pairs of who does not count where."""

    accounts: Ints
    member: Ints
    held: frozenset[tuple[int, int]]

    def members(self, accounts: Ints, space: Ints) -> Ints:
        """Return the members of accounts in spaces; `NOBODY` for 0, machines, and who does not count there."""
        at = np.minimum(np.searchsorted(self.accounts, accounts), len(self.accounts) - 1)
        found = np.where(self.accounts[at] == accounts, self.member[at], NOBODY)
        if self.held:
            pairs = zip(accounts.tolist(), space.tolist(), strict=True)
            found[[pair in self.held for pair in pairs]] = NOBODY
        return found


async def _people(connection: AsyncConnection, accounts: Ints) -> _People:
    """Return who some accounts are."""
    rows = await matching(
        connection,
        "SELECT a.id, a.member, coalesce(l.space, 0) FROM {given} JOIN account a ON a.id = given.id "
        "LEFT JOIN left_out l ON l.community = a.community AND l.handle = a.handle AND l.space > 0 WHERE NOT a.bot",
        {"id": "bigint"},
        ((one,) for one in np.unique(accounts).tolist()),
    )
    held = frozenset((row[0], row[2] - BY_ROLE) for row in rows if BY_ROLE < row[2] < BY_TEAM)
    nowhere = {row[0] for row in rows if row[2] and not BY_ROLE < row[2] < BY_TEAM}
    table = np.array(sorted({(row[0], row[1]) for row in rows if row[0] not in nowhere}) or [(0, NOBODY)], np.int64)
    return _People(np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1]), held)


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


_OTHER = "coalesce(e.target, p.account, 0)"
_INDEXES = {Kind.THANKS: "ix_engagement_receiver", Kind.PARTICIPATION: "ix_engagement_participation"}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a community's acts. The costs go by the number of values: small ones are packed in one, days left out."""

    database: Database
    community: int
    contexts: Mapping[int, Context]
    passed: Passed
    """What does not count."""
    alone: bool
    """Whether the community has the database to itself."""

    @classmethod
    async def open(cls, database: Database, community: int) -> _Reader:
        async with database.read() as connection:
            known = await contexts.everything(connection, community)
            sql = "SELECT 1 FROM community WHERE id <> :community LIMIT 1"
            others = await rows_of(connection, sql, community=community)
            return cls(database, community, known, await passed(connection, community), not others)

    async def columns(self, values: str, join: str = "", kind: Kind | None = None) -> list[Ints]:
        """Return the accounts, moments and packed numbers, and with a join the accounts on the other side."""
        only = f"AND e.kind = {int(kind)}" if kind else ""
        values = values.replace(_OTHER, self.passed.person(_OTHER))
        sql = (
            f"SELECT e.account, e.at, {values} FROM engagement e {self._way(kind)} {join} "
            f"WHERE e.community = {int(self.community)} AND e.holds{self.passed.acts} {only}"
        )
        return await read_columns(self.database, sql, 4 if join else 3, whole="" if kind else "engagement e")

    async def acts(self, as_of: int, reading: Awaitable[list[Ints]]) -> Acts:
        """Read the columns and who everybody is: both at once where the reading is done elsewhere."""
        people = _members(self.database, self.passed)
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
        return _PARENT, f", {_OTHER}"
    asked = f"e.kind IN ({', '.join(str(int(one)) for one in kinds)})"
    # A key that is NULL is found nowhere at once, where a condition beside the key would be looked at afterwards.
    parent = _PARENT.replace("p.key = e.parent", f"p.key = CASE WHEN e.target IS NULL AND {asked} THEN e.parent END")
    return parent, f", {_OTHER}"


async def _members(database: Database, of: Passed) -> Ints:
    """Return the member of each account number; `NOBODY` for who does not count, and for unknown numbers."""
    people = f"SELECT id, member FROM account WHERE community = {int(of.community)} AND {of.people}"
    account, member = await read_columns(database, people, 2, whole="account")
    top = await read_columns(database, "SELECT coalesce(max(id), 0) FROM account", 1)
    member_of = np.full(int(top[0][0]) + 1, NOBODY, np.int64)
    member_of[account] = member
    return member_of


def _columns(rows: Iterable[Any], width: int) -> list[Ints]:
    flat = np.fromiter(chain.from_iterable(rows), np.int64)
    return [np.ascontiguousarray(column) for column in flat.reshape(-1, width).T]
