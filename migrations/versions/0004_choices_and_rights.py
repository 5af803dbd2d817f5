"""Choices of people, who looked at them, erasures, and what outlives acts that are kept no longer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "old_tally",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("member", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("community", "rules", "day", "member", "type", name=op.f("pk_old_tally")),
        comment="What acts gave that are kept no longer: settling adds it to what the acts that are kept give.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, 3 ... without a gap"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who did it; none is the operator, or somebody who was erased",
        ),
        sa.Column(
            "about",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member it concerns",
        ),
        sa.Column(
            "payload",
            sa.Text(),
            nullable=True,
            comment="JSON of what was done, without identities; none once it is erased",
        ),
        sa.Column("salt", sa.Text(), nullable=True, comment="none once the payload is erased"),
        sa.Column("digest", sa.Text(), nullable=False, comment="of salt, actor, about and payload"),
        sa.Column(
            "link", sa.Text(), nullable=False, comment="of the link before, the moment, what was done, and the digest"
        ),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_audit_community")),
        sa.PrimaryKeyConstraint("community", "n", name=op.f("pk_audit")),
        comment="Who looked at whom, and who changed what: a chain in which no row can be changed unseen.",
    )
    op.create_index(op.f("ix_audit_community_about"), "audit", ["community", "about"], unique=False)
    op.create_table(
        "choice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("member", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("space", sa.Integer(), nullable=False, comment="where it holds; 0 is everywhere"),
        sa.Column("what", sa.Text(), nullable=False, comment="page, invite, out, or what they were asked"),
        sa.Column("value", sa.Text(), nullable=False, comment="what they chose, or `asked`"),
        sa.Column("version", sa.Text(), nullable=False, comment="of the text that they read"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="card, command, role, operator ..."),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_choice_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice")),
        comment="What people chose and were asked, in the order it came; rows are never changed.",
    )
    op.create_index(op.f("ix_choice_community_member"), "choice", ["community", "member"], unique=False)
    op.create_table(
        "erasure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column(
            "member",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whom to erase; none once it is done",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="own wish, under age, platform or operator"),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True, comment="none while it goes on"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_erasure_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        comment="Erasures: those that go on, and how many there were.",
    )
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
    op.create_table(
        "notice",
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_notice_space")),
        sa.PrimaryKeyConstraint("space", "channel", name=op.f("pk_notice")),
        comment="When each channel was last told what Cairn does.",
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
    op.add_column(
        "member",
        sa.Column(
            "begins",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="the day their page begins: what they did before counts for nothing on it",
        ),
    )
    op.add_column(
        "space",
        sa.Column(
            "left_at", sa.BigInteger(), nullable=True, comment="since when Cairn is no longer there; none while it is"
        ),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("space", "left_at")
    op.drop_column("member", "begins")
    op.drop_column("account", "set_aside")
    op.drop_table("notice")
    op.drop_table("excluded_place")
    op.drop_table("erasure")
    op.drop_index(op.f("ix_choice_community_member"), table_name="choice")
    op.drop_table("choice")
    op.drop_index(op.f("ix_audit_community_about"), table_name="audit")
    op.drop_table("audit")
    op.drop_table("old_tally")
