"""What goes out as JSON about devices."""

from __future__ import annotations

from marshmallow import Schema, fields

from storage.vocabulary import DeviceKind


class Device(Schema):
    """A device that records, and its last check; null: never checked."""

    id = fields.UUID()
    number = fields.String()
    kind = fields.Enum(DeviceKind, by_value=True)
    holder_id = fields.UUID(allow_none=True)
    checked_at = fields.AwareDateTime(format="iso", allow_none=True)
    checked_by_id = fields.UUID(allow_none=True)
    passed = fields.List(fields.String())
    faults = fields.String()
    clock_ahead = fields.Integer()


class Devices(Schema):
    """Part of the register of devices, by number."""

    items = fields.List(fields.Nested(Device))
    next = fields.String(allow_none=True)
    previous = fields.String(allow_none=True)
