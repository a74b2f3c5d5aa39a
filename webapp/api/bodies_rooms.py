"""What comes in as JSON about rooms and their bookings."""

from __future__ import annotations

from datetime import UTC, datetime

from marshmallow import Schema, fields, validate

from storage.vocabulary import RoomKind
from webapp.api.bodies import LONG

_said = validate.Length(min=1, max=LONG)
#: The ends of the calendar have no time in other zones.
_known = validate.Range(
    min=datetime(1900, 1, 1, tzinfo=UTC), max=datetime(2999, 12, 31, tzinfo=UTC)
)
_names = validate.Length(max=40)


class NewRoom(Schema):
    """A room: its name as records have it, its kind, its equipment, its people."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    kind = fields.Enum(RoomKind, by_value=True, required=True)
    address = fields.String(validate=validate.Length(max=200))
    equipment = fields.List(
        fields.String(validate=validate.Length(min=1, max=80)), validate=_names
    )
    keepers = fields.List(fields.UUID(), validate=_names)
    approver_id = fields.UUID(allow_none=True)


class RoomCheck(Schema):
    """What of the equipment is on and in order, and what is not."""

    passed = fields.List(
        fields.String(validate=validate.Length(min=1, max=80)), validate=_names
    )
    faults = fields.String(validate=validate.Length(max=LONG))


class Withdrawal(Schema):
    """Why a room is taken out of use, or a booking is given up."""

    reason = fields.String(required=True, validate=_said)


class NewBooking(Schema):
    """From when to when a step has a room, for what, and why it is asked for late."""

    room_id = fields.UUID(required=True)
    starts_at = fields.AwareDateTime(format="iso", required=True)
    ends_at = fields.AwareDateTime(format="iso", required=True)
    purpose = fields.String(required=True, validate=_said)
    late_for = fields.String(validate=validate.Length(max=LONG))


class BookingDecision(Schema):
    """Whether the use is approved; a refusal needs its reason."""

    approved = fields.Boolean(required=True)
    reason = fields.String(validate=validate.Length(max=LONG))


class Period(Schema):
    """From when to when bookings are asked for."""

    start = fields.AwareDateTime(format="iso", required=True, validate=_known)
    end = fields.AwareDateTime(format="iso", required=True, validate=_known)
