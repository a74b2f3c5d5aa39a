"""Work on a step together: delegate and give back, and keep what is half done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.errors import (
    NotYours,
    SelfAppointment,
    StatutoryPanel,
    StillDelegated,
)
from engine.commands.tasks import give, log_task
from engine.commands.work import Work, check_version, on_task, take
from engine.errors import Invalid
from engine.events import EventTag
from engine.rules.authority import BY_ASSIGNMENT
from storage.transaction import Transaction
from storage.vocabulary import TaskStatus

#: The most that is kept of a half-filled form, in characters.
MOST_SAVED = 100_000


@act("tasks.delegate")
def delegate(
    tx: Transaction,
    task_id: UUID,
    person_id: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Let a colleague prepare a step and give it back; oneself decides (委派).

    Raises:
        StatutoryPanel: a voice in a panel is not delegated.
        StillDelegated: who was asked to help does not ask others.
    """
    work = on_task(tx, task_id, actor)
    task = work.the_task
    check_version(version, task.version)
    refuse_panel(work)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    if person_id == actor.id:
        raise SelfAppointment("tasks.delegate")
    if task.delegator_id is not None:
        raise StillDelegated(task.element, str(task.delegator_id))
    take(work, actor)
    give(work, person_id)
    task.delegator_id = actor.id
    facts = {"to": person_id, "reason": reason.strip()}
    return log_task(work, EventTag.TASK_DELEGATED, actor, facts)


@act("tasks.return")
def give_back(
    tx: Transaction,
    task_id: UUID,
    note: str = "",
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Give a delegated step back to who asked; they may also call it back."""
    work = on_task(tx, task_id, actor)
    task = work.the_task
    check_version(version, task.version)
    owner = task.delegator_id
    if owner is None or actor.id not in {owner, task.assignee_id}:
        raise NotYours(task.element, task.capacity or "", _text(task.assignee_id))
    task.assignee_id, task.delegator_id = owner, None
    task.status, task.claimed_at = TaskStatus.CLAIMED, tx.now
    facts = {"to": owner, "opinion": note.strip()}
    return log_task(work, EventTag.TASK_RETURNED, actor, facts)


@act("tasks.save")
def save(
    tx: Transaction,
    task_id: UUID,
    inputs: Mapping[str, Any],
    opinion: str = "",
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Keep what was entered for a step without completing it (暂存).

    Nothing is judged by it: it is checked when the step is completed.
    """
    work = on_task(tx, task_id, actor)
    task = work.the_task
    check_version(version, task.version)
    unknown = inputs.keys() - {question.fact for question in work.node.inputs}
    if unknown:
        raise Invalid({name: ["unknown_field"] for name in sorted(unknown)})
    kept = {"inputs": dict(inputs), "opinion": opinion, "by": str(actor.id)}
    if len(str(kept)) > MOST_SAVED:
        raise Invalid({"inputs": [{"code": "too_long", "max": MOST_SAVED}]})
    take(work, actor)
    task.saved = kept
    told = {"version": task.version + 1}
    facts = {"fields": sorted(inputs)}
    return log_task(work, EventTag.TASK_SAVED, actor, facts, result=told)


def refuse_panel(work: Work) -> None:
    """Refuse where the law says who sits; raises StatutoryPanel."""
    task = work.the_task
    if task.member_index is not None or task.capacity in BY_ASSIGNMENT:
        raise StatutoryPanel(task.element, task.capacity or "")


def _text(identifier: UUID | None) -> str | None:
    return None if identifier is None else str(identifier)
