"""What pages and the API show of moves between colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from engine.commands.returning import Return, returns_from
from engine.commands.work import LIVE, on_task
from engine.errors import CaseError
from storage.models import Assignment, Case, Deputy, Memo, Task
from storage.transaction import Transaction
from storage.vocabulary import CaseStatus
from webapp import acts
from webapp.auth.current import current_actor
from webapp.auth.visibility import visible_cases
from webapp.clock import now
from webapp.database import session
from webapp.errors import problem


def returns(task: Task) -> list[Return]:
    """Return what the case may go back to from an open step; refuses as the act does.

    Only reading: the session is rolled back at the end of the request.
    """
    work = on_task(Transaction(session(), now()), task.id, None)
    return returns_from(work)


def told(each: Return) -> dict[str, Any]:
    """Return one way back as JSON."""
    return {
        "to": str(each.task.id),
        "element": each.task.element,
        "name": each.task.name,
        "done_at": each.task.closed_at and each.task.closed_at.isoformat(),
        "allowed": each.why is None,
        "why": each.why,
        "bar": each.bar,
        "undone": [_told_task(task) for task in each.undone],
        "cancelled": [_told_task(task) for task in each.cancelled],
        "reopened": [_told_task(task) for task in each.reopened],
        "documents": [
            {"id": str(paper.id), "code": paper.code, "status": paper.status.value}
            for paper in each.documents
        ],
        "clocks": [
            {
                "code": clock.deadline.code,
                "effect": clock.effect.value,
                "due_at": clock.due_at.isoformat(),
            }
            for clock in each.clocks
        ],
    }


def _told_task(task: Task) -> dict[str, Any]:
    return {"id": str(task.id), "element": task.element, "name": task.name}


def told_memo(memo: Memo) -> dict[str, Any]:
    """Return one memo as JSON."""
    return {
        "id": str(memo.id),
        "case_id": str(memo.case_id),
        "task_id": memo.task_id and str(memo.task_id),
        "kind": memo.kind.value,
        "sender_id": str(memo.sender_id),
        "receiver_id": str(memo.receiver_id),
        "text": memo.text,
        "sent_at": memo.sent_at.isoformat(),
        "read_at": memo.read_at and memo.read_at.isoformat(),
        "answer": memo.answer,
        "answered_at": memo.answered_at and memo.answered_at.isoformat(),
    }


def told_deputy(row: Deputy) -> dict[str, Any]:
    """Return one deputyship as JSON."""
    return {
        "id": str(row.id),
        "principal_id": str(row.principal_id),
        "deputy_id": str(row.deputy_id),
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "reason": row.reason,
    }


def deputies(agency_id: UUID) -> Sequence[Deputy]:
    """Return the deputies of an agency, the latest first."""
    return (
        session()
        .scalars(
            select(Deputy)
            .where(Deputy.agency_id == agency_id)
            .order_by(Deputy.since.desc(), Deputy.id)
            .limit(200)
        )
        .all()
    )


def cases_of(person_id: UUID) -> Sequence[UUID]:
    """Return the cases that the reader sees and in which somebody has work."""
    steps = select(Task.case_id).where(
        Task.assignee_id == person_id, Task.status.in_(LIVE)
    )
    named = select(Assignment.case_id).where(
        Assignment.person_id == person_id, Assignment.until.is_(None), Assignment.named
    )
    found = session().scalars(
        select(Case.id)
        .where(
            visible_cases(current_actor()),
            Case.status.in_([CaseStatus.OPEN, CaseStatus.CLOSED]),
            or_(Case.id.in_(steps), Case.id.in_(named)),
        )
        .order_by(Case.id)
    )
    return found.all()


def hand_over(person_id: UUID, to_id: UUID, reason: str) -> dict[str, Any]:
    """Hand over case by case; one that is refused does not keep back the others."""
    moved: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for case_id in cases_of(person_id):
        try:
            moved.append(
                acts.do_each(
                    "assignments.hand_over",
                    case_id=case_id,
                    person_id=person_id,
                    to_id=to_id,
                    reason=reason,
                )
            )
        except CaseError as refusal:
            refused.append({"case_id": str(case_id), "problem": problem(refusal)})
    return {"moved": moved, "refused": refused}
