"""Hand everything that somebody does in a case to somebody else (离职转办)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.bpmn.model import Assign
from engine.commands.acts import Result, act
from engine.commands.advance import check_eligible, replace_holders
from engine.commands.deciding import require
from engine.commands.errors import SelfAppointment
from engine.commands.shown import moves_on
from engine.commands.tasks import give
from engine.commands.work import LIVE, Work, on_case
from engine.errors import Invalid
from engine.events import EventTag
from engine.rules.authority import BY_ASSIGNMENT
from engine.rules.posts import Reserved
from storage.models import Task
from storage.transaction import Transaction


@act("assignments.hand_over")
def hand_over(
    tx: Transaction,
    case_id: UUID,
    person_id: UUID,
    to_id: UUID,
    reason: str,
    *,
    actor: Actor,
) -> Result:
    """Give somebody's open steps and named capacities in one case to a colleague.

    A voice in a panel or committee is not handed on; it stays where it is, and the
    result names it. Who takes over must be able to act in each capacity.
    """
    work = on_case(tx, case_id, actor)
    if actor.id != person_id:
        require(work, actor, "assignments.hand_over", Reserved.HANDOVER)
    if person_id == to_id:
        raise SelfAppointment("assignments.hand_over")
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    _hand_capacities(work, person_id, to_id)
    moves_on(work)
    tasks = tx.session.scalars(
        select(Task)
        .where(
            Task.case_id == case_id,
            Task.assignee_id == person_id,
            Task.status.in_(LIVE),
        )
        .order_by(Task.opened_at, Task.id)
    ).all()
    moved, kept = [], []
    for task in tasks:
        if task.member_index is not None or task.capacity in BY_ASSIGNMENT:
            kept.append(task.id)
            continue
        work.task = task
        give(work, to_id)
        task.delegator_id = None
        task.version += 1
        moved.append(task.id)
    work.task = None
    result = {
        "case_id": str(case_id),
        "moved": [str(each) for each in moved],
        "kept": [str(each) for each in kept],
    }
    tx.log(
        EventTag.CASE_HANDED_OVER,
        work.case,
        by=actor.id,
        subject=case_id,
        facts={
            "person": person_id,
            "to": to_id,
            "reason": reason.strip(),
            "tasks": moved,
            "kept": kept,
        },
        result=result,
    )
    return result


def _hand_capacities(work: Work, person_id: UUID, to_id: UUID) -> None:
    held = sorted(
        capacity
        for capacity, person in work.standing.named
        if person == person_id and capacity not in BY_ASSIGNMENT
    )
    for capacity in held:
        check_eligible(work, capacity, [to_id])
        people = work.standing.chosen(capacity) - {person_id} | {to_id}
        replace_holders(work, Assign(capacity, ""), sorted(people))
