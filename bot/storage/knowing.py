"""What the Gate has to know: read for many messages with one query, as it stands in the transaction at hand.

Of people who are joined, everything counts together, and the strictest refusal wins.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import MONTH_DAYS, QUIET_DAYS, Contact, Invite, Person, Standing
from bot.storage.bulk import matching
from bot.storage.what_counts import leaves_out
from scoring.signals import DAY_MS


class Who(NamedTuple):
    """A member, by who stands for all that are joined, and the space in which they are to be reached."""

    community: int
    root: int
    space: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a member in a space: for the Gate, and whether there is a conversation with them already."""

    person: Person
    opened: bool


async def known(connection: AsyncConnection, whom: Collection[Who], now: int, but: int = 0) -> dict[Who, Known]:
    """Return what holds of members now (ms); `but` is an outbox row that is left aside."""
    rows = await matching(
        connection,
        _KNOWN,
        {"community": "int", "root": "bigint", "last": "int"},
        sorted({(one.community, one.root, 0) for one in whom}),
        since=now - MONTH_DAYS * DAY_MS,
        quiet=now - QUIET_DAYS * DAY_MS,
    )
    told: dict[int, _Told] = defaultdict(_Told)
    for row in rows:
        told[row[1]].take(_Row(*row), but)
    return {one: told[one.root].of(one.space) for one in whom}


_FAMILY = (
    "WITH asked AS (SELECT given.community, given.root FROM {given}), "
    "family AS (SELECT asked.community, asked.root, asked.root AS id FROM asked UNION ALL "
    "SELECT m.community, asked.root, m.id FROM asked JOIN member m "
    "ON m.community = asked.community AND m.merged_into = asked.root) "
)
_KNOWN = (
    f"{_FAMILY}SELECT 'family' AS tag, f.root, f.id AS a, 0 AS b, 0 AS c, 0 AS d, 0 AS e, '' AS said FROM family f "
    "WHERE f.id <> f.root UNION ALL "
    "SELECT 'contact', f.root, k.met_at, k.ignored, coalesce(k.asked_at, 0), CASE WHEN k.minor THEN 1 ELSE 0 END, "
    "k.member, coalesce(k.zone, '~' || k.profile_zone, '') FROM family f "
    "JOIN contact k ON k.community = f.community AND k.member = f.id "
    "UNION ALL SELECT 'reach', f.root, r.space, coalesce(r.closed_at, 0), coalesce(r.left_at, 0), "
    "coalesce(r.opened_at, 0), 0, coalesce(r.invite, '') "
    "FROM family f JOIN reach r ON r.community = f.community AND r.member = f.id "
    "UNION ALL SELECT 'sent', f.root, o.claimed_at, CASE WHEN o.purpose = 'invitation' THEN 1 ELSE 0 END, o.id, 0, 0, "
    "'' FROM family f JOIN outbox o ON o.community = f.community AND o.member = f.id AND o.member IS NOT NULL "
    "WHERE o.state IN ('sending', 'sent', 'unknown') AND o.claimed_at > :since "
    "AND o.purpose NOT IN ('answer', 'digest') AND (o.way <> 'channel' OR o.pings) "
    "AND NOT (o.purpose = 'notice' AND o.way = 'beside') "
    "UNION ALL SELECT 'wish', f.root, c.at, CASE WHEN c.what = 'quiet' AND c.value <> 'no' THEN 1 ELSE 0 END, 0, 0, 0, "
    "'' FROM family f "
    "JOIN choice c ON c.community = f.community AND c.member = f.id "
    "WHERE c.what IN ('quiet', 'invite') AND c.at > :quiet "
    "UNION ALL SELECT 'out', asked.root, l.space, 0, 0, 0, 0, '' FROM asked "
    "JOIN account a ON a.community = asked.community AND a.member = asked.root "
    "JOIN left_out l ON l.community = a.community AND l.handle = a.handle"
)


_BY_PROFILE = "~"
"""What a zone begins with that a profile told; no zone's own name does."""


class _Row(NamedTuple):
    tag: str
    root: int
    a: int
    b: int
    c: int
    d: int
    e: int
    said: str


@dataclass(slots=True)
class _Told:
    """All rows of one member and who is joined with them."""

    joined: bool = False
    contacts: list[_Row] = field(default_factory=list)
    reach: list[_Row] = field(default_factory=list)
    sent: list[Contact] = field(default_factory=list)
    wishes: list[_Row] = field(default_factory=list)
    left_out: set[int] = field(default_factory=set)

    def take(self, row: _Row, but: int) -> None:
        match row.tag:
            case "family":
                self.joined = True
            case "contact":
                self.contacts.append(row)
            case "reach":
                self.reach.append(row)
            case "sent" if row.c != but:
                self.sent.append(Contact(row.a, bool(row.b)))
            case "wish":
                self.wishes.append(row)
            case "out":
                self.left_out.add(row.a)

    def of(self, space: int) -> Known:
        """Return what all of it means in a space."""
        here = [one for one in self.reach if one.a == space]
        zones = [one.said for one in sorted(self.contacts, key=lambda one: one.e) if one.said]
        zones.sort(key=lambda one: one.startswith(_BY_PROFILE))  # what they told themselves comes first
        person = Person(
            invite=self._invite(here),
            met_at=max((one.a for one in self.contacts), default=0),
            zone=zones[0].removeprefix(_BY_PROFILE) if zones else None,
            ignored=max((one.b for one in self.contacts), default=0),
            asked=any(one.c for one in self.contacts),
            closed_at=max((one.b for one in here), default=0) or None,
            left=any(one.c for one in here),
            left_out=any(leaves_out(one, space) for one in self.left_out),
            minor=any(one.d for one in self.contacts),
            quiet_until=self._quiet_until(),
            sent=tuple(self.sent),
        )
        return Known(person, any(one.d for one in here))

    def _quiet_until(self) -> int:
        """Return until when nothing is wanted; a later word on that, or on how to be invited, ends it."""
        last = max(self.wishes, key=lambda one: (one.a, one.b), default=None)
        return last.a + QUIET_DAYS * DAY_MS if last is not None and last.b else 0

    def _invite(self, here: Collection[_Row]) -> Invite | None:
        """Return the strictest choice in the space; of joined people, a no anywhere counts everywhere."""
        chosen = {one.said for one in here}
        if self.joined and any(one.said == Invite.NO for one in self.reach):
            return Invite.NO
        return next((one for one in (Invite.NO, Invite.HERE, Invite.DM) if one in chosen), None)


async def standings(connection: AsyncConnection, communities: Collection[int]) -> Mapping[int, Standing]:
    """Return what holds in communities of all that goes out."""
    rows = await matching(
        connection,
        "SELECT c.id, CASE WHEN o.live_at IS NULL THEN 0 ELSE 1 END, CASE WHEN o.paused_at IS NULL THEN 0 ELSE 1 END, "
        "coalesce(c.settings, '') FROM {given} JOIN community c ON c.id = given.id "
        "LEFT JOIN outgoing o ON o.community = c.id",
        {"id": "int"},
        ((one,) for one in sorted(communities)),
    )
    return {row[0]: Standing(bool(row[1]), bool(row[2]), *_wishes(row[3])) for row in rows}


@lru_cache(256)
def _wishes(settings: str) -> tuple[str, bool]:
    """Return a community's zone and whether its weekends are quiet."""
    tree = json.loads(settings or "{}")
    return str(tree.get("zone", "UTC")), bool(tree.get("quiet_weekends", False))
