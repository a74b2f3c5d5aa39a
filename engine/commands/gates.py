"""The record gate of a task: ask it, answer 必要时, request and decide waivers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.bpmn.expressions import compile_expression
from engine.commands import facts as case_facts
from engine.commands.acts import Result, act
from engine.commands.errors import (
    GateClosed,
    GuardClosed,
    NotAllowed,
    WaiverRefused,
)
from engine.commands.locks import locks_on
from engine.commands.work import Work, on_task, take
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.gates import Judged, RecordFact, Verdict, Waived, evaluate
from engine.rules.requirements import Requirement, merge_held
from storage.database import new_id
from storage.models import Judgement, Waiver
from storage.queries.gate_facts import gate_facts
from storage.transaction import Transaction
from storage.vocabulary import Level, Post, RecordForm, WaiverStatus

#: What the rows of a gate call the forms of a record.
_RECORDS = {form.value: form for form in (RecordForm.DOCUMENT, RecordForm.RECORDING)}


def asked(work: Work, facts: Mapping[str, Any]) -> tuple[Requirement, ...]:
    """Return the requirements of the task whose conditions hold."""
    calls = case_facts.functions(work)
    return tuple(
        requirement
        for requirement in work.pinned.requirements(work.node, work.the_task.opened_at)
        if requirement.when is None
        or compile_expression(requirement.when)(facts, calls)
    )


def verdict(work: Work, facts: Mapping[str, Any]) -> Verdict:
    """Say what the gate of the task demands, and whether it is open."""
    task = work.the_task
    demands = asked(work, facts)
    checkpoint = at_checkpoint(work, facts)
    carried = {code for demand in demands if demand.carried for code in demand.codes}
    rows = gate_facts(work.tx, work.case.id, task.id, carried)
    return evaluate(
        demands,
        task_id=task.id,
        scope=task.scope,
        records=tuple(
            RecordFact(
                id=row.id,
                form=_RECORDS[row.what],
                code=row.code,
                task_id=row.task_id,
                scope=row.scope,
                status=row.status,
                signed_by=frozenset(row.signed_by or ()),
                deposited=bool(row.deposited),
                due_at=row.due_at,
            )
            for row in rows
            if row.what in _RECORDS
        ),
        judgements=tuple(
            Judged(row.code, needed=bool(row.deposited), reason=row.status)
            for row in rows
            if row.what == "judgement"
        ),
        waivers=tuple(
            Waived(row.code, WaiverStatus(row.status))
            for row in rows
            if row.what == "waiver"
        ),
        now=work.tx.now,
        checkpoint=checkpoint,
        outer=frozenset({""}),
        locks=locks_on(work, checkpoint=checkpoint),
    )


def at_checkpoint(work: Work, facts: Mapping[str, Any]) -> bool:
    """Say whether nothing from earlier steps may be owed when this one ends so."""
    condition = work.node.checkpoint_if
    if not work.node.checkpoint or condition is None:
        return work.node.checkpoint
    return bool(compile_expression(condition)(facts, case_facts.functions(work)))


def require_open(work: Work, facts: Mapping[str, Any]) -> Verdict:
    """Return the verdict of an open gate; raises GateClosed with what is missing."""
    found = verdict(work, facts)
    if not found.open:
        closed = found.blocking
        raise GateClosed(
            work.the_task.element,
            [line.facts() for line in closed],
            sorted({cite for line in closed for cite in line.cites}),
        )
    return found


def require_guards(work: Work, facts: Mapping[str, Any]) -> None:
    """Refuse when a precondition of the node does not hold; raises GuardClosed."""
    calls = case_facts.functions(work)
    for guard in work.node.guards:
        if not compile_expression(guard.require)(facts, calls):
            raise GuardClosed(guard.code, work.the_task.element, list(guard.cites))


def _find(work: Work, key: str, moment: datetime) -> Requirement:
    facts = case_facts.view(work, moment)
    for requirement in merge_held(asked(work, facts)):
        if requirement.key == key:
            return requirement
    raise NotFound("requirement", key)


@act("gates.judge")
def judge(
    tx: Transaction,
    task_id: UUID,
    requirement: str,
    needed: bool,  # noqa: FBT001  # it is the answer itself
    reason: str,
    *,
    actor: Actor,
) -> Result:
    """Answer whether a conditional record is necessary here, with the reason."""
    work = on_task(tx, task_id, actor)
    take(work, actor)
    found = _find(work, requirement, tx.now)
    if found.level is not Level.CONDITIONAL:
        raise Invalid({"requirement": ["not_conditional"]})
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    row = tx.session.scalar(
        select(Judgement).where(
            Judgement.task_id == task_id, Judgement.requirement == requirement
        )
    )
    if row is None:
        row = Judgement(
            id=new_id(), case_id=work.case.id, task_id=task_id, requirement=requirement
        )
        tx.add(row)
    row.needed, row.reason = needed, reason.strip()
    row.judged_by_id, row.judged_at = actor.id, tx.now
    result = {"judgement_id": str(row.id), "needed": needed}
    tx.log(
        EventTag.NECESSITY_JUDGED,
        work.case,
        by=actor.id,
        subject=row.id,
        facts={
            "task": work.the_task.element,
            "requirement": requirement,
            "needed": needed,
            "reason": row.reason,
            "cites": found.cites,
        },
        result=result,
    )
    return result


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

    Where the rules name no approver, the statement alone suffices and the waiver
    stands at once; supervisors see it in their list.
    """
    work = on_task(tx, task_id, actor)
    take(work, actor)
    found = _find(work, requirement, tx.now)
    rule = found.waiver
    if rule is None or ground not in rule.grounds:
        raise WaiverRefused(
            requirement, ground, list(rule.grounds if rule else ()), list(found.cites)
        )
    if not statement.strip():
        raise Invalid({"statement": ["required"]})
    status = WaiverStatus.REQUESTED if rule.approvers else WaiverStatus.APPROVED
    row = Waiver(
        id=new_id(),
        case_id=work.case.id,
        task_id=task_id,
        requirement=requirement,
        ground=ground,
        statement=statement.strip(),
        status=status,
        requested_by_id=actor.id,
        requested_at=tx.now,
    )
    tx.add(row)
    result = {"waiver_id": str(row.id), "status": status.value}
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
    """Grant or refuse a requested waiver, as the post that the rules name."""
    row = tx.session.get(Waiver, waiver_id)
    if row is None:
        raise NotFound("waiver", str(waiver_id))
    work = on_task(tx, row.task_id, actor)
    tx.session.refresh(row)  # somebody may have decided before the case was locked
    found = _find(work, row.requirement, tx.now)
    posts = found.waiver.approvers if found.waiver else ()
    if not actor.holds(*(Post(post) for post in posts)):
        raise NotAllowed("gates.decide_waiver", list(posts))
    if row.requested_by_id == actor.id:
        raise NotAllowed("gates.decide_waiver", list(posts))
    status = WaiverStatus.APPROVED if approved else WaiverStatus.REFUSED
    lifecycle.WAIVER.check(row.status, status)
    row.status, row.decision_reason = status, reason.strip()
    row.decided_by_id, row.decided_at = actor.id, tx.now
    result = {"waiver_id": str(row.id), "status": status.value}
    tx.log(
        EventTag.WAIVER_DECIDED,
        work.case,
        by=actor.id,
        subject=row.id,
        facts={
            "task": work.the_task.element,
            "requirement": row.requirement,
            "approved": approved,
            "reason": row.decision_reason,
        },
        result=result,
    )
    return result
