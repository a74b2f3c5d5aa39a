"""Devices that record, and the checks before they are used."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references
from storage.vocabulary import DeviceKind


class Device(Model):
    """A body camera, camera or other device that the agency has (记录设备)."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("agency_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(references("agency.id"))
    number: Mapped[str] = mapped_column(String(80))
    kind: Mapped[DeviceKind]
    holder_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    registered_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    registered_at: Mapped[datetime]


class DeviceCheck(Model):
    """A device was looked at before its use, and its clock compared (使用前检查)."""

    __tablename__ = "device_check"
    __table_args__ = (
        Index("ix_device_check_device_id_checked_at", "device_id", "checked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    device_id: Mapped[uuid.UUID] = mapped_column(references("device.id"))
    checked_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    checked_at: Mapped[datetime]
    passed: Mapped[list[Any]] = mapped_column(default=list)  #: what was found in order
    faults: Mapped[str] = mapped_column(Text, default="")  #: empty: fit for use
    shown_at: Mapped[datetime]  #: what its clock showed
    clock_ahead: Mapped[int]  #: by how many seconds it is ahead
