"""Members of a panel or committee who leave it without a voice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import update

from engine.actor import Actor
from engine.commands import facts as case_facts
from engine.commands import votes
from engine.commands.acts import Result, act
from engine.commands.advance import settle
from engine.commands.deciding import may_in, named_in, not_allowed
from engine.commands.freeing import look_again
from engine.commands.tasks import log_task
from engine.commands.work import Work, check_version, on_task
from engine.errors import Invalid
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.posts import Reserved
from engine.runtime.instance import Instance
from storage.models import Assignment, Task
from storage.transaction import Transaction
from storage.vocabulary import Capacity, TaskStatus

#: Who leads those who have a voice.
CHAIRS = {
    Capacity.PANEL_MEMBER: Capacity.PANEL_CHAIR,
    Capacity.COMMITTEE_MEMBER: Capacity.COMMITTEE_CHAIR,
}


@act("tasks.excuse")
def excuse(
    tx: Transaction,
    task_id: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Note that a member is absent, so that the others go on without them (缺席).

    The absent have no voice and are not counted, neither for the result nor for the
    quorum. Nobody excuses themselves.

    Raises:
        NotAllowed: neither who leads the sitting nor in a deciding post.
        Invalid: the step is nobody's one voice, or no reason is given.
    """
    work = on_task(tx, task_id, actor)
    task = work.the_task
    check_version(version, task.version)
    if task.member_index is None:
        raise Invalid({"task_id": ["no_member"]})
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    _check_may_excuse(work, actor)
    absent = task.behalf_of_id or task.assignee_id
    if absent is not None and task.capacity is not None:
        _end_voice(work, absent, task.capacity)
    task.opinion = reason.strip()
    told = drop(work, task)
    facts = {"person": absent, "reason": reason.strip()}
    given = {**facts, **({"vote": told} if told else {})}
    return log_task(work, EventTag.MEMBER_EXCUSED, actor, given)


def drop(work: Work, task: Task) -> dict[str, Any]:
    """Let one member leave; returns what the vote came to, if it is one."""
    work.task = task
    instance = Instance.restore(work.pinned.bundle, work.case.state or b"")
    told = votes.leave(work, instance, task)
    facts = case_facts.everywhere(work, work.tx.now)
    delta = instance.drop(task.id, facts, functions=case_facts.functions(work))
    lifecycle.TASK.check(task.status, TaskStatus.CANCELLED)
    task.status, task.closed_at = TaskStatus.CANCELLED, work.tx.now
    settle(work, instance, delta, work.tx.now)
    return told


def _check_may_excuse(work: Work, actor: Actor) -> None:
    task = work.the_task
    chair = CHAIRS.get(task.capacity) if task.capacity is not None else None
    leads = chair is not None and actor.id in work.standing.chosen(chair)
    own = actor.id in {task.assignee_id, task.behalf_of_id}
    if own or not (leads or may_in(work, actor, Reserved.EXCUSAL)):
        raise not_allowed("tasks.excuse", named_in(work, Reserved.EXCUSAL))


def _end_voice(work: Work, person: UUID, capacity: Capacity) -> None:
    work.tx.session.execute(
        update(Assignment)
        .where(
            Assignment.case_id == work.case.id,
            Assignment.person_id == person,
            Assignment.capacity == capacity,
            Assignment.until.is_(None),
        )
        .values(until=work.tx.now)
    )
    look_again(work.tx, work.case.id)
