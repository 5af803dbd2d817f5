"""What listening live has to remember over a restart."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, Table, Text

from bot.storage.schema.base import metadata, number, of_community

note = Table(
    "note",
    metadata,
    Column("owner", Text, primary_key=True, comment="the integration"),
    Column("space", Integer, primary_key=True, comment="0 is the integration itself"),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="What integrations put down for themselves: how far they have heard and read, and when they logged in.",
    sqlite_with_rowid=False,
)

gap = Table(
    "gap",
    metadata,
    number(),
    of_community(),
    Column("space", Integer, ForeignKey("space.id"), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("made_good", Boolean, nullable=False, comment="whether what can still be seen of it has been stored"),
    comment="Times of which not everything was heard.",
)
