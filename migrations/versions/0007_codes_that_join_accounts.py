"""Codes that join accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "link_code",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="keyed hash of the code; the code itself is nowhere"),
        sa.Column(
            "account",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="who asked for it",
        ),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_link_code_community")),
        sa.PrimaryKeyConstraint("community", "digest", name=op.f("pk_link_code")),
        sa.UniqueConstraint("community", "account", name=op.f("uq_link_code_community_account")),
        comment="Codes that join accounts. Each is gone once it was used.",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("link_code")
