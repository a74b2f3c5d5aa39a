"""Claim, release, hand over and complete the steps of a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.actor import Actor
from engine.commands import facts as case_facts
from engine.commands import gates, times, votes
from engine.commands.acts import Result, act
from engine.commands.advance import on_completion, settle
from engine.commands.deciding import require
from engine.commands.drawn import drawn_name
from engine.commands.errors import (
    CosignersSilent,
    NotYours,
    OutcomeUnknown,
    OwnVoice,
    StillDelegated,
    TimerPending,
)
from engine.commands.footage import end_activity
from engine.commands.locks import require_unlocked
from engine.commands.people import actor_of
from engine.commands.work import (
    Work,
    check_may_act,
    check_moment,
    check_version,
    first_of_task,
    hold,
    on_task,
    on_task_alone,
    take,
)
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.deadlines import is_overdue
from engine.rules.gates import Verdict
from engine.rules.posts import Reserved
from engine.runtime.instance import Delta, Instance
from engine.runtime.tickets import Ticket, issue
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus, RecordForm, TaskKind, TaskStatus


@act("tasks.claim")
def claim(
    tx: Transaction, task_id: UUID, version: int | None = None, *, actor: Actor
) -> Result:
    """Take an open task upon oneself (签收)."""
    work = on_task(tx, task_id, actor)
    check_version(version, work.the_task.version)
    take(work, actor)
    return log_task(work, EventTag.TASK_CLAIMED, actor, {})


@act("tasks.release")
def release(
    tx: Transaction,
    task_id: UUID,
    reason: str = "",
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Give a claimed task back to those who may take it (退领)."""
    work = on_task(tx, task_id, actor)
    task = work.the_task
    check_version(version, task.version)
    own = task.member_index is not None and task.behalf_of_id is None
    if task.assignee_id != actor.id or own:
        raise NotYours(task.element, task.capacity or "", _text(task.assignee_id))
    lifecycle.TASK.check(task.status, TaskStatus.OPEN)
    if task.member_index is None:
        task.status, task.assignee_id, task.claimed_at = TaskStatus.OPEN, None, None
    else:
        task.assignee_id = task.behalf_of_id  # a voice is nobody else's
    task.behalf_of_id = task.delegator_id = None
    return log_task(work, EventTag.TASK_RELEASED, actor, {"reason": reason})


@act("tasks.reassign")
def reassign(
    tx: Transaction,
    task_id: UUID,
    person_id: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Hand a task to somebody else who may act in its capacity (转办)."""
    work = on_task(tx, task_id, actor)
    task = work.the_task
    check_version(version, task.version)
    if task.member_index is not None:
        raise OwnVoice(task.element)
    if task.assignee_id != actor.id:
        require(work, actor, "tasks.reassign", Reserved.REASSIGNMENT)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    receiver = give(work, person_id)
    task.delegator_id = None
    return log_task(
        work,
        EventTag.TASK_REASSIGNED,
        actor,
        {"to": receiver.id, "reason": reason.strip()},
    )


def give(work: Work, person_id: UUID) -> Actor:
    """Put the task into somebody's hands who may act in its capacity; returns them.

    Raises:
        NotFound: nobody of the agency.
        Invalid: recused from the case.
        NotYours, SeparationOfDuties: they may not act here.
    """
    task = work.the_task
    receiver = actor_of(work.tx.session, person_id)
    if receiver is None or receiver.agency_id != work.case.agency_id:
        raise NotFound("person", str(person_id))
    if receiver.id in work.standing.recused:
        raise Invalid({"person_id": ["recused"]})
    if task.capacity is not None:
        check_may_act(work, receiver, task.capacity)
        hold(work, task.capacity, [receiver.id])
    task.assignee_id, task.status = receiver.id, TaskStatus.CLAIMED
    task.claimed_at, task.behalf_of_id = work.tx.now, None
    return receiver


@act("tasks.complete", early=first_of_task)
def complete(  # the form of a step simply has these parts
    tx: Transaction,
    task_id: UUID,
    outcome: str | None = None,
    inputs: Mapping[str, Any] | None = None,
    opinion: str = "",
    version: int | None = None,
    acted_at: datetime | None = None,
    *,
    actor: Actor,
) -> Result:
    """Finish a step: person, form, guards and record gate must all agree.

    Raises:
        StepLocked: something unsettled keeps the step shut.
        GateClosed: records are missing; each with its clauses and the ways out.
        GuardClosed: a legal precondition of the step does not hold.
    """
    # Nothing here looks for what it has changed itself: all is written at the end.
    with tx.unflushed():
        work = on_task_alone(tx, task_id, actor)
        task, node = work.the_task, work.node
        check_version(version, task.version)
        if task.kind is TaskKind.TIMER:
            raise NotYours(task.element, "system", None)
        take(work, actor)
        _check_alone(work)
        at = check_moment(work, "acted_at", acted_at)
        _check_timers(work, at)
        _check_outcome(outcome, [choice.value for choice in node.choices])
        values = case_facts.accept(work, inputs or {})
        case_facts.remember(work, values, outcome)
        told = votes.cast(work, values, actor.id)
        found = _pass_gate(work, at)
        if any(line.requirement.form is RecordForm.RECORDING for line in found.lines):
            end_activity(work)
        on_completion(work, node, at)
        instance = work.instance
        delta = _move(work, instance, issue(task.id, found), at)
        lifecycle.TASK.check(task.status, TaskStatus.DONE)
        task.status, task.closed_at = TaskStatus.DONE, tx.now
        task.closed_by_id, task.outcome, task.inputs = actor.id, outcome, values
        task.opinion, task.saved = opinion.strip(), None
        task.version += 1
        opened = settle(work, instance, delta, at)
    return log_task(
        work,
        EventTag.TASK_COMPLETED,
        actor,
        {
            "outcome": outcome,
            "inputs": values,
            "opinion": task.opinion,
            "gate": [line.facts() for line in found.lines],
            "requirement_set": work.pinned.id,
            **({"vote": told} if told else {}),
        },
        acted_at=at,
        result={"opened": opened, "finished": delta.finished},
    )


def _check_timers(work: Work, at: datetime) -> None:
    """Refuse an act after the end of a term whose timer has not moved the case yet.

    What a person does must not depend on when a sweep came by.
    """
    for clock in work.running():
        waits = clock.task_id is not None and clock.status is DeadlineStatus.RUNNING
        if waits and is_overdue(clock.due_at, at):
            drawn = drawn_name(work, clock.code)
            raise TimerPending(clock.code, clock.due_at, drawn)


def _check_alone(work: Work) -> None:
    """Refuse while somebody else is to decide or to be heard."""
    task = work.the_task
    if task.delegator_id is not None:
        raise StillDelegated(task.element, str(task.delegator_id))
    if task.cosigners_open:
        raise CosignersSilent(task.element, task.cosigners_open)


def _pass_gate(work: Work, at: datetime) -> Verdict:
    facts = case_facts.view(work, at)
    require_unlocked(work, checkpoint=gates.at_checkpoint(work, facts))
    gates.require_guards(work, facts)
    found = gates.require_open(work, facts)
    times.require_agreement(work, found)
    return found


def _move(work: Work, instance: Instance, ticket: Ticket, at: datetime) -> Delta:
    task, facts = work.the_task, case_facts.everywhere(work, at)
    calls = case_facts.functions(work)
    if task.kind is TaskKind.MESSAGE:
        return instance.fire(
            task.id, facts, ticket=ticket, functions=calls, context=work
        )
    return instance.complete(task.id, ticket, facts, functions=calls, context=work)


def _check_outcome(outcome: str | None, choices: list[str]) -> None:
    if (outcome is None) != (not choices) or (choices and outcome not in choices):
        raise OutcomeUnknown(outcome, choices)


def log_task(  # an event simply has these parts
    work: Work,
    tag: EventTag,
    actor: Actor,
    facts: Mapping[str, Any],
    *,
    acted_at: datetime | None = None,
    result: Mapping[str, Any] | None = None,
) -> Result:
    """Log what somebody did with a task; it is another version from then on."""
    task = work.the_task
    if tag is not EventTag.TASK_COMPLETED:
        task.version += 1
    if task.behalf_of_id is not None:
        facts = {**facts, "behalf_of": task.behalf_of_id}
    answer = {"task_id": str(task.id), "status": task.status.value, **(result or {})}
    work.tx.log(
        tag,
        work.case,
        by=actor.id,
        subject=task.id,
        acted_at=acted_at,
        facts={"task": task.element, "path": task.path, **facts},
        result=answer,
    )
    return answer


def _text(identifier: UUID | None) -> str | None:
    return None if identifier is None else str(identifier)
