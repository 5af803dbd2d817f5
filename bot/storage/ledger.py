"""A member's own engagements one by one, to explain where a figure comes from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.storage.accounts import by_member
from bot.storage.accounts import find as find_accounts
from bot.storage.bulk import matching, rows_of
from bot.storage.schema import account, member, space
from bot.storage.what_counts import counts
from scoring.signals import Account, Kind


@dataclass(frozen=True, slots=True)
class Person:
    """A member: number, public id, whether they have a page (all joined into one must), and their sealed accounts."""

    id: int
    public: str
    page: bool
    sealed: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One engagement: its key, author and the member it is about (0: nobody known), and what was done when and where.

    `at` is in ms, `context` the store's number, `estimated` says that the time is that of the message it is about.
    """

    key: str
    author: int
    about: int
    kind: Kind
    day: int
    at: int
    context: int
    amount: int
    estimated: bool


async def find(connection: AsyncConnection, community: int, public: str) -> int | None:
    """Return a member's number by public id (or by number, written out), following merges."""
    wanted = member.c.public == public
    if public.isdecimal() and len(public) < 18:
        wanted = wanted | (member.c.id == int(public))
    row = await connection.execute(
        select(member.c.id, member.c.merged_into).where(member.c.community == community, wanted)
    )
    there = row.first()
    return None if there is None else (there[1] or there[0])


async def person(connection: AsyncConnection, community: int, number: int) -> Person:
    """Return a member."""
    rows = await connection.execute(
        text("SELECT public, page FROM member WHERE id = :id OR merged_into = :id ORDER BY id = :id DESC"),
        {"id": number},
    )
    found = rows.fetchall()
    accounts = await by_member(connection, community, number)
    return Person(number, found[0][0], all(bool(row[1]) for row in found), tuple(sealed for _, sealed in accounts))


async def pages(connection: AsyncConnection, community: int) -> set[int]:
    """Return the members who have a page."""
    rows = await connection.execute(
        text(
            "SELECT coalesce(merged_into, id) FROM member WHERE community = :community "
            "GROUP BY coalesce(merged_into, id) HAVING min(CASE WHEN page THEN 1 ELSE 0 END) = 1"
        ),
        {"community": community},
    )
    return {row[0] for row in rows}


async def by_external(connection: AsyncConnection, community: int, keys: Keys, wanted: str) -> set[int]:
    """Return the members with an account that its platform calls so; `SCHEME:ID` names an imported id's scheme."""
    platforms = await connection.execute(select(account.c.platform).where(account.c.community == community).distinct())
    spaces = await connection.execute(select(space.c.external).where(space.c.community == community))
    realms = ["", *(row[0] for row in spaces)]
    scheme, _, name = wanted.partition(":")
    guesses = [
        Account(row[0], realm, external)
        for row in platforms
        for realm, external in (*((realm, wanted) for realm in realms), (scheme, name), ("", name))
        if external
    ]
    found = await find_accounts(connection, community, {keys.handle(one) for one in guesses})
    return {one.member for one in found.values()}


async def entries(connection: AsyncConnection, community: int, number: int, days: list[int]) -> list[Entry]:
    """Return a member's engagements on some days (as author, and thanks received), in order of time."""
    rows = await matching(
        connection,
        "SELECT e.key, w.member, coalesce(o.member, 0), e.kind, e.day, e.at, e.context, e.amount, e.estimated "
        "FROM {given} JOIN engagement e ON e.community = :community AND e.day = given.day "
        "JOIN context c ON c.id = e.context "
        f"JOIN account w ON w.id = e.account AND {counts('w')} "
        "LEFT JOIN engagement p ON p.community = e.community AND p.key_day = e.parent_day AND p.key = e.parent "
        f"LEFT JOIN account o ON o.id = coalesce(e.target, p.account) AND {counts('o')} "
        f"WHERE e.holds AND (w.member = :number OR (e.kind = {Kind.THANKS:d} AND o.member = :number)) "
        "ORDER BY e.at, e.key",
        {"day": "int"},
        ((day,) for day in days),
        community=community,
        number=number,
    )
    return [Entry(row[0], row[1], row[2], Kind(row[3]), row[4], row[5], row[6], row[7], bool(row[8])) for row in rows]


async def done_on(connection: AsyncConnection, community: int, account: int, kind: Kind, day: int) -> int:
    """Return how many engagements of a kind an account has on a day."""
    rows = await rows_of(
        connection,
        "SELECT count(*) FROM engagement e WHERE e.community = :community AND e.day = :day AND e.account = :account "
        "AND e.kind = :kind AND e.holds",
        community=community,
        day=day,
        account=account,
        kind=int(kind),
    )
    return int(rows[0][0])


async def people(connection: AsyncConnection, community: int, most: int | None = None) -> dict[int, Person]:
    """Return all members of a community with the accounts that are theirs now; nobody where those are over `most`."""
    query = (
        select(member.c.id, member.c.public, member.c.page, account.c.sealed)
        .join(account, account.c.member == member.c.id)
        .where(member.c.community == community)
        .order_by(member.c.id, account.c.id)
    )
    rows = (await connection.execute(query.limit(None if most is None else most + 1))).fetchall()
    if most is not None and len(rows) > most:
        return {}
    found: dict[int, Person] = {}
    for number, public, page, sealed in rows:
        before = found[number].sealed if number in found else ()
        found[number] = Person(number, public, bool(page), (*before, bytes(sealed)))
    return found
