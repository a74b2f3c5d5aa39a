"""Recordings may wait for the return to the unit.

Safe beside the previous release: it adds, or it waits for the next one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep why a file comes later, and when the officers were back with it."""
    with op.batch_alter_table("recording") as table:
        table.add_column(sa.Column("delayed_for", sa.String(60), nullable=True))
        table.add_column(sa.Column("delay_reason", sa.Text(), nullable=True))
        table.add_column(
            sa.Column(
                "returned_at", storage.database.Instant(timezone=True), nullable=True
            )
        )


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("recording") as table:
        for name in ("returned_at", "delay_reason", "delayed_for"):
            table.drop_column(name)
