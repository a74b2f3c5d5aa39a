"""Ask colleagues for their opinion before a step ends (加签), or no longer (减签)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.errors import NotYours, SelfAppointment, StillDelegated
from engine.commands.handing import refuse_panel
from engine.commands.people import actor_of
from engine.commands.work import Work, check_version, on_task, take
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from storage.database import new_id
from storage.models import Cosigner
from storage.transaction import Transaction
from storage.vocabulary import CosignStatus


@act("cosigners.add")
def add(
    tx: Transaction,
    task_id: UUID,
    person_id: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Let a step wait for a colleague's opinion; whose step it is decides all the same.

    Raises:
        StatutoryPanel: the law says who sits there.
        SelfAppointment: nobody is their own second opinion.
    """
    work = on_task(tx, task_id, actor)
    check_version(version, work.the_task.version)
    refuse_panel(work)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    if person_id == actor.id:
        raise SelfAppointment("cosigners.add")
    if work.the_task.delegator_id is not None:
        raise StillDelegated(work.the_task.element, str(work.the_task.delegator_id))
    take(work, actor)
    colleague(work, person_id)
    if _asked(work, person_id) is not None:
        raise Invalid({"person_id": ["already_asked"]})
    row = Cosigner(
        id=new_id(),
        case_id=work.case.id,
        task_id=task_id,
        person_id=person_id,
        status=CosignStatus.ASKED,
        added_by_id=actor.id,
        added_at=tx.now,
        reason=reason.strip(),
    )
    tx.add(row)
    work.the_task.cosigners_open = (work.the_task.cosigners_open or 0) + 1
    facts = {"to": person_id, "reason": row.reason}
    return _log(work, EventTag.COSIGNER_ADDED, row, actor, facts)


@act("cosigners.remove")
def remove(tx: Transaction, cosigner_id: UUID, reason: str, *, actor: Actor) -> Result:
    """Wait no longer for an opinion that was not given yet."""
    work, row = _locked(tx, cosigner_id, actor)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    if actor.id not in {row.added_by_id, work.the_task.assignee_id}:
        raise NotYours(work.the_task.element, "", str(row.added_by_id))
    _close(work, row, CosignStatus.REMOVED)
    facts = {"to": row.person_id, "reason": reason.strip()}
    return _log(work, EventTag.COSIGNER_REMOVED, row, actor, facts)


@act("cosigners.answer")
def answer(
    tx: Transaction,
    cosigner_id: UUID,
    agreed: bool,  # noqa: FBT001  # it is the opinion itself
    opinion: str = "",
    *,
    actor: Actor,
) -> Result:
    """Give the opinion that one was asked for; an objection says why."""
    work, row = _locked(tx, cosigner_id, actor)
    if row.person_id != actor.id:
        raise NotYours(work.the_task.element, "", str(row.person_id))
    if not agreed and not opinion.strip():
        raise Invalid({"opinion": ["required"]})
    row.opinion = opinion.strip()
    _close(work, row, CosignStatus.AGREED if agreed else CosignStatus.OBJECTED)
    facts = {"agreed": agreed, "opinion": row.opinion}
    return _log(work, EventTag.COSIGNER_HEARD, row, actor, facts)


def colleague(work: Work, person_id: UUID) -> Actor:
    """Return somebody of the agency who may know of the case.

    Raises:
        NotFound: nobody of the agency.
        Invalid: recused from the case.
    """
    found = actor_of(work.tx.session, person_id)
    if found is None or found.agency_id != work.case.agency_id:
        raise NotFound("person", str(person_id))
    if person_id in work.standing.recused:
        raise Invalid({"person_id": ["recused"]})
    return found


def _locked(tx: Transaction, cosigner_id: UUID, actor: Actor) -> tuple[Work, Cosigner]:
    row = tx.session.get(Cosigner, cosigner_id)
    if row is None:
        raise NotFound("cosigner", str(cosigner_id))
    work = on_task(tx, row.task_id, actor)
    tx.session.refresh(row)  # it may have changed before the case was locked
    return work, row


def _close(work: Work, row: Cosigner, status: CosignStatus) -> None:
    lifecycle.COSIGNER.check(row.status, status)
    row.status, row.closed_at = status, work.tx.now
    work.the_task.cosigners_open = (work.the_task.cosigners_open or 1) - 1


def _asked(work: Work, person_id: UUID) -> Cosigner | None:
    return work.tx.session.scalar(
        select(Cosigner).where(
            Cosigner.task_id == work.the_task.id,
            Cosigner.person_id == person_id,
            Cosigner.status == CosignStatus.ASKED,
        )
    )


def _log(
    work: Work, tag: EventTag, row: Cosigner, actor: Actor, facts: dict[str, Any]
) -> Result:
    task = work.the_task
    task.version += 1
    result = {"cosigner_id": str(row.id), "status": row.status.value}
    work.tx.log(
        tag,
        work.case,
        by=actor.id,
        subject=task.id,
        facts={"task": task.element, "cosigner": row.id, **facts},
        result=result,
    )
    return result
