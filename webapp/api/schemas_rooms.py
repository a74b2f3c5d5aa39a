"""What goes out as JSON about rooms and their bookings."""

from __future__ import annotations

from marshmallow import Schema, fields

from storage.vocabulary import BookingStatus, RoomKind


class Room(Schema):
    """A room of the agency, and its last check; null: never checked."""

    id = fields.UUID()
    name = fields.String()
    kind = fields.Enum(RoomKind, by_value=True)
    address = fields.String()
    equipment = fields.List(fields.String())
    keepers = fields.List(fields.UUID())
    approver_id = fields.UUID(allow_none=True)
    registered_at = fields.AwareDateTime(format="iso")
    withdrawn_at = fields.AwareDateTime(format="iso", allow_none=True)
    withdrawn_for = fields.String(allow_none=True)
    checked_at = fields.AwareDateTime(format="iso", allow_none=True)
    checked_by_id = fields.UUID(allow_none=True)
    passed = fields.List(fields.String())
    faults = fields.String()


class Rooms(Schema):
    """The register of rooms."""

    items = fields.List(fields.Nested(Room))


class Booking(Schema):
    """A room is kept for a case; of a hidden case only when, where and how it stands.

    `late_for` is the reason of a booking made later than the authority asks for.
    """

    id = fields.UUID()
    room_id = fields.UUID()
    room = fields.String()
    starts_at = fields.AwareDateTime(format="iso")
    ends_at = fields.AwareDateTime(format="iso")
    status = fields.Enum(BookingStatus, by_value=True)
    case_id = fields.UUID()
    case_number = fields.String()
    task_id = fields.UUID()
    purpose = fields.String()
    late_for = fields.String(allow_none=True)
    booked_by_id = fields.UUID()
    booked_at = fields.AwareDateTime(format="iso")
    decided_by_id = fields.UUID(allow_none=True)
    decided_at = fields.AwareDateTime(format="iso", allow_none=True)
    decision_reason = fields.String(allow_none=True)
    cancelled_by_id = fields.UUID(allow_none=True)
    cancelled_at = fields.AwareDateTime(format="iso", allow_none=True)
    cancelled_for = fields.String(allow_none=True)


class Bookings(Schema):
    """Bookings, in the order of their times."""

    items = fields.List(fields.Nested(Booking))
