"""What is done at its time: who does it now, and what is to be done or was."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text
from sqlalchemy import text as sql

from bot.storage.schema.base import hot_of_community, metadata

lane = Table(
    "lane",
    metadata,
    hot_of_community(primary=True),
    Column("name", Text, primary_key=True, comment="a job, or a job and what it left for later: backup/write"),
    Column("since", BigInteger, nullable=False, comment="what was due before was nobody's"),
    Column(
        "fence", BigInteger, nullable=False, comment="one more at each taking; who holds a lower one writes nothing"
    ),
    Column("lease", BigInteger, nullable=False, comment="until when it is held; 0 while it is not"),
    comment="Who works one sort of work off now, one at a time. Community 0 is the whole database.",
    sqlite_with_rowid=False,
)

task = Table(
    "task",
    metadata,
    hot_of_community(primary=True),
    Column("lane", Text, primary_key=True),
    Column("key", Text, primary_key=True, comment="a job's period in its own zone; for the rest, what it is about"),
    Column("due", BigInteger, nullable=False),
    Column("again", BigInteger, nullable=False, comment="not to be tried before"),
    Column("state", Text, nullable=False, comment="waiting, done or skipped"),
    Column("tries", Integer, nullable=False, comment="how often it was begun"),
    Column("about", Text, nullable=False, comment="JSON of numbers and names of ours; nothing of people"),
    Column("ended_at", BigInteger, comment="none while it waits"),
    Column("said", Text, nullable=False, comment="how it ended, or why it failed last"),
    comment="Work by its period or subject: each is there once, and done once.",
    sqlite_with_rowid=False,
)
_WAITING = sql("state = 'waiting'")
Index("ix_task_waiting", task.c.again, sqlite_where=_WAITING, postgresql_where=_WAITING)
Index("ix_task_due", task.c.community, task.c.lane, task.c.due)
