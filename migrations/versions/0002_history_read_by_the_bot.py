"""History read by the bot itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "backfill",
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "source",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="the import that stands for it",
        ),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="0 is all there is"),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False, comment="channels to read"),
        sa.Column("done", sa.Integer(), nullable=False, comment="channels that are read"),
        sa.Column("refused", sa.Text(), nullable=False, comment="ids of channels that cannot be read, as JSON"),
        sa.Column(
            "reached",
            sa.BigInteger(),
            nullable=False,
            comment="the moment of what was read last; 0 before anything was",
        ),
        sa.Column("ended_at", sa.BigInteger(), nullable=True, comment="none while it goes on"),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_backfill_space")),
        sa.PrimaryKeyConstraint("space", name=op.f("pk_backfill")),
        comment="How far the history of each space is wanted and read.",
    )
    op.create_table(
        "backfill_place",
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False, comment="the platform's id of the oldest object that is read"),
        sa.Column(
            "since",
            sa.BigInteger(),
            nullable=True,
            comment="read whole back to here; none while something older is to be read",
        ),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_backfill_place_space")),
        sa.PrimaryKeyConstraint("space", "place", name=op.f("pk_backfill_place")),
        comment="Where reading the history of a channel or thread goes on.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "writer",
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False, comment="its first day"),
        sa.Column(
            "pseudonym",
            sa.Text(),
            nullable=False,
            comment="another one each month, and none that stands anywhere else",
        ),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_writer_space")),
        sa.PrimaryKeyConstraint("space", "month", "pseudonym", name=op.f("pk_writer")),
        comment="Who wrote in a month, only until that month is read; then their number is a count, and they are gone.",
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("writer")
    op.drop_table("backfill_place")
    op.drop_table("backfill")
