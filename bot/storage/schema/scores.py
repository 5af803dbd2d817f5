"""What settling works out, and the marks of what it must look at."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text

from bot.storage.schema.base import NUMBER, hot_of_community, metadata, of_community

dirty = Table(
    "dirty",
    metadata,
    hot_of_community(primary=True),
    Column("day", Integer, primary_key=True),
    Column("member", NUMBER, primary_key=True),
    sqlite_with_rowid=False,
    comment="Member-days whose tallies must be worked out again.",
)

stale = Table(
    "stale",
    metadata,
    hot_of_community(primary=True),
    Column("member", NUMBER, primary_key=True),
    sqlite_with_rowid=False,
    comment="Members whose totals, bands and crossings must be worked out again.",
)

recount = Table(
    "recount",
    metadata,
    of_community(primary=True),
    Column("what", Text, primary_key=True, comment="space, context or account"),
    Column("which", NUMBER, primary_key=True, autoincrement=False, comment="its number"),
    Column("marked", NUMBER, nullable=False, comment="the engagement up to which days are marked"),
    sqlite_with_rowid=False,
    comment="What may count no longer, or again, until the days that it concerns are marked.",
)

tally = Table(
    "tally",
    metadata,
    hot_of_community(primary=True),
    Column("rules", Integer, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("member", NUMBER, primary_key=True),
    Column("type", SmallInteger, primary_key=True),
    Column("counted", Integer, nullable=False),
    Column("points", BigInteger, nullable=False),
    Index(None, "community", "rules", "member"),
    sqlite_with_rowid=False,
)

total = Table(
    "total",
    metadata,
    hot_of_community(primary=True),
    Column("rules", Integer, primary_key=True),
    Column("member", NUMBER, primary_key=True),
    Column("band", SmallInteger, primary_key=True),
    Column("points", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

band_change = Table(
    "band_change",
    metadata,
    hot_of_community(primary=True),
    Column("rules", Integer, primary_key=True),
    Column("member", NUMBER, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("band", SmallInteger, nullable=False, comment="0 is none, n + 1 the Mountain's n-th from below"),
    sqlite_with_rowid=False,
)

crossing = Table(
    "crossing",
    metadata,
    hot_of_community(primary=True),
    Column("rules", Integer, primary_key=True),
    Column("member", NUMBER, primary_key=True),
    Column("step", SmallInteger, primary_key=True),
    Column("day", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
