"""Everything that one case shows of itself; a fixed number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from storage.models import (
    Agency,
    Assignment,
    Case,
    Deadline,
    Document,
    Event,
    Judgement,
    PackVersion,
    Party,
    Person,
    ProcessVersion,
    Recording,
    Recusal,
    RequirementSet,
    Signature,
    StoredObject,
    Task,
    Unit,
    Waiver,
)
from storage.queries.line import Line


def header(session: Session, case_id: uuid.UUID) -> Line:
    """Return agency, unit, and the versions of diagram and rules of a case."""
    return session.execute(
        select(
            Agency.name.label("agency"),
            Agency.issuer,
            Unit.name.label("unit"),
            ProcessVersion.id.label("process_version_id"),
            ProcessVersion.number.label("process_version"),
            PackVersion.number.label("pack_version"),
            RequirementSet.digest,
        )
        .select_from(Case)
        .join(Agency, Case.agency_id == Agency.id)
        .outerjoin(Unit, Case.unit_id == Unit.id)
        .join(RequirementSet, Case.requirement_set_id == RequirementSet.id)
        .join(ProcessVersion, RequirementSet.process_version_id == ProcessVersion.id)
        .join(PackVersion, RequirementSet.pack_version_id == PackVersion.id)
        .where(Case.id == case_id)
    ).one()


def parties(session: Session, case_id: uuid.UUID) -> Sequence[Party]:
    """Return the parties in the order in which they were named."""
    return session.scalars(
        select(Party).where(Party.case_id == case_id).order_by(Party.id)
    ).all()


def officers(session: Session, case_id: uuid.UUID) -> Sequence[Line]:
    """Return who holds which capacity now: columns Assignment, Person."""
    return session.execute(
        select(Assignment, Person)
        .join(Person, Assignment.person_id == Person.id)
        .where(Assignment.case_id == case_id, Assignment.until.is_(None))
        .order_by(Assignment.capacity, Assignment.since, Person.name)
    ).all()


def recusals(session: Session, case_id: uuid.UUID) -> Sequence[Line]:
    """Return challenges in a case: columns Recusal, name."""
    return session.execute(
        select(Recusal, Person.name)
        .join(Person, Recusal.person_id == Person.id)
        .where(Recusal.case_id == case_id)
        .order_by(Recusal.requested_at)
    ).all()


def tasks(session: Session, case_id: uuid.UUID) -> Sequence[Line]:
    """Return every visit of every step: columns Task, assignee, closer."""
    closer = aliased(Person)
    return session.execute(
        select(Task, Person.name.label("assignee"), closer.name.label("closer"))
        .outerjoin(Person, Task.assignee_id == Person.id)
        .outerjoin(closer, Task.closed_by_id == closer.id)
        .where(Task.case_id == case_id)
        .order_by(Task.opened_at, Task.id)
    ).all()


def deadlines(session: Session, case_id: uuid.UUID) -> Sequence[Deadline]:
    """Return the deadlines of a case, the earliest due first."""
    return session.scalars(
        select(Deadline)
        .where(Deadline.case_id == case_id)
        .order_by(Deadline.due_at, Deadline.id)
    ).all()


def documents(session: Session, case_id: uuid.UUID) -> Sequence[Document]:
    """Return the documents of a case, the newest last."""
    return session.scalars(
        select(Document)
        .where(Document.case_id == case_id)
        .order_by(Document.created_at, Document.id)
    ).all()


def recordings(session: Session, case_id: uuid.UUID) -> Sequence[Line]:
    """Return recordings: Recording, StoredObject, their step's name and activity.

    The name of who declared it is in declared_by.
    """
    return session.execute(
        select(
            Recording,
            StoredObject,
            Task.name,
            Task.activity,
            Person.name.label("declared_by"),
        )
        .join(Task, Recording.task_id == Task.id)
        .join(Person, Recording.declared_by_id == Person.id)
        .outerjoin(StoredObject, Recording.object_sha256 == StoredObject.sha256)
        .where(Recording.case_id == case_id)
        .order_by(Recording.started_at, Recording.id)
    ).all()


def waivers(session: Session, case_id: uuid.UUID) -> Sequence[Line]:
    """Return requests to do without a record: columns Waiver, requested_by."""
    return session.execute(
        select(Waiver, Person.name.label("requested_by"))
        .join(Person, Waiver.requested_by_id == Person.id)
        .where(Waiver.case_id == case_id)
        .order_by(Waiver.requested_at)
    ).all()


def judgements(session: Session, task_id: uuid.UUID) -> Sequence[Line]:
    """Return the answers to 必要时 at one task: columns Judgement, judged_by."""
    return session.execute(
        select(Judgement, Person.name.label("judged_by"))
        .join(Person, Judgement.judged_by_id == Person.id)
        .where(Judgement.task_id == task_id)
    ).all()


def events(session: Session, case_id: uuid.UUID, most: int = 200) -> Sequence[Line]:
    """Return the newest acts of a case: columns Event, actor; newest first."""
    return session.execute(
        select(Event, Person.name.label("actor"))
        .outerjoin(Person, Event.actor_id == Person.id)
        .where(Event.stream_id == case_id)
        .order_by(Event.seq.desc())
        .limit(most)
    ).all()


def signatures(session: Session, document_id: uuid.UUID) -> Sequence[Signature]:
    """Return who stood for a document, in order."""
    return session.scalars(
        select(Signature)
        .where(Signature.document_id == document_id)
        .order_by(Signature.signed_at, Signature.id)
    ).all()
