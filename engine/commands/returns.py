"""Send a case back to an earlier step (退回), or take one's own step back (撤回)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from engine.actor import Actor
from engine.commands import facts as case_facts
from engine.commands import kept_clocks
from engine.commands.acts import Result, act
from engine.commands.advance import restart, settle
from engine.commands.deciding import may_in, require
from engine.commands.errors import (
    NextHasActed,
    NotReturnable,
    NotYours,
    OwnVoice,
    TaskClosed,
)
from engine.commands.locks import require_unlocked
from engine.commands.returning import (
    Resumption,
    Return,
    Trails,
    begun_by,
    consequences,
    met_by,
    require_return,
    trails_of,
)
from engine.commands.tasks import log_task
from engine.commands.work import (
    Work,
    check_version,
    on_any_task,
    on_task,
    take,
)
from engine.errors import Invalid
from engine.events import EventTag
from engine.rules import calls, lifecycle
from engine.rules.posts import Reserved
from engine.runtime.history import Happening, pack, rewrite, unpack
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus, TaskKind, TaskStatus

#: A clock in one of these was begun, and is not begun again with its step.
_KEPT = (
    DeadlineStatus.RUNNING,
    DeadlineStatus.OVERDUE,
    DeadlineStatus.SUSPENDED,
    DeadlineStatus.MET,
)


@act("tasks.send_back")
def send_back(
    tx: Transaction,
    task_id: UUID,
    to: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Send the case back to an earlier step, to be done again from there.

    What rests on that step is undone: open tasks end, what was done stays readable.
    No clock begins anew: those that were met run again to the end they had.

    Args:
        tx: the transaction.
        task_id: the open task from which the case goes back.
        to: the visit of the earlier step, as the preview names it.
        reason: why; kept in the chain and shown to whoever does the step again.
        version: of the task, as it was shown.
        actor: who holds the task or may take it; a deciding post for a panel's.

    Raises:
        NotReturnable: not on the path here, or barred by what has left the agency.
    """
    work = on_task(tx, task_id, actor)
    task = work.the_task
    check_version(version, task.version)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    _check_may_send_back(work, actor)
    require_unlocked(work, checkpoint=False)
    trails = trails_of(work)
    returning = work.instance.returning(trails.history)
    chosen = require_return(work, trails, returning, to)
    lifecycle.TASK.check(task.status, TaskStatus.CANCELLED)
    task.status, task.closed_at = TaskStatus.CANCELLED, tx.now
    task.closed_by_id, task.opinion = actor.id, reason.strip()
    opened = go(work, trails, chosen)
    return _log(work, EventTag.TASK_SENT_BACK, actor, chosen, reason, opened)


@act("tasks.withdraw")
def withdraw(
    tx: Transaction,
    task_id: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Take one's own completed step back before anybody acts on it.

    Raises:
        NextHasActed: somebody has completed or taken on what came of it.
        NotReturnable: what it brought about has left the agency.
    """
    work = on_any_task(tx, task_id, actor)
    task = work.the_task
    check_version(version, task.version)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    if task.status is not TaskStatus.DONE or task.kind is not TaskKind.USER:
        raise TaskClosed(task.element, task.status, task.closed_at)
    if task.closed_by_id != actor.id:
        raise NotYours(task.element, task.capacity or "", str(task.closed_by_id))
    if task.member_index is not None:
        raise OwnVoice(task.element)  # a vote that was cast stands
    trails = trails_of(work)
    returning = work.instance.returning(trails.history)
    earlier = returning.undoing(task.id.bytes)
    if earlier is None:
        raise NotReturnable(task.element, task.element, "not_on_path", None)
    chosen = consequences(work, trails, returning, earlier)
    if chosen.why is not None:
        raise NotReturnable(task.element, task.element, chosen.why, chosen.bar)
    _check_nobody_acted(work, chosen, actor)
    opened = go(work, trails, chosen)
    return _log(work, EventTag.TASK_WITHDRAWN, actor, chosen, reason, opened)


def _check_may_send_back(work: Work, actor: Actor) -> None:
    task = work.the_task
    if task.kind is TaskKind.TIMER or task.member_index is not None:
        # One voice does not undo those of the others.
        require(work, actor, "tasks.send_back", Reserved.RETURN)
    elif task.assignee_id == actor.id or not may_in(work, actor, Reserved.RETURN):
        take(work, actor)


def _check_nobody_acted(work: Work, chosen: Return, actor: Actor) -> None:
    for other in chosen.undone:
        if other.id != work.the_task.id:
            raise NextHasActed(
                work.the_task.element, other.element, _text(other.closed_by_id)
            )
    for other in chosen.cancelled:
        taken = other.claimed_at is not None and other.claimed_at > other.opened_at
        if taken and other.assignee_id != actor.id:
            raise NextHasActed(
                work.the_task.element, other.element, _text(other.assignee_id)
            )


def go(
    work: Work,
    trails: Trails,
    chosen: Return,
    resumed: Callable[[dict[UUID, UUID]], Resumption] | None = None,
) -> list[str]:
    """Move the diagram back, and write down all that follows; returns opened ids.

    *resumed* makes of the tasks that stand in for others what the opened steps go by.
    """
    tx, instance = work.tx, work.instance
    returning = instance.returning(trails.history)
    _forget_outcomes(work, chosen)
    for done in chosen.undone:
        done.undone_at = tx.now
    _keep_clocks(work, trails, chosen)
    facts = case_facts.everywhere(work, tx.now)
    delta, renamed = instance.go_back(
        returning, chosen.earlier, facts, functions=case_facts.functions(work)
    )
    _rewrite(trails, chosen, renamed)
    names = {
        UUID(bytes=new): UUID(bytes=old)
        for old, fresh in renamed.items()
        for new in fresh
    }
    kept = work.the_task.trail if work.the_task.id == chosen.task.id else None
    if resumed is None:
        resumption = Resumption(work, chosen, names, trails.tasks)
    else:
        resumption = resumed(names)
    opened = settle(work, instance, delta, tx.now, resumption)
    if kept and delta.trail:
        _, before = unpack(kept)
        events = [*before, *delta.trail]
        work.the_task.trail = pack(events, work.case.lock_version)
    return opened


def _keep_clocks(work: Work, trails: Trails, chosen: Return) -> None:
    """Let met clocks run again, and none begin a second time with its step."""
    again = {
        row.id: restart(work, row).id for row in met_by(work, trails, chosen.undone)
    }
    rows = [
        row
        for row in trails.clocks(work)
        if row.origin in chosen.origins and row.status in _KEPT and row.task_id is None
    ]
    begun = {
        again.get(row.id, row.id): row
        for row in rows
        if begun_by(row, chosen.undone, chosen.origins)
    }
    kept_clocks.keep(work, begun)


def _forget_outcomes(work: Work, chosen: Return) -> None:
    """Let no outcome speak that was undone; answers stay until they are given anew."""
    undone = {task.element for task in chosen.undone}
    work.case.facts = calls.forget_outcomes(work.case.facts, undone)


def _rewrite(
    trails: Trails,
    chosen: Return,
    renamed: Mapping[bytes, list[bytes]],
) -> None:
    """Keep of each trail what still stands."""
    changed = rewrite(trails.events, chosen.earlier.undone, renamed)
    touched = {trails.holders[number] for number in changed}
    for task_id in touched:
        rest = _rest(trails, changed, task_id)
        trails.tasks[task_id].trail = pack(rest, trails.orders[task_id])


def _rest(
    trails: Trails, changed: Mapping[int, Happening | None], task_id: UUID
) -> Iterable[Happening]:
    for number, event in enumerate(trails.events):
        if trails.holders[number] == task_id:
            kept = changed.get(number, event)
            if kept is not None:
                yield kept


def _log(
    work: Work,
    tag: EventTag,
    actor: Actor,
    chosen: Return,
    reason: str,
    opened: list[str],
) -> Result:
    facts: dict[str, Any] = {
        "to": chosen.task.element,
        "to_task": chosen.task.id,
        "reason": reason.strip(),
        "undone": [task.id for task in chosen.undone],
        "cancelled": [task.id for task in chosen.cancelled],
        "reopened": [task.id for task in chosen.reopened],
        "clocks": [
            {
                "code": clock.deadline.code,
                "effect": clock.effect,
                "due_at": clock.due_at,
            }
            for clock in chosen.clocks
        ],
    }
    return log_task(work, tag, actor, facts, result={"opened": opened})


def _text(identifier: UUID | None) -> str | None:
    return None if identifier is None else str(identifier)
