"""Accounts and members: finding whom a signal is about, and making room for whom it names first."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.storage.bulk import Rows, insert_new, matching
from bot.storage.schema import account, member
from bot.storage.what_counts import leaves_out
from scoring.signals import Account


class Known(NamedTuple):
    """An account in the store."""

    id: int
    member: int
    bot: bool


@dataclass(frozen=True, slots=True)
class Newcomers:
    """How accounts seen for the first time begin: on whose word, and with a page or only counted."""

    source: int
    page: bool
    wait: bool = False
    """Nothing is kept of them before their own yes (a strict space)."""


class Found(NamedTuple):
    """What the store says of identities: those it knows and those that are left out, by pseudonym.

    `consent` is the policy of the space that was asked about, None where there is none.
    """

    known: dict[str, Known]
    left_out: frozenset[str]
    consent: str | None


class Memory:
    """Accounts that earlier transactions have read, so that a busy hour does not look the same people up again.

    What a transaction uses of it has been proved in that very transaction: the community's count of changes to people
    (which triggers keep in the database) is the one that was read with them. A transaction that fails leaves nothing in
    it: call `forget` then.
    """

    def __init__(self, most: int = 20_000) -> None:
        """Remember at most so many accounts of a community."""
        self._most = most
        self._known: dict[int, tuple[int, dict[str, Known]]] = {}

    def of(self, community: int) -> dict[str, Known]:
        """Return the accounts of a community by pseudonym, as they were when last read."""
        return self._known[community][1] if community in self._known else {}

    def proves(self, community: int, version: int) -> bool:
        """Whether nobody has changed since; where somebody has, all are forgotten."""
        version_then, known = self._known.setdefault(community, (version, {}))
        if version_then != version or len(known) > self._most:
            self._known[community] = version, {}
        return version_then == version

    def forget(self) -> None:
        """Forget all."""
        self._known.clear()


async def look_up(
    connection: AsyncConnection, community: int, handles: Collection[str], space: int | None, memory: Memory
) -> Found:
    """Ask the store about identities and the policy of the space they act in, all with one query.

    Who left themselves out of one space only, or holds a role that one leaves out, is left out where it is the one. Of
    people who are joined, what one of them said of themselves holds for all.
    """
    remembered = memory.of(community)
    there = {handle: remembered[handle] for handle in handles if handle in remembered}
    rows = await _ask(connection, community, [one for one in handles if one not in there], space)
    version = next(row[1] for row in rows if row[2] == _VERSION)
    if not memory.proves(community, version) and there:
        return await look_up(connection, community, handles, space, memory)
    known = {row[0]: Known(row[1], row[2], bool(row[3])) for row in rows if row[2] > 0}
    words = [(row[0], row[1]) for row in rows if row[2] == _LEFT_OUT]
    left_out = frozenset(handle for handle, where in words if leaves_out(where, space or 0))
    # Whoever said a word of the kind is asked about each time: it may hold in one space and not in another.
    said = {handle for handle, _ in words}
    memory.of(community).update({handle: one for handle, one in known.items() if handle not in said})
    for one in left_out & known.keys():
        del known[one]
    policy = next((row[0] for row in rows if row[2] == _POLICY), None)
    return Found(there | known, left_out, policy)


async def _ask(connection: AsyncConnection, community: int, handles: Iterable[str], space: int | None) -> Rows:
    return await matching(
        connection,
        "SELECT a.handle, a.id, a.member, a.bot FROM {given} JOIN account a ON a.handle = given.handle "
        "WHERE a.community = :community "
        f"UNION ALL SELECT l.handle, l.space, {_LEFT_OUT}, FALSE FROM {{given}} "
        "JOIN left_out l ON l.handle = given.handle WHERE l.community = :community "
        # what somebody said with one account holds for all that they are joined in
        f"UNION ALL SELECT a.handle, l.space, {_LEFT_OUT}, FALSE FROM {{given}} JOIN account a "
        "ON a.community = :community AND a.handle = given.handle JOIN account b ON b.community = a.community "
        "AND b.member = a.member AND b.id <> a.id JOIN left_out l ON l.community = b.community "
        "AND l.handle = b.handle AND l.space <= 0 "
        f"UNION ALL SELECT s.consent, 0, {_POLICY}, FALSE FROM space s WHERE s.id = :space "
        f"UNION ALL SELECT '', c.people, {_VERSION}, FALSE FROM community c WHERE c.id = :community",
        {"handle": "text"},
        ((handle,) for handle in handles),
        community=community,
        space=space or 0,
    )


_LEFT_OUT, _POLICY, _VERSION = 0, -1, -2
"""What stands for a member's number in rows that tell something else."""


async def find(connection: AsyncConnection, community: int, handles: Iterable[str]) -> dict[str, Known]:
    """Return the accounts with these pseudonyms, but for those who are left out."""
    return (await look_up(connection, community, list(handles), None, Memory())).known


async def find_or_make(
    connection: AsyncConnection, community: int, accounts: Mapping[str, Account], keys: Keys, newcomers: Newcomers
) -> dict[str, Known]:
    """Return the accounts by pseudonym, making those (and a member each) that are not there yet.

    Who is left out is not among them; nor, where newcomers wait, is who has no page.
    """
    found = await look_up(connection, community, accounts, None, Memory())
    refused = found.left_out | await forgotten(connection, community, keys, accounts.keys() - found.known.keys())
    admitted = {handle: one for handle, one in accounts.items() if handle not in refused}
    if newcomers.wait:
        return await with_page(connection, found.known)
    return found.known | await make(connection, community, found.known, admitted, (keys, newcomers))


async def own_member(connection: AsyncConnection, number: int) -> int | None:
    """Return the member that an account began with, None where there is no such account any more.

    What is put down of the account there stays with it when it is parted from those it is joined with.
    """
    found = await connection.execute(select(account.c.own_member).where(account.c.id == number))
    return found.scalar()


async def forgotten(connection: AsyncConnection, community: int, keys: Keys, handles: Iterable[str]) -> frozenset[str]:
    """Return those among unknown identities who asked to be forgotten."""
    marked = {keys.marker(handle): handle for handle in handles}
    if not marked:
        return frozenset()
    rows = await matching(
        connection,
        "SELECT l.handle FROM {given} JOIN left_out l ON l.handle = given.handle WHERE l.community = :community",
        {"handle": "text"},
        ((one,) for one in marked),
        community=community,
    )
    return frozenset(marked[row[0]] for row in rows)


async def with_page(connection: AsyncConnection, known: Mapping[str, Known]) -> dict[str, Known]:
    """Return those of the accounts who have said yes: with a page of their own, or machines."""
    rows = await matching(
        connection,
        "SELECT a.id FROM {given} JOIN account a ON a.id = given.id JOIN member m ON m.id = a.own_member "
        "WHERE m.page OR a.bot",
        {"id": "bigint"},
        ((one.id,) for one in known.values()),
    )
    yes = {row[0] for row in rows}
    return {handle: one for handle, one in known.items() if one.id in yes}


async def make(
    connection: AsyncConnection,
    community: int,
    known: Mapping[str, Known],
    accounts: Mapping[str, Account],
    terms: tuple[Keys, Newcomers],
) -> dict[str, Known]:
    """Make the accounts that are not known yet, and a member each, on these terms; returns the new ones."""
    keys, newcomers = terms
    missing = [handle for handle in accounts if handle not in known]
    if not missing:
        return {}
    members = await _new_members(connection, community, len(missing), newcomers.page)
    rows = [
        (community, handle, keys.seal(one), one.platform, one.bot, who, who, newcomers.source)
        for (handle, one), who in zip(((h, accounts[h]) for h in missing), members, strict=True)
    ]
    columns = ("community", "handle", "sealed", "platform", "bot", "own_member", "member", "source")
    await insert_new(connection, account, columns, rows)
    return await find(connection, community, missing)


async def _new_members(connection: AsyncConnection, community: int, n: int, page: bool) -> list[int]:
    publics = [str(uuid7()) for _ in range(n)]
    await insert_new(
        connection, member, ("community", "public", "page"), [(community, public, page) for public in publics]
    )
    rows = await matching(
        connection,
        "SELECT m.id FROM {given} JOIN member m ON m.public = given.public",
        {"public": "text"},
        ((public,) for public in publics),
    )
    return [row[0] for row in rows]


async def last(connection: AsyncConnection) -> int:
    """Return the highest number of an account, 0 where there is none."""
    return int((await connection.execute(select(func.coalesce(func.max(account.c.id), 0)))).scalar_one())


async def members_of(connection: AsyncConnection, numbers: Iterable[int]) -> list[int]:
    """Return the members whose these accounts are now, each once."""
    query = select(account.c.member).where(account.c.id.in_(list(numbers))).distinct().order_by(account.c.member)
    return list((await connection.execute(query)).scalars())


async def mark_bots(connection: AsyncConnection, accounts: Iterable[int]) -> None:
    """Remember that these accounts are machines."""
    await connection.execute(update(account).where(account.c.id.in_(list(accounts))).values(bot=True))


async def by_member(connection: AsyncConnection, community: int, who: int) -> list[tuple[int, bytes]]:
    """Return a member's accounts: number and sealed identity."""
    rows = await connection.execute(
        select(account.c.id, account.c.sealed)
        .where(account.c.community == community, account.c.member == who)
        .order_by(account.c.id)
    )
    return [(number, bytes(sealed)) for number, sealed in rows]


def uuid7() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562): 48 bits of time in ms, then random bits."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62)
