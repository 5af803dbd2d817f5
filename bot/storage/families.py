"""What hangs on a message: reactions to it and people named in it hold only while the message does.

Reactions also end where the message's last whole capture no longer shows them. Acts whose message is not there yet
wait in the orphan table and are looked at again when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import marks
from bot.storage.bulk import each, insert_new, looked_up, matching, rows_of
from bot.storage.engagements import KEYS, ON_KEYS, Key, Outcome
from bot.storage.schema import orphan
from scoring.claims import Claim
from scoring.signals import Kind

_DEPENDENT = frozenset((Kind.MENTION, Kind.REACTION))
_PORTION = 300
_HANGS = (
    "c.community = e.community AND c.key_day = e.key_day AND c.key > e.key || '/' AND c.key < e.key || '0' "
    f"AND c.kind IN ({Kind.MENTION:d}, {Kind.REACTION:d})"
)
_ANSWERING = _DEPENDENT | {Kind.REPLY}


async def hang_together(
    connection: AsyncConnection, community: int, claims: Mapping[Key, Claim], outcome: Outcome
) -> None:
    """After a group was stored, bring what hangs on its messages, and its own messages' state, into agreement."""
    new = claims if len(outcome.new) == len(claims) else {key: claims[key] for key in outcome.new}
    arrived = {**new, **{key: after for key, (_, after) in outcome.renewed.items()}} if outcome.renewed else new
    families = {key for key, (_, after) in outcome.renewed.items() if after.kind not in _DEPENDENT}
    elsewhere: dict[Key, list[Claim]] = {}
    for claim in arrived.values():
        if claim.parent is None or claim.kind not in _ANSWERING or claim.retracted:
            continue
        parent = (claim.parent_day or 0, claim.parent)
        beside = new.get(parent)
        if beside is None or beside.account is None:
            elsewhere.setdefault(parent, []).append(claim)
        elif claim.kind != Kind.REPLY and not _goes_with(claim, beside.retracted, beside.captured):
            families.add(parent)
    families |= await _find_parents(connection, community, elsewhere)
    families |= await _welcome(connection, community, arrived, outcome)
    await align(connection, community, families, outcome)


def _goes_with(claim: Claim, retracted: bool, captured: int) -> bool:
    """Whether something that hangs on a message still holds, given the message's state."""
    if claim.kind not in _DEPENDENT:
        return True
    return not retracted and (claim.kind != Kind.REACTION or claim.version >= captured)


async def _find_parents(connection: AsyncConnection, community: int, waiting: Mapping[Key, list[Claim]]) -> set[Key]:
    """Look up messages outside the group; returns those that one of their acts does not go with.

    Acts whose message is unknown (or only its retraction is known) are put down as waiting.
    """
    if not waiting:
        return set()
    rows = await matching(
        connection,
        f"SELECT e.key_day, e.key, e.account, e.retracted, e.captured FROM {{given}} JOIN engagement e ON {ON_KEYS}",
        KEYS,
        waiting,
        community=community,
    )
    found = {(row[0], row[1]) for row in rows if row[2] is not None}
    orphans = {
        (community, *parent, claim.day, claim.account)
        for parent, claims in waiting.items()
        if parent not in found
        for claim in claims
    }
    await insert_new(connection, orphan, ("community", "parent_day", "parent", "day", "account"), sorted(orphans))
    return {
        (row[0], row[1])
        for row in rows
        if not all(_goes_with(claim, row[3], row[4]) for claim in waiting[row[0], row[1]])
    }


async def _welcome(
    connection: AsyncConnection, community: int, arrived: Mapping[Key, Claim], outcome: Outcome
) -> set[Key]:
    """Find the acts that waited for messages of this group; returns the messages they waited for."""
    some = "SELECT 1 FROM orphan WHERE community = :community LIMIT 1"
    if not await rows_of(connection, some, community=community):
        return set()
    messages = [key for key, claim in arrived.items() if claim.kind not in _DEPENDENT]
    on = "o.community = :community AND o.parent_day = given.key_day AND o.parent = given.key"
    rows = await matching(
        connection,
        f"SELECT o.parent_day, o.parent, o.day, o.account FROM {{given}} JOIN orphan o ON {on}",
        KEYS,
        messages,
        community=community,
    )
    outcome.touched |= {(row[2], row[3]) for row in rows}
    met = {(row[0], row[1]) for row in rows if arrived[(row[0], row[1])].account is not None}
    await each(
        connection,
        "DELETE FROM orphan WHERE community = :community AND parent_day = :day AND parent = :key",
        [{"community": community, "day": day, "key": key} for day, key in met],
    )
    return {(row[0], row[1]) for row in rows}


async def align(connection: AsyncConnection, community: int, messages: Iterable[Key], outcome: Outcome) -> None:
    """Work out anew which dependents of these messages hold, and write down those that changed."""
    messages = list(messages)
    if not messages:
        return
    hanging = looked_up(connection, "engagement c", _HANGS)
    rows = await matching(
        connection,
        "SELECT c.id, c.day, c.account, c.kind, c.retracted, c.version, c.holds, e.retracted, e.captured "
        f"FROM {{given}} JOIN engagement e ON {ON_KEYS} {hanging}",
        KEYS,
        messages,
        community=community,
    )
    changes = []
    for row, day, account, kind, retracted, version, holds, parent_retracted, captured in rows:
        now = not retracted and not parent_retracted and (kind != Kind.REACTION or version >= captured)
        if now != bool(holds):
            changes.append({"row": row, "holds": now})
            outcome.touched.add((day, account))
    await each(connection, "UPDATE engagement SET holds = :holds WHERE id = :row", changes)


async def concerned(connection: AsyncConnection, community: int, accounts: Iterable[int]) -> set[tuple[int, int]]:
    """Return the (day, account) pairs whose scores depend on who these accounts are.

    These are the days of their own acts, of acts that name them, and of acts about what they wrote. It looks through
    the whole table, so it is for what happens seldom: an account turns out to be a machine, or changes hands.
    """
    some = "(SELECT given.id FROM {given})"
    rows = await matching(
        connection,
        "SELECT e.day, e.account, e.kind, e.target FROM engagement e WHERE e.community = :community "
        f"AND (e.account IN {some} OR e.target IN {some} OR (e.parent_day, e.parent) IN "
        f"(SELECT p.key_day, p.key FROM engagement p WHERE p.community = :community AND p.account IN {some}))",
        {"id": "bigint"},
        ((one,) for one in accounts),
        community=community,
    )
    received = {(day, target) for day, _, kind, target in rows if kind == Kind.THANKS and target is not None}
    return received | {(day, account) for day, account, _, _ in rows if account is not None}


async def orphan_answers(connection: AsyncConnection, community: int, after: int, width: int) -> int | None:
    """Put down as waiting, and mark, the acts among `width` rows after a row number whose message is not there.

    At most so many as make a short transaction. Returns the row number to go on from, None at the end.
    """
    until = after + width
    within = (
        "FROM engagement e LEFT JOIN engagement p ON p.community = e.community AND p.key_day = e.parent_day "
        "AND p.key = e.parent WHERE e.id > :after AND e.id <= :until AND e.community = :community "
        "AND e.parent IS NOT NULL AND e.account IS NOT NULL AND p.account IS NULL "  # gone, or only its retraction left
        # What waits already was marked when its message went; there may be very much of that.
        "AND ((p.id IS NULL AND e.holds = e.retracted) OR NOT EXISTS (SELECT 1 FROM orphan o "
        "WHERE o.community = e.community AND o.parent_day = e.parent_day AND o.parent = e.parent AND o.day = e.day "
        "AND o.account = e.account)) ORDER BY e.id LIMIT :most"
    )
    bounds = {"community": community, "after": after, "until": until, "most": _PORTION}
    answers = text(f"SELECT e.parent_day, e.parent, e.day, e.account, e.id, e.retracted, p.id {within}")
    found = (await connection.execute(answers, bounds)).fetchall()
    if len(found) == _PORTION:
        until = found[-1][4]
    rows = [tuple(row[:4]) for row in found]
    # with their message gone, nothing but their own word counts
    by_itself = [{"row": row[4], "holds": not row[5]} for row in found if row[6] is None]
    await each(connection, "UPDATE engagement SET holds = :holds WHERE id = :row", by_itself)
    columns = ("community", "parent_day", "parent", "day", "account")
    await insert_new(connection, orphan, columns, sorted({(community, *row) for row in rows}))
    await marks.dirty_accounts(connection, community, {(row[2], row[3]) for row in rows})
    top = (await connection.execute(text("SELECT coalesce(max(id), 0) FROM engagement"))).scalar_one()
    return until if until < top else None
