"""Surveys: what is asked, who takes part, and what they answered; the last two lie apart.

No row here has a foreign key to its member: what is said of somebody may go before or after they do. Nothing here tells
a moment of anybody's answer, only days of asking: an hour and a minute could be matched with what others saw.
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
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from bot.storage.schema.base import NUMBER, metadata, number, of_community


def _survey() -> Column[int]:
    return Column("survey", NUMBER, ForeignKey("survey.id"), primary_key=True, autoincrement=False)


survey = Table(
    "survey",
    metadata,
    number(),
    of_community(),
    Column("public", Text, nullable=False, unique=True, comment="its id in buttons, on the command line and in keys"),
    Column("name", Text, nullable=False, comment="of its file: runs of one name are compared with one another"),
    Column("run", Integer, nullable=False, comment="1, 2, 3 ... among those of its name"),
    Column("definition", Text, nullable=False, comment="the checked file; it never changes after opening"),
    Column("mode", Text, nullable=False, comment="named, confidential or anonymous"),
    Column("state", Text, nullable=False, comment="draft, open, closing, shuffled, closed or discarded"),
    Column("terms", Text, nullable=False, comment="JSON: whom it asks, how many, where, in which wordings; no people"),
    Column("seed", BigInteger, nullable=False, comment="of the draw of who is asked"),
    Column("opens_at", BigInteger, comment="when it opens by itself; none where somebody opens it"),
    Column("opened_at", BigInteger),
    Column("closes_at", BigInteger, comment="when it closes by itself"),
    Column("closed_at", BigInteger),
    Column("results", Text, comment="JSON of its figures, suppressed; none before it is closed"),
    Column("kept_until", Integer, comment="the last day on which its answers are kept; none before it is closed"),
    Column("actor", NUMBER, comment="the member who made it; none where they are not known any more"),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("community", "name", "run"),
    Index(None, "community", "state"),
    comment="Surveys, each run of one by itself.",
)

survey_place = Table(
    "survey_place",
    metadata,
    of_community(primary=True),
    _survey(),
    Column("space", Integer, ForeignKey("space.id"), primary_key=True, autoincrement=False),
    Column("channel", Text, primary_key=True),
    Column("reminders", Integer, nullable=False, comment="how many were posted there"),
    comment="Where surveys are posted.",
)

survey_person = Table(
    "survey_person",
    metadata,
    of_community(primary=True),
    _survey(),
    Column("member", NUMBER, primary_key=True, autoincrement=False),
    Column("asked", Integer, comment="the day on which they were asked by name; none who came by themselves"),
    Column("state", SmallInteger, nullable=False, comment="0 asked, 1 reached, 2 began, 3 finished, 4 declined"),
    Column("variant", Text, nullable=False, comment="the wording or time of asking that they were given"),
    Column("stratum", Text, nullable=False, comment="what they were drawn for: a band, a region"),
    Column("reminders", SmallInteger, nullable=False),
    Index(None, "community", "member"),
    comment="Who was asked and how far they came; never what they said.",
)

ballot = Table(
    "ballot",
    metadata,
    of_community(primary=True),
    _survey(),
    Column("member", NUMBER, primary_key=True, autoincrement=False),
    Column(
        "content", LargeBinary, nullable=False, comment="the answers, encrypted; the key of anonymous ones is apart"
    ),
    Column("finished", Boolean, nullable=False),
    comment="Answers with whose they are: until close where a survey is anonymous, else while answers are kept.",
)

paper = Table(
    "paper",
    metadata,
    of_community(primary=True),
    _survey(),
    Column("lot", Text, primary_key=True, comment="drawn at random; rows are written in its order"),
    Column("answers", Text, nullable=False),
    comment="Answers of anonymous surveys that are closed: nobody's any more.",
    sqlite_with_rowid=False,
)

survey_view = Table(
    "survey_view",
    metadata,
    of_community(primary=True),
    _survey(),
    Column("view", Text, primary_key=True, comment="the filters under which figures were given"),
    Column("n", Integer, nullable=False, comment="how many answers they were made of"),
    comment="Figures that were given: one that differs from them by few people is refused.",
)

survey_outcome = Table(
    "survey_outcome",
    metadata,
    number(),
    of_community(),
    Column("survey", NUMBER, ForeignKey("survey.id"), nullable=False),
    Column("said", Text, nullable=False, comment="what members said, in the team's words"),
    Column("did", Text, nullable=False, comment="what the team did about it"),
    Column("actor", NUMBER, comment="the member who put it down; none where they are not known any more"),
    Column("at", BigInteger, nullable=False),
    Index(None, "community", "at"),
    comment="You said, we did.",
)

declared_tie = Table(
    "declared_tie",
    metadata,
    of_community(primary=True),
    _survey(),
    Column("member", NUMBER, primary_key=True, autoincrement=False),
    Column("other", NUMBER, primary_key=True, autoincrement=False),
    Column("collaborate", SmallInteger, nullable=False, comment="0 never, 1 rarely, 2 sometimes, 3 often"),
    Column("advice", SmallInteger, nullable=False),
    Column("speak", SmallInteger, nullable=False),
    Column("day", Integer, nullable=False, comment="the day the survey was closed"),
    Index(None, "community", "other"),
    comment="Whom members said that they work with, of surveys that are not anonymous.",
)
