"""What the team keeps in chat: chapters, convenings, remarks, investments, exclusions, drafts of rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "chapter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="where it is; empty where it is nowhere"),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True, comment="none while it goes on"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_chapter_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapter")),
        comment="Local chapters and teams.",
    )
    op.create_index(op.f("ix_chapter_community_name"), "chapter", ["community", "name"], unique=False)
    op.create_table(
        "investment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column(
            "member",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="in whom; none once they are not known any more",
        ),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False, comment="hours or grant"),
        sa.Column(
            "amount", sa.BigInteger(), nullable=False, comment="hundredths of an hour or of the community's currency"
        ),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True, comment="none while it holds"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_investment_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investment")),
        comment="Hours and grants that the community gave to somebody.",
    )
    op.create_index(op.f("ix_investment_community_day"), "investment", ["community", "day"], unique=False)
    op.create_table(
        "never_join",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("account", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("other", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_never_join_community")),
        sa.PrimaryKeyConstraint("community", "account", "other", name=op.f("pk_never_join")),
        comment="Pairs of accounts that the team said are two people, so that they are not suggested again.",
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False, comment="its Monday"),
        sa.Column("text", sa.Text(), nullable=False, comment="what the team did, in its own words"),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_remark_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        comment="What the team did in a week, shown beside the figures.",
    )
    op.create_index(op.f("ix_remark_community_week"), "remark", ["community", "week"], unique=False)
    op.create_table(
        "rules_draft",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False, comment="the version it changes"),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_rules_draft_community")),
        sa.PrimaryKeyConstraint("community", name=op.f("pk_rules_draft")),
        comment="Rules that are being changed in chat and are not in force.",
    )
    op.create_table(
        "chapter_member",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("chapter", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("member", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False, comment="the first day"),
        sa.Column("until", sa.Integer(), nullable=True, comment="the last day; none while they belong to it"),
        sa.ForeignKeyConstraint(["chapter"], ["chapter.id"], name=op.f("fk_chapter_member_chapter")),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_chapter_member_community")),
        sa.PrimaryKeyConstraint("community", "chapter", "member", "since", name=op.f("pk_chapter_member")),
        comment="Who belongs, or has belonged, to which chapter.",
    )
    op.create_index(op.f("ix_chapter_member_community_member"), "chapter_member", ["community", "member"], unique=False)
    op.create_table(
        "convening",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public", sa.Text(), nullable=False, comment="its id in buttons and natural keys"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="where it is, in words"),
        sa.Column("channel", sa.Text(), nullable=False, comment="where it is announced; empty where it is not"),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True, comment="what people give to check in; none where they need none"),
        sa.Column("checking_in", sa.Boolean(), nullable=False, comment="whether checking in was opened"),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column(
            "called_off", sa.BigInteger(), nullable=True, comment="when it was called off; none where it was not"
        ),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_convening_community")),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_convening_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convening")),
        sa.UniqueConstraint("public", name=op.f("uq_convening_public")),
        comment="Convenings that the team announced in chat.",
    )
    op.create_index(op.f("ix_convening_community_starts_at"), "convening", ["community", "starts_at"], unique=False)
    op.create_table(
        "exclusion",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False, comment="channel, role or person"),
        sa.Column("which", sa.Text(), nullable=False, comment="the platform's id; a person's keyed pseudonym"),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_exclusion_community")),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_exclusion_space")),
        sa.PrimaryKeyConstraint("community", "space", "what", "which", name=op.f("pk_exclusion")),
        comment="What the team leaves out of a space in chat, on top of what the community file says.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "logged",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_day", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the engagement's natural key"),
        sa.Column("type", sa.Text(), nullable=False, comment="the engagement type of the rules it was logged as"),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column(
            "member",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whose engagement it is; none once they are not known any more",
        ),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True, comment="none while it holds"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_logged_community")),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_logged_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logged")),
        comment="What the team logged, so that it can be taken back.",
    )
    op.create_index(op.f("ix_logged_community_at"), "logged", ["community", "at"], unique=False)
    op.create_table(
        "team_room",
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False, comment="the private channel in which the team is told things"),
        sa.Column(
            "actor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="the member who put it down; none where they are not known any more",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_team_room_space")),
        sa.PrimaryKeyConstraint("space", name=op.f("pk_team_room")),
        comment="Where the team of each space is told things.",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("team_room")
    op.drop_table("logged")
    op.drop_table("exclusion")
    op.drop_table("convening")
    op.drop_table("chapter_member")
    op.drop_table("rules_draft")
    op.drop_table("remark")
    op.drop_table("never_join")
    op.drop_table("investment")
    op.drop_table("chapter")
