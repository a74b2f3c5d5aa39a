"""Leave to do without a record: asked for at a step, granted post by post."""

from __future__ import annotations

from uuid import UUID

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.errors import NotAllowed, TaskClosed, WaiverRefused
from engine.commands.gates import REMEDIAL, find
from engine.commands.work import LIVE, Work, on_any_task, on_task, take
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from storage.database import new_id
from storage.models import Waiver
from storage.transaction import Transaction
from storage.vocabulary import Post, TaskStatus, WaiverStatus


@act("gates.request_waiver")
def request_waiver(
    tx: Transaction,
    task_id: UUID,
    requirement: str,
    ground: str,
    statement: str,
    *,
    actor: Actor,
) -> Result:
    """Ask to go on without a record, on a ground that the authority's rules name.

    Whoever the rules name is asked in their order. Where they name nobody, the
    statement alone suffices and the waiver stands at once; supervisors see it in
    their list.
    """
    work = on_task(tx, task_id, actor)
    take(work, actor)
    found = find(work, requirement, tx.now)
    rules = found.waiver.rules if found.waiver is not None else ()
    rule = found.waiver.on(ground) if found.waiver is not None else None
    if rule is None:
        grounds = [each for known in rules for each in known.grounds]
        limits = (clause for known in rules for clause in known.cites)
        cites = list(dict.fromkeys((*found.cites, *limits)))
        raise WaiverRefused(requirement, ground, grounds, cites)
    if not statement.strip():
        raise Invalid({"statement": ["required"]})
    status = WaiverStatus.REQUESTED if rule.approvers else WaiverStatus.APPROVED
    row = Waiver(
        id=new_id(),
        case_id=work.case.id,
        agency_id=work.case.agency_id,
        unit_id=work.case.unit_id,
        task_id=task_id,
        requirement=requirement,
        ground=ground,
        statement=statement.strip(),
        status=status,
        approvers=list(rule.approvers),
        after=rule.after,
        cites=list(rule.cites),
        decisions=[],
        next_post=next(iter(rule.approvers), None),
        requested_by_id=actor.id,
        requested_at=tx.now,
    )
    tx.add(row)
    result = _told(row)
    tx.log(
        EventTag.WAIVER_REQUESTED,
        work.case,
        by=actor.id,
        subject=row.id,
        facts={
            "task": work.the_task.element,
            "requirement": requirement,
            "ground": ground,
            "statement": row.statement,
            "approvers": row.approvers,
            "after": row.after,
            "cites": rule.cites,
        },
        result=result,
    )
    return result


@act("gates.decide_waiver")
def decide_waiver(
    tx: Transaction,
    waiver_id: UUID,
    approved: bool,  # noqa: FBT001  # it is the decision itself
    reason: str,
    *,
    actor: Actor,
) -> Result:
    """Agree to a waiver, or refuse it, as the post whose turn it is.

    It is granted when the last post that the rules name has agreed, and refused
    with the first that does not. A review that the rules put after the act may
    come when the step is over; then a refusal leaves the handler a remedial note
    to write.

    Raises:
        NotAllowed: it is another post's turn, or the actor asked for it.
        TaskClosed: the step ended without it, and no review comes after the act.
    """
    row = tx.session.get(Waiver, waiver_id)
    if row is None:
        raise NotFound("waiver", str(waiver_id))
    work = on_any_task(tx, row.task_id, actor)
    tx.session.refresh(row)  # somebody may have decided before the case was locked
    status = WaiverStatus.APPROVED if approved else WaiverStatus.REFUSED
    lifecycle.WAIVER.check(row.status, status)
    task = work.the_task
    if task.status not in LIVE and not (row.after and task.status is TaskStatus.DONE):
        raise TaskClosed(task.element, task.status, task.closed_at)
    turn = Post(row.next_post or "")
    if not actor.holds(turn) or row.requested_by_id == actor.id:
        raise NotAllowed("gates.decide_waiver", [turn.value], list(row.cites))
    if not approved and not reason.strip():
        raise Invalid({"reason": ["required"]})
    row.decisions = [
        *row.decisions,
        {
            "post": turn.value,
            "by": str(actor.id),
            "approved": approved,
            "reason": reason.strip(),
            "at": tx.now.isoformat(),
        },
    ]
    row.next_post = _next(row) if approved else None
    if row.next_post is None:
        row.status, row.decision_reason = status, reason.strip()
        row.decided_by_id, row.decided_at = actor.id, tx.now
        if not approved and task.status is TaskStatus.DONE:
            _owe(work, row)
    result = _told(row)
    tx.log(
        EventTag.WAIVER_DECIDED,
        work.case,
        by=actor.id,
        subject=row.id,
        facts={
            "task": task.element,
            "requirement": row.requirement,
            "post": turn.value,
            "approved": approved,
            "reason": reason.strip(),
            "next_post": row.next_post,
        },
        result=result,
    )
    return result


def _told(row: Waiver) -> Result:
    return {
        "waiver_id": str(row.id),
        "status": row.status.value,
        "next_post": row.next_post,
    }


def _next(row: Waiver) -> str | None:
    """Return the post whose turn it is after so many agreed; None: all have."""
    rest = row.approvers[len(row.decisions) :]
    return rest[0] if rest else None


def _owe(work: Work, row: Waiver) -> None:
    """Leave the handler a remedial note to write: the step is over as it is."""
    note = {
        "task_id": str(row.task_id),
        "task": work.the_task.element,
        "requirement": row.requirement,
        "cites": list(row.cites),
        "note": "",
    }
    notes = [*work.case.facts.get(REMEDIAL, []), note]
    work.case.facts = {**work.case.facts, REMEDIAL: notes}
