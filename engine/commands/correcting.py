"""Correct a fact from which time is counted, and count anew what hangs on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.bpmn.expressions import compile_expression
from engine.commands import facts as case_facts
from engine.commands.acts import Result, act
from engine.commands.advance import as_moment
from engine.commands.deciding import require
from engine.commands.errors import ClockFixed
from engine.commands.recounting import recount, told
from engine.commands.reopening import reopen
from engine.commands.shown import as_shown, moves_on
from engine.commands.work import Work, check_moment, on_case
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import calls
from engine.rules.deadlines import is_overdue
from engine.rules.facts import FactRefused
from engine.rules.posts import Reserved
from storage.digest import plain
from storage.models import Deadline, Document
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus

#: What a base may be counted from: a fact, or one of a document that was served.
_FACT = re.compile(r"(?:subject\.(?P<subject>\w+)\.)?(?P<fact>\w+)")

_UNMET = (DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE, DeadlineStatus.SUSPENDED)


@act("facts.correct")
def correct(
    tx: Transaction,
    case_id: UUID,
    fact: str,
    value: datetime,
    reason: str,
    subject: str | None = None,
    document_id: UUID | None = None,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Correct the moment of an event, such as a service, and every term from it.

    A window that closed before its time opens again, and what rests on its end is
    undone; a term that was met turns out to have been late, or in time. What cannot be
    moved is left as it ended, and named in the result.

    Args:
        tx: the transaction.
        case_id: the case.
        fact: the fact, such as ``served_at``; it must have a value.
        value: the right moment, neither before the case nor in the future.
        reason: why the first one was wrong.
        subject: the document that was served, where each has a moment of its own.
        document_id: what proves it, a document of the case.
        version: of the case, as it was shown.
        actor: who decides.

    Raises:
        NotAllowed: another post corrects facts.
        ClockFixed: a term from this moment may never be moved.
        CalendarUnknown: a new end leaves the calendar.
    """
    work = on_case(tx, case_id, actor)
    as_shown(work, version)
    moves_on(work)
    require(work, actor, "facts.correct", Reserved.CORRECTION)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    _check_proof(work, document_id)
    check_moment(work, "value", value)
    was = _replace(work, fact, subject, value)
    found = _recount_all(work, was, reason.strip(), document_id, actor)
    result = {
        "case_id": str(case_id),
        "moved": plain(found.moved),
        "ended": plain(found.ended),
        "barred": plain(found.barred),
    }
    tx.log(
        EventTag.FACT_CORRECTED,
        work.case,
        by=actor.id,
        subject=document_id,
        facts={
            "fact": fact,
            "subject": subject,
            "value_from": was[1],
            "value_to": value,
            "reason": reason.strip(),
            "moved": found.moved,
            "barred": found.barred,
        },
        result=result,
    )
    return result


def fact_of(base_from: str | None) -> tuple[str | None, str] | None:
    """Return subject and fact that a base is counted from; None: no single fact."""
    found = _FACT.fullmatch(base_from) if base_from else None
    return None if found is None else (found["subject"], found["fact"])


def _check_proof(work: Work, document_id: UUID | None) -> None:
    if document_id is None:
        return
    document = work.tx.session.get(Document, document_id)
    if document is None or document.case_id != work.case.id:
        raise NotFound("document", str(document_id))


def _replace(
    work: Work, fact: str, subject: str | None, value: datetime
) -> tuple[Mapping[str, Any], datetime]:
    """Put the right moment in; returns the facts and the moment as they were."""
    stored = work.case.facts
    subjects = stored.get("subject", {})
    if subject is not None and subject not in subjects:
        raise Invalid({"subject": ["unknown_field"]})
    holder = stored if subject is None else subjects[subject]
    try:
        was = work.pinned.facts.coerce(fact, holder[fact])
        right = plain(work.pinned.facts.coerce(fact, value))
    except (KeyError, FactRefused) as error:
        raise Invalid({"fact": ["unknown_field"]}) from error
    if not isinstance(was, datetime):
        raise Invalid({"fact": ["not_of_type"]})
    if was == value:
        raise Invalid({"value": ["unchanged"]})
    facts = dict(stored)
    if subject is not None:
        facts["subject"] = {**subjects, subject: {**holder, fact: right}}
    if subject is None or stored.get(fact) == holder[fact]:
        facts[fact] = right  # the newest answer stands among the case's own facts
    work.case.facts = calls.correct(facts, fact, holder[fact], right)
    return stored, was


@dataclass
class _Recount:
    """What a corrected moment did to the deadlines that were counted from it."""

    moved: list[dict[str, Any]] = field(default_factory=list)
    ended: list[UUID] = field(default_factory=list)  #: left as they ended
    barred: list[dict[str, Any]] = field(default_factory=list)  #: and of these, why


def _recount_all(
    work: Work,
    was: tuple[Mapping[str, Any], datetime],
    reason: str,
    document_id: UUID | None,
    actor: Actor,
) -> _Recount:
    functions = case_facts.functions(work)
    found = _Recount()
    counted = select(Deadline).where(
        Deadline.case_id == work.case.id, Deadline.base_from.is_not(None)
    )
    for deadline in work.tx.session.scalars(counted.order_by(Deadline.id)).all():
        if deadline.base_at != was[1]:
            continue  # another visit of the same step, with a moment of its own
        facts = case_facts.view(work, work.tx.now, deadline.scope)
        base = as_moment(compile_expression(str(deadline.base_from))(facts, functions))
        if base is None or base == deadline.base_at:
            continue
        unmet = deadline.status in _UNMET
        if unmet:
            _check_start(work, deadline)
        elif deadline.status is DeadlineStatus.CANCELLED or _is_fixed(work, deadline):
            found.ended.append(deadline.id)
            continue
        before = deadline.base_at, deadline.due_at
        deadline.base_at = base
        if not _count(work, deadline, found):
            deadline.base_at, deadline.due_at = before
            found.ended.append(deadline.id)
            continue
        entry = {
            "at": work.tx.now.isoformat(),
            "base_from": before[0].isoformat(),
            "due_from": before[1].isoformat(),
            "reason": reason,
            "document_id": None if document_id is None else str(document_id),
            "by": str(actor.id),
            "base_to": base.isoformat(),
            "due_to": deadline.due_at.isoformat(),
        }
        deadline.corrections = [*(deadline.corrections or []), entry]
        late = deadline.overdue_at is not None or (unmet and _is_late(work, deadline))
        found.moved.append({**told(deadline, before[1]), "late": late})
    return found


def _count(work: Work, deadline: Deadline, found: _Recount) -> bool:
    """Set the end anew; says whether that could be done.

    A stopped clock is counted when it goes on. What was met turns out to have been
    late, or in time after all. A window that closed too early opens again.
    """
    if deadline.status is DeadlineStatus.SUSPENDED:
        return True
    recount(work, deadline)
    if deadline.status is DeadlineStatus.MET:
        late = deadline.met_at is not None and is_overdue(
            deadline.due_at, deadline.met_at
        )
        deadline.overdue_at = deadline.due_at if late else None
    if deadline.status is DeadlineStatus.LAPSED and not _is_late(work, deadline):
        why = reopen(work, deadline)
        if why is not None:
            found.barred.append({"deadline_id": deadline.id, "why": why})
            return False
        recount(work, deadline)  # it warns again, and binds the steps that are open
    return True


def _check_start(work: Work, deadline: Deadline) -> None:
    if _is_fixed(work, deadline):
        cites = list(work.rules.terms[deadline.code].cites)
        raise ClockFixed(deadline.code, deadline.due_at, cites)


def _is_fixed(work: Work, deadline: Deadline) -> bool:
    term = work.rules.terms.get(deadline.code)
    return term is not None and (term.fixed or term.locks)


def _is_late(work: Work, deadline: Deadline) -> bool:
    return is_overdue(deadline.due_at, work.tx.now)
