"""What goes out as JSON of migrations."""

from __future__ import annotations

from marshmallow import Schema, fields

from storage.vocabulary import MigrationStatus


class MigrationState(Schema):
    """How far a migration of many cases is."""

    id = fields.UUID()
    process = fields.String()
    from_version = fields.Integer(allow_none=True)
    to = fields.Integer()
    try_only = fields.Boolean()
    reason = fields.String()
    status = fields.Enum(MigrationStatus, by_value=True)
    total = fields.Integer()
    told = fields.Integer()
    fates = fields.Dict(keys=fields.String(), values=fields.Integer())
    started_by_id = fields.UUID()
    started_at = fields.AwareDateTime(format="iso")
    ended_at = fields.AwareDateTime(format="iso", allow_none=True)


class CaseFate(Schema):
    """What became, or would become, of one case, and why."""

    case = fields.String()
    fate = fields.String()
    from_ = fields.Integer(data_key="from", attribute="from")
    to = fields.Integer()
    obstacles = fields.List(fields.Dict(keys=fields.String()))
    newly_asked = fields.List(fields.String())
    not_timed = fields.List(fields.String())
    told = fields.String()


class FatePage(Schema):
    """Part of the list of fates."""

    items = fields.List(fields.Nested(CaseFate))
    next = fields.String(allow_none=True)
