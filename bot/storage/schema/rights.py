"""What people decided about themselves, who looked at them, and what is being erased.

No row here has a foreign key to its member: what is said of somebody must be able to go before or after they do.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
)

from bot.storage.schema.base import NUMBER, hot_of_community, metadata, number, of_community

choice = Table(
    "choice",
    metadata,
    number(),
    of_community(),
    Column("member", NUMBER, nullable=False),
    Column("space", Integer, nullable=False, comment="where it holds; 0 is everywhere"),
    Column("what", Text, nullable=False, comment="page, invite, out, or what they were asked"),
    Column("value", Text, nullable=False, comment="what they chose, or `asked`"),
    Column("version", Text, nullable=False, comment="of the text that they read"),
    Column("at", BigInteger, nullable=False),
    Column("source", Text, nullable=False, comment="card, command, role, operator ..."),
    Index(None, "community", "member"),
    comment="What people chose and were asked, in the order it came; rows are never changed.",
)

audit = Table(
    "audit",
    metadata,
    of_community(primary=True),
    Column("n", Integer, primary_key=True, autoincrement=False, comment="1, 2, 3 ... without a gap"),
    Column("at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("actor", NUMBER, comment="the member who did it; none is the operator, or somebody who was erased"),
    Column("about", NUMBER, comment="the member it concerns"),
    Column("payload", Text, comment="JSON of what was done, without identities; none once it is erased"),
    Column("salt", Text, comment="none once the payload is erased"),
    Column("digest", Text, nullable=False, comment="of salt, actor, about and payload"),
    Column("link", Text, nullable=False, comment="of the link before, the moment, what was done, and the digest"),
    Index(None, "community", "about"),
    comment="Who looked at whom, and who changed what: a chain in which no row can be changed unseen.",
)

erasure = Table(
    "erasure",
    metadata,
    number(),
    of_community(),
    Column("member", NUMBER, comment="whom to erase; none once it is done"),
    Column("reason", Text, nullable=False, comment="own wish, under age, platform or operator"),
    Column("asked_at", BigInteger, nullable=False),
    Column("done_at", BigInteger, comment="none while it goes on"),
    comment="Erasures: those that go on, and how many there were.",
)

old_tally = Table(
    "old_tally",
    metadata,
    hot_of_community(primary=True),
    Column("rules", Integer, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("member", NUMBER, primary_key=True),
    Column("type", SmallInteger, primary_key=True),
    Column("counted", Integer, nullable=False),
    Column("points", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    comment="What acts gave that are kept no longer: settling adds it to what the acts that are kept give.",
)

excluded_place = Table(
    "excluded_place",
    metadata,
    Column("space", Integer, ForeignKey("space.id"), primary_key=True, autoincrement=False),
    Column("place", Text, primary_key=True),
    comment="Channels that do not count because of a category, which only their platform knows.",
)

notice = Table(
    "notice",
    metadata,
    Column("space", Integer, ForeignKey("space.id"), primary_key=True, autoincrement=False),
    Column("channel", Text, primary_key=True),
    Column("posted_at", BigInteger, nullable=False),
    comment="When each channel was last told what Cairn does.",
)
