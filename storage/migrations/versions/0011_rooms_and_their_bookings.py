"""Rooms of an agency, checks of their equipment, and bookings.

Safe beside the previous release: it adds, or it waits for the next one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.database

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep rooms, who looked after them, and who had them when."""
    op.create_table(
        "room",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interview",
                "defense",
                "hearing",
                "meeting",
                "reception",
                "monitoring",
                name="roomkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("equipment", sa.JSON(), nullable=False),
        sa.Column("keepers", sa.JSON(), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("registered_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "registered_at", storage.database.Instant(timezone=True), nullable=False
        ),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "withdrawn_at", storage.database.Instant(timezone=True), nullable=True
        ),
        sa.Column("withdrawn_for", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_room_agency_id_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"],
            ["person.id"],
            name=op.f("fk_room_approver_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"],
            ["person.id"],
            name=op.f("fk_room_registered_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"],
            ["person.id"],
            name=op.f("fk_room_withdrawn_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(
            "ix_room_agency_id_name", ["agency_id", "name"], unique=False
        )

    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=80), nullable=False),
        sa.Column("starts_at", storage.database.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", storage.database.Instant(timezone=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "confirmed",
                "refused",
                "cancelled",
                name="bookingstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("late_for", sa.Text(), nullable=True),
        sa.Column("booked_by_id", sa.Uuid(), nullable=False),
        sa.Column("booked_at", storage.database.Instant(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", storage.database.Instant(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("cancelled_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "cancelled_at", storage.database.Instant(timezone=True), nullable=True
        ),
        sa.Column("cancelled_for", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booked_by_id"],
            ["person.id"],
            name=op.f("fk_booking_booked_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"],
            ["person.id"],
            name=op.f("fk_booking_cancelled_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_.id"],
            name=op.f("fk_booking_case_id_case_"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["person.id"],
            name=op.f("fk_booking_decided_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["room.id"],
            name=op.f("fk_booking_room_id_room"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_booking_task_id_task"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_booking_case_id"), ["case_id"], unique=False
        )
        batch_op.create_index(
            "ix_booking_room_id_starts_at", ["room_id", "starts_at"], unique=False
        )
        batch_op.create_index("ix_booking_task_id", ["task_id"], unique=False)

    op.create_table(
        "room_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "checked_at", storage.database.Instant(timezone=True), nullable=False
        ),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checked_by_id"],
            ["person.id"],
            name=op.f("fk_room_check_checked_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["room.id"],
            name=op.f("fk_room_check_room_id_room"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_check")),
    )
    with op.batch_alter_table("room_check", schema=None) as batch_op:
        batch_op.create_index(
            "ix_room_check_room_id_checked_at", ["room_id", "checked_at"], unique=False
        )


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("room_check", schema=None) as batch_op:
        batch_op.drop_index("ix_room_check_room_id_checked_at")

    op.drop_table("room_check")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index("ix_booking_task_id")
        batch_op.drop_index("ix_booking_room_id_starts_at")
        batch_op.drop_index(batch_op.f("ix_booking_case_id"))

    op.drop_table("booking")
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_index("ix_room_agency_id_name")

    op.drop_table("room")
