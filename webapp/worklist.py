"""Whose work is what: one's own steps, those one may claim, those one has done."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.commands.deciding import rules_today
from engine.commands.standing_in import principals
from engine.rules.authority import BY_ASSIGNMENT
from storage.models import (
    Assignment,
    Case,
    Document,
    Task,
)
from storage.queries import desk
from storage.queries import worklist as lists
from storage.queries.keyset import Keys, Order, Part, Place
from storage.queries.line import Line
from storage.vocabulary import Capacity, TaskKind, TaskStatus
from webapp.auth.visibility import scope_of, visible_cases
from webapp.clock import now


def order_of(box: str) -> Order:
    """Return in which order a box lists its steps."""
    return lists.LATEST if box == "done" else lists.URGENT


def part_of(
    session: Session,
    actor: Actor,
    box: str,
    *,
    place: Place | None = None,
    limit: int,
) -> Part[Line]:
    """Return a part of a box, ``mine``, ``claimable`` or ``done``.

    Columns: Task, Case, party. The most urgent come first, steps without a deadline
    last; what is done comes the latest first.
    """
    if box == "done":
        return lists.done(session, actor.id, place=place, limit=limit)
    if box == "mine":
        ranges = [lists.steps(mine(actor))]
        if people := stood_for(session, actor):
            ranges.append(lists.steps(theirs(people)))
    else:
        waiting = desk.waiting_for(actor.id)
        ranges = [lists.steps(waiting), *free(session, actor)]
    return lists.part(session, ranges, place=place, limit=limit)


def free(session: Session, actor: Actor) -> list[Keys]:
    """Return the ranges of what nobody stands for and *actor* may take on by a post."""
    return lists.ranges_of_free(scope_of(actor), capacities(session, actor))


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
    by_post = and_(Task.capacity.in_(capacities(session, actor)), ~held)
    return and_(
        Task.agency_id == actor.agency_id,
        Task.status == TaskStatus.OPEN,
        Task.kind == TaskKind.USER,
        Task.assignee_id.is_(None),
        or_(held.where(Assignment.person_id == actor.id), by_post),
        exists().where(Case.id == Task.case_id, visible_cases(actor)),
    )


def capacities(session: Session, actor: Actor) -> list[Capacity]:
    """Return the capacities that the newest rules open to the actor's posts."""
    rules = rules_today(session, actor.agency_id, now())
    if rules is None:
        return []
    return [one for one in Capacity if actor.holds(*rules.posts(one))]


def signed_within(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Hold for documents that *actor* may have to sign: of own cases, or by a post."""
    scope = scope_of(actor)
    by_post = set(capacities(session, actor)) - BY_ASSIGNMENT - {Capacity.HANDLER}
    if by_post:
        return and_(or_(*scope.ranges(Case)), scope.unbarred())
    own = select(Assignment.case_id).where(
        Assignment.person_id == actor.id, Assignment.until.is_(None)
    )
    return and_(Document.case_id.in_(own), scope.unbarred())
