"""Stop and restart the clocks of a case whose handling is suspended or ends.

Which clocks stop is law, not code: those whose term lists ``suspension`` among the
grounds on which time is not counted. Every other one runs on, above all the terms
of a party and the limits of a measure that burdens one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.pinned import SHANGHAI
from engine.commands.recounting import recount, show, told
from engine.commands.work import Work
from engine.rules import lifecycle
from engine.rules.deadlines import is_overdue
from storage.models import Deadline
from storage.vocabulary import DeadlineStatus

#: The ground on which a term stops while its case is suspended.
SUSPENSION = "suspension"

#: Why a sweep leaves a timer alone: it would move a case that stands still.
CASE_SUSPENDED = "case_suspended"


def suspend_clocks(work: Work, reason: str, *, actor: Actor) -> list[dict[str, Any]]:
    """Stop every running clock whose term allows it; returns what stopped.

    The day of the suspension is the first that does not count. A clock that ran out
    before is not stopped. A timer whose term runs on waits for the case to go on
    before it moves the diagram. The command that suspends the case logs what this
    returns; nothing is logged here.
    """
    now, stopped = work.tx.now, []
    for deadline in _of_case(work, DeadlineStatus.RUNNING):
        if is_overdue(deadline.due_at, now):
            continue  # the next sweep says so; it is not healed by standing still
        term = work.rules.terms.get(deadline.code)
        if term is None or SUSPENSION not in term.deducts:
            continue
        lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.SUSPENDED)
        entry = {
            "ground": SUSPENSION,
            "first": now.astimezone(SHANGHAI).date().isoformat(),
            "last": None,
            "reason": reason,
            "by": str(actor.id),
        }
        deadline.deductions = [*deadline.deductions, entry]
        deadline.status, deadline.warn_at = DeadlineStatus.SUSPENDED, None
        stopped.append(deadline)
    if stopped:
        show(work, stopped)
    return [{"deadline_id": d.id, "code": d.code, "due_at": d.due_at} for d in stopped]


def resume_clocks(work: Work) -> list[dict[str, Any]]:
    """Let every stopped clock go on; returns each with its end before and after.

    The day on which the case goes on counts again. Refuses with CalendarUnknown when
    the new end leaves the calendar.
    """
    today, moved = work.tx.now.astimezone(SHANGHAI).date(), []
    for deadline in _of_case(work, DeadlineStatus.SUSPENDED):
        lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.RUNNING)
        *others, open_entry = deadline.deductions
        last = (today - timedelta(days=1)).isoformat()
        if last >= open_entry["first"]:
            others.append({**open_entry, "last": last})
        deadline.deductions = others
        deadline.status, was = DeadlineStatus.RUNNING, deadline.due_at
        recount(work, deadline)
        moved.append(told(deadline, was))
    for deadline in _of_case(work, DeadlineStatus.RUNNING):
        if deadline.parked_for == CASE_SUSPENDED:
            deadline.parked_at = deadline.parked_for = None
    return moved


def cancel_clocks(
    work: Work, *, keep: Collection[str] = ("footage_deposit",)
) -> list[UUID]:
    """Cancel what still runs when a case is terminated; returns what was cancelled.

    What was recorded is owed even so: the codes in *keep* run on.
    """
    gone = [
        deadline
        for deadline in _of_case(
            work,
            DeadlineStatus.RUNNING,
            DeadlineStatus.SUSPENDED,
            DeadlineStatus.OVERDUE,
        )
        if deadline.code not in keep and deadline.recording_id is None
    ]
    for deadline in gone:
        lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.CANCELLED)
        deadline.status, deadline.warn_at = DeadlineStatus.CANCELLED, None
        if deadline.deductions and deadline.deductions[-1]["last"] is None:
            deadline.deductions = deadline.deductions[:-1]
    show(work, gone)
    return [deadline.id for deadline in gone]


def _of_case(work: Work, *statuses: DeadlineStatus) -> list[Deadline]:
    work.tx.flush()  # what this command started is among them
    query = (
        select(Deadline)
        .where(Deadline.case_id == work.case.id, Deadline.status.in_(statuses))
        .order_by(Deadline.base_at, Deadline.id)
    )
    return list(work.tx.session.scalars(query))
