"""What every command on a case begins with: lock it, and see who may act."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import undefer

from engine.actor import Actor
from engine.bpmn.model import Node
from engine.commands.clocks import Clock, of_rows
from engine.commands.errors import (
    BadMoment,
    CaseClosed,
    MatterReserved,
    NotYours,
    Recused,
    StaleForm,
    TaskClosed,
)
from engine.commands.pinned import Pinned, calendar_now, compiled_of, pinned_to
from engine.commands.standing import Standing, standing_of
from engine.commands.standing_in import principals
from engine.errors import NotFound
from engine.rules.authority import BY_ASSIGNMENT, Held, check_separation
from engine.rules.calendar import Calendar
from engine.rules.jurisdiction import Ruleset
from engine.runtime.instance import Instance
from storage.database import new_id
from storage.models import Assignment, Case, Task
from storage.prepared import Prepared, as_loaded, keys_of
from storage.queries.standing import OF_TASK, standing
from storage.transaction import Early, Transaction
from storage.vocabulary import Capacity, CaseStatus, TaskStatus

#: A task in one of these may still be worked on.
LIVE = (TaskStatus.OPEN, TaskStatus.CLAIMED)

_OVER = frozenset({CaseStatus.ARCHIVED, CaseStatus.TERMINATED, CaseStatus.SUSPENDED})


@dataclass
class Work:
    """A locked case, perhaps one of its tasks, and the law it is pinned to."""

    tx: Transaction
    case: Case
    pinned: Pinned
    standing: Standing
    task: Task | None = None
    rows: Sequence[Any] | None = field(default=None, repr=False)
    was_due: datetime | None = None  #: of the timer that moves the case, its end
    #: The stored facts, and the same typed: to type them often would cost much.
    typed: tuple[Mapping[str, Any], dict[str, Any]] | None = field(
        default=None, repr=False
    )

    _rules: tuple[datetime, Ruleset] | None = field(default=None, repr=False)
    _node: tuple[Task, Node] | None = field(default=None, repr=False)

    @cached_property
    def clocks(self) -> list[Clock]:
        """The deadlines that were not met when the case was locked, and those since."""
        rows = self.rows
        if rows is None:
            rows = standing(self.tx, self.case.id)
        return of_rows(row for row in rows if row.what == "clock")

    def running(self) -> list[Clock]:
        """Return what still runs: a clock that wakes the task at hand has ended."""
        own = self.task.id if self.task is not None else None
        return [c for c in self.clocks if c.task_id is None or c.task_id != own]

    @cached_property
    def calendar(self) -> Calendar:
        """The holidays as they are published now."""
        return calendar_now(self.tx.connection)

    @cached_property
    def instance(self) -> Instance:
        """The diagram as the case left it; whoever moves it stores it as well."""
        return Instance.restore(self.pinned.bundle, self.case.state or b"")

    @property
    def rules(self) -> Ruleset:
        """The entries in force when the task opened, or now."""
        moment = self.task.opened_at if self.task else self.tx.now
        if self._rules is None or self._rules[0] is not moment:
            self._rules = (moment, self.pinned.rules(moment))
        return self._rules[1]

    @property
    def node(self) -> Node:
        """The node of the diagram that the task visits."""
        task = self.the_task
        if self._node is None or self._node[0] is not task:
            self._node = (task, self.pinned.bundle.node(task.process, task.element))
        return self._node[1]

    @property
    def the_task(self) -> Task:
        """The task at hand."""
        if self.task is None:
            raise NotFound("task", "")
        return self.task


#: Built once: to build a statement costs more than to carry it out.
_CASE = (
    select(Case)
    .where(Case.id == bindparam("id"))
    .options(undefer(Case.state))
    .with_for_update()
    .execution_options(populate_existing=True)
)
#: The case is locked before its task: who decides on a case as a whole has it first.
_TASK = (
    select(Task, Case)
    .select_from(Case)
    .join(Task, Task.case_id == Case.id)
    .where(Task.id == bindparam("id"))
    .options(undefer(Case.state))
    .with_for_update()
    .execution_options(populate_existing=True)
)
#: The same in plain columns.
_ROW = Prepared(
    select(*Task.__table__.columns, *Case.__table__.columns)
    .select_from(Case)
    .join(Task, Task.case_id == Case.id)
    .where(Task.id == bindparam("task"))
    .with_for_update()
)


def on_case(
    tx: Transaction,
    case_id: UUID,
    actor: Actor | None,
    *,
    over: Collection[CaseStatus] = _OVER,
) -> Work:
    """Lock a case for *actor*; raises NotFound, Recused, CaseClosed.

    A case in one of *over* takes no act of this kind.
    """
    case = tx.session.scalar(_CASE, {"id": case_id})
    if case is None or (actor is not None and case.agency_id != actor.agency_id):
        raise NotFound("case", str(case_id))
    work = _work(tx, case, None)
    if actor is not None and actor.id in work.standing.recused:
        raise Recused(case.number)
    if case.status in over:
        raise CaseClosed(case.number, case.status)
    return work


def on_task(tx: Transaction, task_id: UUID, actor: Actor | None) -> Work:
    """Lock a live task with its case; raises also TaskClosed."""
    row = tx.session.execute(_TASK, {"id": task_id}).first()
    if row is None:
        raise NotFound("task", str(task_id))
    return _on_live(_work(tx, row.Case, row.Task), actor)


def on_any_task(tx: Transaction, task_id: UUID, actor: Actor) -> Work:
    """Lock a task that may be over, in a case that goes on; raises CaseClosed."""
    row = tx.session.execute(_TASK, {"id": task_id}).first()
    if row is None or row.Case.agency_id != actor.agency_id:
        raise NotFound("task", str(task_id))
    work = _work(tx, row.Case, row.Task)
    if actor.id in work.standing.recused:
        raise Recused(row.Case.number)
    if row.Case.status is not CaseStatus.OPEN:
        raise CaseClosed(row.Case.number, row.Case.status)
    return work


def first_of_task(params: Mapping[str, Any]) -> Iterable[Early]:
    """Return what ``on_task_alone`` will ask, for the parameters of an act."""
    try:
        task_id = UUID(str(params.get("task_id")))
    except ValueError:
        return  # the act itself will refuse it
    for statement in (_ROW, OF_TASK):
        yield statement, {"task": task_id}


def on_task_alone(tx: Transaction, task_id: UUID, actor: Actor) -> Work:
    """Lock a live task with its case, both in no session: nobody else may use them.

    A command that is carried out often saves what a session takes for its objects.
    """
    rows = tx.early(_ROW, task=task_id).tuples()
    stands = tx.early(OF_TASK, task=task_id).rows()
    if not rows:
        raise NotFound("task", str(task_id))
    own = len(keys_of(Task))
    task, case = as_loaded(Task, rows[0][:own]), as_loaded(Case, rows[0][own:])
    tx.watch(task, case)
    return _on_live(_work(tx, case, task, stands), actor)


def _on_live(work: Work, actor: Actor | None) -> Work:
    task, case = work.the_task, work.case
    if actor is not None and case.agency_id != actor.agency_id:
        raise NotFound("task", str(task.id))
    if actor is not None and actor.id in work.standing.recused:
        raise Recused(case.number)
    if task.status not in LIVE:
        raise TaskClosed(task.element, task.status, task.closed_at)
    if case.status is CaseStatus.SUSPENDED:
        raise CaseClosed(case.number, case.status)
    return work


def check_version(expected: int | None, actual: int) -> None:
    """Refuse a form that was shown before somebody changed the thing."""
    if expected is not None and expected != actual:
        raise StaleForm(expected, actual)


def check_moment(work: Work, field: str, moment: datetime | None) -> datetime:
    """Return when the act took place: not before the case, not after now."""
    if moment is None:
        return work.tx.now
    # What people enter knows no seconds.
    began = work.case.opened_at.replace(second=0, microsecond=0)
    if not began <= moment <= work.tx.now:
        raise BadMoment(field, moment, began, work.tx.now)
    return moment


def check_may_act(
    work: Work, actor: Actor, capacity: Capacity, matter: str | None = None
) -> None:
    """Refuse who does not hold *capacity*, or holds one that excludes it.

    Once people were named to a capacity, only they act in it; before, or where
    nobody needs to be named, a fitting post suffices.

    Args:
        work: the case.
        actor: who would act.
        capacity: in which capacity.
        matter: the activity or document that it is about, for which the rules may
            name posts of their own; none: the activity of the task at hand.

    Raises:
        MatterReserved: the rules reserve the matter to posts not held.
        NotYours: neither assigned nor, where that suffices, in a fitting post.
        SeparationOfDuties: another capacity held in this case excludes it.
    """
    task = work.task
    name = task.element if task is not None else work.case.number
    if matter is None and task is not None:
        matter = task.activity
    reserved = work.rules.reserved(capacity, matter)
    if reserved is not None and not actor.holds(*reserved.posts):
        posts = [post.value for post in reserved.posts]
        raise MatterReserved(name, capacity, posts, list(reserved.cites))
    chosen = work.standing.chosen(capacity)
    if chosen or capacity in BY_ASSIGNMENT:
        if actor.id not in chosen:
            raise NotYours(name, capacity, None)
    elif not actor.holds(*work.rules.posts(capacity)):
        raise NotYours(name, capacity, None)
    check_separation(capacity, actor.id, work.standing.held, work.rules.separation)


def take(work: Work, actor: Actor) -> None:
    """Make the task the actor's own, checking that it may be; does nothing if it is.

    A standing deputy takes what is the principal's, if their own post suffices.
    """
    task = work.the_task
    if task.assignee_id == actor.id:
        return
    try:
        if task.assignee_id is not None:
            raise _taken(task)
        if task.capacity is not None:
            check_may_act(work, actor, task.capacity)
    except NotYours:
        task.behalf_of_id = _principal(work, actor)
        if task.behalf_of_id is None:
            raise
    if task.capacity is not None:
        hold(work, task.capacity, [actor.id])
    task.assignee_id = actor.id
    task.status = TaskStatus.CLAIMED
    task.claimed_at = work.tx.now


def _taken(task: Task) -> NotYours:
    return NotYours(task.element, task.capacity or "", str(task.assignee_id))


def check_post_of(
    work: Work, actor: Actor, capacity: Capacity, matter: str | None = None
) -> None:
    """Refuse who could not hold *capacity* by a post, named or not."""
    unnamed = replace(work.standing, named=frozenset())
    work.standing, standing = unnamed, work.standing
    try:
        check_may_act(work, actor, capacity, matter)
    finally:
        work.standing = standing


def _principal(work: Work, actor: Actor) -> UUID | None:
    """Return for whom the actor may take the task as a deputy; None: for nobody."""
    task = work.the_task
    if task.assignee_id is not None:
        wanted = frozenset({task.assignee_id})
    elif task.capacity is not None:
        wanted = work.standing.chosen(task.capacity)
    else:
        return None
    return stands_in_for(work, actor, task.capacity, wanted)


def stands_in_for(
    work: Work,
    actor: Actor,
    capacity: Capacity | None,
    wanted: frozenset[UUID],
    matter: str | None = None,
) -> UUID | None:
    """Return for whom of *wanted* the actor acts as a deputy; None: for nobody.

    Where the law says who sits, nobody does; elsewhere their own post must suffice.
    """
    if capacity in BY_ASSIGNMENT:
        return None
    found = wanted & principals(work.tx.session, actor.id, work.tx.now)
    if not found:
        return None
    if capacity is not None:
        check_post_of(work, actor, capacity, matter)
    return min(found)


def hold(
    work: Work, capacity: Capacity, people: Iterable[UUID], *, named: bool = False
) -> None:
    """Note that *people* hold *capacity* in this case from now on."""
    standing = work.standing
    holders = standing.holders(capacity)
    known = standing.chosen(capacity) if named else holders
    fresh = [person for person in people if person not in known]
    promoted = holders.intersection(fresh)
    if promoted:
        # Who acted in it before is now named to it: one row, not two.
        work.tx.session.execute(
            update(Assignment)
            .where(
                Assignment.case_id == work.case.id,
                Assignment.capacity == capacity,
                Assignment.person_id.in_(promoted),
                Assignment.until.is_(None),
            )
            .values(named=True)
        )
    for person in fresh:
        if person in promoted:
            continue
        work.tx.insert(
            Assignment,
            id=new_id(),
            case_id=work.case.id,
            capacity=capacity,
            person_id=person,
            since=work.tx.now,
            named=named,
        )
    added = frozenset((capacity, person) for person in fresh) if named else frozenset()
    work.standing = Standing(
        standing.held + tuple(Held(capacity, p, current=True) for p in fresh),
        standing.recused,
        standing.named | added,
    )


def _work(
    tx: Transaction, case: Case, task: Task | None, rows: Sequence[Any] | None = None
) -> Work:
    if rows is None:
        rows = standing(tx, case.id)
    pinned = compiled_of(case.requirement_set_id)
    if pinned is None:
        pinned = pinned_to(tx.session, case.requirement_set_id)
    return Work(tx, case, pinned, standing_of(rows), task, rows)
