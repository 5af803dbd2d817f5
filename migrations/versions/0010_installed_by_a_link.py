"""Where Cairn was installed by a link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "installation",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external", sa.Text(), nullable=False, comment="the platform's own id of the server or workspace"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="the tokens, encrypted, and bound to this row"),
        sa.Column("version", sa.BigInteger(), nullable=False, comment="another number after each change"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column(
            "renewing",
            sa.BigInteger(),
            nullable=False,
            comment="until when somebody may be getting new tokens; 0: nobody",
        ),
        sa.PrimaryKeyConstraint("platform", "external", name=op.f("pk_installation")),
        comment="Spaces in which Cairn was installed by a link.",
    )
    op.create_table(
        "arrival",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column(
            "digest", sa.Text(), nullable=False, comment="hash of what the platform gives back; itself it is nowhere"
        ),
        sa.Column("browser", sa.Text(), nullable=False, comment="hash of what the browser holds"),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "digest", name=op.f("pk_arrival")),
        comment="Who was sent to a platform's page to install Cairn. Each is gone once they came back.",
    )
    op.create_index("ix_arrival_expires_at", "arrival", ["expires_at"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_arrival_expires_at", table_name="arrival")
    op.drop_table("arrival")
    op.drop_table("installation")
