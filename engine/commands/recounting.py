"""Count a stored deadline anew, and show its new end wherever the old one stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from engine.commands.advance import due_of
from engine.commands.errors import ClockFixed
from engine.commands.work import LIVE, Work
from engine.rules import lifecycle
from engine.rules.deadlines import Exclusion, Extension, Term
from storage.models import Deadline, Recording, Task
from storage.vocabulary import DeadlineStatus


def term_of(work: Work, deadline: Deadline) -> Term:
    """Return the term as it was when *deadline* began, with today's warnings."""
    return stored_term(deadline, work.pinned.rules(work.tx.now).terms)


def stored_term(deadline: Deadline, terms: Mapping[str, Term]) -> Term:
    """Return the term that *deadline* began with; warnings are those of *terms*.

    A rule that changes later does not change what runs already.
    """
    now = terms.get(deadline.code)
    return Term(
        code=deadline.code,
        length=deadline.length,
        unit=deadline.unit,
        rolls=deadline.rolls,
        right=bool(deadline.lapses),
        before=now is not None and now.before,
        warn=now.warn if now is not None else (),
    )


def exclusions_of(deadline: Deadline) -> list[Exclusion]:
    """Return the days that do not count for *deadline*; an open end stays open."""
    return [
        Exclusion(
            first=date.fromisoformat(entry["first"]),
            last=date.fromisoformat(entry["last"]) if entry["last"] else None,
            reason=entry["reason"],
        )
        for entry in deadline.deductions
    ]


def extensions_of(deadline: Deadline) -> list[Extension]:
    """Return the additional lengths that *deadline* was given."""
    return [
        Extension(length=entry["length"], unit=deadline.unit)
        for entry in deadline.extensions
    ]


def check_movable(work: Work, deadline: Deadline) -> None:
    """Refuse to touch a deadline that nobody may move; raises ClockFixed."""
    term = work.rules.terms.get(deadline.code)
    if term is not None and term.locks:
        raise ClockFixed(deadline.code, deadline.due_at, list(term.cites))


def recount(work: Work, deadline: Deadline) -> datetime:
    """Set the end of *deadline* from its base and all that was noted; returns it.

    One that had run out runs again when its end is no longer past. Refuses with
    CalendarUnknown when the count leaves the calendar, and with ClockFixed where
    nobody may move the end.
    """
    check_movable(work, deadline)
    term = term_of(work, deadline)
    deadline.due_at = term.due(
        deadline.base_at,
        work.calendar,
        exclusions=exclusions_of(deadline),
        extensions=extensions_of(deadline),
    )
    if (
        deadline.due_at >= work.tx.now.replace(microsecond=0)
        and deadline.status is DeadlineStatus.OVERDUE
    ):
        lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.RUNNING)
        deadline.status, deadline.overdue_at = DeadlineStatus.RUNNING, None
    runs = deadline.status is DeadlineStatus.RUNNING
    now = work.tx.now
    deadline.warn_at = term.next_warning(deadline.due_at, now) if runs else None
    show(work, [deadline])
    return deadline.due_at


def show(work: Work, deadlines: list[Deadline]) -> None:
    """Show new ends and standings at the steps and recordings that they bind."""
    changed = {deadline.id: deadline for deadline in deadlines}
    for clock in work.clocks:
        deadline = changed.get(clock.id)
        if deadline is not None:
            clock.due_at, clock.status = deadline.due_at, deadline.status
            clock.overdue_at = deadline.overdue_at
    codes = {deadline.code for deadline in deadlines}
    for task in work.tx.session.scalars(
        select(Task).where(Task.case_id == work.case.id, Task.status.in_(LIVE))
    ):
        node = work.pinned.bundle.node(task.process, task.element)
        if any(rule.meet and rule.code in codes for rule in node.deadlines):
            task.due_at = due_of(work, node)
    for deadline in deadlines:
        if deadline.recording_id is not None:
            recording = work.tx.session.get_one(Recording, deadline.recording_id)
            recording.deposit_due_at = deadline.due_at


def told(deadline: Deadline, was: datetime) -> dict[str, Any]:
    """Return what an event says of an end that moved: both values."""
    return {
        "deadline_id": deadline.id,
        "code": deadline.code,
        "due_from": was,
        "due_to": deadline.due_at,
    }
