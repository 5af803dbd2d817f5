"""What the team logged, invested and remarked in chat, where it is told things, and the rules it drafts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import put
from bot.storage.schema import investment, logged, remark, rules, rules_draft, team_room

HOURS, GRANT = "hours", "grant"
"""What can be invested in somebody."""
HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Logged:
    """An engagement that the team logged: its natural key, type and day, whose it is, who logged it when (ms)."""

    id: int
    space: int
    key_day: int
    key: str
    type: str
    day: int
    member: int | None
    actor: int | None
    at: int


_LOGGED = tuple(logged.c[name] for name in Logged.__slots__)


async def log(connection: AsyncConnection, community: int, one: Logged) -> int:
    """Put down that something was logged; returns the row's number, that of the first where it was logged already."""
    here = logged.c.community == community, logged.c.key_day == one.key_day, logged.c.key == one.key
    there = await connection.execute(select(logged.c.id).where(*here, logged.c.undone_at.is_(None)).limit(1))
    if (number := there.scalar()) is not None:
        return int(number)
    values = {name: getattr(one, name) for name in Logged.__slots__ if name != "id"} | {"community": community}
    return int((await connection.execute(insert(logged).values(values).returning(logged.c.id))).scalar_one())


async def last_logged(connection: AsyncConnection, community: int, space: int, most: int) -> list[Logged]:
    """Return what was logged in a space and holds, the latest first."""
    here = logged.c.community == community, logged.c.space == space, logged.c.undone_at.is_(None)
    query = select(*_LOGGED).where(*here).order_by(logged.c.id.desc()).limit(most)
    return [Logged(*row) for row in await connection.execute(query)]


async def get_logged(connection: AsyncConnection, community: int, space: int, number: int) -> Logged | None:
    """Return one that holds, None where there is none in this space."""
    here = logged.c.community == community, logged.c.space == space, logged.c.undone_at.is_(None)
    row = (await connection.execute(select(*_LOGGED).where(*here, logged.c.id == number))).first()
    return None if row is None else Logged(*row)


async def unlog(connection: AsyncConnection, number: int, at: int) -> bool:
    """Put down that one was taken back (ms); returns whether it held until now."""
    here = logged.c.id == number, logged.c.undone_at.is_(None)
    changed = await connection.execute(update(logged).where(*here).values(undone_at=at).returning(logged.c.id))
    return changed.first() is not None


@dataclass(frozen=True, slots=True)
class Investment:
    """Hours or a grant (in hundredths) given to somebody on a day; by whom it was put down, and when (ms)."""

    id: int
    member: int | None
    day: int
    what: str
    amount: int
    actor: int | None
    at: int


_INVESTED = tuple(investment.c[name] for name in Investment.__slots__)


async def invest(connection: AsyncConnection, community: int, one: Investment) -> int:
    """Put an investment down; returns its number."""
    values = {name: getattr(one, name) for name in Investment.__slots__ if name != "id"} | {"community": community}
    return int((await connection.execute(insert(investment).values(values).returning(investment.c.id))).scalar_one())


async def last_invested(connection: AsyncConnection, community: int, most: int) -> list[Investment]:
    """Return investments that hold, the latest first."""
    here = investment.c.community == community, investment.c.undone_at.is_(None)
    query = select(*_INVESTED).where(*here).order_by(investment.c.id.desc()).limit(most)
    return [Investment(*row) for row in await connection.execute(query)]


async def invested(connection: AsyncConnection, community: int, first: int, last: int) -> dict[str, int]:
    """Return what was invested from day `first` to day `last`, both included, in hundredths."""
    here = investment.c.community == community, investment.c.undone_at.is_(None)
    rows = await connection.execute(
        select(investment.c.what, investment.c.amount).where(*here, investment.c.day.between(first, last))
    )
    found = {HOURS: 0, GRANT: 0}
    for what, amount in rows:
        found[what] = found.get(what, 0) + int(amount)
    return found


async def withdraw(connection: AsyncConnection, community: int, number: int, at: int) -> Investment | None:
    """Take an investment back (ms); returns it, None where there is none that holds."""
    here = investment.c.community == community, investment.c.id == number, investment.c.undone_at.is_(None)
    changed = await connection.execute(update(investment).where(*here).values(undone_at=at).returning(*_INVESTED))
    row = changed.first()
    return None if row is None else Investment(*row)


@dataclass(frozen=True, slots=True)
class Remark:
    """What the team did in a week (its Monday), in its own words."""

    id: int
    week: int
    text: str
    actor: int | None
    at: int


_REMARK = tuple(remark.c[name] for name in Remark.__slots__)


async def note(connection: AsyncConnection, community: int, one: Remark) -> int:
    """Put a remark down; returns its number."""
    values = {name: getattr(one, name) for name in Remark.__slots__ if name != "id"} | {"community": community}
    return int((await connection.execute(insert(remark).values(values).returning(remark.c.id))).scalar_one())


async def remarks(connection: AsyncConnection, community: int, first: int, last: int) -> list[Remark]:
    """Return the remarks on the weeks that begin from day `first` to day `last`, both included, the latest first."""
    here = remark.c.community == community, remark.c.week.between(first, last)
    query = select(*_REMARK).where(*here).order_by(remark.c.week.desc(), remark.c.id.desc())
    return [Remark(*row) for row in await connection.execute(query)]


async def drop_remark(connection: AsyncConnection, community: int, number: int) -> bool:
    """Delete a remark; returns whether it was there."""
    here = remark.c.community == community, remark.c.id == number
    return (await connection.execute(delete(remark).where(*here).returning(remark.c.id))).first() is not None


@dataclass(frozen=True, slots=True)
class Draft:
    """Rules that are being changed: their text and version, the version they change, by whom, and when (ms)."""

    text: str
    version: str
    base: str
    actor: int | None
    at: int


async def draft(connection: AsyncConnection, community: int) -> Draft | None:
    """Return the rules that are drafted in a community, None where none are."""
    columns = (rules_draft.c[name] for name in Draft.__slots__)
    row = (await connection.execute(select(*columns).where(rules_draft.c.community == community))).first()
    return None if row is None else Draft(*row)


async def keep_draft(connection: AsyncConnection, community: int, one: Draft) -> None:
    """Put a draft down, in place of the one before."""
    values = (community, one.text, one.version, one.base, one.actor, one.at)
    await put(connection, rules_draft, ("community", *Draft.__slots__), [values])


async def drop_draft(connection: AsyncConnection, community: int) -> None:
    """Forget the draft."""
    await connection.execute(delete(rules_draft).where(rules_draft.c.community == community))


async def replaced_rules(connection: AsyncConnection, community: int, active: int) -> tuple[str, str, str] | None:
    """Return the rules (text, version, file name) that were in force before those with this number."""
    here = rules.c.community == community, rules.c.state == "retired", rules.c.id < active
    query = select(rules.c.text, rules.c.version, rules.c.name).where(*here).order_by(rules.c.id.desc()).limit(1)
    row = (await connection.execute(query)).first()
    return None if row is None else (row[0], row[1], row[2])


async def team_channel(connection: AsyncConnection, space: int) -> str:
    """Return the channel in which a space's team is told things; empty where there is none."""
    query = select(team_room.c.channel).where(team_room.c.space == space)
    return (await connection.execute(query)).scalar_one_or_none() or ""


async def set_team_channel(connection: AsyncConnection, space: int, channel: str, by: tuple[int | None, int]) -> None:
    """Put down where a space's team is told things; `by` is who said so, and when (ms)."""
    await put(connection, team_room, ("space", "channel", "actor", "at"), [(space, channel, *by)])
