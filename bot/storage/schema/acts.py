"""What people did: engagements with every source's word on them, counts, and imports."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from bot.storage.schema.base import KEY, NUMBER, hot_of_community, metadata, number, of_community
from scoring.signals import Kind


def _claim() -> tuple[Column[int] | Column[str] | Column[bool], ...]:
    """What one source says of one object; the engagement holds the winning claim."""
    return (
        Column("day", Integer, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("account", NUMBER, comment="none while only a retraction is known"),
        Column("kind", SmallInteger, nullable=False),
        Column("context", Integer, nullable=False),
        Column("target", NUMBER, comment="the account an act names directly"),
        Column("parent_day", Integer),
        Column("parent", KEY),
        Column("amount", Integer, nullable=False),
        Column("estimated", Boolean, nullable=False),
        Column("retracted", Boolean, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("captured", BigInteger, nullable=False, comment="when its reactions were captured whole; 0 never"),
        Column("source", Integer, nullable=False, comment="import; 0 is live"),
    )


engagement = Table(
    "engagement",
    metadata,
    number(),
    hot_of_community(),
    Column("key_day", Integer, nullable=False),
    Column("key", KEY, nullable=False),
    *_claim(),
    Column("holds", Boolean, nullable=False, comment="not retracted, nor gone with the message it belongs to"),
    UniqueConstraint("community", "key_day", "key"),
    Index(None, "community", "day", "account"),
)
Index(
    "ix_engagement_receiver",
    engagement.c.community,
    engagement.c.day,
    engagement.c.target,
    sqlite_where=engagement.c.kind == int(Kind.THANKS),
    postgresql_where=engagement.c.kind == int(Kind.THANKS),
)
Index(
    "ix_engagement_participation",
    engagement.c.community,
    engagement.c.context,
    sqlite_where=engagement.c.kind == int(Kind.PARTICIPATION),
    postgresql_where=engagement.c.kind == int(Kind.PARTICIPATION),
)

sighting = Table(
    "sighting",
    metadata,
    Column("engagement", NUMBER, ForeignKey("engagement.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Integer, primary_key=True),
    *(column for column in _claim() if column.name != "source"),
    Index(None, "source"),
    comment="Every source's claim of an object that more than one source has seen; what undo falls back to.",
)

orphan = Table(
    "orphan",
    metadata,
    hot_of_community(primary=True),
    Column("parent_day", Integer, primary_key=True),
    Column("parent", KEY, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("account", NUMBER, primary_key=True),
    comment="Member-days whose acts wait for the message they are about.",
)

count = Table(
    "count",
    metadata,
    of_community(primary=True),
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("day", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("source", Integer, primary_key=True),
)

import_run = Table(
    "import_run",
    metadata,
    number(),
    of_community(),
    Column("source", Text, nullable=False, comment="slack-export, discord-export, participation or counts"),
    Column("digest", Text, nullable=False, comment="SHA-256 of what was imported and how"),
    Column("label", Text, nullable=False, comment="the file's name"),
    Column("space", Integer, ForeignKey("space.id")),
    Column("state", Text, nullable=False, comment="running, done, failed or undone"),
    Column("started_at", BigInteger, nullable=False),
    Column("captured", BigInteger, nullable=False),
    Column("consent", Text, nullable=False),
    Column("keep", Integer, comment="days to keep it; none is until undone"),
    Column("done", BigInteger, nullable=False, comment="signals recorded so far"),
    Column("result", Text, nullable=False, comment="JSON of what was read and what became of it"),
)

rejected = Table(
    "rejected",
    metadata,
    number(),
    of_community(),
    Column("at", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("reason", Text, nullable=False),
    comment="Signals set aside because they could not be stored; never their content.",
)
