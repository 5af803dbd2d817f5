"""What the team keeps in chat: chapters, convenings, remarks, investments, exclusions, and rules that are drafted.

No row here has a foreign key to a member or account: what is said of somebody may go before or after they do.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from bot.storage.schema.base import NUMBER, metadata, number, of_community


def _space(*, primary: bool = False) -> Column[int]:
    key = ForeignKey("space.id")
    return Column("space", Integer, key, nullable=False, primary_key=primary, autoincrement=False)


def _by() -> tuple[Column[int], Column[int]]:
    """Who put a row down, and when."""
    return (
        Column("actor", NUMBER, comment="the member who put it down; none where they are not known any more"),
        Column("at", BigInteger, nullable=False),
    )


chapter = Table(
    "chapter",
    metadata,
    number(),
    of_community(),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False, comment="where it is; empty where it is nowhere"),
    *_by(),
    Column("closed_at", BigInteger, comment="none while it goes on"),
    Index(None, "community", "name"),
    comment="Local chapters and teams.",
)

chapter_member = Table(
    "chapter_member",
    metadata,
    of_community(primary=True),
    Column("chapter", NUMBER, ForeignKey("chapter.id"), primary_key=True, autoincrement=False),
    Column("member", NUMBER, primary_key=True, autoincrement=False),
    Column("since", Integer, primary_key=True, autoincrement=False, comment="the first day"),
    Column("until", Integer, comment="the last day; none while they belong to it"),
    Column("space", Integer, comment="whose role says so; none where the team put it down"),
    Index(None, "community", "member"),
    comment="Who belongs, or has belonged, to which chapter.",
)

convening = Table(
    "convening",
    metadata,
    number(),
    of_community(),
    _space(),
    Column("public", Text, nullable=False, unique=True, comment="its id in buttons and natural keys"),
    Column("title", Text, nullable=False),
    Column("place", Text, nullable=False, comment="where it is, in words"),
    Column("channel", Text, nullable=False, comment="where it is announced; empty where it is not"),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("code", Text, comment="what people give to check in; none where they need none"),
    Column("checking_in", Boolean, nullable=False, comment="whether checking in was opened"),
    *_by(),
    Column("called_off", BigInteger, comment="when it was called off; none where it was not"),
    Index(None, "community", "starts_at"),
    comment="Convenings that the team announced in chat.",
)

investment = Table(
    "investment",
    metadata,
    number(),
    of_community(),
    Column("member", NUMBER, comment="in whom; none once they are not known any more"),
    Column("day", Integer, nullable=False),
    Column("what", Text, nullable=False, comment="hours or grant"),
    Column("amount", BigInteger, nullable=False, comment="hundredths of an hour or of the community's currency"),
    *_by(),
    Column("undone_at", BigInteger, comment="none while it holds"),
    Index(None, "community", "day"),
    comment="Hours and grants that the community gave to somebody.",
)

logged = Table(
    "logged",
    metadata,
    number(),
    of_community(),
    _space(),
    Column("key_day", Integer, nullable=False),
    Column("key", Text, nullable=False, comment="the engagement's natural key"),
    Column("type", Text, nullable=False, comment="the engagement type of the rules it was logged as"),
    Column("day", Integer, nullable=False),
    Column("member", NUMBER, comment="whose engagement it is; none once they are not known any more"),
    *_by(),
    Column("undone_at", BigInteger, comment="none while it holds"),
    Index(None, "community", "at"),
    comment="What the team logged, so that it can be taken back.",
)

remark = Table(
    "remark",
    metadata,
    number(),
    of_community(),
    Column("week", Integer, nullable=False, comment="its Monday"),
    Column("text", Text, nullable=False, comment="what the team did, in its own words"),
    *_by(),
    Index(None, "community", "week"),
    comment="What the team did in a week, shown beside the figures.",
)

exclusion = Table(
    "exclusion",
    metadata,
    of_community(primary=True),
    _space(primary=True),
    Column("what", Text, primary_key=True, comment="channel, role or person"),
    Column("which", Text, primary_key=True, comment="the platform's id; a person's keyed pseudonym"),
    *_by(),
    comment="What the team leaves out of a space in chat, on top of what the community file says.",
    sqlite_with_rowid=False,
)

rules_draft = Table(
    "rules_draft",
    metadata,
    of_community(primary=True),
    Column("text", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("base", Text, nullable=False, comment="the version it changes"),
    *_by(),
    comment="Rules that are being changed in chat and are not in force.",
)

team_room = Table(
    "team_room",
    metadata,
    _space(primary=True),
    Column("channel", Text, nullable=False, comment="the private channel in which the team is told things"),
    *_by(),
    comment="Where the team of each space is told things.",
)

never_join = Table(
    "never_join",
    metadata,
    of_community(primary=True),
    Column("account", NUMBER, primary_key=True, autoincrement=False),
    Column("other", NUMBER, primary_key=True, autoincrement=False),
    *_by(),
    comment="Pairs of accounts that the team said are two people, so that they are not suggested again.",
)
