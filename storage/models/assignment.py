"""Who acts in which capacity in a case, and who must not."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, fixed, new_id, references
from storage.vocabulary import Capacity, RecusalStatus


class Assignment(Model):
    """Somebody holds a capacity in a case from one moment to another."""

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_person_id_until", "person_id", "until"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), index=True)
    capacity: Mapped[Capacity]
    person_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]  #: none while it lasts
    #: Named by somebody; else noted because the person acted in it.
    named: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")


class Recusal(Model):
    """A challenge to somebody's part in a case, and what was decided (回避)."""

    __tablename__ = "recusal"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(references("person.id"), index=True)
    applicant: Mapped[str] = mapped_column(String(120))
    ground: Mapped[str] = mapped_column(Text)
    status: Mapped[RecusalStatus]
    requested_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")


#: What waits for a decision; a query says it in the same words.
UNDECIDED: ColumnElement[bool] = Recusal.status == fixed(RecusalStatus.REQUESTED)
Index(
    "ix_recusal_undecided",
    *(Recusal.requested_at, Recusal.id),
    sqlite_where=UNDECIDED,
    postgresql_where=UNDECIDED,
)
