"""Count anew what a newly published calendar moved."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from engine.commands.pinned import newest_calendar
from engine.commands.recounting import recount, show
from engine.commands.work import on_case
from engine.errors import NotFound
from engine.events import EventTag
from storage.models import Case, Deadline
from storage.transaction import Transaction
from storage.vocabulary import CaseStatus, DeadlineStatus, TermUnit

#: The job that counts anew, queued when a calendar is published.
RECOUNT_JOB = "recount_deadlines"


def counted_by_calendar(tx: Transaction, after: UUID, limit: int = 200) -> list[UUID]:
    """Return running deadlines that holidays bear on, by id, from behind *after*.

    Those of suspended cases are counted when the case goes on.
    """
    query = (
        select(Deadline.id)
        .join(Case, Deadline.case_id == Case.id)
        .where(
            Deadline.id > after,
            Deadline.status == DeadlineStatus.RUNNING,
            or_(Deadline.unit == TermUnit.WORKING_DAY, Deadline.rolls),
            Case.status.in_([CaseStatus.OPEN, CaseStatus.CLOSED]),
        )
        .order_by(Deadline.id)
        .limit(limit)
    )
    return list(tx.session.scalars(query))


def recount_one(tx: Transaction, deadline_id: UUID) -> bool:
    """Count one running deadline by the newest calendar; says whether its end moved.

    A party was told until when it may act: its time is never shortened by this.
    """
    deadline = tx.session.get(Deadline, deadline_id)
    if deadline is None:
        raise NotFound("deadline", str(deadline_id))
    work = on_case(tx, deadline.case_id, None)
    tx.session.refresh(deadline)
    term = work.rules.terms.get(deadline.code)
    fixed = term is not None and term.locks
    if deadline.status is not DeadlineStatus.RUNNING or fixed:
        return False
    was, warned_at = deadline.due_at, deadline.warn_at
    if recount(work, deadline) < was and deadline.lapses:
        deadline.due_at, deadline.warn_at = was, warned_at
        show(work, [deadline])
    if deadline.due_at == was:
        return False
    tx.log(
        EventTag.DEADLINE_RECOUNTED,
        work.case,
        by=None,
        subject=deadline.id,
        facts={
            "code": deadline.code,
            "due_from": was,
            "due_to": deadline.due_at,
            "calendar": newest_calendar(tx.connection),
        },
    )
    return True
