"""The record gate of a task: ask it, and answer 必要时."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.bpmn.expressions import compile_expression
from engine.commands import facts as case_facts
from engine.commands.acts import Result, act
from engine.commands.errors import GateClosed, GuardClosed
from engine.commands.locks import locks_on
from engine.commands.work import Work, on_task, take
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules.gates import Judged, RecordFact, Remedy, Verdict, Waived, evaluate
from engine.rules.requirements import Requirement, merge_held
from storage.database import new_id
from storage.models import Judgement
from storage.queries.gate_facts import gate_facts
from storage.transaction import Transaction
from storage.vocabulary import Level, RecordForm, WaiverStatus

#: What the rules ask for at this activity, they ask for wherever something is waived.
WORK_RECORD = "footage.waiver"

#: Under this key a case keeps what steps that are over should have had.
REMEDIAL = "remedial"
#: The parameter that says which checkpoints wait for the deposit of recordings.
DEPOSITS = "deposit_checkpoints"
_CLOSING = "closing."

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


def work_records(
    work: Work, facts: Mapping[str, Any], waivers: Iterable[Waived]
) -> tuple[Requirement, ...]:
    """Return what must be written down of what was waived at the task (工作记录)."""
    calls = case_facts.functions(work)
    grounds = dict.fromkeys(
        waiver.ground
        for waiver in waivers
        if waiver.task_id in {None, work.the_task.id}
        and waiver.status is not WaiverStatus.REFUSED
    )
    return tuple(
        replace(requirement, when=None)
        for ground in grounds
        for requirement in work.rules.records(WORK_RECORD)
        if requirement.when is None
        or compile_expression(requirement.when)(
            {**facts, "waiver_ground": ground}, calls
        )
    )


def remedies(work: Work) -> tuple[Remedy, ...]:
    """Return what steps that are over should have had, and nobody answered yet."""
    return tuple(
        Remedy(each["requirement"], tuple(each.get("cites", ())))
        for each in work.case.facts.get(REMEDIAL, [])
        if not each.get("note")
    )


def verdict(work: Work, facts: Mapping[str, Any]) -> Verdict:
    """Say what the gate of the task demands, and whether it is open."""
    task = work.the_task
    demands = asked(work, facts)
    checkpoint = at_checkpoint(work, facts)
    carried = {code for demand in demands if demand.carried for code in demand.codes}
    rows = gate_facts(work.tx, work.case.id, task.id, carried)
    waivers = tuple(
        Waived(
            row.code,
            WaiverStatus(row.status),
            row.task_id,
            row.scope,
            after=bool(row.deposited),
        )
        for row in rows
        if row.what == "waiver"
    )
    return evaluate(
        (*demands, *work_records(work, facts, waivers)),
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
        )
        + _data(work, demands, facts),
        judgements=tuple(
            Judged(row.code, needed=bool(row.deposited), reason=row.status)
            for row in rows
            if row.what == "judgement"
        ),
        waivers=waivers,
        now=work.tx.now,
        checkpoint=checkpoint,
        deposits=waits_for_deposits(work),
        outer=frozenset({""}),
        locks=locks_on(work, checkpoint=checkpoint),
        remedies=remedies(work),
    )


def _data(
    work: Work, demands: tuple[Requirement, ...], facts: Mapping[str, Any]
) -> tuple[RecordFact, ...]:
    """Return the data that the step asks for by a question and has been answered."""
    task = work.the_task
    given = {each.fact for each in work.node.inputs if facts.get(each.fact)}
    return tuple(
        RecordFact(
            id=task.id,
            form=RecordForm.DATA,
            code=code,
            task_id=task.id,
            scope=task.scope,
            status="answered",
        )
        for demand in demands
        if demand.form is RecordForm.DATA
        for code in demand.codes
        if code in given
    )


def at_checkpoint(work: Work, facts: Mapping[str, Any]) -> bool:
    """Say whether nothing from earlier steps may be owed when this one ends so."""
    condition = work.node.checkpoint_if
    if not work.node.checkpoint or condition is None:
        return work.node.checkpoint
    return bool(compile_expression(condition)(facts, case_facts.functions(work)))


def waits_for_deposits(work: Work) -> bool:
    """Say whether the checkpoint of a step waits for what is not yet deposited.

    Where ``deposit_checkpoints`` is ``closing``, only the steps of closing do (d-04);
    what is overdue shuts every step all the same.
    """
    closing = work.node.activity is not None and work.node.activity.startswith(_CLOSING)
    return closing or work.rules.parameters.get(DEPOSITS) != "closing"


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


def find(work: Work, key: str, moment: datetime) -> Requirement:
    """Return what is asked for at the task under *key*; raises NotFound."""
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
    found = find(work, requirement, tx.now)
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
