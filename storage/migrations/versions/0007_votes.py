"""Votes, and the signatures of deputies.

Safe beside the previous release: it adds columns that may be empty.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep a voice's sitting, when what was done was undone, and who is stood for."""
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("panel_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "undone_at", storage.database.Instant(timezone=True), nullable=True
            )
        )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("behalf_of_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_column("behalf_of_id")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_column("undone_at")
        batch_op.drop_column("panel_id")
