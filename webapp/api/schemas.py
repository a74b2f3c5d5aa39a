"""What comes in and goes out as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from storage.vocabulary import (
    Capacity,
    CaseStatus,
    DeadlineStatus,
    DocumentStatus,
    Medium,
    PartyKind,
    RecordingStatus,
    SignatureKind,
    TaskKind,
    TaskStatus,
    TermUnit,
    WaiverStatus,
)

#: Longest reason or statement, in characters.
LONG = 4000
_said = validate.Length(min=1, max=LONG)


def _moment(**options: Any) -> fields.AwareDateTime:
    """Declare an instant with its offset."""
    return fields.AwareDateTime(format="iso", **options)


def _text(most: int, **options: Any) -> fields.String:
    """Declare a text of at most so many characters, which must not be empty."""
    return fields.String(validate=validate.Length(min=1, max=most), **options)


class Problem(Schema):
    """Why a request was refused (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class Result(Schema):
    """What a command returns; the same again for a repeated Idempotency-Key."""

    def dump(self, obj: Any, **_options: Any) -> Any:
        """Return the command's result as it is: commands name their own results."""
        return obj


# ── Pages of a list ──────────────────────────────────────────────────────────


class PageQuery(Schema):
    """Which part of a list."""

    cursor = fields.String(validate=validate.Length(max=200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class CaseQuery(PageQuery):
    """Which cases."""

    status = fields.Enum(CaseStatus, by_value=True)
    process = fields.String(validate=validate.Length(max=60))
    search = fields.String(validate=validate.Length(min=2, max=80))


class EventQuery(Schema):
    """After which link of the chain to begin."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0))


class TaskQuery(PageQuery):
    """Which tasks: one's own, those one may claim, or those one has done."""

    box = fields.String(
        load_default="mine", validate=validate.OneOf(["mine", "claimable", "done"])
    )


# ── People ───────────────────────────────────────────────────────────────────


class Person(Schema):
    """Somebody of an agency."""

    id = fields.UUID()
    login = fields.String()
    name = fields.String()
    title = fields.String()
    agency_id = fields.UUID()
    unit_id = fields.UUID(allow_none=True)
    locale = fields.String()
    posts = fields.Pluck("PostHeld", "post", many=True)


class PostHeld(Schema):
    """A post that somebody holds."""

    post = fields.String()


# ── Cases ────────────────────────────────────────────────────────────────────


class Case(Schema):
    """One matter (案件)."""

    id = fields.UUID()
    number = fields.String()
    cause = fields.String()
    process = fields.String(attribute="process_key")
    status = fields.Enum(CaseStatus, by_value=True)
    unit_id = fields.UUID(allow_none=True)
    requirement_set_id = fields.UUID()
    opened_at = _moment()
    closed_at = _moment(allow_none=True)
    archived_at = _moment(allow_none=True)
    version = fields.Integer(attribute="lock_version")


class CasePage(Schema):
    """Part of the list of cases, newest first."""

    items = fields.List(fields.Nested(Case))
    next = fields.String(allow_none=True)


class Party(Schema):
    """Somebody whom a case is about."""

    id = fields.UUID()
    role = fields.String()
    kind = fields.Enum(PartyKind, by_value=True)
    name = fields.String()
    credit_code = fields.String(allow_none=True)
    id_number = fields.String(allow_none=True)
    legal_representative = fields.String(allow_none=True)
    post = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)


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


class Event(Schema):
    """One act, chained to the act before it."""

    id = fields.UUID()
    seq = fields.Integer()
    tag = fields.String()
    subject_id = fields.UUID(allow_none=True)
    actor_id = fields.UUID(allow_none=True)
    acted_at = _moment()
    recorded_at = _moment()
    payload = fields.Dict(keys=fields.String())
    previous = fields.String()
    digest = fields.String()


# ── Tasks and gates ──────────────────────────────────────────────────────────


class Task(Schema):
    """A step of a case that waits for somebody or something."""

    id = fields.UUID()
    case_id = fields.UUID()
    kind = fields.Enum(TaskKind, by_value=True)
    process = fields.String()
    element = fields.String()
    name = fields.String()
    activity = fields.String(allow_none=True)
    capacity = fields.Enum(Capacity, by_value=True, allow_none=True)
    subject = fields.String(allow_none=True)
    status = fields.Enum(TaskStatus, by_value=True)
    assignee_id = fields.UUID(allow_none=True)
    opened_at = _moment()
    due_at = _moment(allow_none=True)
    closed_at = _moment(allow_none=True)
    outcome = fields.String(allow_none=True)
    opinion = fields.String()
    version = fields.Integer()


class TaskPage(Schema):
    """Part of a worklist, the most urgent first."""

    items = fields.List(fields.Nested(Task))
    next = fields.String(allow_none=True)


class TaskWithGate(Schema):
    """A step and the records that the law asks for at it."""

    task = fields.Nested(Task)
    gate = fields.List(fields.Dict(keys=fields.String()))


class ClaimTask(Schema):
    """The version of the step that was shown."""

    version = fields.Integer(allow_none=True)


class ReleaseTask(Schema):
    """Why a step is given back."""

    reason = fields.String(validate=validate.Length(max=LONG))


class CompleteTask(Schema):
    """What completes a step."""

    outcome = fields.String(allow_none=True, validate=validate.Length(max=60))
    inputs = fields.Dict(keys=fields.String())
    opinion = fields.String(validate=validate.Length(max=LONG))
    version = fields.Integer(allow_none=True)
    acted_at = _moment(allow_none=True)


class ReassignTask(Schema):
    """To whom a step goes, and why."""

    person_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=_said)


class Judge(Schema):
    """An answer to 必要时: whether a record is necessary here, and why."""

    requirement = _text(120, required=True)
    needed = fields.Boolean(required=True)
    reason = fields.String(required=True, validate=_said)


# ── Documents ────────────────────────────────────────────────────────────────


class Document(Schema):
    """A written record (文书)."""

    id = fields.UUID()
    case_id = fields.UUID()
    task_id = fields.UUID()
    element = fields.String()
    subject = fields.String(allow_none=True)
    code = fields.String()
    title = fields.String()
    number = fields.String(allow_none=True)
    status = fields.Enum(DocumentStatus, by_value=True)
    version = fields.Integer()
    fields_ = fields.Dict(attribute="fields", data_key="fields")
    digest = fields.String(allow_none=True)
    signatories = fields.List(fields.Dict())
    signed_by = fields.List(fields.String())
    created_at = _moment()
    prepared_at = _moment(allow_none=True)
    finalized_at = _moment(allow_none=True)
    rendering_sha256 = fields.String(allow_none=True)


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


# ── Recordings ───────────────────────────────────────────────────────────────


class Recording(Schema):
    """A photo, sound or film of an act (音像)."""

    id = fields.UUID()
    case_id = fields.UUID()
    task_id = fields.UUID()
    element = fields.String()
    medium = fields.Enum(Medium, by_value=True)
    device = fields.String()
    place = fields.String()
    officers = fields.List(fields.String())
    started_at = _moment()
    ended_at = _moment()
    status = fields.Enum(RecordingStatus, by_value=True)
    declared_at = _moment()
    deposit_due_at = _moment(allow_none=True)
    deposited_at = _moment(allow_none=True)
    object_sha256 = fields.String(allow_none=True)


class DeclareRecording(Schema):
    """A recording that was made at a step."""

    medium = fields.Enum(Medium, by_value=True, required=True)
    device = _text(80, required=True)
    started_at = _moment(required=True)
    ended_at = _moment(allow_none=True)
    place = fields.String(validate=validate.Length(max=200))
    officers = fields.List(fields.UUID(), validate=validate.Length(min=1, max=20))


# ── Deadlines, waivers, people in a case ─────────────────────────────────────


class Deadline(Schema):
    """By when something must have happened."""

    id = fields.UUID()
    case_id = fields.UUID()
    task_id = fields.UUID(allow_none=True)
    code = fields.String()
    status = fields.Enum(DeadlineStatus, by_value=True)
    base_at = _moment()
    length = fields.Integer()
    unit = fields.Enum(TermUnit, by_value=True)
    due_at = _moment()
    deductions = fields.List(fields.Dict())
    extensions = fields.List(fields.Dict())
    cites = fields.List(fields.String())
    met_at = _moment(allow_none=True)
    overdue_at = _moment(allow_none=True)


class ExtendDeadline(Schema):
    """By how much a term is lengthened, in its own unit, and why."""

    length = fields.Integer(required=True, validate=validate.Range(1, 3650))
    reason = fields.String(required=True, validate=_said)


class Waiver(Schema):
    """Leave to go on without a record (豁免)."""

    id = fields.UUID()
    case_id = fields.UUID()
    task_id = fields.UUID()
    requirement = fields.String()
    ground = fields.String()
    statement = fields.String()
    status = fields.Enum(WaiverStatus, by_value=True)
    requested_by_id = fields.UUID()
    requested_at = _moment()
    decided_by_id = fields.UUID(allow_none=True)
    decided_at = _moment(allow_none=True)
    decision_reason = fields.String()


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


class Assign(Schema):
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


class DeductDays(Schema):
    """Which days are left out of a term, both included, and why."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    reason = fields.String(required=True, validate=_said)


# ── Processes ────────────────────────────────────────────────────────────────


class Process(Schema):
    """One published version of a process."""

    id = fields.UUID()
    key = fields.String()
    number = fields.Integer()
    digest = fields.String()
    published_at = _moment()
