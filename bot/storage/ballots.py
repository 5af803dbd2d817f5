"""What members answered: with whose it is while they may change it, without where that was promised and it is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import insert_new, put, rows_of
from bot.storage.schema import ballot, paper
from bot.storage.surveys import Survey


@dataclass(frozen=True, slots=True)
class Ballot:
    """One member's answers, encrypted; `root` stands for all that they are joined with."""

    member: int
    content: bytes
    finished: bool
    root: int = 0


async def write(connection: AsyncConnection, of: Survey, one: Ballot, instead: Collection[int] = ()) -> None:
    """Put a member's answers down instead of theirs before, and of those of other members who are they, too."""
    others = [member for member in instead if member != one.member]
    if others:
        here = ballot.c.community == of.community, ballot.c.survey == of.id
        await connection.execute(delete(ballot).where(*here, ballot.c.member.in_(others)))
    columns = ("community", "survey", "member", "content", "finished")
    await put(connection, ballot, columns, [(of.community, of.id, one.member, one.content, one.finished)])


async def of_members(connection: AsyncConnection, of: Survey, members: Collection[int]) -> list[Ballot]:
    """Return the answers of some members."""
    query = select(ballot.c.member, ballot.c.content, ballot.c.finished).where(
        ballot.c.community == of.community, ballot.c.survey == of.id, ballot.c.member.in_(members)
    )
    return [Ballot(row[0], bytes(row[1]), bool(row[2])) for row in await connection.execute(query)]


async def everything(connection: AsyncConnection, of: Survey) -> list[Ballot]:
    """Return all answers with whose they are, those of one person (`root`) next to each other."""
    rows = await rows_of(
        connection,
        "SELECT b.member, b.content, b.finished, coalesce(m.merged_into, b.member) AS root FROM ballot b "
        "LEFT JOIN member m ON m.community = b.community AND m.id = b.member "
        "WHERE b.community = :c AND b.survey = :s ORDER BY root, b.member",
        c=of.community,
        s=of.id,
    )
    return [Ballot(row[0], bytes(row[1]), bool(row[2]), row[3]) for row in rows]


async def burn(connection: AsyncConnection, of: Survey, most: int) -> int:
    """Delete some answers with whose they are; returns how many."""
    one_of = select(ballot.c.member).where(ballot.c.community == of.community, ballot.c.survey == of.id).limit(most)
    members = [row[0] for row in await connection.execute(one_of)]
    here = ballot.c.community == of.community, ballot.c.survey == of.id
    await connection.execute(delete(ballot).where(*here, ballot.c.member.in_(members)))
    return len(members)


async def add_papers(connection: AsyncConnection, of: Survey, papers: Sequence[tuple[str, str]]) -> None:
    """Put down answers that are nobody's any more, as (lot, answers), in the order of their lots."""
    rows = [(of.community, of.id, *one) for one in papers]
    await insert_new(connection, paper, ("community", "survey", "lot", "answers"), rows)


async def papers(connection: AsyncConnection, of: Survey) -> list[str]:
    """Return answers that are nobody's any more, in the order of their lots."""
    query = select(paper.c.answers).where(paper.c.community == of.community, paper.c.survey == of.id)
    return [row[0] for row in await connection.execute(query.order_by(paper.c.lot))]


async def tear_up(connection: AsyncConnection, of: Survey, lots: Iterable[str] | None = None) -> None:
    """Delete what `add_papers` put down: all of it, or some."""
    gone = delete(paper).where(paper.c.community == of.community, paper.c.survey == of.id)
    await connection.execute(gone if lots is None else gone.where(paper.c.lot.in_(list(lots))))
