"""What was heard in a space and could not be read or stored: summed up by sort and reason, never what it held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hearing.unread import Unreadable
from bot.storage.bulk import each
from bot.storage.engine import Database
from bot.storage.schema import space, unread

MOST_TRIES = 5
"""How often something is read at most: once when it is heard, and then as often as somebody asks for it."""

_ADD = (
    "INSERT INTO unread (community, space, what, reason, since, until, n, tries, asked) "
    "VALUES (:community, :space, :what, :reason, :at, :at, 1, 1, false) "
    "ON CONFLICT (community, space, what, reason) DO UPDATE SET n = unread.n + 1, "
    # What is new since the last time is tried as often as anything new.
    "tries = CASE WHEN unread.n = 0 AND excluded.since > unread.until THEN 1 ELSE unread.tries END, "
    "since = CASE WHEN unread.n = 0 OR excluded.since < unread.since THEN excluded.since ELSE unread.since END, "
    "until = CASE WHEN excluded.until > unread.until THEN excluded.until ELSE unread.until END"
)


@dataclass(frozen=True, slots=True)
class Sum:
    """How many of one sort could not be read for one reason, from when to when (ms), and how often that was tried."""

    community: int
    space: int
    platform: str
    external: str
    what: str
    reason: str
    since: int
    until: int
    n: int
    tries: int
    asked: bool


async def add(connection: AsyncConnection, of: tuple[int, int], found: Sequence[Unreadable]) -> None:
    """Put down what could not be read in a community's space (their numbers)."""
    named = {"community": of[0], "space": of[1]}
    await each(connection, _ADD, [named | one._asdict() for one in found])


async def everything(connection: AsyncConnection) -> list[Sum]:
    """Return what could not be read and was not read since."""
    columns = (unread.c[name] for name in ("what", "reason", "since", "until", "n", "tries", "asked"))
    rows = await connection.execute(
        select(unread.c.community, unread.c.space, space.c.platform, space.c.external, *columns)
        .join(space, space.c.id == unread.c.space)
        .where(unread.c.n > 0)
        .order_by(unread.c.community, unread.c.space, unread.c.what, unread.c.reason)
    )
    return [Sum(*row) for row in rows]


async def ask_again(connection: AsyncConnection) -> int:
    """Ask for all that may be tried again to be read again; returns how many that are."""
    may = unread.c.n > 0, unread.c.tries < MOST_TRIES
    rows = await connection.execute(update(unread).where(*may).values(asked=True).returning(unread.c.n))
    return sum(int(row[0]) for row in rows)


class UnreadOf:
    """What could not be read in one community's space (their numbers); see `bot.hearing.unread.Unread`."""

    def __init__(self, database: Database, of: tuple[int, int]) -> None:
        """Take the store, and the numbers of the community and the space."""
        self._database = database
        self._of = of
        self._here = unread.c.community == of[0], unread.c.space == of[1]

    async def add(self, found: Sequence[Unreadable]) -> None:
        """Put some down."""
        async with self._database.write() as connection:
            await add(connection, self._of, found)

    async def asked(self) -> tuple[int, int] | None:
        """Return the time that somebody asked to be read again."""
        wanted = select(unread.c.since, unread.c.until).where(*self._here, unread.c.asked)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return (min(row[0] for row in rows), max(row[1] for row in rows)) if rows else None

    async def taken(self) -> None:
        """Count the try; what still cannot be read is put down anew."""
        async with self._database.write() as connection:
            await connection.execute(
                update(unread).where(*self._here, unread.c.asked).values(asked=False, n=0, tries=unread.c.tries + 1)
            )
