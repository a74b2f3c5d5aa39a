"""Write down what a move of the diagram changed: tasks, deadlines, assignments."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import joinedload

from engine.bpmn.expressions import compile_expression
from engine.bpmn.model import Node
from engine.commands import facts as case_facts
from engine.commands import kept_clocks, votes
from engine.commands.clocks import Clock
from engine.commands.drawn import interval_begins
from engine.commands.errors import ClockRunning
from engine.commands.people import as_actor, check_certificate
from engine.commands.pinned import SHANGHAI
from engine.commands.work import LIVE, Work, check_moment, hold
from engine.errors import Invalid, NotFound
from engine.rules import calls, lifecycle
from engine.rules.authority import check_post, check_separation
from engine.rules.deadlines import Term
from engine.runtime.history import pack
from engine.runtime.instance import Delta, Instance, OpenTask
from storage.database import new_id
from storage.models import Assignment, Deadline, Person, Task
from storage.prepared import Prepared
from storage.vocabulary import (
    Capacity,
    CaseStatus,
    DeadlineStatus,
    TaskKind,
    TaskStatus,
)

#: Built once: to build a statement costs more than to carry it out.
_CANCEL = Prepared(
    update(Task).where(
        Task.id == bindparam("gone"), or_(*(Task.status == live for live in LIVE))
    ),
    {"status", "closed_at"},
)
_END = Prepared(
    update(Assignment).where(
        Assignment.case_id == bindparam("case"),
        Assignment.capacity == bindparam("held"),
        Assignment.person_id == bindparam("person"),
        Assignment.until.is_(None),
        Assignment.named,
    ),
    {"until"},
)
_PEOPLE = (
    select(Person)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .options(joinedload(Person.posts))
)

#: So long are the columns; what is longer is no name of a fact.
_ORIGIN, _BASE_FROM = 160, 200

#: While a clock stands still nobody can say when it ends.
_COUNTED = (DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE)


class Returned(Protocol):
    """What a case that goes back knows of the steps that it opens again."""

    def keeps_clocks(self, item: OpenTask, node: Node) -> bool:
        """Let the clocks of a step go on; say whether none begins anew."""

    def assignee(self, item: OpenTask) -> UUID | None:
        """Return whose step it was."""


def settle(
    work: Work,
    instance: Instance,
    delta: Delta,
    acted_at: datetime,
    returned: Returned | None = None,
) -> list[str]:
    """Store the new state and everything it opened or closed; returns opened ids."""
    case = work.case
    delta = votes.without_recused(work, instance, delta)
    for chain, noted in delta.noted:
        case.facts = calls.keep(case.facts, chain, noted)
    if len(case.facts.get(calls.CALLS, ())) > calls.MAX_OVER:
        alive = {scope.scope for scope in instance.scopes()}
        case.facts = calls.forget_over(case.facts, alive)
    gone = [task_id for task_id in delta.closed if task_id != _own(work)]
    if gone:
        _cancel(work, gone)
    for passed in delta.entered:
        node = work.pinned.bundle.node(passed.process, passed.element)
        _apply(work, node, "complete", acted_at, None)
    opened = [
        (item, work.pinned.bundle.node(item.process, item.element))
        for item in delta.opened
    ]
    for item, node in opened:
        if returned is None or not returned.keeps_clocks(item, node):
            _apply(work, node, "open", acted_at, item)
    for item, node in opened:
        _open(work, item, node, returned)
    _set_status_by(work, delta)
    case.state = instance.save()
    case.lock_version += 1
    if work.task is not None and delta.trail:
        work.task.trail = pack(delta.trail, case.lock_version)
    return [str(item.id) for item in delta.opened]


def _set_status_by(work: Work, delta: Delta) -> None:
    """Let the case stand where an operation, or the end of its diagram, puts it."""
    if delta.finished:
        kept_clocks.end_all(work)
    status = delta.facts.get("case_status") if delta.facts else None
    if status is not None:
        set_status(work, CaseStatus(status))
    if delta.finished and work.case.status is CaseStatus.OPEN:
        set_status(work, CaseStatus.CLOSED)


def due_of(work: Work, node: Node) -> datetime | None:
    """Return by when *node* is to be completed: the next deadline that it meets."""
    codes = {rule.code for rule in node.deadlines if rule.meet}
    mine = [c for c in work.running() if c.code in codes] if codes else []
    return min((c.due_at for c in mine if c.status in _COUNTED), default=None)


def on_completion(work: Work, node: Node, acted_at: datetime) -> None:
    """Apply the deadlines and assignments that the completion of *node* brings."""
    for assign in node.assigns:
        people = work.case.facts.get(assign.from_)
        if people:
            chosen = people if isinstance(people, list) else [people]
            ids = [UUID(person) for person in chosen]
            check_eligible(work, assign.capacity, ids)
            replace_holders(work, assign, ids)
    _apply(work, node, "complete", acted_at, work.task)


def check_eligible(work: Work, capacity: Capacity, people: Iterable[UUID]) -> None:
    """Refuse who is not of the agency, was recused, or may not hold *capacity*.

    Raises:
        NotFound, Invalid, PostNotHeld, CertificateInvalid, SeparationOfDuties
    """
    wanted = list(people)
    found = work.tx.session.scalars(_PEOPLE, {"people": wanted}).unique()
    known = {person.id: person for person in found if person.active}
    for person_id in wanted:
        person = known.get(person_id)
        if person is None or person.agency_id != work.case.agency_id:
            raise NotFound("person", str(person_id))
        if person_id in work.standing.recused:
            raise Invalid({"person_ids": ["recused"]})
        check_post(capacity, as_actor(person).posts, work.rules.posts(capacity))
        if capacity is Capacity.HANDLER:
            check_certificate(work, person)
        check_separation(capacity, person_id, work.standing.held, work.rules.separation)


def replace_holders(work: Work, assign: Any, people: Iterable[UUID]) -> None:
    """End what others hold of a capacity and give it to *people*."""
    wanted = list(people)
    standing = work.standing
    gone = standing.chosen(assign.capacity) - set(wanted)
    if gone:
        work.tx.flush()  # they may have been named just now
        held = {"case": work.case.id, "held": assign.capacity, "until": work.tx.now}
        work.tx.run(_END, [{**held, "person": person} for person in sorted(gone)])
    ended = frozenset((assign.capacity, person) for person in gone)
    work.standing = replace(standing, named=standing.named - ended)
    hold(work, assign.capacity, wanted, named=True)


def start_deadline(
    work: Work,
    code: str,
    base: datetime,
    *,
    task: Task | OpenTask | None,
    fires: bool = False,
    recording_id: UUID | None = None,
    origin: str = "",
    base_from: str | None = None,
) -> Clock:
    """Start a deadline of the case from the moment *base*."""
    term = work.rules.terms[code]
    if term.locks:
        _check_alone(work, term, task.scope if task is not None else "")
    due_at = term.due(base, work.calendar)
    clock = Clock(
        id=new_id(),
        code=code,
        scope=task.scope if task is not None else "",
        task_id=task.id if task is not None and fires else None,
        status=DeadlineStatus.RUNNING,
        base_at=base,
        due_at=due_at,
        overdue_at=None,
    )
    clock.fresh = work.tx.insert(
        Deadline,
        id=clock.id,
        case_id=work.case.id,
        agency_id=work.case.agency_id,
        unit_id=work.case.unit_id,
        task_id=clock.task_id,
        recording_id=recording_id,
        code=code,
        scope=clock.scope,
        status=clock.status,
        base_at=base,
        length=term.length_of(base, due_at),
        unit=term.unit,
        rolls=term.rolls,
        due_at=clock.due_at,
        cites=list(term.cites),
        fires=fires,
        met_at=None,
        overdue_at=None,
        lapses=term.right,
        origin=origin[:_ORIGIN],
        base_from=base_from if len(base_from or "") <= _BASE_FROM else None,
        warn_at=term.next_warning(due_at, base),
    )
    work.clocks.append(clock)
    return clock


def restart(work: Work, was: Deadline, *, task_id: UUID | None = None) -> Clock:
    """Let a clock that was met or cancelled run again to the end that it had."""
    clock = Clock(
        id=new_id(),
        code=was.code,
        scope=was.scope,
        task_id=task_id,
        status=DeadlineStatus.RUNNING,
        base_at=was.base_at,
        due_at=was.due_at,
        overdue_at=was.overdue_at,
    )
    term = work.rules.terms.get(was.code)
    warn_at = None if term is None else term.next_warning(was.due_at, work.tx.now)
    values = {
        column.key: getattr(was, column.key)
        for column in Deadline.__table__.columns
        if column.key not in {"id", "task_id", "status", "met_at", "warn_at"}
    }
    clock.fresh = work.tx.insert(
        Deadline,
        **values,
        id=clock.id,
        task_id=task_id,
        status=clock.status,
        met_at=None,
        warn_at=warn_at,
    )
    work.clocks.append(clock)
    return clock


def _check_alone(work: Work, term: Term, scope: str) -> None:
    """Refuse to begin anew what is unsettled in a call; raises ClockRunning.

    Two acts of one case that began before their approval have a clock each.
    """
    for clock in work.running():
        if (clock.code, clock.scope) == (term.code, scope):
            cites = list(term.cites)
            raise ClockRunning(term.code, clock.base_at, clock.due_at, cites)


def _apply(  # one rule needs all of these
    work: Work,
    node: Node,
    when: str,
    acted_at: datetime,
    task: Task | OpenTask | None,
) -> None:
    if not node.deadlines:
        return
    origin, scope = f"{node.process}/{node.id}", task.scope if task else ""
    facts = case_facts.view(work, acted_at, scope if task else None)
    functions = case_facts.functions(work)
    for rule in node.deadlines:
        if rule.condition and not compile_expression(rule.condition)(facts, functions):
            if rule.start == when:
                kept_clocks.begins_no_more(work, origin, rule.code, scope)
            continue
        if rule.meet == when:
            _meet(work, rule.code, acted_at)
        # Where the authority's text states no such term, no clock is invented.
        term = work.rules.terms.get(rule.code)
        if (
            rule.start == when
            and term is not None
            and term.holds_in(work.case.process_key)
        ):
            if kept_clocks.begins_again(work, origin, rule.code, scope):
                continue
            base = interval_begins(work, node, task) or acted_at
            if rule.from_:
                given = as_moment(compile_expression(rule.from_)(facts, functions))
                if given is not None:
                    base = check_moment(work, rule.from_.rpartition(".")[2], given)
            start_deadline(
                work,
                rule.code,
                base,
                task=task,
                fires=rule.fires,
                origin=origin,
                base_from=rule.from_,
            )


def as_moment(given: object) -> datetime | None:
    """Return what a clock counts from: a day counts from its first second."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return datetime.combine(given, time(), SHANGHAI)
    return given if isinstance(given, datetime) else None


def _meet(work: Work, code: str, at: datetime) -> None:
    scope = work.task.scope if work.task is not None else ""
    mine = [clock for clock in work.running() if clock.code == code]
    term = work.rules.terms.get(code)
    if term is not None and term.locks:
        at = work.tx.now  # what anybody says of when it was does not count
    own = [clock for clock in mine if clock.scope == scope]
    if term is not None and term.locks:
        mine = own  # never that of another emergency
    for clock in own or mine:
        clock.meet(work.tx, at)
        work.clocks.remove(clock)


def _cancel(work: Work, gone: Collection[UUID]) -> None:
    over = {"status": TaskStatus.CANCELLED, "closed_at": work.tx.now}
    work.tx.run(_CANCEL, [{**over, "gone": task_id} for task_id in gone])
    for clock in [clock for clock in work.clocks if clock.task_id in gone]:
        if clock.status is DeadlineStatus.RUNNING:
            clock.cancel(work.tx)
            work.clocks.remove(clock)


def _open(
    work: Work, item: OpenTask, node: Node, returned: Returned | None = None
) -> None:
    assignee = votes.member(work, item)
    if assignee is None and returned is not None:
        assignee = returned.assignee(item)
    work.tx.insert(
        Task,
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
        panel_id=item.panel,
        held=bool(node.capacity and work.standing.holders(node.capacity)),
        status=TaskStatus.OPEN if assignee is None else TaskStatus.CLAIMED,
        assignee_id=assignee,
        opened_at=work.tx.now,
        due_at=due_of(work, node),
        claimed_at=None if assignee is None else work.tx.now,
    )


def set_status(work: Work, status: CaseStatus) -> None:
    """Let the case stand elsewhere in its life; raises IllegalTransition."""
    case = work.case
    lifecycle.CASE.check(case.status, status)
    case.status = status
    if status is CaseStatus.CLOSED:
        case.closed_at = work.tx.now
    if status is CaseStatus.ARCHIVED:
        case.archived_at = work.tx.now


def _own(work: Work) -> UUID | None:
    return work.task.id if work.task is not None else None
