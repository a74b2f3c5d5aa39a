"""What goes out as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from storage.vocabulary import (
    Capacity,
    CaseStatus,
    DeadlineOutcome,
    DeadlineStatus,
    DocumentStatus,
    Medium,
    PartyKind,
    RecordingStatus,
    TaskKind,
    TaskStatus,
    TermUnit,
    WaiverStatus,
)


def _moment(**options: Any) -> fields.AwareDateTime:
    """Declare an instant with its offset."""
    return fields.AwareDateTime(format="iso", **options)


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
    previous = fields.String(allow_none=True)


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
    previous = fields.String(allow_none=True)


class TaskWithGate(Schema):
    """A step and the records that the law asks for at it."""

    task = fields.Nested(Task)
    gate = fields.List(fields.Dict(keys=fields.String()))
    locks = fields.List(fields.Dict(keys=fields.String()))
    coherence = fields.List(fields.Dict(keys=fields.String()))
    sitting = fields.Dict(keys=fields.String(), allow_none=True)


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
    carrier_id = fields.UUID(allow_none=True)
    clock_ahead = fields.Integer()
    started_at = _moment()
    ended_at = _moment()
    status = fields.Enum(RecordingStatus, by_value=True)
    declared_at = _moment()
    deposit_due_at = _moment(allow_none=True)
    delayed_for = fields.String(allow_none=True)
    delay_reason = fields.String(allow_none=True)
    returned_at = _moment(allow_none=True)
    deposited_at = _moment(allow_none=True)
    object_sha256 = fields.String(allow_none=True)


class Deadline(Schema):
    """By when something must have happened."""

    id = fields.UUID()
    case_id = fields.UUID()
    task_id = fields.UUID(allow_none=True)
    code = fields.String()
    status = fields.Enum(DeadlineStatus, by_value=True)
    outcome = fields.Enum(DeadlineOutcome, by_value=True)
    base_at = _moment()
    length = fields.Integer()
    unit = fields.Enum(TermUnit, by_value=True)
    due_at = _moment()
    deductions = fields.List(fields.Dict())
    extensions = fields.List(fields.Dict())
    corrections = fields.List(fields.Dict(), allow_none=True)
    warned = fields.List(fields.Dict(), allow_none=True)
    origin = fields.String(allow_none=True)
    base_from = fields.String(allow_none=True)
    warn_at = _moment(allow_none=True)
    cites = fields.List(fields.String())
    met_at = _moment(allow_none=True)
    overdue_at = _moment(allow_none=True)


class Due(Schema):
    """A deadline that has run out or will soon, with its case."""

    deadline = fields.Nested(Deadline)
    case_number = fields.String()
    unit = fields.String(allow_none=True)
    group = fields.String()


class DuePage(Schema):
    """Part of the list of what runs out, the first to end first."""

    items = fields.List(fields.Nested(Due))
    next = fields.String(allow_none=True)
    previous = fields.String(allow_none=True)


class CountedDays(Schema):
    """Consecutive days of a term that count alike, or do not."""

    first = fields.Date()
    last = fields.Date()
    kind = fields.String()
    from_number = fields.Integer(allow_none=True)
    to_number = fields.Integer(allow_none=True)
    extension = fields.Integer()
    name = fields.String()


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
    approvers = fields.List(fields.String())
    next_post = fields.String(allow_none=True)
    after = fields.Boolean()
    decisions = fields.List(fields.Dict())
    cites = fields.List(fields.String())


class WaiverPage(Schema):
    """Part of a list of waivers."""

    items = fields.List(fields.Nested(Waiver))
    next = fields.String(allow_none=True)
    previous = fields.String(allow_none=True)


class Clause(Schema):
    """A clause, verbatim."""

    id = fields.String()
    title = fields.String()
    article = fields.String()
    text = fields.String()


class Leave(Schema):
    """On what grounds, and by whose leave in order, a record may be missing."""

    grounds = fields.List(fields.String())
    approvers = fields.List(fields.String())
    clauses = fields.Nested(Clause, many=True)


class Demand(Schema):
    """A record that is required at a step."""

    record = fields.String()
    level = fields.String()
    due = fields.String()
    count = fields.Integer()
    signed_by = fields.List(fields.String())
    when = fields.String(allow_none=True)
    sources = fields.List(fields.String())
    since = fields.List(fields.String())
    clauses = fields.Nested(Clause, many=True)
    waiver = fields.Nested(Leave, allow_none=True)


class Entry(Schema):
    """An entry of a rule pack that is in force."""

    kind = fields.String()
    name = fields.String()
    label = fields.String()
    source = fields.String()
    since = fields.String()
    mark = fields.String()
    facts = fields.Dict(keys=fields.String())
    says = fields.Dict(keys=fields.String())
    clauses = fields.Nested(Clause, many=True)


class Explanation(Schema):
    """What one authority requires at a step; empty lists: not stated."""

    activity = fields.String()
    issuer = fields.String()
    on = fields.String()
    records = fields.Nested(Demand, many=True)
    announcements = fields.Nested(Entry, many=True)
    duties = fields.Nested(Entry, many=True)
    posts = fields.Nested(Entry, many=True)
    decisions = fields.Nested(Entry, many=True)
    points = fields.List(fields.Dict(keys=fields.String()))
    general = fields.Nested(Entry, many=True)


class StepDemand(Demand):
    """A demand at one step of one case."""

    holds = fields.Boolean(allow_none=True)
    state = fields.String(allow_none=True)


class StepExplanation(Explanation):
    """What is required at one step of one case."""

    case_id = fields.UUID()
    case_number = fields.String()
    step = fields.String()
    records = fields.Nested(StepDemand, many=True)


class Explained(Schema):
    """What every authority requires at a step."""

    activity = fields.String()
    authorities = fields.Nested(Explanation, many=True)


class Coverage(Schema):
    """How many clauses of an instrument are claimed and proven."""

    instrument = fields.String()
    enforceable = fields.String()
    clauses = fields.Integer()
    claimed = fields.Integer()
    proven = fields.Integer()
    open = fields.Integer()
