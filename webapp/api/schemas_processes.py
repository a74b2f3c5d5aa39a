"""What goes out as JSON about processes."""

from __future__ import annotations

from marshmallow import Schema, fields


class Explored(Schema):
    """What was explored for one authority."""

    authority = fields.String()
    states = fields.Integer()
    ways = fields.Integer()
    demands = fields.Integer()


class ProcessProof(Schema):
    """That no path leaves out what the law asks for; when, and what was explored."""

    proved_at = fields.AwareDateTime(format="iso")
    explored = fields.List(fields.Nested(Explored))


class Process(Schema):
    """One published version of a process; proof null: as what was proved before."""

    id = fields.UUID()
    key = fields.String()
    number = fields.Integer()
    digest = fields.String()
    published_at = fields.AwareDateTime(format="iso")
    proof = fields.Nested(ProcessProof, allow_none=True)
