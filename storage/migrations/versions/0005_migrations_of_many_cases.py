"""Versions are withdrawn, and cases migrated by the thousand.

Safe beside the previous release: it adds, or it waits for the next one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what becomes of many cases, and which sets are withdrawn."""
    op.create_table(
        "migration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("process_key", sa.String(length=60), nullable=False),
        sa.Column("from_number", sa.Integer(), nullable=True),
        sa.Column("requirement_set_id", sa.Uuid(), nullable=False),
        sa.Column("renamed", sa.JSON(), nullable=False),
        sa.Column("try_only", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "running",
                "done",
                "cancelled",
                name="migrationstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "started_at", storage.database.Instant(timezone=True), nullable=False
        ),
        sa.Column("ended_at", storage.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_migration_agency_id_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["requirement_set_id"],
            ["requirement_set.id"],
            name=op.f("fk_migration_requirement_set_id_requirement_set"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"],
            ["person.id"],
            name=op.f("fk_migration_started_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
    )
    with op.batch_alter_table("migration", schema=None) as batch_op:
        batch_op.create_index(
            "ix_migration_agency_id_process_key",
            ["agency_id", "process_key"],
            unique=False,
        )

    op.create_table(
        "migration_fate",
        sa.Column("migration_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "fate",
            sa.Enum(
                "moved",
                "movable",
                "settled",
                "refused",
                name="fate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_number", sa.Integer(), nullable=False),
        sa.Column("obstacles", sa.JSON(), nullable=False),
        sa.Column("newly_asked", sa.JSON(), nullable=False),
        sa.Column("told_at", storage.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_.id"],
            name=op.f("fk_migration_fate_case_id_case_"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["migration_id"],
            ["migration.id"],
            name=op.f("fk_migration_fate_migration_id_migration"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint(
            "migration_id", "case_id", name=op.f("pk_migration_fate")
        ),
    )
    with op.batch_alter_table("migration_fate", schema=None) as batch_op:
        batch_op.create_index(
            "ix_migration_fate_migration_id_fate",
            ["migration_id", "fate", "case_id"],
            unique=False,
        )

    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case__requirement_set_id_status_id",
            ["requirement_set_id", "status", "id"],
            unique=False,
        )

    with op.batch_alter_table("requirement_set", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "withdrawn_at", storage.database.Instant(timezone=True), nullable=True
            )
        )
        batch_op.add_column(sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_for", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("requirement_set", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_for")
        batch_op.drop_column("withdrawn_by_id")
        batch_op.drop_column("withdrawn_at")

    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.drop_index("ix_case__requirement_set_id_status_id")

    with op.batch_alter_table("migration_fate", schema=None) as batch_op:
        batch_op.drop_index("ix_migration_fate_migration_id_fate")

    op.drop_table("migration_fate")
    with op.batch_alter_table("migration", schema=None) as batch_op:
        batch_op.drop_index("ix_migration_agency_id_process_key")

    op.drop_table("migration")
