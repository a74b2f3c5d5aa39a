"""Deadlines: absolute instants, with the arithmetic that made them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references
from storage.vocabulary import DeadlineOutcome, DeadlineStatus, TermUnit


class Deadline(Model):
    """By when something must have happened."""

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_status_due_at", "status", "due_at"),
        Index("ix_deadline_case_id_status", "case_id", "status"),
        *(
            Index(None, whose, "status", "due_at", "id")
            for whose in ("agency_id", "unit_id")
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"))
    #: Whose the case is; none: the release before has written it.
    agency_id: Mapped[uuid.UUID | None]
    unit_id: Mapped[uuid.UUID | None]
    task_id: Mapped[uuid.UUID | None] = mapped_column(references("task.id"))
    recording_id: Mapped[uuid.UUID | None] = mapped_column(references("recording.id"))
    code: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[DeadlineStatus]
    base_at: Mapped[datetime]
    length: Mapped[int]
    unit: Mapped[TermUnit]
    rolls: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime]
    deductions: Mapped[list[Any]] = mapped_column(default=list)
    extensions: Mapped[list[Any]] = mapped_column(default=list)
    cites: Mapped[list[Any]] = mapped_column(default=list)
    fires: Mapped[bool] = mapped_column(default=False)  #: wakes the timer task_id
    met_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]  #: when it was noticed, kept for ever
    #: True: a party's right; when it ends nobody is late.
    lapses: Mapped[bool | None] = mapped_column(default=False)
    #: The step whose visit started it, as ``process/element``.
    origin: Mapped[str | None] = mapped_column(String(160), default="")
    #: The expression that gave the base; none: the moment of the act.
    base_from: Mapped[str | None] = mapped_column(String(200))
    warn_at: Mapped[datetime | None]  #: the next warning; none: no more are due
    warned: Mapped[list[Any] | None] = mapped_column(JSON, default=list)
    #: Earlier bases and ends, and why they were changed.
    corrections: Mapped[list[Any] | None] = mapped_column(JSON, default=list)
    parked_at: Mapped[datetime | None]  #: since when no sweep tries it any more
    parked_for: Mapped[str | None] = mapped_column(String(200))

    @property
    def outcome(self) -> DeadlineOutcome:
        """What came of it: done after its end is late, and stays so."""
        if self.status is DeadlineStatus.MET and self.overdue_at is not None:
            return DeadlineOutcome.LATE
        return DeadlineOutcome(self.status)


#: A sweep looks for the warnings that are due; most rows have none to give.
Index(
    "ix_deadline_warn_at",
    Deadline.warn_at,
    sqlite_where=Deadline.warn_at.is_not(None),
    postgresql_where=Deadline.warn_at.is_not(None),
)
