"""What is done at its time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "lane",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="a job, or a job and what it left for later: backup/write"
        ),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="what was due before was nobody's"),
        sa.Column(
            "fence",
            sa.BigInteger(),
            nullable=False,
            comment="one more at each taking; who holds a lower one writes nothing",
        ),
        sa.Column("lease", sa.BigInteger(), nullable=False, comment="until when it is held; 0 while it is not"),
        sa.PrimaryKeyConstraint("community", "name", name=op.f("pk_lane")),
        comment="Who works one sort of work off now, one at a time. Community 0 is the whole database.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "task",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column(
            "key", sa.Text(), nullable=False, comment="a job's period in its own zone; for the rest, what it is about"
        ),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.BigInteger(), nullable=False, comment="not to be tried before"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, done or skipped"),
        sa.Column("tries", sa.Integer(), nullable=False, comment="how often it was begun"),
        sa.Column("about", sa.Text(), nullable=False, comment="JSON of numbers and names of ours; nothing of people"),
        sa.Column("ended_at", sa.BigInteger(), nullable=True, comment="none while it waits"),
        sa.Column("said", sa.Text(), nullable=False, comment="how it ended, or why it failed last"),
        sa.PrimaryKeyConstraint("community", "lane", "key", name=op.f("pk_task")),
        comment="Work by its period or subject: each is there once, and done once.",
        sqlite_with_rowid=False,
    )
    op.create_index("ix_task_due", "task", ["community", "lane", "due"], unique=False)
    op.create_index(
        "ix_task_waiting",
        "task",
        ["again"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("task")
    op.drop_table("lane")
