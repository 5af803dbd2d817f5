"""The tables. Moments are integer milliseconds since 1970 UTC, days are day numbers (see `scoring.signals`).

Every key leads with the community, and with the day where rows come in by day, so that tables stay fast as they grow
and can be partitioned later. The engagement table carries no index scattered over members.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from scoring.signals import Kind

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database hands out (SQLite does so for INTEGER keys only)."""


_KEY = Text().with_variant(Text(collation="C"), "postgresql")
"""A natural key: compared byte by byte, so that what hangs on an object stands right behind it."""


def _id() -> Column[int]:
    return Column("id", _ID, primary_key=True, autoincrement=True)


def _community(*, primary: bool = False) -> Column[int]:
    return Column("community", Integer, ForeignKey("community.id"), nullable=False, primary_key=primary)


def _hot_community(*, primary: bool = False) -> Column[int]:
    """The community on tables that take thousands of rows a second: no foreign key is looked up for each."""
    return Column("community", Integer, nullable=False, primary_key=primary)


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
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("rules", Integer, comment="the rules in force"),
    Column("as_of", Integer, nullable=False, server_default=text("0"), comment="day up to which totals are rolled"),
)

rules = Table(
    "rules",
    metadata,
    _id(),
    _community(),
    Column("version", Text, nullable=False),
    Column("name", Text, nullable=False, comment="the file they were read from"),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False, comment="settling, active or retired"),
    Column("adopted_at", BigInteger, nullable=False),
)

space = Table(
    "space",
    metadata,
    _id(),
    _community(),
    Column("platform", Text, nullable=False),
    Column("external", Text, nullable=False, comment="the platform's id of the server or workspace"),
    Column("name", Text, nullable=False),
    Column("consent", Text, nullable=False, comment="counted, notice or strict"),
    UniqueConstraint("community", "platform", "external"),
)

context = Table(
    "context",
    metadata,
    _id(),
    _community(),
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
    UniqueConstraint("community", "identity"),
)

member = Table(
    "member",
    metadata,
    _id(),
    _community(),
    Column("public", Text, nullable=False, unique=True, comment="UUIDv7"),
    Column("merged_into", _ID, ForeignKey("member.id")),
    Column("page", Boolean, nullable=False, comment="has a page; otherwise only counted"),
    Index(None, "community", "merged_into"),
)

account = Table(
    "account",
    metadata,
    _id(),
    _community(),
    Column("handle", Text, nullable=False, comment="keyed pseudonym of the identity"),
    Column("sealed", LargeBinary, nullable=False, comment="the identity, encrypted"),
    Column("platform", Text, nullable=False),
    Column("bot", Boolean, nullable=False),
    Column("own_member", _ID, ForeignKey("member.id"), nullable=False, comment="the member it began with"),
    Column("member", _ID, ForeignKey("member.id"), nullable=False, comment="the member it belongs to now"),
    Column("source", Integer, nullable=False, comment="the import that first named it; 0 is live"),
    UniqueConstraint("community", "handle"),
    Index(None, "community", "member"),
)

link = Table(
    "link",
    metadata,
    _id(),
    _community(),
    Column("account", _ID, ForeignKey("account.id"), nullable=False),
    Column("other", _ID, ForeignKey("account.id"), nullable=False),
    Column("source", Integer, nullable=False, comment="the import that vouches for it; 0 is the people themselves"),
    UniqueConstraint("community", "account", "other", "source"),
)

attribute = Table(
    "attribute",
    metadata,
    _community(primary=True),
    Column("account", _ID, ForeignKey("account.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("source", Integer, primary_key=True),
    Column("value", Text, nullable=False),
)


def _claim() -> tuple[Column[int] | Column[str] | Column[bool], ...]:
    """What one source says of one object; the engagement holds the winning claim."""
    return (
        Column("day", Integer, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("account", _ID, comment="none while only a retraction is known"),
        Column("kind", SmallInteger, nullable=False),
        Column("context", Integer, nullable=False),
        Column("target", _ID, comment="the account an act names directly"),
        Column("parent_day", Integer),
        Column("parent", _KEY),
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
    _id(),
    _hot_community(),
    Column("key_day", Integer, nullable=False),
    Column("key", _KEY, nullable=False),
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
    Column("engagement", _ID, ForeignKey("engagement.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Integer, primary_key=True),
    *(column for column in _claim() if column.name != "source"),
    Index(None, "source"),
    comment="Every source's claim of an object that more than one source has seen; what undo falls back to.",
)

orphan = Table(
    "orphan",
    metadata,
    _hot_community(primary=True),
    Column("parent_day", Integer, primary_key=True),
    Column("parent", _KEY, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("account", _ID, primary_key=True),
    comment="Member-days whose acts wait for the message they are about.",
)

count = Table(
    "count",
    metadata,
    _community(primary=True),
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("day", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("source", Integer, primary_key=True),
)

dirty = Table(
    "dirty",
    metadata,
    _hot_community(primary=True),
    Column("day", Integer, primary_key=True),
    Column("member", _ID, primary_key=True),
    sqlite_with_rowid=False,
    comment="Member-days whose tallies must be worked out again.",
)

stale = Table(
    "stale",
    metadata,
    _hot_community(primary=True),
    Column("member", _ID, primary_key=True),
    sqlite_with_rowid=False,
    comment="Members whose totals, bands and crossings must be worked out again.",
)

tally = Table(
    "tally",
    metadata,
    _hot_community(primary=True),
    Column("rules", Integer, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("member", _ID, primary_key=True),
    Column("type", SmallInteger, primary_key=True),
    Column("counted", Integer, nullable=False),
    Column("points", BigInteger, nullable=False),
    Index(None, "community", "rules", "member"),
    sqlite_with_rowid=False,
)

total = Table(
    "total",
    metadata,
    _hot_community(primary=True),
    Column("rules", Integer, primary_key=True),
    Column("member", _ID, primary_key=True),
    Column("band", SmallInteger, primary_key=True),
    Column("points", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

band_change = Table(
    "band_change",
    metadata,
    _hot_community(primary=True),
    Column("rules", Integer, primary_key=True),
    Column("member", _ID, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("band", SmallInteger, nullable=False, comment="0 is none, n + 1 the Mountain's n-th from below"),
    sqlite_with_rowid=False,
)

crossing = Table(
    "crossing",
    metadata,
    _hot_community(primary=True),
    Column("rules", Integer, primary_key=True),
    Column("member", _ID, primary_key=True),
    Column("step", SmallInteger, primary_key=True),
    Column("day", Integer, primary_key=True),
    sqlite_with_rowid=False,
)

import_run = Table(
    "import_run",
    metadata,
    _id(),
    _community(),
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
    _id(),
    _community(),
    Column("at", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("reason", Text, nullable=False),
    comment="Signals set aside because they could not be stored; never their content.",
)
