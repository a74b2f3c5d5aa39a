"""Cases as a list: searched, filtered, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, exists, func, or_, select
from sqlalchemy.orm import Session

from storage.models import Case, Deadline, Party, Task
from storage.queries.desk import principal
from storage.queries.line import Line
from storage.vocabulary import CaseStatus, DeadlineStatus, TaskKind, TaskStatus

#: Cases on one page.
PAGE = 30

_LIVE = (TaskStatus.OPEN, TaskStatus.CLAIMED)
_COUNTING = (DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE)


def find_cases(  # a search simply has these parts
    session: Session,
    visible: ColumnElement[bool],
    *,
    text: str = "",
    status: CaseStatus | None = None,
    process: str | None = None,
    element: str | None = None,
    overdue: bool = False,
    page: int = 1,
) -> tuple[Sequence[Line], int]:
    """Return one page of cases and how many there are in all.

    Columns: Case, party, steps (names of open steps, joined), due_at (the next
    deadline).
    """
    found = _filtered(
        select(Case.id).where(visible), text, status, process, element, overdue
    )
    count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    due = (
        select(func.min(Deadline.due_at))
        .where(Deadline.case_id == Case.id, Deadline.status.in_(_COUNTING))
        .correlate(Case)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Case, principal(), due.label("due_at"))
        .where(Case.id.in_(found))
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    return rows, count


def open_steps(session: Session, cases: Sequence[Any]) -> dict[Any, list[Line]]:
    """Return the open steps of each of *cases* (their ids), by name and activity."""
    rows = session.execute(
        select(Task.case_id, Task.name, Task.activity)
        .where(
            Task.case_id.in_(cases), Task.status.in_(_LIVE), Task.kind == TaskKind.USER
        )
        .order_by(Task.opened_at)
    )
    steps: dict[Any, list[Line]] = {}
    for row in rows:
        known = steps.setdefault(row.case_id, [])
        if row not in known:
            known.append(row)
    return steps


def step_names(session: Session, visible: ColumnElement[bool]) -> Sequence[Line]:
    """Return where cases stand: element, name, activity, count; most crowded first."""
    return session.execute(
        select(
            Task.element,
            Task.name,
            Task.activity,
            func.count(distinct(Case.id)).label("cases"),
        )
        .join(Case, Task.case_id == Case.id)
        .where(Task.status.in_(_LIVE), Task.kind == TaskKind.USER, visible)
        .group_by(Task.element, Task.name, Task.activity)
        .order_by(func.count(distinct(Case.id)).desc(), Task.name)
    ).all()


def _filtered(
    query: Select[Any],
    text: str,
    status: CaseStatus | None,
    process: str | None,
    element: str | None,
    overdue: bool,  # noqa: FBT001  # it is one of the filters
) -> Select[Any]:
    if text:
        like = f"%{text}%"
        query = query.where(
            or_(
                Case.number.like(like),
                Case.cause.like(like),
                exists().where(
                    Party.case_id == Case.id,
                    Party.role != "complainant",  # whose identity is sealed
                    Party.name.like(like),
                ),
            )
        )
    if status is not None:
        query = query.where(Case.status == status)
    if process:
        query = query.where(Case.process_key == process)
    if element:
        query = query.where(
            exists().where(
                Task.case_id == Case.id,
                Task.element == element,
                Task.status.in_(_LIVE),
            )
        )
    if overdue:
        query = query.where(
            exists().where(
                Deadline.case_id == Case.id, Deadline.status == DeadlineStatus.OVERDUE
            )
        )
    return query
