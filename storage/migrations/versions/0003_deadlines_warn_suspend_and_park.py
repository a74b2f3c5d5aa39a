"""Deadlines warn, suspend and park.

Safe beside the previous release: it adds, or it waits for the next one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what warnings, pauses, corrections and failed sweeps leave behind."""
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lapses", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("origin", sa.String(length=160), nullable=True))
        batch_op.add_column(
            sa.Column("base_from", sa.String(length=200), nullable=True)
        )
        batch_op.add_column(
            sa.Column("warn_at", storage.database.Instant(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("warned", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("corrections", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "parked_at", storage.database.Instant(timezone=True), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column("parked_for", sa.String(length=200), nullable=True)
        )
        batch_op.create_index(
            "ix_deadline_warn_at",
            ["warn_at"],
            unique=False,
            sqlite_where=sa.text("warn_at IS NOT NULL"),
            postgresql_where=sa.text("warn_at IS NOT NULL"),
        )


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deadline_warn_at",
            sqlite_where=sa.text("warn_at IS NOT NULL"),
            postgresql_where=sa.text("warn_at IS NOT NULL"),
        )
        batch_op.drop_column("parked_for")
        batch_op.drop_column("parked_at")
        batch_op.drop_column("corrections")
        batch_op.drop_column("warned")
        batch_op.drop_column("warn_at")
        batch_op.drop_column("base_from")
        batch_op.drop_column("origin")
        batch_op.drop_column("lapses")
