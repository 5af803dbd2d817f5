"""Whom we may contact: what members did, chose and suffered that the Gate has to know.

A member's row is the lock of all that goes to them. What is put down stays with the member it was put down for; of
people who are joined, everything counts together, and the strictest refusal wins.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import MONTH_DAYS, Contact, Invite, Person, Standing
from bot.storage.bulk import is_sqlite, rows_of
from scoring.signals import DAY_MS

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
    """Put down that a member let one more invitation pass."""
    await _change(connection, community, member, "ignored = ignored + 1")


async def asked(connection: AsyncConnection, community: int, member: int, at: int) -> None:
    """Put down that a member was asked whether to go on, where they have let some pass (ms)."""
    await _change(connection, community, member, "asked_at = CASE WHEN ignored > 0 THEN :at ELSE asked_at END", at=at)


async def set_zone(connection: AsyncConnection, community: int, member: int, zone: str | None) -> None:
    """Put down in which time zone (an IANA name) a member lives; None where they no longer say."""
    await _change(connection, community, member, "zone = :zone", zone=zone)


async def set_minor(connection: AsyncConnection, community: int, member: int, *, minor: bool) -> None:
    """Put down whether a member is too young to be written to."""
    await _change(connection, community, member, "minor = :minor", minor=minor)


async def set_invite(
    connection: AsyncConnection, community: int, member: int, space: int, invite: Invite | None
) -> None:
    """Put down how a member wishes to be invited in a space; None takes back that they chose."""
    await _reach(connection, (community, member, space), "invite", invite)


async def opened(connection: AsyncConnection, community: int, member: int, space: int, at: int) -> None:
    """Put down that there is a conversation with a member (ms)."""
    await _reach(connection, (community, member, space), "opened_at", at)
    await _reach(connection, (community, member, space), "closed_at", None)


async def closed(connection: AsyncConnection, community: int, member: int, space: int, at: int) -> None:
    """Put down that a member takes no direct messages from us (ms)."""
    await _reach(connection, (community, member, space), "closed_at", at)


async def left(connection: AsyncConnection, community: int, member: int, space: int, at: int) -> None:
    """Put down that a member left a space (ms)."""
    await _reach(connection, (community, member, space), "left_at", at)


async def came(connection: AsyncConnection, community: int, member: int, space: int) -> None:
    """Put down that a member is in a space (again)."""
    here = "WHERE community = :community AND member = :member AND space = :space AND left_at IS NOT NULL"
    who = {"community": community, "member": member, "space": space}
    await lock(connection, community, member)
    await connection.execute(text(f"UPDATE reach SET left_at = NULL {here}"), who)


async def _reach(connection: AsyncConnection, of: tuple[int, int, int], column: str, value: object) -> None:
    who = dict(zip(("community", "member", "space"), of, strict=True))
    await lock(connection, *of[:2])
    await connection.execute(
        text(
            f"INSERT INTO reach (community, member, space, {column}) VALUES (:community, :member, :space, :value) "
            f"ON CONFLICT (community, member, space) DO UPDATE SET {column} = excluded.{column}"
        ),
        who | {"value": value},
    )


async def forget(connection: AsyncConnection, community: int, member: int) -> None:
    """Delete all that is put down of a member here, with everything on its way to them and what was sent."""
    await lock(connection, community, member)
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a member in a space: for the Gate, and whether there is a conversation with them already."""

    person: Person
    standing: Standing
    opened: bool


async def known(connection: AsyncConnection, of: tuple[int, int, int], now: int, but: int = 0) -> Known:
    """Return what holds of a member (community, whom `lock` gave, space) now; `but` is an outbox row left aside."""
    community, member, space = of
    rows = await rows_of(
        connection, _KNOWN, community=community, member=member, space=space, but=but, since=now - MONTH_DAYS * DAY_MS
    )
    by: dict[str, list[Sequence[object]]] = {}
    for row in rows:
        by.setdefault(str(row[0]), []).append(row[1:])
    reach = by.get("reach", [])
    here = [one for one in reach if one[1] == space]
    return Known(_person(by, here), _standing(by["standing"][0]), any(one[4] for one in here))


async def standing(connection: AsyncConnection, community: int) -> Standing:
    """Return what holds in a community of all that goes out."""
    rows = await rows_of(connection, _STANDING, community=community)
    return _standing(rows[0][1:])


_STANDING = (
    "SELECT 'standing' AS tag, CASE WHEN o.live_at IS NULL THEN 0 ELSE 1 END AS a, "
    "CASE WHEN o.paused_at IS NULL THEN 0 ELSE 1 END AS b, 0 AS c, 0 AS d, 0 AS e, coalesce(c.settings, '') AS f "
    "FROM community c LEFT JOIN outgoing o ON o.community = c.id WHERE c.id = :community"
)
_KNOWN = (
    "WITH family AS (SELECT id FROM member WHERE community = :community AND (id = :member OR merged_into = :member)) "
    f"{_STANDING} UNION ALL "
    "SELECT 'family', id, 0, 0, 0, 0, '' FROM family UNION ALL "
    "SELECT 'contact', k.met_at, k.ignored, coalesce(k.asked_at, 0), CASE WHEN k.minor THEN 1 ELSE 0 END, k.member, "
    "coalesce(k.zone, '') FROM contact k WHERE k.community = :community AND k.member IN (SELECT id FROM family) "
    "UNION ALL SELECT 'reach', r.member, r.space, coalesce(r.closed_at, 0), coalesce(r.left_at, 0), "
    "coalesce(r.opened_at, 0), coalesce(r.invite, '') FROM reach r "
    "WHERE r.community = :community AND r.member IN (SELECT id FROM family) "
    "UNION ALL SELECT 'sent', o.claimed_at, CASE WHEN o.purpose = 'invitation' THEN 1 ELSE 0 END, 0, 0, 0, '' "
    "FROM outbox o WHERE o.community = :community AND o.member IN (SELECT id FROM family) AND o.member IS NOT NULL "
    "AND o.state IN ('sending', 'sent', 'unknown') AND o.claimed_at > :since AND o.id <> :but "
    "AND o.purpose NOT IN ('answer', 'digest') AND (o.way <> 'channel' OR o.pings) "
    "UNION ALL SELECT 'out', 1, 0, 0, 0, 0, '' FROM account a JOIN left_out l "
    "ON l.community = a.community AND l.handle = a.handle WHERE a.community = :community "
    "AND a.member = :member AND l.space IN (0, :space)"
)


def _person(by: dict[str, list[Sequence[object]]], here: Sequence[Sequence[object]]) -> Person:
    contacts = by.get("contact", [])
    return Person(
        invite=_invite([str(one[5]) for one in here], by),
        met_at=max((_int(one[0]) for one in contacts), default=0),
        zone=next((str(one[5]) for one in sorted(contacts, key=lambda one: _int(one[4])) if one[5]), None),
        ignored=max((_int(one[1]) for one in contacts), default=0),
        asked=any(one[2] for one in contacts),
        closed_at=max((_int(one[2]) for one in here), default=0) or None,
        left=any(one[3] for one in here),
        left_out=bool(by.get("out")),
        minor=any(one[3] for one in contacts),
        sent=tuple(Contact(_int(one[0]), bool(one[1])) for one in by.get("sent", [])),
    )


def _invite(chosen: Sequence[str], by: dict[str, list[Sequence[object]]]) -> Invite | None:
    """Return the strictest choice in the space; of joined people, a no anywhere counts everywhere."""
    joined = len(by.get("family", [])) > 1
    if joined and any(one[5] == Invite.NO for one in by.get("reach", [])):
        return Invite.NO
    return next((one for one in (Invite.NO, Invite.HERE, Invite.DM) if one in chosen), None)


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _standing(row: Sequence[object]) -> Standing:
    zone, weekends = _wishes(str(row[5]))
    return Standing(bool(row[0]), bool(row[1]), zone, weekends)


@lru_cache(256)
def _wishes(settings: str) -> tuple[str, bool]:
    """Return a community's zone and whether its weekends are quiet."""
    tree = json.loads(settings or "{}")
    return str(tree.get("zone", "UTC")), bool(tree.get("quiet_weekends", False))
