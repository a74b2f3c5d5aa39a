"""Correct a fact from which time is counted, and count anew what hangs on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.bpmn.expressions import compile_expression
from engine.commands import facts as case_facts
from engine.commands.acts import Result, act
from engine.commands.errors import ClockFixed, NotAllowed
from engine.commands.recounting import check_movable, recount, told
from engine.commands.work import Work, check_moment, on_case
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules.deadlines import is_overdue
from engine.rules.facts import FactRefused
from engine.rules.jurisdiction import Ruleset
from storage.digest import plain
from storage.models import Deadline, Document
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus, Post

#: The parameter that names the posts which may correct a fact.
CORRECTION_POSTS = "correction_posts"

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
    *,
    actor: Actor,
) -> Result:
    """Correct the moment of an event, such as a service, and every term from it.

    Deadlines that are over are left as they ended, and named in the result.

    Args:
        tx: the transaction.
        case_id: the case.
        fact: the fact, such as ``served_at``; it must have a value.
        value: the right moment, neither before the case nor in the future.
        reason: why the first one was wrong.
        subject: the document that was served, where each has a moment of its own.
        document_id: what proves it, a document of the case.
        actor: who decides.

    Raises:
        NotAllowed: another post corrects facts.
        ClockFixed: a term from this moment may never be moved.
        CalendarUnknown: a new end leaves the calendar.
    """
    work = on_case(tx, case_id, actor)
    posts = correction_posts(work.rules)
    if not actor.holds(*posts):
        raise NotAllowed("facts.correct", list(posts))
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    _check_proof(work, document_id)
    check_moment(work, "value", value)
    was = _replace(work, fact, subject, value)
    moved, ended = _recount_all(work, was, reason.strip(), document_id, actor)
    result = {
        "case_id": str(case_id),
        "moved": plain(moved),
        "ended": [str(deadline_id) for deadline_id in ended],
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
            "moved": moved,
        },
        result=result,
    )
    return result


def correction_posts(rules: Ruleset) -> tuple[Post, ...]:
    """Return the posts that may correct a fact from which time is counted."""
    given = rules.parameters.get(CORRECTION_POSTS)
    return tuple(Post(post) for post in given) if isinstance(given, tuple) else ()


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
    work.case.facts = facts
    return stored, was


def _recount_all(
    work: Work,
    was: tuple[Mapping[str, Any], datetime],
    reason: str,
    document_id: UUID | None,
    actor: Actor,
) -> tuple[list[dict[str, Any]], list[UUID]]:
    facts, calls = case_facts.view(work, work.tx.now), case_facts.functions(work)
    moved: list[dict[str, Any]] = []
    ended: list[UUID] = []
    counted = select(Deadline).where(
        Deadline.case_id == work.case.id, Deadline.base_from.is_not(None)
    )
    for deadline in work.tx.session.scalars(counted.order_by(Deadline.id)):
        if deadline.base_at != was[1]:
            continue  # another visit of the same step, with a moment of its own
        base = compile_expression(str(deadline.base_from))(facts, calls)
        if not isinstance(base, datetime) or base == deadline.base_at:
            continue
        if deadline.status not in _UNMET:
            ended.append(deadline.id)
            continue
        _check_start(work, deadline)
        entry = {
            "at": work.tx.now.isoformat(),
            "base_from": deadline.base_at.isoformat(),
            "due_from": deadline.due_at.isoformat(),
            "reason": reason,
            "document_id": None if document_id is None else str(document_id),
            "by": str(actor.id),
        }
        due_from, deadline.base_at = deadline.due_at, base
        if deadline.status is not DeadlineStatus.SUSPENDED:
            recount(work, deadline)  # a stopped clock is counted when it goes on
        entry |= {
            "base_to": base.isoformat(),
            "due_to": deadline.due_at.isoformat(),
        }
        deadline.corrections = [*(deadline.corrections or []), entry]
        moved.append({**told(deadline, due_from), "late": _is_late(work, deadline)})
    return moved, ended


def _check_start(work: Work, deadline: Deadline) -> None:
    check_movable(work, deadline)
    term = work.rules.terms.get(deadline.code)
    if term is not None and term.fixed:
        raise ClockFixed(deadline.code, deadline.due_at, list(term.cites))


def _is_late(work: Work, deadline: Deadline) -> bool:
    return is_overdue(deadline.due_at, work.tx.now)
