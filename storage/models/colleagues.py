"""What colleagues do for and tell each other beside the steps of a case."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references
from storage.vocabulary import CosignStatus, MemoKind


class Deputy(Model):
    """Somebody acts for somebody else from one moment to another (代理)."""

    __tablename__ = "deputy"
    __table_args__ = (Index("ix_deputy_deputy_id_until", "deputy_id", "until"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(references("agency.id"))
    principal_id: Mapped[uuid.UUID] = mapped_column(references("person.id"), index=True)
    deputy_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    since: Mapped[datetime]
    until: Mapped[datetime]  #: the first moment at which it no longer holds
    reason: Mapped[str] = mapped_column(Text)
    named_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    named_at: Mapped[datetime]


class Memo(Model):
    """A reminder, copy or question to a colleague (催办 抄送 沟通)."""

    __tablename__ = "memo"
    __table_args__ = (
        Index("ix_memo_receiver_id_read_at", "receiver_id", "read_at"),
        Index("ix_memo_case_id", "case_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"))
    task_id: Mapped[uuid.UUID | None] = mapped_column(references("task.id"))
    kind: Mapped[MemoKind]
    sender_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    receiver_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]


class Cosigner(Model):
    """Somebody whose consent a step waits for beside its own (加签)."""

    __tablename__ = "cosigner"
    __table_args__ = (
        Index("ix_cosigner_task_id", "task_id"),
        Index("ix_cosigner_person_id_status", "person_id", "status"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"))
    task_id: Mapped[uuid.UUID] = mapped_column(references("task.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    status: Mapped[CosignStatus]
    added_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    added_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    opinion: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
