"""Convenings that the team announced in chat: when they are, how people check in, and how many came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import rows_of
from bot.storage.schema import convening
from scoring.signals import DAY_MS, Context, Kind

HEADCOUNT = "headcount"
"""The kind of count that says how many people were at a convening."""


@dataclass(frozen=True, slots=True)
class Convening:
    """A convening: `public` stands in buttons and keys, times are in ms, `code` None asks for none."""

    id: int
    space: int
    public: str
    title: str
    place: str
    channel: str
    starts_at: int
    ends_at: int
    code: str | None
    checking_in: bool
    called_off: int | None

    @property
    def key_day(self) -> int:
        """The day inside its natural key."""
        return self.starts_at // DAY_MS

    @property
    def key(self) -> str:
        """Its natural key."""
        return f"t:e:{self.public}"


def context_of(one: Convening) -> Context:
    """Return where somebody is who is at a convening."""
    return Context(place=f"event:{one.public}", name=one.title, parent=one.channel)


_COLUMNS = tuple(convening.c[name] for name in Convening.__slots__)


async def add(connection: AsyncConnection, community: int, one: Convening, by: tuple[int | None, int]) -> None:
    """Put a convening down; `by` is who announces it, and when (ms)."""
    values = {name: getattr(one, name) for name in Convening.__slots__ if name != "id"}
    await connection.execute(insert(convening).values(values | {"community": community, "actor": by[0], "at": by[1]}))


async def find(connection: AsyncConnection, community: int, public: str) -> Convening | None:
    """Return a convening of a community that was not called off, None where there is none."""
    here = convening.c.community == community, convening.c.public == public, convening.c.called_off.is_(None)
    row = (await connection.execute(select(*_COLUMNS).where(*here))).first()
    return None if row is None else Convening(*row)


async def between(connection: AsyncConnection, community: int, since: int, until: int) -> list[Convening]:
    """Return the convenings that begin between two moments (ms) and were not called off, in order."""
    here = convening.c.community == community, convening.c.called_off.is_(None)
    query = select(*_COLUMNS).where(*here, convening.c.starts_at.between(since, until))
    rows = await connection.execute(query.order_by(convening.c.starts_at, convening.c.id))
    return [Convening(*row) for row in rows]


async def open_for_checking_in(connection: AsyncConnection, number: int, code: str | None) -> str | None:
    """Let people check in; returns the code they give: the first one that was made counts."""
    here = convening.c.id == number
    fresh = here, convening.c.checking_in.is_(False)
    await connection.execute(update(convening).where(*fresh).values(checking_in=True, code=code))
    found: str | None = (await connection.execute(select(convening.c.code).where(here))).scalar_one()
    return found


async def call_off(connection: AsyncConnection, number: int, at: int) -> bool:
    """Put down that a convening was called off (ms); returns whether it was not yet."""
    here = convening.c.id == number, convening.c.called_off.is_(None)
    changed = await connection.execute(update(convening).where(*here).values(called_off=at).returning(convening.c.id))
    return changed.first() is not None


async def came(connection: AsyncConnection, community: int, several: Sequence[Convening]) -> dict[str, int]:
    """Return how many people were checked in to convenings, by their public id."""
    found = {}
    for one in several:
        rows = await rows_of(
            connection,
            "SELECT count(*) FROM engagement WHERE community = :community AND key_day = :day AND key >= :begin "
            f"AND key < :end AND kind = {Kind.ATTENDANCE:d} AND holds",
            community=community,
            day=one.key_day,
            begin=f"{one.key}/here/",
            end=f"{one.key}/here0",
        )
        found[one.public] = int(rows[0][0])
    return found


async def count_heads(connection: AsyncConnection, community: int, one: Convening, n: int) -> None:
    """Put down how many people were there; a second word replaces the first."""
    await connection.execute(
        text(
            'INSERT INTO "count" (community, key, kind, day, place, n, source) '
            "VALUES (:community, :key, :kind, :day, :place, :n, 0) "
            "ON CONFLICT (community, key, source) DO UPDATE SET n = excluded.n"
        ),
        {"community": community, "key": one.key, "kind": HEADCOUNT, "day": one.key_day, "place": one.title, "n": n},
    )


async def heads(connection: AsyncConnection, community: int, several: Sequence[Convening]) -> dict[str, int]:
    """Return how many people were counted at convenings, by their public id."""
    found: dict[str, int] = {}
    for one in several:
        rows = await rows_of(
            connection,
            'SELECT n FROM "count" WHERE community = :community AND key = :key AND source = 0',
            community=community,
            key=one.key,
        )
        if rows:
            found[one.public] = int(rows[0][0])
    return found
