"""The time zones of people's profiles, for their quiet hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    told = "the time zone of their profile on a platform, of those with a page"
    op.add_column("contact", sa.Column("profile_zone", sa.Text(), comment=told))


def downgrade() -> None:
    """Undo."""
    op.drop_column("contact", "profile_zone")
