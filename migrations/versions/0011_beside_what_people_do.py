"""Messages to one person alone, beside what they did: only what is said of a column."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BEFORE, _NOW = "dm, line or channel", "dm, line, channel or beside"


def upgrade() -> None:
    """Apply."""
    _say(_BEFORE, _NOW)


def downgrade() -> None:
    """Undo. What is shown beside an act is worth minutes only, and unknown to whatever comes before."""
    op.execute("DELETE FROM outbox WHERE way = 'beside'")
    _say(_NOW, _BEFORE)


def _say(old: str, new: str) -> None:
    """Say what the column holds; SQLite keeps no comments."""
    if op.get_context().dialect.name == "postgresql":
        op.alter_column(
            "outbox", "way", existing_type=sa.Text(), existing_nullable=False, comment=new, existing_comment=old
        )
