"""Rooms of the agency, the checks of their equipment, and their bookings."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Model, new_id, references
from storage.vocabulary import BookingStatus, RoomKind


class Room(Model):
    """A room in which steps of a case take place (办案场所)."""

    __tablename__ = "room"
    __table_args__ = (Index("ix_room_agency_id_name", "agency_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(references("agency.id"))
    name: Mapped[str] = mapped_column(String(80))  #: as records name it
    kind: Mapped[RoomKind]
    address: Mapped[str] = mapped_column(String(200), default="")
    equipment: Mapped[list[Any]] = mapped_column(default=list)  #: what is built in
    keepers: Mapped[list[Any]] = mapped_column(default=list)  #: ids of people
    approver_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    registered_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    registered_at: Mapped[datetime]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_for: Mapped[str | None] = mapped_column(Text)  #: the reason given


class RoomCheck(Model):
    """The equipment of a room was switched on and looked at before its use."""

    __tablename__ = "room_check"
    __table_args__ = (
        Index("ix_room_check_room_id_checked_at", "room_id", "checked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    room_id: Mapped[uuid.UUID] = mapped_column(references("room.id"))
    checked_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    checked_at: Mapped[datetime]
    passed: Mapped[list[Any]] = mapped_column(default=list)  #: what is on and in order
    faults: Mapped[str] = mapped_column(Text, default="")  #: empty: fit for use


class Booking(Model):
    """A room is kept for a case from one moment to another (场所预约)."""

    __tablename__ = "booking"
    __table_args__ = (
        Index("ix_booking_room_id_starts_at", "room_id", "starts_at"),
        Index("ix_booking_task_id", "task_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    room_id: Mapped[uuid.UUID] = mapped_column(references("room.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(references("case_.id"), index=True)
    task_id: Mapped[uuid.UUID] = mapped_column(references("task.id"))  #: made at
    element: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(Text)
    status: Mapped[BookingStatus]
    late_for: Mapped[str | None] = mapped_column(Text)  #: why later than is asked
    booked_by_id: Mapped[uuid.UUID] = mapped_column(references("person.id"))
    booked_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(Text)
    cancelled_by_id: Mapped[uuid.UUID | None] = mapped_column(references("person.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_for: Mapped[str | None] = mapped_column(Text)
