"""What moves between colleagues take as JSON."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from webapp.api.bodies import LONG, Shown

_said = validate.Length(min=1, max=LONG)


class Why(Schema):
    """Why."""

    reason = fields.String(required=True, validate=_said)


class WhyOn(Why, Shown):
    """Why, and on which version of the thing."""


class Text(Schema):
    """What is told."""

    text = fields.String(required=True, validate=_said)


class Note(Shown):
    """A word with it."""

    note = fields.String(validate=validate.Length(max=LONG))


class SendBack(Schema):
    """To which earlier visit a case goes back, and why."""

    to = fields.UUID(required=True)
    reason = fields.String(required=True, validate=_said)
    version = fields.Integer(allow_none=True)


class ToColleague(Schema):
    """Who is asked, and why."""

    person_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=_said)
    version = fields.Integer(allow_none=True)


class Save(Schema):
    """What was entered so far."""

    inputs = fields.Dict(keys=fields.String(), required=True)
    opinion = fields.String(validate=validate.Length(max=LONG))
    version = fields.Integer(allow_none=True)


class Opinion(Schema):
    """Whether a co-signer agrees, and why not."""

    agreed = fields.Boolean(required=True)
    opinion = fields.String(validate=validate.Length(max=LONG))


class Question(Schema):
    """Who is asked what."""

    person_id = fields.UUID(required=True)
    text = fields.String(required=True, validate=_said)


class Copy(Schema):
    """Who is told what."""

    person_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=50)
    )
    text = fields.String(required=True, validate=_said)


class HandOver(Schema):
    """To whom everything goes, and why."""

    to_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=_said)


class NewDeputy(Schema):
    """Who takes whose place, from when until when, and why."""

    principal_id = fields.UUID(required=True)
    deputy_id = fields.UUID(required=True)
    since = fields.AwareDateTime(format="iso", required=True)
    until = fields.AwareDateTime(format="iso", required=True)
    reason = fields.String(required=True, validate=_said)
