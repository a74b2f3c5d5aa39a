"""A step of a case that waits for somebody or something."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, LargeBinary, String, Text, and_, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, fixed, references
from storage.vocabulary import Capacity, TaskKind, TaskStatus


class Task(Model):
    """One visit of one node of the diagram; its id is the kernel's."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_case_id_status", "case_id", "status"),
        Index("ix_task_assignee_id_status_due_at", "assignee_id", "status", "due_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"))
    agency_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID | None]
    kind: Mapped[TaskKind]
    process: Mapped[str] = mapped_column(String(60))
    element: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    activity: Mapped[str | None] = mapped_column(String(80))
    capacity: Mapped[Capacity | None]
    path: Mapped[str] = mapped_column(String(300), default="")
    scope: Mapped[str] = mapped_column(String(64), default="")
    subject: Mapped[str | None] = mapped_column(String(80))
    member_index: Mapped[int | None]
    #: Somebody held its capacity when it opened: it need not be looked for by post.
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Which sitting of a panel it belongs to; none: it is nobody's one voice.
    panel_id: Mapped[uuid.UUID | None]
    status: Mapped[TaskStatus]
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    #: When what was done was undone by going back; it stays readable.
    undone_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(60))
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opinion: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    #: For whom the assignee acts as a standing deputy (代); none: for themselves.
    behalf_of_id: Mapped[uuid.UUID | None]
    #: To whom the step goes back once the assignee is done with it (委派).
    delegator_id: Mapped[uuid.UUID | None]
    #: How many co-signers have not spoken yet; none: nobody was asked.
    cosigners_open: Mapped[int | None]
    #: What was entered and not submitted yet (暂存).
    saved: Mapped[dict[str, Any] | None]
    #: What its completion moved in the diagram and still stands; kept for returns.
    trail: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


#: What indexes below are about; a query says it in the same words.
FREE: ColumnElement[bool] = and_(
    Task.status == fixed(TaskStatus.OPEN),
    Task.kind == fixed(TaskKind.USER),
    Task.held.is_(false()),
)
WAITING: ColumnElement[bool] = and_(
    Task.status.in_([fixed(TaskStatus.OPEN), fixed(TaskStatus.CLAIMED)]),
    Task.kind == fixed(TaskKind.USER),
)
FINISHED: ColumnElement[bool] = Task.status == fixed(TaskStatus.DONE)

for _whose in (Task.agency_id, Task.unit_id):
    # Whoever may take steps looks for the most urgent of a capacity ...
    Index(
        f"ix_task_free_{_whose.key}",
        *(_whose, Task.capacity, Task.due_at, Task.id),
        sqlite_where=FREE,
        postgresql_where=FREE,
    )
    # ... and a list of cases for those that stand at an element.
    Index(
        f"ix_task_waiting_{_whose.key}",
        *(_whose, Task.element, Task.case_id),
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
Index(
    "ix_task_finished",
    *(Task.closed_by_id, Task.closed_at, Task.id),
    sqlite_where=FINISHED,
    postgresql_where=FINISHED,
)
