"""What does not count, that which is stored already too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What is dropped was never used."""
    op.drop_column("account", "set_aside")
    op.drop_table("excluded_place")
    op.create_table(
        "excluded_place",
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_excluded_place_space")),
        sa.PrimaryKeyConstraint("space", "place", name=op.f("pk_excluded_place")),
        comment="Channels that do not count because of a category, which only their platform knows.",
    )
    op.create_table(
        "recount",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False, comment="space, context or account"),
        sa.Column(
            "which",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="its number",
        ),
        sa.Column(
            "marked",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="the engagement up to which days are marked",
        ),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_recount_community")),
        sa.PrimaryKeyConstraint("community", "what", "which", name=op.f("pk_recount")),
        comment="What may count no longer, or again, until the days that it concerns are marked.",
        sqlite_with_rowid=False,
    )
    op.add_column(
        "context",
        sa.Column(
            "left_out",
            sa.Boolean(),
            server_default=sa.text("FALSE"),
            nullable=False,
            comment="whether what was done there does not count",
        ),
    )
    op.create_index(
        "ix_context_left_out",
        "context",
        ["community"],
        unique=False,
        sqlite_where=sa.text("left_out"),
        postgresql_where=sa.text("left_out"),
    )
    op.create_index(op.f("ix_left_out_community_space"), "left_out", ["community", "space"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_left_out_community_space"), table_name="left_out")
    op.drop_index("ix_context_left_out", table_name="context")
    op.drop_column("context", "left_out")
    op.drop_table("recount")
    op.drop_table("excluded_place")
    op.create_table(
        "excluded_place",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False, comment="whether it counts again"),
        sa.Column(
            "marked",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the engagement up to which days are marked to be settled anew; none at the end",
        ),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_excluded_place_community")),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_excluded_place_space")),
        sa.PrimaryKeyConstraint("community", "space", "place", name=op.f("pk_excluded_place")),
        comment="Channels whose acts do not count, those that are stored already among them.",
    )
    op.add_column(
        "account",
        sa.Column(
            "set_aside",
            sa.Boolean(),
            server_default=sa.text("FALSE"),
            nullable=False,
            comment="a person whose acts do not count, because the team excludes them",
        ),
    )
