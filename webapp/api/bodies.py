"""What comes in as JSON, and in the query of an address."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from storage.queries.waived import Which
from storage.vocabulary import (
    Capacity,
    CaseStatus,
    Fate,
    Medium,
    PartyKind,
    SignatureKind,
)

#: Longest reason or statement, in characters.
LONG = 4000
#: No process has so many versions.
MANY = 1_000_000
_said = validate.Length(min=1, max=LONG)


def _moment(**options: Any) -> fields.AwareDateTime:
    """Declare an instant with its offset."""
    return fields.AwareDateTime(format="iso", **options)


def _text(most: int, **options: Any) -> fields.String:
    """Declare a text of at most so many characters, which must not be empty."""
    return fields.String(validate=validate.Length(min=1, max=most), **options)


class PageQuery(Schema):
    """Which part of a list."""

    cursor = fields.String(validate=validate.Length(max=200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class OnDay(Schema):
    """Of which day; today's when it is not given."""

    on = fields.Date()


class OfStep(Schema):
    """At which step, by its element or activity; the live ones when not given."""

    step = fields.String()


class CaseQuery(PageQuery):
    """Which cases."""

    status = fields.Enum(CaseStatus, by_value=True)
    process = fields.String(validate=validate.Length(max=60))
    search = fields.String(validate=validate.Length(min=2, max=80))
    step = fields.String(validate=validate.Length(max=80))
    overdue = fields.Boolean(load_default=False)


class WaiverQuery(PageQuery):
    """Which waivers: for whom, on what ground, in which section, asked for when."""

    which = fields.Enum(Which, by_value=True, load_default=Which.UNREVIEWED)
    ground = fields.String(validate=validate.Length(max=60))
    unit_id = fields.UUID()
    since = _moment()
    until = _moment()


class EventQuery(Schema):
    """After which link of the chain to begin."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0))


class DueQuery(PageQuery):
    """Within how many days what is listed ends; what is overdue always is."""

    days = fields.Integer(load_default=3, validate=validate.Range(0, 366))


class TaskQuery(PageQuery):
    """Which tasks: one's own, those one may claim, or those one has done."""

    box = fields.String(
        load_default="mine", validate=validate.OneOf(["mine", "claimable", "done"])
    )


class NewParty(Schema):
    """A party to a new case."""

    role = fields.String(load_default="suspect", validate=validate.Length(1, 40))
    kind = fields.Enum(PartyKind, by_value=True, required=True)
    name = _text(200, required=True)
    credit_code = fields.String(validate=validate.Length(equal=18))
    id_number = fields.String(validate=validate.Length(equal=18))
    legal_representative = _text(120)
    post = _text(60)
    address = _text(300)
    phone = _text(40)


class NewCase(Schema):
    """What opens a case."""

    process = _text(60, required=True)
    cause = _text(300, required=True)
    source = _text(300)
    received_at = _moment()
    parties = fields.List(
        fields.Nested(NewParty), required=True, validate=validate.Length(min=1, max=50)
    )


class Shown(Schema):
    """The version of the thing that was shown; another one is refused as stale."""

    version = fields.Integer(allow_none=True)


class ClaimTask(Shown):
    """Take a step on."""


class ReleaseTask(Shown):
    """Why a step is given back."""

    reason = fields.String(validate=validate.Length(max=LONG))


class CompleteTask(Schema):
    """What completes a step."""

    outcome = fields.String(allow_none=True, validate=validate.Length(max=60))
    inputs = fields.Dict(keys=fields.String())
    opinion = fields.String(validate=validate.Length(max=LONG))
    version = fields.Integer(allow_none=True)
    acted_at = _moment(allow_none=True)


class ReassignTask(Shown):
    """To whom a step goes, and why."""

    person_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=_said)


class Judge(Schema):
    """An answer to 必要时: whether a record is necessary here, and why."""

    requirement = _text(120, required=True)
    needed = fields.Boolean(required=True)
    reason = fields.String(required=True, validate=_said)


class DraftDocument(Schema):
    """A new document of one step."""

    code = _text(80, required=True)
    fields_ = fields.Dict(
        attribute="fields", data_key="fields", keys=fields.String(), load_default=dict
    )
    replaces = fields.UUID(allow_none=True)


class ReviseDocument(Schema):
    """New contents of a draft."""

    fields_ = fields.Dict(
        attribute="fields", data_key="fields", keys=fields.String(), required=True
    )
    version = fields.Integer(required=True)


class PrepareDocument(Schema):
    """The contents to freeze; those of the draft when none are given."""

    fields_ = fields.Dict(attribute="fields", data_key="fields", keys=fields.String())
    version = fields.Integer(allow_none=True)


class SignDocument(Schema):
    """Somebody stands for a document, or refuses to."""

    role = _text(40, required=True)
    kind = fields.Enum(SignatureKind, by_value=True)
    name = _text(200)
    note = fields.String(validate=validate.Length(max=LONG))
    witness = _text(120)
    digest = fields.String(validate=validate.Length(equal=64))


class Reason(Schema):
    """Why."""

    reason = fields.String(required=True, validate=_said)


class ReasonOn(Reason, Shown):
    """Why, and on which version of the thing."""


class DeclareRecording(Schema):
    """A recording that was made at a step."""

    medium = fields.Enum(Medium, by_value=True, required=True)
    device = _text(80, required=True)
    started_at = _moment(required=True)
    ended_at = _moment(allow_none=True)
    place = fields.String(validate=validate.Length(max=200))
    officers = fields.List(fields.UUID(), validate=validate.Length(min=1, max=20))
    carrier = fields.UUID(allow_none=True)


class ExtendDeadline(Shown):
    """By how much a term is lengthened, in its own unit, and why."""

    length = fields.Integer(required=True, validate=validate.Range(1, 3650))
    reason = fields.String(required=True, validate=_said)


class RequestWaiver(Schema):
    """A request to go on without a record."""

    task_id = fields.UUID(required=True)
    requirement = _text(120, required=True)
    ground = _text(60, required=True)
    statement = fields.String(required=True, validate=_said)


class DecideWaiver(Schema):
    """What was decided on a waiver, and why."""

    approved = fields.Boolean(required=True)
    reason = fields.String(required=True, validate=_said)


class DelayRecording(Schema):
    """Why a file can be handed over only after the return, in the rules' words."""

    situation = _text(60, required=True)
    reason = fields.String(required=True, validate=_said)


class ReturnWithRecording(Schema):
    """When the officers were back at the unit."""

    returned_at = _moment(required=True)


class Assign(Shown):
    """Who takes a capacity in a case."""

    case_id = fields.UUID(required=True)
    capacity = fields.Enum(Capacity, by_value=True, required=True)
    person_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=50)
    )
    reason = fields.String(required=True, validate=_said)


class Challenge(Schema):
    """A challenge to somebody's part in a case (回避)."""

    case_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    ground = fields.String(required=True, validate=_said)
    applicant = _text(120, required=True)


class DecideRecusal(Schema):
    """What was decided on a challenge."""

    granted = fields.Boolean(required=True)
    reason = fields.String(required=True, validate=_said)
    replacement = fields.UUID(allow_none=True)


class DeductDays(Shown):
    """Which days are left out of a term, both included, and why."""

    ground = _text(60, required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    reason = fields.String(required=True, validate=_said)
    document_id = fields.UUID(allow_none=True)


class CorrectFact(Shown):
    """The right moment of an event from which time is counted, and why."""

    fact = _text(60, required=True)
    subject = _text(60, allow_none=True)
    value = fields.AwareDateTime(required=True)
    reason = fields.String(required=True, validate=_said)
    document_id = fields.UUID(allow_none=True)


class Flag(Shown):
    """Raise or lower a flag of a case."""

    name = fields.String(required=True)
    raised = fields.Boolean(required=True)
    reason = _text(LONG, required=True)


class Remedy(Shown):
    """How a record of a past step was made good."""

    task_id = fields.UUID(required=True)
    requirement = _text(120, required=True)
    note = _text(LONG, required=True)


class Carry(Schema):
    """Over to which version of a process, the newest when none is given, and how."""

    reason = _text(LONG, required=True)
    renamed = fields.Dict(keys=_text(120), values=_text(120))
    try_only = fields.Boolean()
    to = fields.Integer(validate=validate.Range(1, MANY))


class Migration(Carry, Shown):
    """Move a case to a version of its process."""


class Migrations(Carry):
    """Move all running cases of a process, or those of one version."""

    process = _text(60, required=True)
    from_version = fields.Integer(validate=validate.Range(1, MANY))


class FateQuery(PageQuery):
    """Which fates."""

    fate = fields.Enum(Fate, by_value=True)
