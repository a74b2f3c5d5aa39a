"""Deadlines: extend, exclude days, fire what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands import facts as case_facts
from engine.commands.acts import Result, act
from engine.commands.advance import settle
from engine.commands.errors import NotAllowed, NotExtendable
from engine.commands.recounting import check_movable, recount
from engine.commands.work import LIVE, Work, on_case
from engine.errors import IllegalTransition, Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.deadlines import is_overdue
from engine.runtime.instance import Instance
from storage.models import Deadline, Task
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus, Post, TaskStatus

#: Set when a deadline that locks runs out; nothing takes it back.
OVERDUE_FOR_EVER = "retro_overdue"

_OVERDUE = EventTag.DEADLINE_OVERDUE

#: Who may exclude days from a deadline.
LEADERS = (Post.DEPUTY_HEAD, Post.AGENCY_HEAD)


@act("deadlines.extend")
def extend(
    tx: Transaction, deadline_id: UUID, length: int, reason: str, *, actor: Actor
) -> Result:
    """Lengthen a running deadline by a number of its own units."""
    work, deadline = _running(tx, deadline_id, actor)
    if is_overdue(deadline.due_at, tx.now):  # noticed by a sweep or not
        raise IllegalTransition("deadline", DeadlineStatus.OVERDUE, deadline.status)
    term = work.rules.terms[deadline.code]
    posts = [Post(post) for post in term.extended_by]
    so_far = sum(entry["length"] for entry in deadline.extensions)
    unlimited = term.extends == 0 and term.extended_by  # the text states no maximum
    if not unlimited and so_far + length > term.extends:
        raise NotExtendable(deadline.code, term.extends, so_far, list(term.cites))
    if not actor.holds(*posts):
        raise NotAllowed("deadlines.extend", list(term.extended_by))
    if length < 1 or not reason.strip():
        raise Invalid({"length" if length < 1 else "reason": ["required"]})
    entry = {"length": length, "reason": reason.strip(), "by": str(actor.id)}
    deadline.extensions = [*deadline.extensions, entry]
    return _recompute(work, deadline, EventTag.DEADLINE_EXTENDED, entry, actor)


@act("deadlines.deduct")
def deduct(
    tx: Transaction,
    deadline_id: UUID,
    first: date,
    last: date,
    reason: str,
    *,
    actor: Actor,
) -> Result:
    """Leave the days from *first* to *last* out of a deadline, both included."""
    work, deadline = _running(tx, deadline_id, actor)
    if not actor.holds(*LEADERS):
        raise NotAllowed("deadlines.deduct", list(LEADERS))
    if last < first or not reason.strip():
        raise Invalid({"last" if last < first else "reason": ["required"]})
    for day in (first, last):
        work.calendar.is_working_day(day)  # refuses a year that is not published
    entry = {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "reason": reason.strip(),
        "by": str(actor.id),
    }
    deadline.deductions = [*deadline.deductions, entry]
    return _recompute(work, deadline, EventTag.DEADLINE_DEDUCTED, entry, actor)


def due(tx: Transaction, limit: int = 200) -> list[UUID]:
    """Return running deadlines whose moment has passed, the oldest first."""
    return list(
        tx.session.scalars(
            select(Deadline.id)
            .where(Deadline.status == DeadlineStatus.RUNNING, Deadline.due_at < tx.now)
            .order_by(Deadline.due_at)
            .limit(limit)
        )
    )


def fire(tx: Transaction, deadline_id: UUID) -> None:
    """Let a deadline take its effect once: wake its timer, or mark what is overdue."""
    deadline = tx.session.get(Deadline, deadline_id)
    if deadline is None:
        raise NotFound("deadline", str(deadline_id))
    work = on_case(tx, deadline.case_id, None)
    tx.session.refresh(deadline)
    running = deadline.status is DeadlineStatus.RUNNING
    if not running or not is_overdue(deadline.due_at, tx.now):
        return
    term = work.rules.terms.get(deadline.code)
    locks = term is not None and term.locks
    if not deadline.fires or locks:
        lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.OVERDUE)
        deadline.status, deadline.overdue_at = DeadlineStatus.OVERDUE, deadline.due_at
    if locks:
        work.case.facts = {**work.case.facts, OVERDUE_FOR_EVER: True}
    if not deadline.fires:
        _log(work, EventTag.DEADLINE_OVERDUE, deadline)
        return
    if not locks:
        lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.LAPSED)
        deadline.status = DeadlineStatus.LAPSED
    task = tx.session.get(Task, deadline.task_id) if deadline.task_id else None
    if task is not None and task.status in LIVE:
        work.task = task
        facts = case_facts.view(work, tx.now)
        instance = Instance.restore(work.pinned.bundle, work.case.state or b"")
        delta = instance.fire(task.id, facts, functions=case_facts.functions(work))
        task.status, task.closed_at = TaskStatus.DONE, tx.now
        settle(work, instance, delta, tx.now)
    _log(work, EventTag.DEADLINE_FIRED if not locks else _OVERDUE, deadline)


def _running(tx: Transaction, deadline_id: UUID, actor: Actor) -> tuple[Work, Deadline]:
    deadline = tx.session.get(Deadline, deadline_id)
    if deadline is None:
        raise NotFound("deadline", str(deadline_id))
    work = on_case(tx, deadline.case_id, actor)
    tx.session.refresh(deadline)
    check_movable(work, deadline)
    lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.RUNNING)
    return work, deadline


def _recompute(
    work: Work,
    deadline: Deadline,
    tag: EventTag,
    entry: Mapping[str, object],
    actor: Actor,
) -> Result:
    was = deadline.due_at
    recount(work, deadline)
    result = {
        "deadline_id": str(deadline.id),
        "due_at": deadline.due_at.isoformat(),
    }
    moved = {"due_from": was, "due_to": deadline.due_at}
    work.tx.log(
        tag,
        work.case,
        by=actor.id,
        subject=deadline.id,
        facts={"code": deadline.code, **moved, **entry},
        result=result,
    )
    return result


def _log(work: Work, tag: EventTag, deadline: Deadline) -> None:
    work.tx.log(
        tag,
        work.case,
        by=None,
        subject=deadline.id,
        facts={
            "code": deadline.code,
            "due_at": deadline.due_at,
            "cites": deadline.cites,
        },
    )
