"""Who belongs to a chapter because of a role, and in which space."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    told = "whose role says so; none where the team put it down"
    op.add_column("chapter_member", sa.Column("space", sa.Integer(), comment=told))


def downgrade() -> None:
    """Undo."""
    op.drop_column("chapter_member", "space")
