"""Let a case stand still and go on (中止 恢复), or end it before its end (终止)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands import facts as case_facts
from engine.commands.acts import Result, act
from engine.commands.advance import set_status, settle
from engine.commands.deciding import require
from engine.commands.errors import NotReturnable
from engine.commands.locks import require_none_locked
from engine.commands.shown import as_shown, moves_on
from engine.commands.suspending import cancel_clocks, resume_clocks, suspend_clocks
from engine.commands.work import Work, on_case
from engine.errors import Invalid
from engine.events import EventTag
from engine.rules.posts import Reserved
from storage.models import Task
from storage.transaction import Transaction
from storage.vocabulary import CaseStatus, TaskStatus

#: A case in one of these is not halted any more.
_OVER = frozenset({CaseStatus.ARCHIVED, CaseStatus.TERMINATED})


@act("cases.suspend")
def suspend(
    tx: Transaction,
    case_id: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Let a case stand still; only those clocks stop whose terms say so (中止)."""
    work = _decided(tx, case_id, "cases.suspend", reason, version, actor)
    stopped = suspend_clocks(work, reason.strip(), actor=actor)
    set_status(work, CaseStatus.SUSPENDED)
    facts = {"reason": reason.strip(), "stopped": stopped}
    return _log(work, EventTag.CASE_SUSPENDED, actor, facts)


@act("cases.resume")
def resume(
    tx: Transaction,
    case_id: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """Let a case go on, with the clocks where they stood (恢复)."""
    work = _decided(tx, case_id, "cases.resume", reason, version, actor)
    set_status(work, CaseStatus.OPEN)
    moved = resume_clocks(work)
    facts = {"reason": reason.strip(), "moved": moved}
    return _log(work, EventTag.CASE_RESUMED, actor, facts)


@act("cases.terminate")
def terminate(
    tx: Transaction,
    case_id: UUID,
    reason: str,
    version: int | None = None,
    *,
    actor: Actor,
) -> Result:
    """End a case before its end; its file stays, and is archived (终止).

    Raises:
        NotReturnable: something that has left the agency would be left hanging.
        StepLocked: an emergency is unsettled.
    """
    work = _decided(tx, case_id, "cases.terminate", reason, version, actor)
    _check_nothing_left(work)
    require_none_locked(work)
    set_status(work, CaseStatus.TERMINATED)
    work.case.closed_at = tx.now
    facts = case_facts.everywhere(work, tx.now)
    instance = work.instance
    settle(work, instance, instance.abandon(facts), tx.now)
    cancelled = cancel_clocks(work)
    told = {"reason": reason.strip(), "clocks": cancelled}
    return _log(work, EventTag.CASE_TERMINATED, actor, told)


def _decided(
    tx: Transaction,
    case_id: UUID,
    name: str,
    reason: str,
    version: int | None,
    actor: Actor,
) -> Work:
    work = on_case(tx, case_id, actor, over=_OVER)
    as_shown(work, version)
    ends = name == "cases.terminate"
    require(work, actor, name, Reserved.TERMINATION if ends else Reserved.SUSPENSION)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    moves_on(work)
    return work


def _check_nothing_left(work: Work) -> None:
    """Refuse to end what has reached somebody outside; raises NotReturnable."""
    places = work.tx.session.execute(
        select(Task.process, Task.element).where(
            Task.case_id == work.case.id, Task.status == TaskStatus.DONE
        )
    )
    for process, element in places:
        if work.pinned.bundle.node(process, element).no_return:
            raise NotReturnable(work.case.number, element, "no_return", element)


def _log(work: Work, tag: EventTag, actor: Actor, facts: dict[str, Any]) -> Result:
    result = {"case_id": str(work.case.id), "status": work.case.status.value}
    work.tx.log(
        tag, work.case, by=actor.id, subject=work.case.id, facts=facts, result=result
    )
    return result
