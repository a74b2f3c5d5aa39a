"""Lists cost the same however long they are.

Safe beside the previous release: it adds, or it waits for the next one. What that
release writes meanwhile has no agency and nobody who holds it; lists look for both.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: By table: the name, the columns, and of which rows; none: of all.
_INDEXES: dict[str, list[tuple[str, list[str], str | None]]] = {
    "case_": [
        (f"ix_case__{'_'.join(columns)}", columns, None)
        for columns in (
            [whose, *narrowed, "opened_at", "id"]
            for whose in ("agency_id", "unit_id")
            for narrowed in ([], ["status"], ["process_key", "status"])
        )
    ],
    "deadline": [
        (
            f"ix_deadline_{whose}_status_due_at_id",
            [whose, "status", "due_at", "id"],
            None,
        )
        for whose in ("agency_id", "unit_id")
    ],
    "waiver": [
        (
            f"ix_waiver_{name}_{whose}",
            [whose, "status", "requested_at", "id"],
            f"decided_at IS {state}",
        )
        for whose in ("agency_id", "unit_id")
        for name, state in (("undecided", "NULL"), ("decided", "NOT NULL"))
    ],
    "task": [
        index
        for whose in ("agency_id", "unit_id")
        for index in (
            (
                f"ix_task_free_{whose}",
                [whose, "capacity", "due_at", "id"],
                "status = 'open' AND kind = 'user' AND held IS {false}",
            ),
            (
                f"ix_task_waiting_{whose}",
                [whose, "element", "case_id"],
                "status IN ('open', 'claimed') AND kind = 'user'",
            ),
        )
    ]
    + [
        ("ix_task_finished", ["closed_by_id", "closed_at", "id"], "status = 'done'"),
    ],
    "document": [
        ("ix_document_unsigned", ["prepared_at", "id"], "status = 'prepared'")
    ],
    "recusal": [
        ("ix_recusal_undecided", ["requested_at", "id"], "status = 'requested'")
    ],
}
#: What longer ones stand in for.
_GONE: list[tuple[str, str, list[str]]] = [
    (
        "case_",
        "ix_case__agency_id_status_opened_at",
        ["agency_id", "status", "opened_at"],
    ),
    ("case_", "ix_case__unit_id", ["unit_id"]),
    (
        "task",
        "ix_task_agency_id_status_capacity_due_at",
        ["agency_id", "status", "capacity", "due_at"],
    ),
]


def upgrade() -> None:
    """Note whose deadlines and waivers are, and which steps have nobody."""
    with op.batch_alter_table("task") as table:
        table.add_column(
            sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    for name in ("deadline", "waiver"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("agency_id", sa.Uuid(), nullable=True))
            table.add_column(sa.Column("unit_id", sa.Uuid(), nullable=True))
        _note_whose(name)
    _note_held()
    for table_name, name, _ in _GONE:
        op.drop_index(name, table_name)
    for table_name, indexes in _INDEXES.items():
        for name, columns, rows in indexes:
            where = None if rows is None else sa.text(rows.format(false=_false()))
            op.create_index(
                *(name, table_name, columns),
                sqlite_where=where,
                postgresql_where=where,
            )


def downgrade() -> None:
    """Forget it."""
    for table_name, indexes in _INDEXES.items():
        for name, _, _ in indexes:
            op.drop_index(name, table_name)
    for table_name, name, columns in _GONE:
        op.create_index(name, table_name, columns)
    for name in ("deadline", "waiver"):
        with op.batch_alter_table(name) as table:
            table.drop_column("unit_id")
            table.drop_column("agency_id")
    with op.batch_alter_table("task") as table:
        table.drop_column("held")


def _note_whose(name: str) -> None:
    case = sa.table("case_", *map(sa.column, ("id", "agency_id", "unit_id")))
    rows = sa.table(name, *map(sa.column, ("case_id", "agency_id", "unit_id")))
    its = {
        column: sa.select(case.c[column])
        .where(case.c.id == rows.c.case_id)
        .scalar_subquery()
        for column in ("agency_id", "unit_id")
    }
    op.execute(rows.update().values(its))


def _note_held() -> None:
    task = sa.table("task", *map(sa.column, ("case_id", "capacity", "status", "held")))
    holder = sa.table("assignment", *map(sa.column, ("case_id", "capacity", "until")))
    op.execute(
        task.update()
        .where(
            task.c.status == "open",
            sa.exists().where(
                holder.c.case_id == task.c.case_id,
                holder.c.capacity == task.c.capacity,
                holder.c.until.is_(None),
            ),
        )
        .values(held=sa.true())
    )


def _false() -> str:
    return "false" if op.get_bind().dialect.name == "postgresql" else "0"
