"""Waivers are agreed to post by post, before or after the act.

Safe beside the previous release: it adds, or it waits for the next one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who must agree to a waiver, whose turn it is, and what each said."""
    empty = sa.text("'[]'")
    with op.batch_alter_table("waiver") as table:
        table.add_column(
            sa.Column("approvers", sa.JSON(), server_default=empty, nullable=False)
        )
        table.add_column(sa.Column("next_post", sa.String(30), nullable=True))
        table.add_column(
            sa.Column("after", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(
            sa.Column("decisions", sa.JSON(), server_default=empty, nullable=False)
        )
        table.add_column(
            sa.Column("cites", sa.JSON(), server_default=empty, nullable=False)
        )
        table.create_index("ix_waiver_next_post", ["next_post", "requested_at"])
        table.create_index("ix_waiver_requested_at", ["requested_at"])


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("waiver") as table:
        table.drop_index("ix_waiver_requested_at")
        table.drop_index("ix_waiver_next_post")
        for name in ("cites", "decisions", "after", "next_post", "approvers"):
            table.drop_column(name)
