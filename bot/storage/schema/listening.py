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

unread = Table(
    "unread",
    metadata,
    of_community(primary=True),
    Column("space", Integer, ForeignKey("space.id"), primary_key=True, autoincrement=False),
    Column("what", Text, primary_key=True, comment="the platform's name of the event, or the kind of signal"),
    Column("reason", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False, comment="how many of them; 0 where they were read since"),
    Column("tries", Integer, nullable=False),
    Column("asked", Boolean, nullable=False, comment="whether somebody asked for that time to be read again"),
    comment="What was heard live and could not be read or stored; never what it held.",
)
