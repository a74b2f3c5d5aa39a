"""What comes in as JSON about devices and about times that differ."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from storage.vocabulary import DeviceKind
from webapp.api.bodies import LONG

_said = validate.Length(min=1, max=LONG)


class NewDevice(Schema):
    """A device that records: its number, its kind, who holds it."""

    number = fields.String(required=True, validate=validate.Length(min=1, max=80))
    kind = fields.Enum(DeviceKind, by_value=True, required=True)
    holder_id = fields.UUID(allow_none=True)


class DeviceCheck(Schema):
    """What was found in order before use, what not, and what the clock shows."""

    shown_at = fields.AwareDateTime(format="iso", required=True)
    passed = fields.List(
        fields.String(validate=validate.Length(min=1, max=80)),
        validate=validate.Length(max=40),
    )
    faults = fields.String(validate=validate.Length(max=LONG))


class ExplainTimes(Schema):
    """Why recordings and what was written differ, and where that is heard or read."""

    started_at = fields.AwareDateTime(format="iso", required=True)
    ended_at = fields.AwareDateTime(format="iso", required=True)
    reason = fields.String(required=True, validate=_said)
    recording_id = fields.UUID(allow_none=True)
    heard_after = fields.Integer(allow_none=True, validate=validate.Range(min=0))
    document_id = fields.UUID(allow_none=True)
