"""Surveys: what is asked, who takes part, and what they answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "survey",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False, comment="its id in buttons, on the command line and in keys"),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="of its file: runs of one name are compared with one another"
        ),
        sa.Column("run", sa.Integer(), nullable=False, comment="1, 2, 3 ... among those of its name"),
        sa.Column("definition", sa.Text(), nullable=False, comment="the checked file; it never changes after opening"),
        sa.Column("mode", sa.Text(), nullable=False, comment="named, confidential or anonymous"),
        sa.Column("state", sa.Text(), nullable=False, comment="draft, open, closing, shuffled, closed or discarded"),
        sa.Column(
            "terms",
            sa.Text(),
            nullable=False,
            comment="JSON: whom it asks, how many, where, in which wordings; no people",
        ),
        sa.Column("seed", sa.BigInteger(), nullable=False, comment="of the draw of who is asked"),
        sa.Column(
            "opens_at", sa.BigInteger(), nullable=True, comment="when it opens by itself; none where somebody opens it"
        ),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("closes_at", sa.BigInteger(), nullable=True, comment="when it closes by itself"),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "results", sa.Text(), nullable=True, comment="JSON of its figures, suppressed; none before it is closed"
        ),
        sa.Column(
            "kept_until",
            sa.Integer(),
            nullable=True,
            comment="the last day on which its answers are kept; none before it is closed",
        ),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who made it; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_survey_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("community", "name", "run", name=op.f("uq_survey_community_name_run")),
        sa.UniqueConstraint("public", name=op.f("uq_survey_public")),
        comment="Surveys, each run of one by itself.",
    )
    op.create_index(op.f("ix_survey_community_state"), "survey", ["community", "state"], unique=False)
    op.create_table(
        "ballot",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("survey", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("member", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=False,
            comment="the answers, encrypted; the key of anonymous ones is apart",
        ),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_ballot_community")),
        sa.ForeignKeyConstraint(["survey"], ["survey.id"], name=op.f("fk_ballot_survey")),
        sa.PrimaryKeyConstraint("community", "survey", "member", name=op.f("pk_ballot")),
        comment="Answers with whose they are: until close where a survey is anonymous, else while answers are kept.",
    )
    op.create_table(
        "declared_tie",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("survey", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("member", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("other", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("collaborate", sa.SmallInteger(), nullable=False, comment="0 never, 1 rarely, 2 sometimes, 3 often"),
        sa.Column("advice", sa.SmallInteger(), nullable=False),
        sa.Column("speak", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False, comment="the day the survey was closed"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_declared_tie_community")),
        sa.ForeignKeyConstraint(["survey"], ["survey.id"], name=op.f("fk_declared_tie_survey")),
        sa.PrimaryKeyConstraint("community", "survey", "member", "other", name=op.f("pk_declared_tie")),
        comment="Whom members said that they work with, of surveys that are not anonymous.",
    )
    op.create_index(op.f("ix_declared_tie_community_other"), "declared_tie", ["community", "other"], unique=False)
    op.create_table(
        "paper",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("survey", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("lot", sa.Text(), nullable=False, comment="drawn at random; rows are written in its order"),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_paper_community")),
        sa.ForeignKeyConstraint(["survey"], ["survey.id"], name=op.f("fk_paper_survey")),
        sa.PrimaryKeyConstraint("community", "survey", "lot", name=op.f("pk_paper")),
        comment="Answers of anonymous surveys that are closed: nobody's any more.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_outcome",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("survey", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("said", sa.Text(), nullable=False, comment="what members said, in the team's words"),
        sa.Column("did", sa.Text(), nullable=False, comment="what the team did about it"),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_survey_outcome_community")),
        sa.ForeignKeyConstraint(["survey"], ["survey.id"], name=op.f("fk_survey_outcome_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_outcome")),
        comment="You said, we did.",
    )
    op.create_index(op.f("ix_survey_outcome_community_at"), "survey_outcome", ["community", "at"], unique=False)
    op.create_table(
        "survey_person",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("survey", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("member", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "asked",
            sa.Integer(),
            nullable=True,
            comment="the day on which they were asked by name; none who came by themselves",
        ),
        sa.Column(
            "state", sa.SmallInteger(), nullable=False, comment="0 asked, 1 reached, 2 began, 3 finished, 4 declined"
        ),
        sa.Column("variant", sa.Text(), nullable=False, comment="the wording or time of asking that they were given"),
        sa.Column("stratum", sa.Text(), nullable=False, comment="what they were drawn for: a band, a region"),
        sa.Column("reminders", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_survey_person_community")),
        sa.ForeignKeyConstraint(["survey"], ["survey.id"], name=op.f("fk_survey_person_survey")),
        sa.PrimaryKeyConstraint("community", "survey", "member", name=op.f("pk_survey_person")),
        comment="Who was asked and how far they came; never what they said.",
    )
    op.create_index(op.f("ix_survey_person_community_member"), "survey_person", ["community", "member"], unique=False)
    op.create_table(
        "survey_place",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("survey", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False, comment="how many were posted there"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_survey_place_community")),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_survey_place_space")),
        sa.ForeignKeyConstraint(["survey"], ["survey.id"], name=op.f("fk_survey_place_survey")),
        sa.PrimaryKeyConstraint("community", "survey", "space", "channel", name=op.f("pk_survey_place")),
        comment="Where surveys are posted.",
    )
    op.create_table(
        "survey_view",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("survey", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("view", sa.Text(), nullable=False, comment="the filters under which figures were given"),
        sa.Column("n", sa.Integer(), nullable=False, comment="how many answers they were made of"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_survey_view_community")),
        sa.ForeignKeyConstraint(["survey"], ["survey.id"], name=op.f("fk_survey_view_survey")),
        sa.PrimaryKeyConstraint("community", "survey", "view", name=op.f("pk_survey_view")),
        comment="Figures that were given: one that differs from them by few people is refused.",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("survey_view")
    op.drop_table("survey_place")
    op.drop_index(op.f("ix_survey_person_community_member"), table_name="survey_person")
    op.drop_table("survey_person")
    op.drop_index(op.f("ix_survey_outcome_community_at"), table_name="survey_outcome")
    op.drop_table("survey_outcome")
    op.drop_table("paper")
    op.drop_index(op.f("ix_declared_tie_community_other"), table_name="declared_tie")
    op.drop_table("declared_tie")
    op.drop_table("ballot")
    op.drop_index(op.f("ix_survey_community_state"), table_name="survey")
    op.drop_table("survey")
