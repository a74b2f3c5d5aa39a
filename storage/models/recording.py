"""Recordings (音像) and the stored bytes they stand on."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references
from storage.vocabulary import Medium, RecordingStatus


class StoredObject(Model):
    """Bytes in the object store, named by their SHA-256."""

    __tablename__ = "stored_object"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    sm3: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(120))
    stored_at: Mapped[datetime]


class Recording(Model):
    """A photo, sound or film of an act: declared at once, deposited in time."""

    __tablename__ = "recording"
    __table_args__ = (
        Index("ix_recording_case_id", "case_id"),
        Index("ix_recording_object_sha256", "object_sha256"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"))
    task_id: Mapped[uuid.UUID] = mapped_column(references("task.id"), index=True)
    element: Mapped[str] = mapped_column(String(80))
    scope: Mapped[str] = mapped_column(String(64), default="")
    medium: Mapped[Medium]
    device: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(200), default="")
    officers: Mapped[list[Any]] = mapped_column(default=list)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    status: Mapped[RecordingStatus]
    declared_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    declared_at: Mapped[datetime]
    deposit_due_at: Mapped[datetime | None]
    deposited_at: Mapped[datetime | None]
    deposited_by_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    file_name: Mapped[str | None] = mapped_column(String(300))
    object_sha256: Mapped[str | None] = mapped_column(
        references("stored_object.sha256")
    )
