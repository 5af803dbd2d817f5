"""How far the history of spaces is read by the bot itself."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text

from bot.storage.schema.base import NUMBER, metadata


def _space() -> Column[int]:
    return Column("space", Integer, ForeignKey("space.id"), primary_key=True, autoincrement=False)


backfill = Table(
    "backfill",
    metadata,
    _space(),
    Column("source", NUMBER, nullable=False, comment="the import that stands for it"),
    Column("since", BigInteger, nullable=False, comment="0 is all there is"),
    Column("until", BigInteger, nullable=False),
    Column("places", Integer, nullable=False, comment="channels to read"),
    Column("done", Integer, nullable=False, comment="channels that are read"),
    Column("refused", Text, nullable=False, comment="ids of channels that cannot be read, as JSON"),
    Column("reached", BigInteger, nullable=False, comment="the moment of what was read last; 0 before anything was"),
    Column("ended_at", BigInteger, comment="none while it goes on"),
    comment="How far the history of each space is wanted and read.",
)

backfill_place = Table(
    "backfill_place",
    metadata,
    _space(),
    Column("place", Text, primary_key=True),
    Column("cursor", Text, nullable=False, comment="the platform's id of the oldest object that is read"),
    Column("since", BigInteger, comment="read whole back to here; none while something older is to be read"),
    comment="Where reading the history of a channel or thread goes on.",
    sqlite_with_rowid=False,
)

writer = Table(
    "writer",
    metadata,
    _space(),
    Column("month", Integer, primary_key=True, autoincrement=False, comment="its first day"),
    Column("pseudonym", Text, primary_key=True, comment="another one each month, and none that stands anywhere else"),
    comment="Who wrote in a month, only until that month is read; then their number is a count, and they are gone.",
    sqlite_with_rowid=False,
)
