"""Who acts in which capacity; challenges, and what follows from them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from engine.actor import Actor
from engine.bpmn.model import Assign
from engine.commands import members
from engine.commands.acts import Result, act
from engine.commands.advance import check_eligible, replace_holders
from engine.commands.deciding import (
    may_in,
    named_in,
    not_allowed,
    on_challenge,
    require,
)
from engine.commands.freeing import look_again
from engine.commands.people import actor_of
from engine.commands.shown import as_shown, moves_on
from engine.commands.work import LIVE, Work, hold, on_case
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.authority import VOICES
from engine.rules.posts import Reserved
from storage.database import new_id
from storage.models import Assignment, Recusal, Task
from storage.transaction import Transaction
from storage.vocabulary import Capacity, RecusalStatus, TaskStatus


@act("assignments.assign")
def assign(
    tx: Transaction,
    case_id: UUID,
    capacity: Capacity,
    person_ids: list[UUID],
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Give a capacity in a case to people, in place of who held it before.

    Raises:
        SeparationOfDuties: somebody holds what excludes it.
    """
    work = on_case(tx, case_id, actor)
    as_shown(work, version)
    require(work, actor, "assignments.assign", Reserved.ASSIGNMENT)
    if not reason.strip() or not person_ids:
        raise Invalid({"reason" if person_ids else "person_ids": ["required"]})
    check_eligible(work, capacity, person_ids)
    replace_holders(work, Assign(capacity, ""), person_ids)
    _free_tasks(work, capacity, person_ids)
    moves_on(work)
    result = {"case_id": str(case_id), "capacity": capacity.value}
    tx.log(
        EventTag.CAPACITY_ASSIGNED,
        work.case,
        by=actor.id,
        facts={"capacity": capacity, "people": person_ids, "reason": reason.strip()},
        result=result,
    )
    return result


@act("recusals.challenge")
def challenge(
    tx: Transaction,
    case_id: UUID,
    person_id: UUID,
    ground: str,
    applicant: str,
    *,
    actor: Actor,
) -> Result:
    """Record a challenge to somebody's part in a case; work goes on meanwhile."""
    work = on_case(tx, case_id, actor)
    if actor_of(tx.session, person_id) is None:
        raise NotFound("person", str(person_id))
    if not ground.strip() or not applicant.strip():
        raise Invalid({"ground" if applicant.strip() else "applicant": ["required"]})
    row = Recusal(
        id=new_id(),
        case_id=case_id,
        person_id=person_id,
        applicant=applicant.strip(),
        ground=ground.strip(),
        status=RecusalStatus.REQUESTED,
        requested_by_id=actor.id,
        requested_at=tx.now,
    )
    tx.add(row)
    result = {"recusal_id": str(row.id), "status": row.status.value}
    tx.log(
        EventTag.RECUSAL_REQUESTED,
        work.case,
        by=actor.id,
        subject=row.id,
        facts={"person": person_id, "ground": row.ground},
        result=result,
    )
    return result


@act("recusals.decide")
def decide(  # the decision and its consequence belong together
    tx: Transaction,
    recusal_id: UUID,
    granted: bool,  # noqa: FBT001  # it is the decision itself
    reason: str,
    replacement: UUID | None = None,
    *,
    actor: Actor,
) -> Result:
    """Decide on a challenge; granted, the person loses tasks and sight at once.

    A member of a panel or committee leaves it without a voice; anybody else's tasks
    go to the replacement, or back to those who may take them.
    """
    row = tx.session.get(Recusal, recusal_id)
    if row is None:
        raise NotFound("recusal", str(recusal_id))
    work = on_case(tx, row.case_id, actor)
    tx.session.refresh(row)  # somebody may have decided before the case was locked
    decision = on_challenge(tx.session, work.standing, row.person_id)
    if not may_in(work, actor, decision) or actor.id == row.person_id:
        raise not_allowed("recusals.decide", named_in(work, decision))
    status = RecusalStatus.GRANTED if granted else RecusalStatus.REFUSED
    lifecycle.RECUSAL.check(row.status, status)
    row.status, row.reason = status, reason.strip()
    row.decided_by_id, row.decided_at = actor.id, tx.now
    moves_on(work)
    told = _withdraw(work, row.person_id, replacement) if granted else []
    result = {"recusal_id": str(row.id), "status": status.value}
    tx.log(
        EventTag.RECUSAL_DECIDED,
        work.case,
        by=actor.id,
        subject=row.id,
        facts={
            "person": row.person_id,
            "granted": granted,
            "reason": row.reason,
            "replacement": replacement,
            **({"votes": told} if told else {}),
        },
        result=result,
    )
    return result


def _withdraw(
    work: Work, person_id: UUID, replacement: UUID | None
) -> list[dict[str, Any]]:
    """Take everything from somebody; returns what their votes came to."""
    tx, standing = work.tx, work.standing
    held = [h for h in standing.held if h.person_id == person_id and h.current]
    if replacement is not None:
        for item in held:
            check_eligible(work, item.capacity, [replacement])
    tx.session.execute(
        update(Assignment)
        .where(
            Assignment.case_id == work.case.id,
            Assignment.person_id == person_id,
            Assignment.until.is_(None),
        )
        .values(until=tx.now)
    )
    look_again(tx, work.case.id)
    tasks = tx.session.scalars(
        select(Task).where(
            Task.case_id == work.case.id,
            Task.assignee_id == person_id,
            Task.status.in_(LIVE),
        )
    ).all()
    told = []
    for task in tasks:
        if task.member_index is None:
            _hand_over(work, task, replacement)
        else:
            told.append(members.drop(work, task))
            work.task = None
    if replacement is not None:
        for item in held:
            # A voice is not handed on; who was named is replaced by name.
            if item.capacity not in VOICES:
                named = (item.capacity, person_id) in standing.named
                hold(work, item.capacity, [replacement], named=named)
    return [each for each in told if each]


def _hand_over(work: Work, task: Task, replacement: UUID | None) -> None:
    task.assignee_id = replacement
    task.status = TaskStatus.OPEN if replacement is None else TaskStatus.CLAIMED
    task.claimed_at = None if replacement is None else work.tx.now
    task.version += 1


def _free_tasks(work: Work, capacity: Capacity, person_ids: list[UUID]) -> None:
    for task in work.tx.session.scalars(
        select(Task).where(
            Task.case_id == work.case.id,
            Task.capacity == capacity,
            Task.status == TaskStatus.CLAIMED,
            Task.member_index.is_(None),
            Task.assignee_id.not_in(person_ids),
        )
    ):
        task.assignee_id, task.status = None, TaskStatus.OPEN
        task.version += 1
