"""What goes out: messages, and what decides whether they may."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "contact",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("member", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "met_at", sa.BigInteger(), nullable=False, comment="when they last came to us or wished to stay; 0 is never"
        ),
        sa.Column("ignored", sa.Integer(), nullable=False, comment="invitations in a row that they let pass"),
        sa.Column(
            "asked_at",
            sa.BigInteger(),
            nullable=True,
            comment="when they were asked whether to go on, after they let some pass",
        ),
        sa.Column("minor", sa.Boolean(), nullable=False, comment="too young to be written to"),
        sa.Column("zone", sa.Text(), nullable=True, comment="their time zone, where they told it"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_contact_community")),
        sa.PrimaryKeyConstraint("community", "member", name=op.f("pk_contact")),
        comment="What decides whether a member may be contacted; its row is the lock of all that goes to them.",
    )
    op.create_table(
        "outgoing",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("live_at", sa.BigInteger(), nullable=True, comment="since when messages go out; none before Go live"),
        sa.Column(
            "paused_at", sa.BigInteger(), nullable=True, comment="since when everything is held; none while it is not"
        ),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_outgoing_community")),
        sa.PrimaryKeyConstraint("community", name=op.f("pk_outgoing")),
        comment="Whether a community's messages go out at all.",
    )
    op.create_table(
        "refusal",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_refusal_community")),
        sa.PrimaryKeyConstraint("community", "day", "reason", name=op.f("pk_refusal")),
        comment="How often the Gate refused, by day and reason.",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("space", sa.Integer(), nullable=False),
        sa.Column(
            "key", sa.Text(), nullable=False, comment="what the message is about; posted once, sent at most once"
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False, comment="dm, line or channel"),
        sa.Column(
            "member",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whom it is for or names",
        ),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("pings", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True, comment="its blocks, encrypted; none once it is settled"),
        sa.Column("posted_at", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False, comment="when it is taken up, while pending or sending"),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="pending, sending, sent, failed or unknown"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why it is held or failed"),
        sa.Column("claim", sa.Text(), nullable=True, comment="who sends it now: a token made for each attempt"),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True, comment="when it was last let through"),
        sa.Column(
            "first_at",
            sa.BigInteger(),
            nullable=True,
            comment="when the first attempt began of which no answer came, or none yet",
        ),
        sa.Column("opens", sa.Boolean(), nullable=False, comment="opened a conversation with somebody"),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False, comment="the platform's id of what was sent"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_outbox_community")),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_outbox_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("community", "key", name=op.f("uq_outbox_community_key")),
        comment="All messages that go out, but for replies to a call.",
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.create_index(
        "ix_outbox_member",
        "outbox",
        ["community", "member"],
        unique=False,
        sqlite_where=sa.text("member IS NOT NULL"),
        postgresql_where=sa.text("member IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_opens",
        "outbox",
        ["space", "claimed_at"],
        unique=False,
        sqlite_where=sa.text("opens"),
        postgresql_where=sa.text("opens"),
    )
    op.create_table(
        "reach",
        sa.Column("community", sa.Integer(), nullable=False),
        sa.Column("member", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("invite", sa.Text(), nullable=True, comment="dm, here or no; none before they chose"),
        sa.Column("opened_at", sa.BigInteger(), nullable=True, comment="since when there is a conversation"),
        sa.Column("closed_at", sa.BigInteger(), nullable=True, comment="when they last took no direct message"),
        sa.Column("left_at", sa.BigInteger(), nullable=True, comment="when they left; none while they are there"),
        sa.ForeignKeyConstraint(["community"], ["community.id"], name=op.f("fk_reach_community")),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_reach_space")),
        sa.PrimaryKeyConstraint("community", "member", "space", name=op.f("pk_reach")),
        comment="How a member may be reached in a space.",
    )
    op.create_table(
        "slowdown",
        sa.Column("space", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column(
            "times",
            sa.Integer(),
            nullable=False,
            comment="how often in a row; each pause is longer than the one before",
        ),
        sa.ForeignKeyConstraint(["space"], ["space.id"], name=op.f("fk_slowdown_space")),
        sa.PrimaryKeyConstraint("space", name=op.f("pk_slowdown")),
        comment="Spaces whose platform wants no more new conversations for now.",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("slowdown")
    op.drop_table("reach")
    op.drop_table("outbox")
    op.drop_table("refusal")
    op.drop_table("outgoing")
    op.drop_table("contact")
