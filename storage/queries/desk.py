"""What waits on somebody's desk: tasks, documents to sign, and what was done."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from storage.models import (
    Assignment,
    Case,
    Document,
    Judgement,
    Party,
    Person,
    Recording,
    Signature,
    Task,
    Waiver,
)
from storage.queries.line import Line
from storage.vocabulary import CaseStatus, DocumentStatus, TaskKind, TaskStatus

#: How many steps are chosen at once.
MOST = 200
#: A case in one of these asks nobody for anything.
AT_REST = (CaseStatus.ARCHIVED, CaseStatus.TERMINATED, CaseStatus.SUSPENDED)

#: Documents in these no longer count for anything.
_DEAD = (DocumentStatus.SUPERSEDED, DocumentStatus.DISCARDED)


def principal() -> ColumnElement[str]:
    """Return the name of the first party of a case that is not the complainant."""
    return (
        select(Party.name)
        .where(Party.case_id == Case.id, Party.role != "complainant")
        .order_by(Party.id)
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
        .label("party")
    )


def own(person_id: uuid.UUID) -> ColumnElement[bool]:
    """Hold for steps somebody took on, or that wait for them by their capacity."""
    return or_(taken_on(person_id), waiting_for(person_id))


def taken_on(person_id: uuid.UUID) -> ColumnElement[bool]:
    """Hold for steps that somebody took on."""
    return and_(
        Task.kind == TaskKind.USER,
        Task.assignee_id == person_id,
        Task.status == TaskStatus.CLAIMED,
    )


def waiting_for(person_id: uuid.UUID) -> ColumnElement[bool]:
    """Hold for steps that wait for somebody by their capacity in the case."""
    waiting = aliased(Task)
    return and_(
        Task.kind == TaskKind.USER,
        Task.status == TaskStatus.OPEN,
        Task.assignee_id.is_(None),
        # From the person to their cases: few, however many others there are.
        Task.id.in_(
            select(waiting.id)
            .select_from(Assignment)
            .join(
                waiting,
                and_(
                    waiting.case_id == Assignment.case_id,
                    waiting.capacity == Assignment.capacity,
                    waiting.status == TaskStatus.OPEN,
                ),
            )
            .where(Assignment.person_id == person_id, Assignment.until.is_(None))
        ),
    )


def chosen_ids(
    session: Session,
    chosen: ColumnElement[bool],
    *,
    case_id: uuid.UUID | None = None,
    task_id: uuid.UUID | None = None,
) -> list[uuid.UUID]:
    """Return the steps *chosen* holds for, the soonest first."""
    query = select(Task.id).where(chosen)
    if case_id is not None:
        query = query.where(Task.case_id == case_id)
    if task_id is not None:
        query = query.where(Task.id == task_id)
    order = (Task.due_at.is_(None), Task.due_at, Task.id)
    return list(session.scalars(query.order_by(*order).limit(MOST)))


def tasks(session: Session, ids: Collection[uuid.UUID]) -> Sequence[Line]:
    """Return the live cases' steps among *ids*: Task, Case, party; soonest first."""
    return session.execute(
        select(Task, Case, principal())
        .join(Case, Task.case_id == Case.id)
        .where(Task.id.in_(ids), Case.status.not_in(AT_REST))
        # What has no clock comes last on every database.
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
    ).all()


def signed_roles(
    session: Session, person_id: uuid.UUID, documents: Collection[uuid.UUID]
) -> frozenset[tuple[uuid.UUID, str]]:
    """Return in which roles somebody already signed which of *documents*."""
    rows = session.execute(
        select(Signature.document_id, Signature.role).where(
            Signature.person_id == person_id, Signature.document_id.in_(documents)
        )
    )
    return frozenset((row.document_id, row.role) for row in rows)


def capacities(
    session: Session, person_id: uuid.UUID, cases: Collection[uuid.UUID]
) -> frozenset[tuple[uuid.UUID, str]]:
    """Return in which capacities somebody acts now in which of *cases*."""
    rows = session.execute(
        select(Assignment.case_id, Assignment.capacity).where(
            Assignment.person_id == person_id,
            Assignment.until.is_(None),
            Assignment.case_id.in_(cases),
        )
    )
    return frozenset((row.case_id, row.capacity.value) for row in rows)


def people_of(session: Session, agency_id: uuid.UUID) -> Sequence[Person]:
    """Return everybody of an agency who may act, by name."""
    return session.scalars(
        select(Person)
        .where(Person.agency_id == agency_id, Person.active)
        .order_by(Person.name)
    ).all()


def names_of(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of people by their ids."""
    if not people:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return {row.id: row.name for row in rows}


def gate_rows(
    session: Session, cases: Collection[uuid.UUID]
) -> tuple[
    Sequence[Document], Sequence[Recording], Sequence[Judgement], Sequence[Waiver]
]:
    """Return everything that gates of *cases* look at, each kind oldest first."""
    return (
        session.scalars(
            select(Document)
            .where(Document.case_id.in_(cases), Document.status.not_in(_DEAD))
            .order_by(Document.id)
        ).all(),
        session.scalars(
            select(Recording).where(Recording.case_id.in_(cases)).order_by(Recording.id)
        ).all(),
        session.scalars(select(Judgement).where(Judgement.case_id.in_(cases))).all(),
        session.scalars(
            select(Waiver)
            .join(Task, Waiver.task_id == Task.id)
            .where(Waiver.case_id.in_(cases), Task.status != TaskStatus.CANCELLED)
            .order_by(Waiver.id)
        ).all(),
    )
