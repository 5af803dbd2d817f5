"""Surveys: what is asked, until when, where it is posted, and what came out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import insert_new, is_sqlite, rows_of
from bot.storage.schema import survey, survey_outcome, survey_place, survey_view

DRAFT, OPEN, CLOSING, SHUFFLED, CLOSED, DISCARDED = "draft", "open", "closing", "shuffled", "closed", "discarded"
NAMED, CONFIDENTIAL, ANONYMOUS = "named", "confidential", "anonymous"


@dataclass(frozen=True, slots=True)
class Survey:
    """One run of a survey; moments in ms, `kept_until` a day number. `terms` and `results` are JSON documents."""

    id: int
    community: int
    public: str
    name: str
    run: int
    definition: str
    mode: str
    state: str
    terms: Mapping[str, object]
    seed: int
    opens_at: int | None
    opened_at: int | None
    closes_at: int | None
    closed_at: int | None
    results: Mapping[str, object] | None
    kept_until: int | None
    actor: int | None
    at: int


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a survey is posted, and how many reminders were posted there."""

    space: int
    channel: str
    reminders: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What members said in a survey, and what the team did about it."""

    survey: int
    said: str
    did: str
    actor: int | None
    at: int


_COLUMNS = [survey.c[name] for name in Survey.__slots__]


def _survey(row: tuple[object, ...]) -> Survey:
    values = dict(zip(Survey.__slots__, row, strict=True))
    values["terms"] = orjson.loads(str(values["terms"]))
    if values["results"] is not None:
        values["results"] = orjson.loads(str(values["results"]))
    return Survey(**values)  # type: ignore[arg-type]


async def add(connection: AsyncConnection, values: Mapping[str, object]) -> int:
    """Put a draft down; returns its number. `values` are columns but for the run, which is the next of its name."""
    here = survey.c.community == values["community"], survey.c.name == values["name"]
    runs = (await connection.execute(select(func.max(survey.c.run)).where(*here))).scalar()
    row = dict(values) | {"run": (runs or 0) + 1, "state": DRAFT, "terms": orjson.dumps(values["terms"]).decode()}
    return int((await connection.execute(insert(survey).values(row).returning(survey.c.id))).scalar_one())


async def get(connection: AsyncConnection, community: int, public: str) -> Survey | None:
    """Return a survey of a community by its public id, None where there is none."""
    query = select(*_COLUMNS).where(survey.c.community == community, survey.c.public == public)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _survey(tuple(row))


async def hold(connection: AsyncConnection, community: int, public: str, *, change: bool = False) -> Survey | None:
    """Return a survey whose state cannot be changed by anybody else until this transaction ends.

    Many may hold one to answer it; who wants to `change` it waits for them, and they for them.
    """
    query = select(*_COLUMNS).where(survey.c.community == community, survey.c.public == public)
    if not is_sqlite(connection):
        query = query.with_for_update(read=not change)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _survey(tuple(row))


async def of_community(connection: AsyncConnection, community: int, states: Collection[str] = ()) -> list[Survey]:
    """Return the surveys of a community, of these states or of all, the newest first."""
    query = select(*_COLUMNS).where(survey.c.community == community)
    if states:
        query = query.where(survey.c.state.in_(states))
    return [_survey(tuple(row)) for row in await connection.execute(query.order_by(survey.c.id.desc()))]


async def before(connection: AsyncConnection, one: Survey) -> Survey | None:
    """Return the last run of the same name that was closed before this one, None where there is none."""
    query = (
        select(*_COLUMNS)
        .where(survey.c.community == one.community, survey.c.name == one.name, survey.c.run < one.run)
        .where(survey.c.state == CLOSED)
        .order_by(survey.c.run.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _survey(tuple(row))


async def change(connection: AsyncConnection, number: int, **values: object) -> None:
    """Write columns of a survey that is held."""
    for name in ("terms", "results"):
        if values.get(name) is not None:
            values[name] = orjson.dumps(values[name]).decode()
    await connection.execute(update(survey).where(survey.c.id == number).values(**values))


async def post(connection: AsyncConnection, one: Survey, space: int, channel: str) -> bool:
    """Put down that a survey is posted somewhere; False where it was already."""
    row = (one.community, one.id, space, channel, 0)
    columns = ("community", "survey", "space", "channel", "reminders")
    return bool(await insert_new(connection, survey_place, columns, [row]))


async def places(connection: AsyncConnection, one: Survey) -> list[Posted]:
    """Return where a survey is posted."""
    query = select(survey_place.c.space, survey_place.c.channel, survey_place.c.reminders).where(
        survey_place.c.community == one.community, survey_place.c.survey == one.id
    )
    rows = await connection.execute(query.order_by(survey_place.c.space, survey_place.c.channel))
    return [Posted(*row) for row in rows]


async def reminded(connection: AsyncConnection, one: Survey, at: Posted) -> None:
    """Count a reminder that is posted somewhere."""
    await connection.execute(
        update(survey_place)
        .where(survey_place.c.community == one.community, survey_place.c.survey == one.id)
        .where(survey_place.c.space == at.space, survey_place.c.channel == at.channel)
        .values(reminders=survey_place.c.reminders + 1)
    )


async def views(connection: AsyncConnection, one: Survey) -> dict[str, int]:
    """Return the filters under which figures of a survey were given, with how many answers they were made of."""
    rows = await rows_of(
        connection, "SELECT view, n FROM survey_view WHERE community = :c AND survey = :s", c=one.community, s=one.id
    )
    return {row[0]: row[1] for row in rows}


async def viewed(connection: AsyncConnection, one: Survey, view: str, n: int) -> None:
    """Put down that figures were given."""
    await insert_new(connection, survey_view, ("community", "survey", "view", "n"), [(one.community, one.id, view, n)])


async def put_outcome(connection: AsyncConnection, community: int, outcome: Outcome) -> None:
    """Put down what the team did about what members said."""
    row = {name: getattr(outcome, name) for name in Outcome.__slots__}
    await connection.execute(insert(survey_outcome).values(community=community, **row))


async def outcomes(connection: AsyncConnection, community: int, since: int, until: int) -> list[Outcome]:
    """Return what the team did about what members said, put down from one moment to before another (ms)."""
    names = (survey_outcome.c[name] for name in Outcome.__slots__)
    query = select(*names).where(
        survey_outcome.c.community == community, survey_outcome.c.at >= since, survey_outcome.c.at < until
    )
    return [Outcome(*row) for row in await connection.execute(query.order_by(survey_outcome.c.id))]
