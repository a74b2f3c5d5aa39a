"""Moves between colleagues.

Safe beside the previous release: it adds, or it waits for the next one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep deputies, memos, co-signers, and what a completion moved."""
    op.create_table(
        "deputy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("since", storage.database.Instant(timezone=True), nullable=False),
        sa.Column("until", storage.database.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("named_by_id", sa.Uuid(), nullable=False),
        sa.Column("named_at", storage.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_deputy_agency_id_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"],
            ["person.id"],
            name=op.f("fk_deputy_deputy_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["named_by_id"],
            ["person.id"],
            name=op.f("fk_deputy_named_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"],
            ["person.id"],
            name=op.f("fk_deputy_principal_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deputy_deputy_id_until", ["deputy_id", "until"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_deputy_principal_id"), ["principal_id"], unique=False
        )

    op.create_table(
        "cosigner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asked",
                "agreed",
                "objected",
                "removed",
                name="cosignstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", storage.database.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("closed_at", storage.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["person.id"],
            name=op.f("fk_cosigner_added_by_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_.id"],
            name=op.f("fk_cosigner_case_id_case_"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_cosigner_person_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_cosigner_task_id_task"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cosigner")),
    )
    with op.batch_alter_table("cosigner", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cosigner_person_id_status", ["person_id", "status"], unique=False
        )
        batch_op.create_index("ix_cosigner_task_id", ["task_id"], unique=False)

    op.create_table(
        "memo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "reminder",
                "copy",
                "question",
                name="memokind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", storage.database.Instant(timezone=True), nullable=False),
        sa.Column("read_at", storage.database.Instant(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column(
            "answered_at", storage.database.Instant(timezone=True), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_.id"],
            name=op.f("fk_memo_case_id_case_"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"],
            ["person.id"],
            name=op.f("fk_memo_receiver_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"],
            ["person.id"],
            name=op.f("fk_memo_sender_id_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_memo_task_id_task"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memo")),
    )
    with op.batch_alter_table("memo", schema=None) as batch_op:
        batch_op.create_index("ix_memo_case_id", ["case_id"], unique=False)
        batch_op.create_index(
            "ix_memo_receiver_id_read_at", ["receiver_id", "read_at"], unique=False
        )

    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("behalf_of_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("delegator_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("cosigners_open", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("saved", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("trail", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_column("trail")
        batch_op.drop_column("saved")
        batch_op.drop_column("cosigners_open")
        batch_op.drop_column("delegator_id")
        batch_op.drop_column("behalf_of_id")

    with op.batch_alter_table("memo", schema=None) as batch_op:
        batch_op.drop_index("ix_memo_receiver_id_read_at")
        batch_op.drop_index("ix_memo_case_id")

    op.drop_table("memo")
    with op.batch_alter_table("cosigner", schema=None) as batch_op:
        batch_op.drop_index("ix_cosigner_task_id")
        batch_op.drop_index("ix_cosigner_person_id_status")

    op.drop_table("cosigner")
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deputy_principal_id"))
        batch_op.drop_index("ix_deputy_deputy_id_until")

    op.drop_table("deputy")
