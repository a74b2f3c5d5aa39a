"""A step of a case that waits for somebody or something."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, references
from storage.vocabulary import Capacity, TaskKind, TaskStatus


class Task(Model):
    """One visit of one node of the diagram; its id is the kernel's."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_case_id_status", "case_id", "status"),
        Index("ix_task_assignee_id_status_due_at", "assignee_id", "status", "due_at"),
        Index(
            "ix_task_agency_id_status_capacity_due_at",
            "agency_id",
            "status",
            "capacity",
            "due_at",
        ),
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
