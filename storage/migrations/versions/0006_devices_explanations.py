"""Devices and their checks, explanations of times.

Safe beside the previous release: it adds, or it waits for the next one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep devices, checks before use, and why times differ."""
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "body_camera",
                "camera",
                "audio_recorder",
                "room_system",
                name="devicekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("registered_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "registered_at", storage.database.Instant(timezone=True), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_device_agency_id_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["person.id"],
            name=op.f("fk_device_holder_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"],
            ["person.id"],
            name=op.f("fk_device_registered_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint(
            "agency_id", "number", name=op.f("uq_device_agency_id_number")
        ),
    )
    op.create_table(
        "device_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "checked_at", storage.database.Instant(timezone=True), nullable=False
        ),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("shown_at", storage.database.Instant(timezone=True), nullable=False),
        sa.Column("clock_ahead", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checked_by_id"],
            ["person.id"],
            name=op.f("fk_device_check_checked_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.id"],
            name=op.f("fk_device_check_device_id_device"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_check")),
    )
    with op.batch_alter_table("device_check", schema=None) as batch_op:
        batch_op.create_index(
            "ix_device_check_device_id_checked_at",
            ["device_id", "checked_at"],
            unique=False,
        )

    op.create_table(
        "explanation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column(
            "started_at", storage.database.Instant(timezone=True), nullable=False
        ),
        sa.Column("ended_at", storage.database.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recording_id", sa.Uuid(), nullable=True),
        sa.Column("heard_after", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", storage.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_.id"],
            name=op.f("fk_explanation_case_id_case_"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_explanation_document_id_document"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["person.id"],
            name=op.f("fk_explanation_given_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recording.id"],
            name=op.f("fk_explanation_recording_id_recording"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_explanation_task_id_task"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_explanation")),
    )
    with op.batch_alter_table("explanation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_explanation_case_id"), ["case_id"], unique=False
        )
        batch_op.create_index("ix_explanation_task_id", ["task_id"], unique=False)

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("carrier_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("clock_ahead", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_recording_device_id_device"),
            "device",
            ["device_id"],
            ["id"],
            initially="DEFERRED",
            deferrable=True,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_recording_carrier_id_person"),
            "person",
            ["carrier_id"],
            ["id"],
            initially="DEFERRED",
            deferrable=True,
        )


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_recording_carrier_id_person"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_recording_device_id_device"), type_="foreignkey"
        )
        batch_op.drop_column("clock_ahead")
        batch_op.drop_column("carrier_id")
        batch_op.drop_column("device_id")

    with op.batch_alter_table("explanation", schema=None) as batch_op:
        batch_op.drop_index("ix_explanation_task_id")
        batch_op.drop_index(batch_op.f("ix_explanation_case_id"))

    op.drop_table("explanation")
    with op.batch_alter_table("device_check", schema=None) as batch_op:
        batch_op.drop_index("ix_device_check_device_id_checked_at")

    op.drop_table("device_check")
    op.drop_table("device")
