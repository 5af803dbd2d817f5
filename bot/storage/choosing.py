"""What people chose: the rows that tell it one after another, and the state that follows from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import marks
from bot.storage.bulk import each, insert_new, matching, rows_of
from bot.storage.schema import account, choice, left_out, member
from bot.storage.spaces import OWN_WORD, UNDER_AGE
from bot.storage.what_counts import leaves_out
from scoring.signals import Kind

_MEMBERS = {"member": "bigint"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One thing that somebody chose or was asked: where (0 is everywhere), what, in which text, when and how."""

    member: int
    space: int
    what: str
    value: str
    version: str
    at: int
    source: str


class Mine(NamedTuple):
    """An account that is somebody's: its number, pseudonym, and the member that it began with."""

    id: int
    handle: str
    own_member: int


@dataclass(frozen=True, slots=True)
class Family:
    """Somebody with all their accounts. `root` is the member who stands for all; `begins` the day of their page.

    `page` holds where all who are joined have one: the strictest word counts.
    """

    root: int
    accounts: tuple[Mine, ...]
    page: bool
    begins: int

    @property
    def members(self) -> list[int]:
        """All members who are joined in them."""
        return sorted({self.root, *(one.own_member for one in self.accounts)})


async def family(connection: AsyncConnection, community: int, handle: str) -> Family | None:
    """Return whom a pseudonym belongs to, None where nothing is stored of them."""
    here = account.c.community == community
    root = (await connection.execute(select(account.c.member).where(here, account.c.handle == handle))).scalar()
    return None if root is None else await family_of(connection, community, root)


async def family_of(connection: AsyncConnection, community: int, root: int) -> Family | None:
    """Return a member with all their accounts, None where there is no such member."""
    rows = await rows_of(
        connection,
        "SELECT m.id, m.page, m.begins FROM member m WHERE m.community = :community "
        "AND (m.id = :root OR m.merged_into = :root)",
        community=community,
        root=root,
    )
    if not rows:
        return None
    columns = select(account.c.id, account.c.handle, account.c.own_member)
    mine = await connection.execute(
        columns.where(account.c.community == community, account.c.member == root).order_by(account.c.id)
    )
    accounts = tuple(Mine(*row) for row in mine)
    return Family(root, accounts, all(bool(row[1]) for row in rows), max(row[2] for row in rows))


async def put(connection: AsyncConnection, community: int, rows: Iterable[Chosen]) -> None:
    """Add rows; none is ever changed."""
    columns = ("community", "member", "space", "what", "value", "version", "at", "source")
    values = [(community, one.member, one.space, one.what, one.value, one.version, one.at, one.source) for one in rows]
    await insert_new(connection, choice, columns, values)


async def of(connection: AsyncConnection, community: int, members: Collection[int]) -> list[Chosen]:
    """Return what some members chose and were asked, in the order it came."""
    names = (choice.c[name] for name in Chosen.__slots__)
    query = select(*names).where(choice.c.community == community, choice.c.member.in_(members)).order_by(choice.c.id)
    return [Chosen(*row) for row in await connection.execute(query)]


async def set_page(
    connection: AsyncConnection, community: int, members: Collection[int], *, page: bool, begins: int | None = None
) -> None:
    """Give members a page or take it; `begins` is the day that it begins, None leaves that as it is."""
    sets = "page = :page" if begins is None else "page = :page, begins = :begins"
    rows = [{"id": one, "page": page} | ({} if begins is None else {"begins": begins}) for one in members]
    await each(connection, f"UPDATE member SET {sets} WHERE id = :id", rows)
    if begins is not None:
        await marks.dirty_members(connection, community, members)


async def with_page(connection: AsyncConnection, members: Collection[int]) -> set[int]:
    """Return those of some members who have a page of their own, whomever they are joined with."""
    query = select(member.c.id).where(member.c.id.in_(members), member.c.page)
    return set((await connection.execute(query)).scalars())


async def pages_among(connection: AsyncConnection, community: int, roots: Iterable[int]) -> tuple[set[int], set[int]]:
    """Return who has no page among members who stand for all joined in them, and who has one of their own.

    The latter chose it, or take part where everybody has one; a page that is only due to a file is none.
    """
    rows = await matching(
        connection,
        "SELECT m.id, EXISTS (SELECT 1 FROM member n WHERE n.merged_into = m.id AND NOT n.page), m.page, "
        "EXISTS (SELECT 1 FROM account a WHERE a.community = m.community AND a.member = m.id AND (a.source = 0 "
        "OR EXISTS (SELECT 1 FROM import_run r WHERE r.id = a.source AND r.source LIKE '%-history') "
        "OR EXISTS (SELECT 1 FROM choice c WHERE c.community = m.community AND c.member = a.own_member "
        "AND c.what = 'page' AND c.source <> 'team'))) "
        "FROM {given} JOIN member m ON m.id = given.member WHERE m.community = :community",
        _MEMBERS,
        ((one,) for one in set(roots)),
        community=community,
    )
    bare = {row[0] for row in rows if row[1] or not row[2]}
    return bare, {row[0] for row in rows if row[3]} - bare


async def chose(connection: AsyncConnection, community: int, accounts: Iterable[int], value: str) -> set[int]:
    """Return the members whose some accounts are now, and of whom, or who is joined in them, a choice was put down."""
    rows = await matching(
        connection,
        "SELECT DISTINCT a.member FROM {given} JOIN account a ON a.id = given.account "
        "JOIN account b ON b.community = :community AND b.member = a.member "
        "JOIN choice c ON c.community = :community AND c.member = b.own_member "
        "WHERE c.value = :value",
        {"account": "bigint"},
        ((one,) for one in set(accounts)),
        community=community,
        value=value,
    )
    return {row[0] for row in rows}


async def days_before(connection: AsyncConnection, community: int, whose: Family) -> list[int]:
    """Return the days before somebody's page begins on which they did something, or were thanked."""
    rows = await matching(
        connection,
        "SELECT DISTINCT e.day FROM engagement e WHERE e.community = :community AND e.day < :begins "
        "AND e.account IN (SELECT given.account FROM {given}) UNION "
        "SELECT DISTINCT e.day FROM engagement e WHERE e.community = :community AND e.day < :begins "
        f"AND e.kind = {Kind.THANKS:d} AND e.target IN (SELECT given.account FROM {{given}})",
        {"account": "bigint"},
        ((one.id,) for one in whose.accounts),
        community=community,
        begins=whose.begins,
    )
    return sorted(row[0] for row in rows)


async def mark_days(connection: AsyncConnection, community: int, root: int, days: Iterable[int]) -> None:
    """Have a member's days settled anew."""
    accounts = select(account.c.id).where(account.c.community == community, account.c.member == root).limit(1)
    number = (await connection.execute(accounts)).scalar()
    if number is not None:
        await marks.dirty_accounts(connection, community, {(day, number) for day in days})


async def drop_old(connection: AsyncConnection, community: int, members: Collection[int]) -> None:
    """Delete what acts of members gave that are kept no longer, and have those days settled anew."""
    rows = await matching(
        connection,
        "DELETE FROM old_tally WHERE community = :community AND member IN (SELECT given.member FROM {given}) "
        "RETURNING member",
        _MEMBERS,
        ((one,) for one in members),
        community=community,
    )
    if rows:
        roots = await matching(
            connection,
            "SELECT coalesce(m.merged_into, m.id) FROM {given} JOIN member m ON m.id = given.member",
            _MEMBERS,
            ({(row[0],) for row in rows}),
        )
        await marks.dirty_members(connection, community, {row[0] for row in roots})


async def own_words(connection: AsyncConnection, community: int, handles: Collection[str]) -> set[int]:
    """Return where people left themselves out: `OWN_WORD` is everywhere, -n in space n."""
    here = left_out.c.community == community, left_out.c.handle.in_(handles), left_out.c.space <= OWN_WORD
    return set((await connection.execute(select(left_out.c.space).where(*here))).scalars())


async def left_out_by_team(connection: AsyncConnection, community: int, handles: Collection[str], space: int) -> bool:
    """Whether the team leaves one of these out of a space, or of all."""
    here = left_out.c.community == community, left_out.c.handle.in_(handles), left_out.c.space > OWN_WORD
    words = (await connection.execute(select(left_out.c.space).where(*here))).scalars()
    return any(leaves_out(one, space) for one in words)


async def left_out_among(connection: AsyncConnection, community: int, some: Iterable[str], where: int) -> set[str]:
    """Return those among some pseudonyms who are left out by one word of the team (see `what_counts`)."""
    rows = await matching(
        connection,
        "SELECT l.handle FROM {given} JOIN left_out l ON l.handle = given.handle "
        "WHERE l.community = :community AND l.space = :space",
        {"handle": "text"},
        ((one,) for one in some),
        community=community,
        space=where,
    )
    return {row[0] for row in rows}


async def pages_of(connection: AsyncConnection, community: int, some: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return those among some pseudonyms who have a page, and those of them who may have it because of a role."""
    rows = await matching(
        connection,
        "SELECT a.handle, CASE WHEN EXISTS (SELECT 1 FROM choice c WHERE c.community = a.community "
        "AND c.member = a.own_member AND c.what = 'page' AND c.source = 'role') THEN 1 ELSE 0 END "
        "FROM {given} JOIN account a ON a.handle = given.handle JOIN member m ON m.id = a.own_member "
        "WHERE a.community = :community AND m.page",
        {"handle": "text"},
        ((one,) for one in some),
        community=community,
    )
    return {row[0] for row in rows}, {row[0] for row in rows if row[1]}


async def handles(connection: AsyncConnection, community: int) -> list[str]:
    """Return the pseudonyms of all accounts."""
    return list((await connection.execute(select(account.c.handle).where(account.c.community == community))).scalars())


async def under_age(connection: AsyncConnection, community: int, markers: Collection[str]) -> bool:
    """Whether one of these markers stands for somebody who is under age."""
    here = left_out.c.community == community, left_out.c.handle.in_(markers), left_out.c.space == UNDER_AGE
    return (await connection.execute(select(left_out.c.space).where(*here).limit(1))).first() is not None


async def take_back(connection: AsyncConnection, community: int, handles: Collection[str], where: Sequence[int]) -> int:
    """Let people in again who left themselves out; returns how many such words were taken back."""
    here = left_out.c.community == community, left_out.c.handle.in_(handles), left_out.c.space.in_(where)
    return len((await connection.execute(delete(left_out).where(*here).returning(left_out.c.handle))).fetchall())


async def withdraw_invitations(connection: AsyncConnection, community: int, members: Collection[int]) -> None:
    """Take back that members wish to be invited, in all spaces."""
    await each(
        connection,
        "UPDATE reach SET invite = NULL WHERE community = :community AND member = :member",
        [{"community": community, "member": one} for one in members],
    )


async def invited(connection: AsyncConnection, community: int, members: Collection[int], space: int) -> list[str]:
    """Return what members chose in a space about being invited."""
    rows = await matching(
        connection,
        "SELECT r.invite FROM {given} JOIN reach r ON r.member = given.member "
        "WHERE r.community = :community AND r.space = :space AND r.invite IS NOT NULL",
        _MEMBERS,
        ((one,) for one in members),
        community=community,
        space=space,
    )
    return [row[0] for row in rows]


async def people_with_pages(connection: AsyncConnection, community: int) -> int:
    """Return how many have a page."""
    query = "SELECT count(*) FROM member WHERE community = :of AND page AND merged_into IS NULL"
    return int((await connection.execute(text(query), {"of": community})).scalar_one())
