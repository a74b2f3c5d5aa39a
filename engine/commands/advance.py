"""Write down what a move of the diagram changed: tasks, deadlines, assignments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from engine.bpmn.expressions import compile_expression
from engine.bpmn.model import Node
from engine.commands import facts as case_facts
from engine.commands.people import actor_of, check_certificate
from engine.commands.pinned import calendar_now
from engine.commands.work import LIVE, Work, hold
from engine.errors import Invalid, NotFound
from engine.rules import lifecycle
from engine.rules.authority import check_separation
from engine.runtime.instance import Delta, Instance, OpenTask
from storage.database import new_id
from storage.models import Assignment, Deadline, Person, Task
from storage.vocabulary import (
    Capacity,
    CaseStatus,
    DeadlineStatus,
    TaskKind,
    TaskStatus,
)


def settle(
    work: Work, instance: Instance, delta: Delta, acted_at: datetime
) -> list[str]:
    """Store the new state and everything it opened or closed; returns opened ids."""
    case, tx = work.case, work.tx
    if delta.facts:
        case.facts = {**case.facts, **delta.facts}
    gone = [task_id for task_id in delta.closed if task_id != _own(work)]
    if gone:
        _cancel(work, gone)
    running = _running(work)
    for passed in delta.entered:
        node = work.pinned.bundle.node(passed.process, passed.element)
        _apply(work, node, "complete", acted_at, running, None)
    opened = [_open(work, item) for item in delta.opened]
    for task, node in opened:
        tx.add(task)
        _apply(work, node, "open", acted_at, running, task)
    for task, node in opened:
        task.due_at = _clock(node, running)
    status = delta.facts.get("case_status") if delta.facts else None
    if status is not None:
        _set_status(work, CaseStatus(status))
    if delta.finished and case.status is CaseStatus.OPEN:
        _set_status(work, CaseStatus.CLOSED)
    case.state = instance.save()
    case.lock_version += 1
    return [str(task.id) for task, _ in opened]


def on_completion(work: Work, node: Node, acted_at: datetime) -> None:
    """Apply the deadlines and assignments that the completion of *node* brings."""
    for assign in node.assigns:
        people = work.case.facts.get(assign.from_)
        if people:
            chosen = people if isinstance(people, list) else [people]
            ids = [UUID(person) for person in chosen]
            check_eligible(work, assign.capacity, ids)
            replace_holders(work, assign, ids)
    _apply(work, node, "complete", acted_at, _running(work), work.task)


def check_eligible(work: Work, capacity: Capacity, people: Iterable[UUID]) -> None:
    """Refuse who is not of the agency, was recused, or holds what excludes it.

    Raises:
        NotFound, Invalid, SeparationOfDuties
    """
    for person_id in people:
        person = actor_of(work.tx.session, person_id)
        if person is None or person.agency_id != work.case.agency_id:
            raise NotFound("person", str(person_id))
        if person_id in work.standing.recused:
            raise Invalid({"person_ids": ["recused"]})
        if capacity is Capacity.HANDLER:
            check_certificate(work, work.tx.session.get_one(Person, person_id))
        check_separation(capacity, person_id, work.standing.held, work.rules.separation)


def replace_holders(work: Work, assign: Any, people: Iterable[UUID]) -> None:
    """End what others hold of a capacity and give it to *people*."""
    wanted = list(people)
    work.tx.session.execute(
        update(Assignment)
        .where(
            Assignment.case_id == work.case.id,
            Assignment.capacity == assign.capacity,
            Assignment.until.is_(None),
            Assignment.named,
            Assignment.person_id.not_in(wanted),
        )
        .values(until=work.tx.now)
    )
    standing = work.standing
    gone = frozenset(
        (capacity, person)
        for capacity, person in standing.named
        if capacity == assign.capacity and person not in wanted
    )
    work.standing = replace(standing, named=standing.named - gone)
    hold(work, assign.capacity, wanted, named=True)


def start_deadline(
    work: Work,
    code: str,
    base: datetime,
    *,
    task: Task | None,
    fires: bool = False,
    recording_id: UUID | None = None,
) -> Deadline:
    """Start a deadline of the case from the moment *base*."""
    term = work.rules.terms[code]
    deadline = Deadline(
        id=new_id(),
        case_id=work.case.id,
        task_id=task.id if task is not None and fires else None,
        recording_id=recording_id,
        code=code,
        scope=task.scope if task is not None else "",
        status=DeadlineStatus.RUNNING,
        base_at=base,
        length=term.length,
        unit=term.unit,
        rolls=term.rolls,
        due_at=term.due(base, calendar_now(work.tx.session)),
        cites=list(term.cites),
        fires=fires,
    )
    work.tx.add(deadline)
    return deadline


def _apply(  # one rule needs all of these
    work: Work,
    node: Node,
    when: str,
    acted_at: datetime,
    running: list[Deadline],
    task: Task | None,
) -> None:
    if not node.deadlines:
        return
    facts = case_facts.view(work, acted_at)
    calls = case_facts.functions(work)
    for rule in node.deadlines:
        if rule.condition and not compile_expression(rule.condition)(facts, calls):
            continue
        if rule.meet == when:
            _meet(work, rule.code, running, acted_at)
        # Where the authority's text states no such term, no clock is invented.
        if rule.start == when and rule.code in work.rules.terms:
            given = compile_expression(rule.from_)(facts, calls) if rule.from_ else None
            base = given if isinstance(given, datetime) else acted_at
            running.append(
                start_deadline(work, rule.code, base, task=task, fires=rule.fires)
            )


def _meet(work: Work, code: str, running: list[Deadline], at: datetime) -> None:
    scope = work.task.scope if work.task is not None else ""
    mine = [d for d in running if d.code == code]
    for deadline in [d for d in mine if d.scope == scope] or mine:
        lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.MET)
        if at > deadline.due_at and deadline.overdue_at is None:
            deadline.overdue_at = deadline.due_at  # met, but late: kept for ever
        deadline.status, deadline.met_at = DeadlineStatus.MET, at
        running.remove(deadline)


def _running(work: Work) -> list[Deadline]:
    return list(
        work.tx.session.scalars(
            select(Deadline).where(
                Deadline.case_id == work.case.id,
                Deadline.status.in_([DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE]),
            )
        )
    )


def _cancel(work: Work, gone: list[UUID]) -> None:
    tx = work.tx
    tx.session.execute(
        update(Task)
        .where(Task.id.in_(gone), Task.status.in_(LIVE))
        .values(status=TaskStatus.CANCELLED, closed_at=tx.now)
    )
    tx.session.execute(
        update(Deadline)
        .where(Deadline.task_id.in_(gone), Deadline.status == DeadlineStatus.RUNNING)
        .values(status=DeadlineStatus.CANCELLED)
    )


def _open(work: Work, item: OpenTask) -> tuple[Task, Node]:
    node = work.pinned.bundle.node(item.process, item.element)
    assignee = _member(work.case.facts, node, item.index)
    task = Task(
        id=item.id,
        case_id=work.case.id,
        agency_id=work.case.agency_id,
        unit_id=work.case.unit_id,
        kind=item.kind,
        process=item.process,
        element=item.element,
        name=node.name,
        activity=node.activity,
        capacity=node.capacity if item.kind is not TaskKind.TIMER else None,
        path="/".join(item.path),
        scope=item.scope,
        subject=item.subject,
        member_index=item.index,
        status=TaskStatus.OPEN if assignee is None else TaskStatus.CLAIMED,
        assignee_id=assignee,
        opened_at=work.tx.now,
        claimed_at=None if assignee is None else work.tx.now,
    )
    return task, node


def _member(facts: Mapping[str, Any], node: Node, index: int | None) -> UUID | None:
    if node.members is None or index is None:
        return None
    members = facts.get(node.members) or []
    return UUID(members[index]) if index < len(members) else None


def _clock(node: Node, running: list[Deadline]) -> datetime | None:
    codes = {rule.code for rule in node.deadlines if rule.meet}
    mine = [d.due_at for d in running if d.code in codes]
    return min(mine) if mine else None


def _set_status(work: Work, status: CaseStatus) -> None:
    case = work.case
    lifecycle.CASE.check(case.status, status)
    case.status = status
    if status is CaseStatus.CLOSED:
        case.closed_at = work.tx.now
    if status is CaseStatus.ARCHIVED:
        case.archived_at = work.tx.now


def _own(work: Work) -> UUID | None:
    return work.task.id if work.task is not None else None
