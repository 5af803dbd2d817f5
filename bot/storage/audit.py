"""Who looked at whom, and who changed what: a chain of rows in which none can be changed or taken out unseen.

Each row's link is made of the link before it and of a digest of what the row says, salted. So what a row says of
people can be erased, salt and all, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InputError
from bot.storage.bulk import is_sqlite
from bot.storage.schema import audit

LOOKED = "looked at a member"
"""What is put down when a moderator or manager looks at a member."""
_LOCK = int.from_bytes(b"chn")
_SHOWN = 32
_HEAD = re.compile(rf"(\d{{1,9}})\.(\d{{1,9}})\.([0-9a-f]{{{_SHOWN}}})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: when (ms), what was done, by whom and about whom (members' numbers), and more about it.

    `actor` None is the operator on the command line, or somebody who has been erased.
    """

    n: int
    at: int
    what: str
    actor: int | None
    about: int | None
    payload: Mapping[str, Any] = field(default_factory=dict)


async def put(  # noqa: PLR0913 - a row of a log has its columns
    connection: AsyncConnection,
    community: int,
    at: int,
    actor: int | None,
    what: str,
    *,
    about: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> int:
    """Put down that something was done (ms); returns the row's number in the community's chain.

    `payload` is what JSON can hold, and never an identity or a text that somebody wrote. It is the last that a
    transaction writes: whoever waits for its turn in the chain has all other locks already, so nobody is stuck.
    """
    if not is_sqlite(connection):
        # Whoever locks the community's row as a whole is waited for before there is anything to wait for behind us.
        await connection.execute(text("SELECT 1 FROM community WHERE id = :of FOR KEY SHARE"), {"of": community})
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock, :of)"), {"lock": _LOCK, "of": community})
    last = select(audit.c.n, audit.c.link).where(audit.c.community == community).order_by(audit.c.n.desc()).limit(1)
    before = (await connection.execute(last)).first()
    n, link = (before[0] + 1, before[1]) if before else (1, "")
    salt, said = secrets.token_hex(16), json.dumps(dict(payload or {}), sort_keys=True, ensure_ascii=False)
    digest = _digest(salt, actor, about, said)
    row = {
        "community": community, "n": n, "at": at, "what": what, "actor": actor, "about": about, "payload": said,
        "salt": salt, "digest": digest, "link": _link(link, (community, n, at, what), digest),
    }  # fmt: skip
    await connection.execute(insert(audit).values(row))
    return n


async def of_member(
    connection: AsyncConnection, community: int, members: Sequence[int], most: int = 100
) -> list[Entry]:
    """Return what was done about somebody (all the members that they are), the latest first."""
    return await _entries(connection, community, audit.c.about.in_(members), most)


async def by_or_about(connection: AsyncConnection, community: int, members: Sequence[int]) -> list[Entry]:
    """Return all that names somebody, as who did it or whom it concerns."""
    return await _entries(connection, community, _names(members), 100_000)


async def _entries(connection: AsyncConnection, community: int, which: Any, most: int) -> list[Entry]:  # noqa: ANN401
    columns = (audit.c.n, audit.c.at, audit.c.what, audit.c.actor, audit.c.about, audit.c.payload)
    query = select(*columns).where(audit.c.community == community, which).order_by(audit.c.n.desc()).limit(most)
    return [Entry(*row[:5], json.loads(row[5] or "{}")) for row in await connection.execute(query)]


async def erase(connection: AsyncConnection, community: int, members: Sequence[int]) -> None:
    """Erase what rows say of people and who they are; that something was done, and when, stays."""
    nothing = {"actor": None, "about": None, "payload": None, "salt": None}
    await connection.execute(update(audit).where(audit.c.community == community, _names(members)).values(nothing))


def _names(members: Sequence[int]) -> Any:  # noqa: ANN401 - a condition
    return or_(audit.c.about.in_(members), audit.c.actor.in_(members))


async def verify(connection: AsyncConnection, community: int) -> tuple[int, list[str]]:
    """Return how many rows a community's chain has, and what is wrong with it."""
    query = select(audit).where(audit.c.community == community).order_by(audit.c.n)
    rows = (await connection.execute(query)).mappings().all()
    return len(rows), list(_faults(rows))


async def heads(connection: AsyncConnection) -> list[str]:
    """Return where each chain ends (community.row.link). Kept elsewhere, it shows whether an end was cut off.

    The chain alone cannot: without its last rows it is a shorter chain in which nothing is wrong.
    """
    newest = select(audit.c.community, func.max(audit.c.n).label("n")).group_by(audit.c.community).subquery()
    here = (audit.c.community == newest.c.community) & (audit.c.n == newest.c.n)
    rows = await connection.execute(
        select(audit.c.community, audit.c.n, audit.c.link).join(newest, here).order_by(audit.c.community)
    )
    return [f"{row[0]}.{row[1]}.{row[2][:_SHOWN]}" for row in rows]


async def lost(connection: AsyncConnection, ends: Iterable[str]) -> list[str]:
    """Return what is wrong where chains do not go on from where they once ended. InputError for what is no such end."""
    said = []
    for one in ends:
        found = _HEAD.fullmatch(one)
        if found is None:
            raise InputError(f"{one!r} is not the end of an audit log; expected one as `cairn db check` prints it")
        community, n = int(found[1]), int(found[2])
        here = select(audit.c.link).where(audit.c.community == community, audit.c.n == n)
        link = (await connection.execute(here)).scalar()
        if link is None:
            said.append(f"the audit log of community {community} had a row {n}, which is gone")
        elif link[:_SHOWN] != found[3]:
            said.append(f"row {n} of the audit log of community {community} is another one than it was")
    return said


def _faults(rows: Sequence[Mapping[Any, Any]]) -> Iterator[str]:
    link = ""
    for n, row in enumerate(rows, 1):
        if row["n"] != n:
            yield f"audit row {n} is missing"
            return
        if row["salt"] is not None and _digest(*(row[name] for name in _SALTED)) != row["digest"]:
            yield f"audit row {n} does not say what it said when it was written"
        if row["salt"] is None and (row["actor"], row["about"], row["payload"]) != (None, None, None):
            yield f"audit row {n} was erased and says something all the same"
        link = _link(link, (row["community"], n, row["at"], row["what"]), row["digest"])
        if link != row["link"]:
            yield f"audit row {n} does not continue the chain"
            return


_SALTED = ("salt", "actor", "about", "payload")


def _digest(salt: str, actor: int | None, about: int | None, payload: str) -> str:
    return hashlib.sha256(json.dumps([salt, actor, about, payload]).encode()).hexdigest()


def _link(before: str, head: tuple[int, int, int, str], digest: str) -> str:
    return hashlib.sha256(json.dumps([before, *head, digest]).encode()).hexdigest()
