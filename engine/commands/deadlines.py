"""Move the end of a deadline: extend it, or leave days out of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.deciding import require
from engine.commands.errors import (
    ExtendedAlready,
    NotAllowed,
    NotDeductible,
    NotExtendable,
    NotToldInWriting,
)
from engine.commands.recounting import check_movable, recount
from engine.commands.shown import as_shown, moves_on
from engine.commands.work import Work, on_case
from engine.errors import IllegalTransition, Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.deadlines import Term, is_overdue
from engine.rules.posts import Reserved
from storage.models import Deadline, Document
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus, DocumentStatus, Post


@act("deadlines.extend")
def extend(
    tx: Transaction,
    deadline_id: UUID,
    length: int,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Lengthen a running deadline by a number of its own units.

    Raises:
        NotExtendable, ExtendedAlready: the law allows no more, or no more often.
        NotAllowed: another post extends it.
        IllegalTransition: it has run out, noticed or not.
    """
    work, deadline = _running(tx, deadline_id, version, actor)
    if is_overdue(deadline.due_at, tx.now):  # noticed by a sweep or not
        raise IllegalTransition("deadline", DeadlineStatus.OVERDUE, deadline.status)
    term = work.rules.term(deadline.code)
    posts = [Post(post) for post in term.extended_by]
    so_far = sum(entry["length"] for entry in deadline.extensions)
    unlimited = term.extends == 0 and term.extended_by  # the text states no maximum
    if not unlimited and so_far + length > term.extends:
        raise NotExtendable(deadline.code, term.extends, so_far, list(term.cites))
    if term.extend_times and len(deadline.extensions) >= term.extend_times:
        raise ExtendedAlready(deadline.code, term.extend_times, list(term.cites))
    if not actor.holds(*posts):
        raise NotAllowed("deadlines.extend", list(term.extended_by), list(term.cites))
    if length < 1 or not reason.strip():
        raise Invalid({"length" if length < 1 else "reason": ["required"]})
    entry = {"length": length, "reason": reason.strip(), "by": str(actor.id)}
    deadline.extensions = [*deadline.extensions, entry]
    return _recompute(work, deadline, EventTag.DEADLINE_EXTENDED, entry, actor)


@act("deadlines.deduct")
def deduct(
    tx: Transaction,
    deadline_id: UUID,
    ground: str,
    first: date,
    last: date,
    reason: str,
    document_id: UUID | None = None,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Leave the days from *first* to *last* out of a deadline, both included.

    Raises:
        NotDeductible: the law leaves no days out on this ground.
        NotToldInWriting: the ground asks for a final document of these days' own.
        NotAllowed: another post decides.
    """
    work, deadline = _running(tx, deadline_id, version, actor)
    require(work, actor, "deadlines.deduct", Reserved.DEDUCTION)
    if last < first or not reason.strip():
        raise Invalid({"last" if last < first else "reason": ["required"]})
    term = work.rules.term(deadline.code)
    if ground not in term.deducts:
        raise NotDeductible(deadline.code, ground, list(term.deducts), list(term.cites))
    for day in (first, last):
        work.calendar.is_working_day(day)  # refuses a year that is not published
    entry = {
        "ground": ground,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "reason": reason.strip(),
        "document_id": _told(work, deadline, term, ground, document_id),
        "by": str(actor.id),
    }
    deadline.deductions = [*deadline.deductions, entry]
    return _recompute(work, deadline, EventTag.DEADLINE_DEDUCTED, entry, actor)


def _told(
    work: Work,
    deadline: Deadline,
    term: Term,
    ground: str,
    document_id: UUID | None,
) -> str | None:
    """Return the document that told the party of these days; some grounds need one."""
    document = None
    if document_id is not None:
        document = work.tx.session.get(Document, document_id)
        if document is None or document.case_id != work.case.id:
            raise NotFound("document", str(document_id))
    why = None
    if ground in term.in_writing:
        used = {entry.get("document_id") for entry in deadline.deductions}
        if document is None:
            why = "missing"
        elif document.status is not DocumentStatus.FINAL:
            why = "not_final"
        elif str(document.id) in used:
            why = "used"  # what was told covered its own days, no others
    if why is not None:
        raise NotToldInWriting(deadline.code, ground, why, list(term.cites))
    return None if document is None else str(document.id)


def _running(
    tx: Transaction, deadline_id: UUID, version: int | None, actor: Actor
) -> tuple[Work, Deadline]:
    deadline = tx.session.get(Deadline, deadline_id)
    if deadline is None:
        raise NotFound("deadline", str(deadline_id))
    work = on_case(tx, deadline.case_id, actor)
    as_shown(work, version)
    moves_on(work)
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
