"""Communities, their spaces and their rules."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Space
from bot.storage.bulk import rows_of
from bot.storage.schema import community, import_run, rejected, rules, space
from scoring.signals import Kind

COULD_NOT_BE_STORED = "could not be stored"
"""Why a signal was dropped that the database refused by itself."""


@dataclass(frozen=True, slots=True)
class Community:
    """A community: `rules` is the number of the rules in force, `as_of` the day its stored totals run up to."""

    id: int
    name: str
    rules: int
    as_of: int


@dataclass(frozen=True, slots=True)
class Rules:
    """A set of rules as it was adopted: the file's text, its version, and settling, active or retired."""

    id: int
    version: str
    name: str
    text: str
    state: str


async def everyone(connection: AsyncConnection) -> list[Community]:
    """Return all communities by name."""
    rows = await connection.execute(
        select(community.c.id, community.c.name, community.c.rules, community.c.as_of).order_by(community.c.name)
    )
    return [Community(*row) for row in rows]


async def zones(connection: AsyncConnection) -> dict[int, str]:
    """Return the time zone of each community, as its settings name it."""
    rows = await connection.execute(select(community.c.id, community.c.settings))
    return {row[0]: str(json.loads(row[1] or "{}").get("zone", "UTC")) for row in rows}


async def named(connection: AsyncConnection, name: str) -> Community | None:
    """Return the community of a name, None where there is none."""
    return next((one for one in await everyone(connection) if one.name == name), None)


async def get(connection: AsyncConnection, number: int) -> Community:
    """Return a community by number."""
    rows = await rows_of(connection, "SELECT id, name, rules, as_of FROM community WHERE id = :number", number=number)
    return Community(*rows[0])


async def found(connection: AsyncConnection, name: str, rules_text: str, version: str, file: str) -> Community:
    """Make a new community with its first rules."""
    number = (await connection.execute(insert(community).values(name=name).returning(community.c.id))).scalar_one()
    first = await add_rules(connection, number, (rules_text, version, file), "active")
    await connection.execute(update(community).where(community.c.id == number).values(rules=first))
    return Community(number, name, first, 0)


async def add_rules(connection: AsyncConnection, of: int, file: tuple[str, str, str], state: str) -> int:
    """Put rules down (text, version, file name); returns their number."""
    content, version, name = file
    values = {
        "community": of, "version": version, "name": name, "text": content, "state": state,
        "adopted_at": time.time_ns() // 1_000_000,
    }  # fmt: skip
    return int((await connection.execute(insert(rules).values(values).returning(rules.c.id))).scalar_one())


async def rules_of(connection: AsyncConnection, of: int) -> list[Rules]:
    """Return a community's rules that are in force or being settled, oldest first."""
    sql = "SELECT id, version, name, text, state FROM rules WHERE community = :of AND state <> 'retired' ORDER BY id"
    rows = await rows_of(connection, sql, of=of)
    return [Rules(*row) for row in rows]


async def active_rules(connection: AsyncConnection, of: int) -> Rules:
    """Return the rules in force."""
    return next(one for one in await rules_of(connection, of) if one.state == "active")


async def put_in_force(connection: AsyncConnection, of: int, number: int) -> None:
    """Make settled rules the ones in force and retire all others, with what was scored under them."""
    await connection.execute(update(rules).where(rules.c.community == of, rules.c.id != number).values(state="retired"))
    await connection.execute(update(rules).where(rules.c.id == number).values(state="active"))
    await connection.execute(update(community).where(community.c.id == of).values(rules=number))


async def retire_settling(connection: AsyncConnection, of: int, but: int) -> None:
    """Give up rules that were being settled beside those in force, but for one."""
    await connection.execute(
        update(rules)
        .where(rules.c.community == of, rules.c.state == "settling", rules.c.id != but)
        .values(state="retired")
    )


async def sweep_retired(connection: AsyncConnection, of: int, limit: int = 5_000) -> bool:
    """Delete some of what was scored under retired rules; returns whether more is left."""
    retired = "SELECT id FROM rules WHERE community = :of AND state = 'retired'"
    more = False
    for table, keys in (
        ("tally", "day, member, type"),
        ("old_tally", "day, member, type"),
        ("total", "member, band"),
        ("band_change", "member, day"),
        ("crossing", "member, step, day"),
    ):
        result = await connection.execute(
            text(
                f"DELETE FROM {table} WHERE (community, rules, {keys}) IN (SELECT community, rules, {keys} "
                f"FROM {table} WHERE community = :of AND rules IN ({retired}) LIMIT :limit) RETURNING 1"
            ),
            {"of": of, "limit": limit},
        )
        more = more or len(result.fetchall()) == limit
    return more


async def find_space(connection: AsyncConnection, of: int, wanted: Space) -> tuple[int, str] | None:
    """Return a space's number and consent policy, None where the community has no such space."""
    row = await connection.execute(
        select(space.c.id, space.c.consent).where(
            space.c.community == of, space.c.platform == wanted.platform, space.c.external == wanted.id
        )
    )
    there = row.first()
    return None if there is None else (there[0], there[1])


async def add_space(connection: AsyncConnection, of: int, wanted: Space, consent: str) -> int:
    """Put a space down with its consent policy."""
    values = {
        "community": of, "platform": wanted.platform, "external": wanted.id, "name": wanted.name, "consent": consent,
    }  # fmt: skip
    return int((await connection.execute(insert(space).values(values).returning(space.c.id))).scalar_one())


async def roll_to(connection: AsyncConnection, of: int, day: int) -> None:
    """Set the day up to which stored totals run; never back."""
    await connection.execute(update(community).where(community.c.id == of, community.c.as_of < day).values(as_of=day))


async def last_day(connection: AsyncConnection, of: int) -> int | None:
    """Return the day of a community's last engagement that holds."""
    row = await connection.execute(text("SELECT max(day) FROM engagement WHERE community = :of AND holds"), {"of": of})
    day = row.scalar_one()
    return None if day is None else int(day)


async def first_day(connection: AsyncConnection, of: int) -> int | None:
    """Return the day of a community's first engagement that holds."""
    row = await connection.execute(text("SELECT min(day) FROM engagement WHERE community = :of AND holds"), {"of": of})
    day = row.scalar_one()
    return None if day is None else int(day)


async def set_aside(connection: AsyncConnection, of: int, source: int, fault: tuple[Kind, str]) -> None:
    """Put down that a signal could not be stored, and why; never what it held. An import counts it as dropped."""
    kind, reason = fault
    there = select(import_run.c.result).where(import_run.c.id == source)
    told = (await connection.execute(there)).scalar_one_or_none()
    if told is not None:
        result = json.loads(told)
        dropped = result.setdefault("dropped", {})
        dropped[COULD_NOT_BE_STORED] = dropped.get(COULD_NOT_BE_STORED, 0) + 1
        values = {"done": import_run.c.done + 1, "result": json.dumps(result)}
        await connection.execute(update(import_run).where(import_run.c.id == source).values(values))
    await connection.execute(
        insert(rejected).values(community=of, at=time.time_ns() // 1_000_000, kind=int(kind), reason=reason)
    )


async def dissolve_empty(connection: AsyncConnection, of: int) -> None:
    """Delete a community that failed imports alone have left: nobody in it, no space, only its first rules."""
    something = (
        "SELECT 1 FROM account WHERE community = :of UNION SELECT 1 FROM space WHERE community = :of "
        "UNION SELECT 1 FROM count WHERE community = :of "
        "UNION SELECT 1 FROM left_out WHERE community = :of "
        "UNION SELECT 1 FROM community WHERE id = :of AND settings IS NOT NULL "
        "UNION SELECT 1 FROM import_run WHERE community = :of AND state <> 'failed' "
        "UNION SELECT 1 WHERE (SELECT count(*) FROM rules WHERE community = :of) > 1"
    )
    if (await connection.execute(text(something), {"of": of})).first() is not None:
        return
    for table in ("naming", "context", "rejected", "import_run", "rules", "orphan", "dirty", "stale", "lane", "task"):
        await connection.execute(text(f"DELETE FROM {table} WHERE community = :of"), {"of": of})
    await connection.execute(text("DELETE FROM community WHERE id = :of"), {"of": of})
