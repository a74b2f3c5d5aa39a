"""Answers to 必要时, and leave to do without a record."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references
from storage.vocabulary import WaiverStatus


class Judgement(Model):
    """A named person's yes or no to whether a record is necessary here."""

    __tablename__ = "judgement"
    __table_args__ = (UniqueConstraint("task_id", "requirement"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), index=True)
    task_id: Mapped[uuid.UUID] = mapped_column(references("task.id"))
    requirement: Mapped[str] = mapped_column(String(120))
    needed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    judged_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    judged_at: Mapped[datetime]


class Waiver(Model):
    """Leave to go on without a record (豁免), on a ground the issuer names."""

    __tablename__ = "waiver"
    __table_args__ = (Index("ix_waiver_task_id", "task_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), index=True)
    task_id: Mapped[uuid.UUID] = mapped_column(references("task.id"))
    requirement: Mapped[str] = mapped_column(String(120))
    ground: Mapped[str] = mapped_column(String(60))
    statement: Mapped[str] = mapped_column(Text)
    status: Mapped[WaiverStatus]
    requested_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
