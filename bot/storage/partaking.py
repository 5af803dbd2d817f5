"""Who was asked in a survey, and how far they came: never what they said, and never when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import each, insert_new, matching, rows_of
from bot.storage.schema import survey_person
from bot.storage.surveys import Survey


class Stage(IntEnum):
    """How far somebody came in a survey; nobody goes back."""

    ASKED = 0
    REACHED = 1
    BEGAN = 2
    FINISHED = 3
    DECLINED = 4
    """They said that they do not want to answer."""


@dataclass(frozen=True, slots=True)
class Part:
    """One member's part in a survey. `asked`: on which day they were asked by name, None if they came by themselves."""

    member: int
    asked: int | None = None
    stage: Stage = Stage.ASKED
    variant: str = ""
    stratum: str = ""
    reminders: int = 0


_COLUMNS = ("community", "survey", "member", "asked", "state", "variant", "stratum", "reminders")
_REACHES = (
    "UPDATE survey_person SET state = :state WHERE community = :community AND survey = :survey AND member = :member "
    "AND (state < :state OR (state = 4 AND :state IN (2, 3)))"  # who declined may still answer
)
_ROOTS = {"member": "bigint"}


async def invite(connection: AsyncConnection, of: Survey, parts: Iterable[Part]) -> int:
    """Put down who takes part, where that is not known yet; returns how many are new."""
    rows = [
        (of.community, of.id, one.member, one.asked, int(one.stage), one.variant, one.stratum, one.reminders)
        for one in parts
    ]
    return await insert_new(connection, survey_person, _COLUMNS, rows)


async def reached(connection: AsyncConnection, of: Survey, members: Iterable[int], stage: Stage) -> None:
    """Put down that members came so far; nobody who was further falls back."""
    of_survey = {"community": of.community, "survey": of.id, "state": int(stage)}
    await each(connection, _REACHES, [of_survey | {"member": one} for one in members])


async def everybody(connection: AsyncConnection, of: Survey) -> list[Part]:
    """Return all who take part, by the members they began with."""
    table = survey_person
    query = select(
        table.c.member, table.c.asked, table.c.state, table.c.variant, table.c.stratum, table.c.reminders
    ).where(table.c.community == of.community, table.c.survey == of.id)
    rows = await connection.execute(query.order_by(table.c.member))
    return [Part(row[0], row[1], Stage(row[2]), *row[3:]) for row in rows]


async def parts_of(connection: AsyncConnection, community: int, members: Collection[int]) -> list[tuple[int, Part]]:
    """Return the surveys (their numbers) in which some members take part, with their parts."""
    rows = await matching(
        connection,
        "SELECT p.survey, p.member, p.asked, p.state, p.variant, p.stratum, p.reminders FROM {given} "
        "JOIN survey_person p ON p.community = :community AND p.member = given.member ORDER BY p.survey",
        _ROOTS,
        ((one,) for one in members),
        community=community,
    )
    return [(row[0], Part(row[1], row[2], Stage(row[3]), *row[4:])) for row in rows]


async def asked_since(connection: AsyncConnection, community: int, day: int) -> frozenset[int]:
    """Return the members (who stand for all they are joined with) who were asked by name on a day or after it."""
    rows = await rows_of(
        connection,
        "SELECT DISTINCT coalesce(m.merged_into, m.id) FROM survey_person p "
        "JOIN member m ON m.community = p.community AND m.id = p.member "
        "WHERE p.community = :community AND p.asked >= :day",
        community=community,
        day=day,
    )
    return frozenset(row[0] for row in rows)


async def counts(connection: AsyncConnection, of: Survey) -> dict[Stage, int]:
    """Return how many came how far."""
    rows = await rows_of(
        connection,
        "SELECT state, count(*) FROM survey_person WHERE community = :c AND survey = :s GROUP BY state",
        c=of.community,
        s=of.id,
    )
    return {Stage(row[0]): row[1] for row in rows}
