"""The record of every act: appended, chained, never changed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references


class Event(Model):
    """One act by somebody, sealed to the act before it in the same stream."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("stream_id", "seq"),
        Index("ix_event_recorded_at", "recorded_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    stream_id: Mapped[uuid.UUID]  #: a case, or the agency for what is of no case
    seq: Mapped[int]
    tag: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[uuid.UUID | None]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    acted_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    command_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
