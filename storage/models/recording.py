"""Recordings (音像) and the stored bytes they stand on."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
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
    device_id: Mapped[uuid.UUID | None] = mapped_column(references("device.id"))
    carrier_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    place: Mapped[str] = mapped_column(String(200), default="")
    officers: Mapped[list[Any]] = mapped_column(default=list)
    #: As the device told the time; true is what is left after taking away the seconds
    #: by which its clock was ahead.
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    clock_ahead: Mapped[int] = mapped_column(default=0, server_default="0")
    status: Mapped[RecordingStatus]
    declared_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    declared_at: Mapped[datetime]
    deposit_due_at: Mapped[datetime | None]
    #: The situation in which it may wait for the return, in the words of the rules.
    delayed_for: Mapped[str | None] = mapped_column(String(60))
    delay_reason: Mapped[str | None] = mapped_column(Text)
    returned_at: Mapped[datetime | None]  #: when the officers were back with it
    deposited_at: Mapped[datetime | None]
    deposited_by_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    file_name: Mapped[str | None] = mapped_column(String(300))
    object_sha256: Mapped[str | None] = mapped_column(
        references("stored_object.sha256")
    )


class Explanation(Model):
    """Why recordings and a written record tell different times (中断说明)."""

    __tablename__ = "explanation"
    __table_args__ = (Index("ix_explanation_task_id", "task_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), index=True)
    task_id: Mapped[uuid.UUID] = mapped_column(references("task.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    #: Where it is heard: the recording, and after how many seconds.
    recording_id: Mapped[uuid.UUID | None] = mapped_column(references("recording.id"))
    heard_after: Mapped[int | None]
    #: Where it is written, if not spoken.
    document_id: Mapped[uuid.UUID | None] = mapped_column(references("document.id"))
    given_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    given_at: Mapped[datetime]
