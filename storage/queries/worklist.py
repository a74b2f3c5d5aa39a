"""The lists of a desk, a part at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from storage.models import Assignment, Case, Document, Task
from storage.models.document import UNSIGNED
from storage.models.task import FINISHED, FREE
from storage.queries import desk, keyset
from storage.queries.keyset import Keys, Order, Part, Place
from storage.queries.line import Line
from storage.queries.scope import Scope
from storage.vocabulary import Capacity, TaskKind, TaskStatus

#: Rows of a desk on one page.
PAGE = 50

#: The most urgent first; what has no clock comes last on every database.
URGENT = Order((Task.due_at, Task.id), nullable=True)
#: What was finished last.
LATEST = Order((Task.closed_at, Task.id), descending=True)
#: What has waited longest for signatures.
OLDEST = Order((Document.prepared_at, Document.id))

#: The same as FREE in words that keep to the steps of one case after the other.
_FREE_IN_A_CASE = and_(
    Task.status == TaskStatus.OPEN,
    Task.kind == TaskKind.USER,
    Task.held.is_not(true()),
)


def steps(chosen: ColumnElement[bool]) -> Keys:
    """Return the steps *chosen* of cases that go on, as one range of a list."""
    return (
        select(Task.due_at, Task.id)
        .join(Case, Task.case_id == Case.id)
        .where(chosen, Case.status.not_in(desk.AT_REST))
    )


def ranges_of_own(person_id: uuid.UUID) -> list[Keys]:
    """Return what `desk.own` holds for, as ranges of a list."""
    return [steps(desk.taken_on(person_id)), steps(desk.waiting_for(person_id))]


def ranges_of_free(scope: Scope, capacities: Iterable[Capacity]) -> list[Keys]:
    """Return the steps that wait for nobody yet and may be taken in *capacities*."""
    ranges = [and_(whose, FREE) for whose in scope.wide(Task)]
    ranges += [and_(whose, _FREE_IN_A_CASE) for whose in scope.own(Task)]
    # With an offset it is looked up step by step, not for all steps before the first.
    holder = (
        select(Assignment.id)
        .where(
            Assignment.case_id == Task.case_id,
            Assignment.capacity == Task.capacity,
            Assignment.until.is_(None),
        )
        .offset(0)
        .correlate(Task)
        .exists()
    )
    return [
        steps(
            and_(
                each,
                Task.capacity == capacity,
                Task.assignee_id.is_(None),
                ~holder,
                scope.unbarred(),
            )
        )
        for each in ranges
        for capacity in capacities
    ]


def part(
    session: Session,
    ranges: Sequence[Keys],
    *,
    place: Place | None = None,
    limit: int,
) -> Part[Line]:
    """Return a part of the steps in *ranges*, the most urgent first, without end last.

    Columns: Task, Case, party.
    """
    keys = keyset.part(ranges, URGENT, place, limit + 1)
    rows = session.execute(
        select(Task, Case, desk.principal())
        .join(keys, Task.id == keys.c.id)
        .join(Case, Task.case_id == Case.id)
        .order_by(*keyset.sorted_by(keys, URGENT, place))
    ).all()
    return keyset.cut(rows, URGENT, place, limit, lambda row: row.Task)


def count(session: Session, ranges: Sequence[Keys]) -> int:
    """Return how many steps are in *ranges*, at most one beyond EXACT."""
    return keyset.count(session, ranges, URGENT)


def done(
    session: Session,
    person_id: uuid.UUID,
    *,
    place: Place | None = None,
    limit: int,
) -> Part[Line]:
    """Return a part of what somebody finished, the latest first.

    Columns: Task, Case, party.
    """
    finished = select(Task.closed_at, Task.id).where(
        Task.closed_by_id == person_id, FINISHED, Task.closed_at.is_not(None)
    )
    keys = keyset.part([finished], LATEST, place, limit + 1)
    rows = session.execute(
        select(Task, Case, desk.principal())
        .join(keys, Task.id == keys.c.id)
        .join(Case, Task.case_id == Case.id)
        .order_by(*keyset.sorted_by(keys, LATEST, place))
    ).all()
    return keyset.cut(rows, LATEST, place, limit, lambda row: row.Task)


def unsigned_documents(
    session: Session,
    within: ColumnElement[bool],
    *,
    place: Place | None = None,
    limit: int,
) -> Sequence[Line]:
    """Return prepared documents that wait for signatures: Document, Case, party.

    The oldest first, beyond *place*; of cases and documents for which *within* holds.
    """
    waiting = (
        select(Document.prepared_at, Document.id)
        .join(Case, Document.case_id == Case.id)
        .where(
            UNSIGNED,
            Document.prepared_at.is_not(None),
            Case.status.not_in(desk.AT_REST),
            within,
        )
    )
    keys = keyset.part([waiting], OLDEST, place, limit)
    return session.execute(
        select(Document, Case, desk.principal())
        .join(keys, Document.id == keys.c.id)
        .join(Case, Document.case_id == Case.id)
        .order_by(*keyset.sorted_by(keys, OLDEST, place))
    ).all()
