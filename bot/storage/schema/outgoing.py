"""What goes out to people and channels: messages on their way, and what decides whether they may go.

No row here has a foreign key to its member: undoing an import may take a member away while something is on its way.
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
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from bot.storage.schema.base import NUMBER, metadata, number, of_community

outgoing = Table(
    "outgoing",
    metadata,
    of_community(primary=True),
    Column("live_at", BigInteger, comment="since when messages go out; none before Go live"),
    Column("paused_at", BigInteger, comment="since when everything is held; none while it is not"),
    comment="Whether a community's messages go out at all.",
)

outbox = Table(
    "outbox",
    metadata,
    number(),
    of_community(),
    Column("space", Integer, ForeignKey("space.id"), nullable=False),
    Column("key", Text, nullable=False, comment="what the message is about; posted once, sent at most once"),
    Column("purpose", Text, nullable=False),
    Column("way", Text, nullable=False, comment="dm, line, channel or beside"),
    Column("member", NUMBER, comment="whom it is for or names"),
    Column("channel", Text, nullable=False),
    Column("pings", Boolean, nullable=False),
    Column("content", LargeBinary, comment="its blocks, encrypted; none once it is settled"),
    Column("posted_at", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False, comment="when it is taken up, while pending or sending"),
    Column("expires", BigInteger, nullable=False),
    Column("state", Text, nullable=False, comment="pending, sending, sent, failed or unknown"),
    Column("reason", Text, nullable=False, comment="why it is held or failed"),
    Column("claim", Text, comment="who sends it now: a token made for each attempt"),
    Column("claimed_at", BigInteger, comment="when it was last let through"),
    Column("first_at", BigInteger, comment="when the first attempt began of which no answer came, or none yet"),
    Column("opens", Boolean, nullable=False, comment="opened a conversation with somebody"),
    Column("settled_at", BigInteger),
    Column("message", Text, nullable=False, comment="the platform's id of what was sent"),
    UniqueConstraint("community", "key"),
    comment="All messages that go out, but for replies to a call.",
)
_TAKEN_UP = sql("state IN ('pending', 'sending')")
Index("ix_outbox_due", outbox.c.due, outbox.c.id, sqlite_where=_TAKEN_UP, postgresql_where=_TAKEN_UP)
_TO_SOMEBODY = outbox.c.member.is_not(None)
Index(
    "ix_outbox_member",
    outbox.c.community,
    outbox.c.member,
    sqlite_where=_TO_SOMEBODY,
    postgresql_where=_TO_SOMEBODY,
)
Index(
    "ix_outbox_opens",
    outbox.c.space,
    outbox.c.claimed_at,
    sqlite_where=sql("opens"),
    postgresql_where=sql("opens"),
)

contact = Table(
    "contact",
    metadata,
    of_community(primary=True),
    Column("member", NUMBER, primary_key=True, autoincrement=False),
    Column("met_at", BigInteger, nullable=False, comment="when they last came to us or wished to stay; 0 is never"),
    Column("ignored", Integer, nullable=False, comment="invitations in a row that they let pass"),
    Column("asked_at", BigInteger, comment="when they were asked whether to go on, after they let some pass"),
    Column("minor", Boolean, nullable=False, comment="too young to be written to"),
    Column("zone", Text, comment="their time zone, where they told it"),
    Column("profile_zone", Text, comment="the time zone of their profile on a platform, of those with a page"),
    comment="What decides whether a member may be contacted; its row is the lock of all that goes to them.",
)

reach = Table(
    "reach",
    metadata,
    of_community(primary=True),
    Column("member", NUMBER, primary_key=True, autoincrement=False),
    Column("space", Integer, ForeignKey("space.id"), primary_key=True, autoincrement=False),
    Column("invite", Text, comment="dm, here or no; none before they chose"),
    Column("opened_at", BigInteger, comment="since when there is a conversation"),
    Column("closed_at", BigInteger, comment="when they last took no direct message"),
    Column("left_at", BigInteger, comment="when they left; none while they are there"),
    comment="How a member may be reached in a space.",
)

refusal = Table(
    "refusal",
    metadata,
    of_community(primary=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("reason", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    comment="How often the Gate refused, by day and reason.",
)

slowdown = Table(
    "slowdown",
    metadata,
    Column("space", Integer, ForeignKey("space.id"), primary_key=True, autoincrement=False),
    Column("until", BigInteger, nullable=False),
    Column("times", Integer, nullable=False, comment="how often in a row; each pause is longer than the one before"),
    comment="Spaces whose platform wants no more new conversations for now.",
)
