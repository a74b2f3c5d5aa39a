"""Cases as a list: searched, filtered, a part at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage.models import Case, Deadline, Party, Task
from storage.models.task import WAITING
from storage.queries import keyset
from storage.queries.desk import principal
from storage.queries.keyset import EXACT, Keys, Order, Part, Place
from storage.queries.line import Line
from storage.queries.scope import Scope
from storage.vocabulary import CaseStatus, DeadlineStatus

#: Cases on one page.
PAGE = 30

#: The newest first.
NEWEST = Order((Case.opened_at, Case.id), descending=True)

_COUNTING = (DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the list is narrowed to; None or empty: not narrowed."""

    text: str = ""
    status: CaseStatus | None = None
    process: str | None = None
    element: str | None = None
    overdue: bool = False


def find_cases(
    session: Session,
    ranges: Sequence[Keys],
    *,
    place: Place | None = None,
    limit: int = PAGE,
) -> Part[Line]:
    """Return a part of the cases in *ranges*, the newest first.

    Columns: Case, party, due_at (the next deadline).
    """
    keys = keyset.part(ranges, NEWEST, place, limit + 1)
    due = (
        select(func.min(Deadline.due_at))
        .where(Deadline.case_id == Case.id, Deadline.status.in_(_COUNTING))
        .correlate(Case)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Case, principal(), due.label("due_at"))
        .join(keys, Case.id == keys.c.id)
        .order_by(*keyset.sorted_by(keys, NEWEST, place))
    ).all()
    return keyset.cut(rows, NEWEST, place, limit, lambda row: row.Case)


def count_cases(session: Session, ranges: Sequence[Keys]) -> int:
    """Return how many cases are in *ranges*, at most one beyond EXACT."""
    return keyset.count(session, ranges, NEWEST)


def open_steps(session: Session, cases: Sequence[Any]) -> dict[Any, list[Line]]:
    """Return the open steps of each of *cases* (their ids), by name and activity."""
    rows = session.execute(
        select(Task.case_id, Task.name, Task.activity)
        .where(Task.case_id.in_(cases), WAITING)
        .order_by(Task.opened_at)
    )
    steps: dict[Any, list[Line]] = {}
    for row in rows:
        known = steps.setdefault(row.case_id, [])
        if row not in known:
            known.append(row)
    return steps


def places(session: Session, scope: Scope) -> list[Line]:
    """Return where cases stand: element, name and activity of a step there, by name.

    Each element is found by one look into an index, however many cases stand there.
    """
    found: dict[str, Line] = {}
    for whose in scope.ranges(Task):
        least = func.min(Task.element)
        first = select(least.label("element")).where(whose, WAITING)
        steps = first.cte("steps", recursive=True)
        following = select(least).where(whose, WAITING, Task.element > steps.c.element)
        steps = steps.union_all(
            select(following.correlate(steps).scalar_subquery()).where(
                steps.c.element.is_not(None)
            )
        )
        one = (
            select(Task.id)
            .where(whose, WAITING, Task.element == steps.c.element)
            .limit(1)
            .correlate(steps)
            .scalar_subquery()
        )
        step = aliased(Task)
        rows = session.execute(
            select(step.element, step.name, step.activity)
            .select_from(steps)
            .join(step, step.id == one)
        )
        found |= {row.element: row for row in rows}
    return sorted(found.values(), key=lambda row: str(row.name))


def ranges_of(session: Session, scope: Scope, chosen: Filter) -> list[Keys]:
    """Return ranges that lead through what is chosen, each in the order of an index."""
    narrowed = [scope.unbarred()]
    if chosen.text:
        narrowed.append(_says(chosen.text))
    if chosen.element:
        narrowed.append(_stands_at(session, scope, chosen.element))
    if chosen.overdue:
        narrowed.append(_is_late(session, scope))
    # Of a process each status is a range, so that both may be asked for at once.
    if chosen.status is not None:
        statuses: list[CaseStatus | None] = [chosen.status]
    else:
        statuses = list(CaseStatus) if chosen.process else [None]
    return [
        select(Case.opened_at, Case.id).where(
            whose,
            *([Case.process_key == chosen.process] if chosen.process else ()),
            *([Case.status == status] if status is not None else ()),
            *narrowed,
        )
        for whose in scope.ranges(Case)
        for status in statuses
    ]


def _says(text: str) -> ColumnElement[bool]:
    return or_(
        Case.number.contains(text, autoescape=True),
        Case.cause.contains(text, autoescape=True),
        exists().where(
            Party.case_id == Case.id,
            Party.role != "complainant",  # whose identity is sealed
            Party.name.contains(text, autoescape=True),
        ),
    )


def _stands_at(session: Session, scope: Scope, element: str) -> ColumnElement[bool]:
    there = (Task.element == element, WAITING)
    found = [
        select(Task.case_id).where(whose, *there).limit(EXACT)
        for whose in scope.ranges(Task)
    ]
    few = _among(session, found)
    return exists().where(Task.case_id == Case.id, *there) if few is None else few


def _is_late(session: Session, scope: Scope) -> ColumnElement[bool]:
    late = Deadline.status == DeadlineStatus.OVERDUE
    found = [
        # In the order of an index, which else might be passed over.
        select(Deadline.case_id)
        .where(whose, late)
        .order_by(Deadline.due_at, Deadline.id)
        .limit(EXACT)
        for whose in scope.ranges(Deadline)
    ]
    few = _among(session, found)
    return exists().where(Deadline.case_id == Case.id, late) if few is None else few


def _among(session: Session, found: Sequence[Keys]) -> ColumnElement[bool] | None:
    """Hold for the few cases *found*; None where they are many: one meets them soon."""
    few = set[Any]()
    for query in found:
        rows = session.scalars(query).all()
        if len(rows) == EXACT:
            return None
        few.update(rows)
    return Case.id.in_(few)
