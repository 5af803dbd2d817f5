"""People: members, their accounts, and what is said of them."""

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

member = Table(
    "member",
    metadata,
    number(),
    of_community(),
    Column("public", Text, nullable=False, unique=True, comment="UUIDv7"),
    Column("merged_into", NUMBER, ForeignKey("member.id")),
    Column("page", Boolean, nullable=False, comment="has a page; otherwise only counted"),
    Column(
        "begins",
        Integer,
        nullable=False,
        server_default=sql("0"),
        comment="the day their page begins: what they did before counts for nothing on it",
    ),
    Index(None, "community", "merged_into"),
)

account = Table(
    "account",
    metadata,
    number(),
    of_community(),
    Column("handle", Text, nullable=False, comment="keyed pseudonym of the identity"),
    Column("sealed", LargeBinary, nullable=False, comment="the identity, encrypted"),
    Column("platform", Text, nullable=False),
    Column("bot", Boolean, nullable=False),
    Column("own_member", NUMBER, ForeignKey("member.id"), nullable=False, comment="the member it began with"),
    Column("member", NUMBER, ForeignKey("member.id"), nullable=False, comment="the member it belongs to now"),
    Column("source", Integer, nullable=False, comment="the import that first named it; 0 is live"),
    UniqueConstraint("community", "handle"),
    Index(None, "community", "member"),
)

link = Table(
    "link",
    metadata,
    number(),
    of_community(),
    Column("account", NUMBER, ForeignKey("account.id"), nullable=False),
    Column("other", NUMBER, ForeignKey("account.id"), nullable=False),
    Column("source", Integer, nullable=False, comment="the import that vouches for it; 0 is the people themselves"),
    UniqueConstraint("community", "account", "other", "source"),
)

attribute = Table(
    "attribute",
    metadata,
    of_community(primary=True),
    Column("account", NUMBER, ForeignKey("account.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("source", Integer, primary_key=True),
    Column("value", Text, nullable=False),
)

left_out = Table(
    "left_out",
    metadata,
    of_community(primary=True),
    Column("handle", Text, primary_key=True, comment="keyed pseudonym; nothing else is kept of the identity"),
    Column("space", Integer, primary_key=True, comment="whose settings leave them out; 0 is the person's own word"),
    Column("since", BigInteger, nullable=False),
    Index(None, "community", "space"),
    comment="Identities of whom nothing is stored.",
    sqlite_with_rowid=False,
)
