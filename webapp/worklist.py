"""Whose work is what: one's own steps, those one may claim, those one has done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.commands.pinned import pinned_to
from engine.commands.standing_in import principals
from engine.errors import Invalid
from engine.rules.authority import BY_ASSIGNMENT
from storage.models import Agency, Assignment, Case, RequirementSet, Task
from storage.vocabulary import Capacity, TaskKind, TaskStatus
from webapp.auth.visibility import visible_cases
from webapp.clock import now
from webapp.paging import decode, encode


def tasks(
    session: Session, actor: Actor, box: str, cursor: str | None, count: int
) -> list[Task]:
    """Return up to *count* steps of a box, ``mine``, ``claimable`` or ``done``.

    The most urgent come first, steps without a deadline last; what is done comes
    newest first.
    """
    if box == "done":
        query = _done(actor, cursor)
    else:
        chosen = mine(actor) if box == "mine" else claimable(session, actor)
        if box == "mine" and (people := stood_for(session, actor)):
            chosen = or_(chosen, theirs(people))
        query = _by_urgency(select(Task).where(chosen), cursor)
    return list(session.scalars(query.limit(count)))


def cursor_of(task: Task) -> str:
    """Return the cursor that names *task* as the last one given."""
    moment = task.closed_at if task.status is TaskStatus.DONE else task.due_at
    return encode(moment.isoformat() if moment else None, str(task.id))


def mine(actor: Actor) -> ColumnElement[bool]:
    """Hold for the steps that *actor* has taken on."""
    return and_(
        Task.assignee_id == actor.id,
        Task.status == TaskStatus.CLAIMED,
        Task.kind == TaskKind.USER,
    )


def stood_for(session: Session, actor: Actor) -> frozenset[UUID]:
    """Return for whom *actor* stands in as a deputy now."""
    return principals(session, actor.id, now())


def theirs(people: frozenset[UUID]) -> ColumnElement[bool]:
    """Hold for the steps of *people* that a deputy may take on for them."""
    return and_(
        Task.assignee_id.in_(people),
        Task.status == TaskStatus.CLAIMED,
        Task.kind == TaskKind.USER,
        or_(Task.capacity.is_(None), Task.capacity.not_in(BY_ASSIGNMENT)),
    )


def claimable(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Hold for the steps that nobody has taken on and *actor* may."""
    held = exists().where(
        Assignment.case_id == Task.case_id,
        Assignment.capacity == Task.capacity,
        Assignment.until.is_(None),
    )
    by_post = and_(Task.capacity.in_(_capacities(session, actor)), ~held)
    return and_(
        Task.agency_id == actor.agency_id,
        Task.status == TaskStatus.OPEN,
        Task.kind == TaskKind.USER,
        Task.assignee_id.is_(None),
        or_(held.where(Assignment.person_id == actor.id), by_post),
        exists().where(Case.id == Task.case_id, visible_cases(actor)),
    )


def _capacities(session: Session, actor: Actor) -> Iterable[Capacity]:
    """Return the capacities that the newest rules open to the actor's posts."""
    newest = session.scalar(
        select(RequirementSet.id)
        .join(Agency, Agency.issuer == RequirementSet.issuer)
        .where(Agency.id == actor.agency_id)
        .order_by(RequirementSet.published_at.desc(), RequirementSet.id.desc())
        .limit(1)
    )
    if newest is None:
        return []
    rules = pinned_to(session, newest).rules(now())
    return [one for one in Capacity if actor.holds(*rules.posts(one))]


def _by_urgency(query: Select[Task], cursor: str | None) -> Select[Task]:
    if cursor is not None:
        due, last = _read(cursor)
        later = and_(Task.due_at.is_(None), Task.id > last)
        if due is not None:
            later = or_(
                Task.due_at > due,
                and_(Task.due_at == due, Task.id > last),
                Task.due_at.is_(None),
            )
        query = query.where(later)
    return query.order_by(Task.due_at.is_(None), Task.due_at, Task.id)


def _done(actor: Actor, cursor: str | None) -> Select[Task]:
    query = select(Task).where(
        Task.assignee_id == actor.id,
        Task.status == TaskStatus.DONE,
        Task.closed_by_id == actor.id,
    )
    if cursor is not None:
        closed, last = _read(cursor)
        query = query.where(
            or_(
                Task.closed_at < closed,
                and_(Task.closed_at == closed, Task.id < last),
            )
        )
    return query.order_by(Task.closed_at.desc(), Task.id.desc())


def _read(cursor: str) -> tuple[datetime | None, UUID]:
    values: list[Any] = decode(cursor, 2)
    try:
        moment = datetime.fromisoformat(values[0]) if values[0] else None
        return moment, UUID(values[1])
    except (TypeError, ValueError, AttributeError):
        raise Invalid({"cursor": ["not_of_type"]}) from None
