"""Who is who: identities joined into one member on somebody's word, and parted again when the word is taken back.

A member keeps its number for ever; joining sets `merged_into`, and the accounts point at whom they belong to now. The
member with the lowest number of those joined stands for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import pairwise

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import marks
from bot.storage.bulk import insert_new, matching
from bot.storage.families import concerned
from bot.storage.schema import link

_ACCOUNTS = {"id": "bigint"}


async def join_accounts(
    connection: AsyncConnection, community: int, source: int, pairs: Iterable[tuple[int, int]], fresh_after: int
) -> None:
    """Put down that pairs of accounts are one person's, on the word of a source, and join their members.

    Accounts with numbers above `fresh_after` were made in this very transaction and have done nothing yet.
    """
    said = sorted({(min(pair), max(pair)) for pair in pairs})
    await insert_new(
        connection,
        link,
        ("community", "account", "other", "source"),
        [(community, *pair, source) for pair in said],
    )
    member_of = await members_of(connection, {one for pair in said for one in pair})
    apart = {member_of[one] for pair in said for one in pair if member_of[pair[0]] != member_of[pair[1]]}
    await _regroup(connection, community, apart, fresh_after)


async def part_accounts(connection: AsyncConnection, community: int, source: int) -> set[int]:
    """Take back every link that rests on a source's word; returns the accounts that were linked by it."""
    gone = await connection.execute(
        text("DELETE FROM link WHERE community = :community AND source = :source RETURNING account, other"),
        {"community": community, "source": source},
    )
    accounts = {one for row in gone for one in (row[0], row[1])}
    await _regroup(connection, community, set((await members_of(connection, accounts)).values()))
    return accounts


async def part_pair(connection: AsyncConnection, community: int, source: int, pair: tuple[int, int]) -> bool:
    """Take back a source's word that a pair of accounts is one person's; returns whether it stood."""
    gone = await connection.execute(
        text(
            "DELETE FROM link WHERE community = :community AND source = :source AND account = :one AND other = :other "
            "RETURNING id"
        ),
        {"community": community, "source": source, "one": min(pair), "other": max(pair)},
    )
    if gone.first() is None:
        return False
    await _regroup(connection, community, set((await members_of(connection, pair)).values()))
    return True


async def part_one(connection: AsyncConnection, community: int, account: int) -> None:
    """Take an account out of those that are one person's, whoever vouched for it; the others stay together.

    Where only this account held some of them together, they are joined on the word of the last source that vouched for
    a link with it: undoing that source parts them as it would have done before.
    """
    gone = await connection.execute(
        text(
            "DELETE FROM link WHERE community = :community AND (account = :account OR other = :account) "
            "RETURNING account, other, source"
        ),
        {"community": community, "account": account},
    )
    rows = [(row[0] if row[1] == account else row[1], row[2]) for row in gone]
    if not rows:
        return
    others, source = sorted({row[0] for row in rows}), max(row[1] for row in rows)
    chain = [(community, one, other, source) for one, other in pairwise(others)]
    await insert_new(connection, link, ("community", "account", "other", "source"), chain)
    await _regroup(connection, community, set((await members_of(connection, {account, *others})).values()))


async def members_of(connection: AsyncConnection, accounts: Iterable[int]) -> dict[int, int]:
    """Return whose these accounts are now."""
    rows = await matching(
        connection,
        "SELECT a.id, a.member FROM {given} JOIN account a ON a.id = given.id",
        _ACCOUNTS,
        ((one,) for one in accounts),
    )
    return {row[0]: row[1] for row in rows}


async def _regroup(
    connection: AsyncConnection, community: int, members: Collection[int], fresh_after: int | None = None
) -> None:
    """Work out from the links that stand who is one person, for all accounts of these members."""
    if not members:
        return
    rows = await matching(
        connection,
        "SELECT a.id, a.own_member, a.member FROM {given} JOIN account a ON a.member = given.id "
        "WHERE a.community = :community",
        _ACCOUNTS,
        ((one,) for one in members),
        community=community,
    )
    own = {row[0]: row[1] for row in rows}
    links = await matching(
        connection,
        "SELECT l.account, l.other FROM {given} JOIN link l ON l.account = given.id WHERE l.community = :community",
        _ACCOUNTS,
        ((one,) for one in own),
        community=community,
    )
    leader = components(own, [(row[0], row[1]) for row in links])
    roots = {one: min(own[other] for other in group) for group in leader for one in group}
    moved = {row[0] for row in rows if row[2] != roots[row[0]] and (fresh_after is None or row[0] <= fresh_after)}
    days = await concerned(connection, community, moved) if moved else set()
    await marks.dirty_members(connection, community, members)
    await connection.execute(
        text("UPDATE account SET member = :member WHERE id = :id"),
        [{"member": roots[one], "id": one} for one in own],
    )
    root_of = {own[one]: roots[one] for one in own}
    await connection.execute(
        text("UPDATE member SET merged_into = :root WHERE id = :id"),
        [{"id": who, "root": None if root == who else root} for who, root in root_of.items()],
    )
    await marks.dirty_accounts(connection, community, days)
    await marks.dirty_old_days(connection, community, root_of)


def components(accounts: Iterable[int], links: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return things (accounts, members) in groups that links connect."""
    near: dict[int, list[int]] = defaultdict(list)
    for one, other in links:
        near[one].append(other)
        near[other].append(one)
    groups, seen = [], set[int]()
    for start in accounts:
        if start in seen:
            continue
        group, ahead = [], [start]
        seen.add(start)
        while ahead:
            one = ahead.pop()
            group.append(one)
            ahead += [other for other in near[one] if other not in seen]
            seen.update(near[one])
        groups.append(group)
    return groups
