"""Whom we may contact: puts down what members did, chose and suffered that the Gate has to know (`knowing` reads it).

A member's row is the lock of all that goes to them. What is put down stays with the member it was put down for; of
people who are joined, everything counts together, and the strictest refusal wins.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import Invite
from bot.storage.bulk import is_sqlite, rows_of

_CONTACT = (
    "INSERT INTO contact (community, member, met_at, ignored, minor) VALUES (:community, :member, 0, 0, FALSE) "
    "ON CONFLICT (community, member) DO NOTHING"
)


async def _change(connection: AsyncConnection, community: int, member: int, sets: str, **values: object) -> None:
    """Change a member's row, which is made where it is not there."""
    who = {"community": community, "member": member}
    await lock(connection, community, member)
    await connection.execute(text(_CONTACT), who)
    here = "WHERE community = :community AND member = :member"
    await connection.execute(text(f"UPDATE contact SET {sets} {here}"), who | values)


async def met(connection: AsyncConnection, community: int, member: int, at: int, space: int | None = None) -> None:
    """Put down that a member came to us by themselves (ms); in a space, where one is given, they are there, then."""
    await _change(connection, community, member, f"met_at = {_LATER}", at=at)
    if space is not None:
        await came(connection, community, member, space)


async def renewed(connection: AsyncConnection, community: int, member: int, at: int) -> None:
    """Put down that a member wishes to go on, or answered an invitation, whatever the answer (ms)."""
    await _change(connection, community, member, f"met_at = {_LATER}, ignored = 0, asked_at = NULL", at=at)


_LATER = "CASE WHEN met_at < :at THEN :at ELSE met_at END"


async def ignored(connection: AsyncConnection, community: int, member: int) -> None:
    """Put down that a member let one more invitation pass. Whatever sends invitations says so when one expires."""
    await _change(connection, community, member, "ignored = ignored + 1")


async def asked(connection: AsyncConnection, community: int, member: int, at: int) -> None:
    """Put down that a member was asked whether to go on, where they have let some pass (ms)."""
    await _change(connection, community, member, "asked_at = CASE WHEN ignored > 0 THEN :at ELSE asked_at END", at=at)


async def set_zone(connection: AsyncConnection, community: int, member: int, zone: str | None) -> None:
    """Put down in which time zone (an IANA name) a member lives; None where they no longer say."""
    await _change(connection, community, member, "zone = :zone", zone=zone)


async def moved(connection: AsyncConnection, community: int, member: int, zone: str) -> bool:
    """Whether a member has a page, and another time zone of their profile is put down than this, or none."""
    paged = (
        "SELECT 1 FROM member me JOIN member m ON m.community = me.community "
        "AND coalesce(m.merged_into, m.id) = coalesce(me.merged_into, me.id) "
        "WHERE me.community = :community AND me.id = :member AND m.page AND NOT EXISTS (SELECT 1 FROM contact c "
        "WHERE c.community = me.community AND c.member = me.id AND c.profile_zone = :zone) LIMIT 1"
    )
    return bool(await rows_of(connection, paged, community=community, member=member, zone=zone))


async def lives_in(connection: AsyncConnection, community: int, member: int, zone: str) -> None:
    """Put down the time zone of a member's profile on a platform."""
    await _change(connection, community, member, "profile_zone = :zone", zone=zone)


async def lives_nowhere(connection: AsyncConnection, community: int, member: int) -> None:
    """Forget the time zone of a member's profile."""
    here = "WHERE community = :community AND member = :member AND profile_zone IS NOT NULL"
    values = {"community": community, "member": member}
    await connection.execute(text(f"UPDATE contact SET profile_zone = NULL {here}"), values)


async def set_minor(connection: AsyncConnection, community: int, member: int, *, minor: bool) -> None:
    """Put down whether a member is too young to be written to."""
    await _change(connection, community, member, "minor = :minor", minor=minor)


async def set_invite(
    connection: AsyncConnection, community: int, member: int, space: int, invite: Invite | None
) -> None:
    """Put down how a member wishes to be invited in a space; None takes back that they chose."""
    await _reach(connection, (community, member, space), invite=invite)


async def opened(connection: AsyncConnection, community: int, member: int, space: int, at: int) -> None:
    """Put down that there is a conversation with a member (ms), under their lock."""
    await _put_reach(connection, (community, member, space), opened_at=at, closed_at=None)


async def closed(connection: AsyncConnection, community: int, member: int, space: int, at: int) -> None:
    """Put down that a member takes no direct messages from us (ms)."""
    await _reach(connection, (community, member, space), closed_at=at)


async def left(connection: AsyncConnection, community: int, member: int, space: int, at: int) -> None:
    """Put down that a member left a space (ms)."""
    await _reach(connection, (community, member, space), left_at=at)


async def concerns(connection: AsyncConnection, community: int, member: int) -> bool:
    """Return whether a member may ever be written to: they, or who is joined with them, have a page or came to us."""
    rows = await rows_of(
        connection,
        "SELECT 1 FROM member me JOIN member m ON m.community = me.community "
        "AND coalesce(m.merged_into, m.id) = coalesce(me.merged_into, me.id) "
        "WHERE me.community = :community AND me.id = :member AND (m.page "
        "OR EXISTS (SELECT 1 FROM contact c WHERE c.community = m.community AND c.member = m.id) "
        "OR EXISTS (SELECT 1 FROM outbox o WHERE o.community = m.community AND o.member = m.id))",
        community=community,
        member=member,
    )
    return bool(rows)


async def came(connection: AsyncConnection, community: int, member: int, space: int) -> None:
    """Put down that a member is in a space (again).

    What a platform said of them while they are joined stands with who stands for all; that ends, too.
    """
    root = await lock(connection, community, member)
    here = "WHERE community = :community AND member IN (:member, :root) AND space = :space AND left_at IS NOT NULL"
    who = {"community": community, "member": member, "root": root or member, "space": space}
    await connection.execute(text(f"UPDATE reach SET left_at = NULL {here}"), who)


async def _reach(connection: AsyncConnection, of: tuple[int, int, int], **said: object) -> None:
    await lock(connection, *of[:2])
    await _put_reach(connection, of, **said)


async def _put_reach(connection: AsyncConnection, of: tuple[int, int, int], **said: object) -> None:
    who = dict(zip(("community", "member", "space"), of, strict=True))
    columns, values = ", ".join(said), ", ".join(f":{name}" for name in said)
    sets = ", ".join(f"{name} = excluded.{name}" for name in said)
    await connection.execute(
        text(
            f"INSERT INTO reach (community, member, space, {columns}) VALUES (:community, :member, :space, {values}) "
            f"ON CONFLICT (community, member, space) DO UPDATE SET {sets}"
        ),
        who | said,
    )


OF = "/of/"
"""Before the number of the member whom a message names to somebody else, at the end of its key."""


async def forget(connection: AsyncConnection, community: int, member: int) -> None:
    """Delete all that is put down of a member here, with everything on its way to them and what was sent.

    What tells others of them goes, too: its key ends with `OF` and their number.
    """
    await lock(connection, community, member)
    told = {"community": community, "key": f"%{OF}{member}"}
    await connection.execute(text("DELETE FROM outbox WHERE community = :community AND key LIKE :key"), told)
    for table in ("outbox", "contact", "reach"):
        here = f"DELETE FROM {table} WHERE community = :community AND member = :member"
        await connection.execute(text(here), {"community": community, "member": member})


async def lock(connection: AsyncConnection, community: int, member: int) -> int | None:
    """Let everything that goes to a member take turns until the commit; returns who they are now, None where nobody.

    Who changes what the Gate asks for takes this lock first, before any row of the outbox is touched: so nobody is let
    through on what does not hold any more.
    """
    sql = "SELECT coalesce(merged_into, id) FROM member WHERE id = :member AND community = :community"
    rows = await rows_of(connection, sql, community=community, member=member)
    if not rows:
        return None
    await lock_known(connection, community, rows[0][0])
    return int(rows[0][0])


async def lock_known(connection: AsyncConnection, community: int, root: int) -> None:
    """Let everything that goes to a member take turns until the commit; `root` stands for all who are joined."""
    if not is_sqlite(connection):  # there, writers take turns anyway
        await rows_of(
            connection,
            "INSERT INTO contact (community, member, met_at, ignored, minor) VALUES (:community, :root, 0, 0, FALSE) "
            "ON CONFLICT (community, member) DO UPDATE SET ignored = contact.ignored RETURNING 1",
            community=community,
            root=root,
        )
