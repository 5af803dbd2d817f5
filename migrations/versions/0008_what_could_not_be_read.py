"""What could not be read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "unread",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False, comment="the platform's name of the event, or the kind of signal"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False, comment="how many of them; 0 where they were read since"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column(
            "asked",
            sa.Boolean(),
            nullable=False,
            comment="whether somebody asked for that time to be read again",
        ),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_unread_community")),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_unread_space")),
        sa.PrimaryKeyConstraint("community", "space", "what", "reason", name=op.f("pk_unread")),
        comment="What was heard live and could not be read or stored; never what it held.",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("unread")
