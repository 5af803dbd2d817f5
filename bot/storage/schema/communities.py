"""Communities, their rules and spaces, and the contexts in which things are done."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.schema.base import NUMBER, metadata, number, of_community

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="Facts about this database itself, such as which key file belongs to it.",
)

community = Table(
    "community",
    metadata,
    number(),
    Column("name", Text, nullable=False, unique=True),
    Column("rules", Integer, comment="the rules in force"),
    Column("people", BigInteger, nullable=False, server_default=text("0"), comment="how often people have changed"),
    Column("as_of", Integer, nullable=False, server_default=text("0"), comment="day up to which totals are rolled"),
    Column("settings", Text, comment="JSON of what community.yaml says of the whole; none before one is applied"),
)

rules = Table(
    "rules",
    metadata,
    number(),
    of_community(),
    Column("version", Text, nullable=False),
    Column("name", Text, nullable=False, comment="the file they were read from"),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False, comment="settling, active or retired"),
    Column("adopted_at", BigInteger, nullable=False),
)

space = Table(
    "space",
    metadata,
    number(),
    of_community(),
    Column("platform", Text, nullable=False),
    Column("external", Text, nullable=False, comment="the platform's id of the server or workspace"),
    Column("name", Text, nullable=False),
    Column("consent", Text, nullable=False, comment="counted, notice or strict"),
    Column("settings", Text, comment="JSON of what community.yaml says of it; none where it is not listened to"),
    Column("left_at", BigInteger, comment="since when Cairn is no longer there; none while it is"),
    UniqueConstraint("community", "platform", "external"),
)

context = Table(
    "context",
    metadata,
    number(),
    of_community(),
    Column("space", Integer, ForeignKey("space.id")),
    Column("identity", Text, nullable=False, comment="JSON list of what makes a context this one"),
    Column("place", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("named_at", BigInteger, nullable=False, comment="capture time of the name; the newest wins"),
    Column("parent", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("cohort", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("completed", Boolean),
    Column(
        "left_out",
        Boolean,
        nullable=False,
        server_default=text("FALSE"),
        comment="whether what was done there does not count",
    ),
    UniqueConstraint("community", "identity"),
)
Index(
    "ix_context_left_out",
    context.c.community,
    sqlite_where=text("left_out"),
    postgresql_where=text("left_out"),
)

naming = Table(
    "naming",
    metadata,
    of_community(primary=True),
    Column("context", NUMBER, ForeignKey("context.id"), primary_key=True),
    Column("source", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("named_at", BigInteger, nullable=False),
    Column("parent", Text, nullable=False),
    comment="What each source calls a context; the context bears the name captured last. What undo falls back to.",
)
