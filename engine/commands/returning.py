"""Where a case may go back to, and what that would undo; nothing is changed here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.model import Node
from engine.commands.advance import restart
from engine.commands.errors import NotReturnable
from engine.commands.work import LIVE, Work
from engine.runtime.history import Happening, History, unpack
from engine.runtime.instance import OpenTask
from engine.runtime.returning import Earlier, Returning
from storage.models import Deadline, Document, Task
from storage.vocabulary import DeadlineStatus, DocumentStatus, TaskKind, TaskStatus

#: A document in one of these is on the file.
_ON_FILE = (DocumentStatus.PREPARED, DocumentStatus.FINAL)
#: A clock in one of these counts, or will.
_COUNTING = (DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE, DeadlineStatus.SUSPENDED)


class Effect(StrEnum):
    """What becomes of a clock when a case goes back."""

    CONTINUES = "continues"  #: it never stopped
    RUNS_AGAIN = "runs_again"  #: it had been met; its end stays where it was
    #: A step began it that is undone: it runs on, and keeps its end when that step
    #: is done again; it ends when that step does not begin it any more.
    KEPT = "kept"
    ENDS = "ends"  #: what waited for it waits no more


@dataclass(frozen=True)
class ClockEffect:
    """One clock, and what becomes of it."""

    deadline: Deadline
    effect: Effect

    @property
    def due_at(self) -> datetime:
        """The end, which going back does not move."""
        return self.deadline.due_at


@dataclass(frozen=True)
class Return:
    """One earlier step, and all that going back to it would bring about."""

    task: Task  #: the visit that would be done again
    earlier: Earlier
    origins: frozenset[str]  #: all that is undone, as deadlines name what began them
    undone: tuple[Task, ...]  #: done since, to be done again; they stay readable
    cancelled: tuple[Task, ...]  #: open now
    reopened: tuple[Task, ...]  #: cancelled since, to be open again
    clocks: tuple[ClockEffect, ...]
    documents: tuple[Document, ...]  #: they stay readable; the step writes new ones
    bar: str | None = None  #: the step that bars it
    why: str | None = None  #: as NotReturnable says it


@dataclass
class Trails:
    """All that happened in a case and still stands, with the rows that hold it."""

    tasks: Mapping[UUID, Task]
    events: list[Happening] = field(default_factory=list)
    holders: list[UUID] = field(default_factory=list)
    orders: dict[UUID, int] = field(default_factory=dict)

    #: What was read of the case, once for all steps that it may go back to.
    _clocks: Sequence[Deadline] | None = field(default=None, repr=False)
    _papers: Sequence[Document] | None = field(default=None, repr=False)

    def clocks(self, work: Work) -> Sequence[Deadline]:
        """Return every deadline of the case."""
        if self._clocks is None:
            query = select(Deadline).where(Deadline.case_id == work.case.id)
            self._clocks = work.tx.session.scalars(query).all()
        return self._clocks

    def papers(self, work: Work) -> Sequence[Document]:
        """Return every document that is on the file of the case, the oldest first."""
        if self._papers is None:
            query = select(Document).where(
                Document.case_id == work.case.id, Document.status.in_(_ON_FILE)
            )
            self._papers = work.tx.session.scalars(query.order_by(Document.id)).all()
        return self._papers

    @property
    def history(self) -> History:
        """The events as one."""
        return History(self.events)


def trails_of(work: Work) -> Trails:
    """Return what happened in a case."""
    work.tx.flush()
    rows = work.tx.session.execute(
        select(Task, Task.trail).where(Task.case_id == work.case.id)
    ).all()
    found = Trails({row.Task.id: row.Task for row in rows})
    kept = [(unpack(row.trail), row.Task.id) for row in rows if row.trail]
    for (order, events), task_id in sorted(kept, key=lambda one: one[0][0]):
        found.orders[task_id] = order
        found.events += events
        found.holders += [task_id] * len(events)
    return found


def returns_from(work: Work) -> list[Return]:
    """Return every step that the task at hand rests on, the latest first.

    Those that are barred are among them, with what bars them.
    """
    trails = trails_of(work)
    returning = work.instance.returning(trails.history)
    return [
        consequences(work, trails, returning, earlier)
        for earlier in returning.earlier(work.the_task.id)
        if earlier.task in trails.tasks
    ]


def require_return(
    work: Work, trails: Trails, returning: Returning, to: UUID
) -> Return:
    """Return what leads from the task at hand to the visit *to*.

    Raises:
        NotReturnable: it is not on the path here, or something bars it.
    """
    here = work.the_task.element
    path = returning.earlier(work.the_task.id) if to in trails.tasks else ()
    earlier = next((each for each in path if each.task == to), None)
    if earlier is None:
        raise NotReturnable(here, str(to), "not_on_path", None)
    wanted = consequences(work, trails, returning, earlier)
    if wanted.why is not None:
        raise NotReturnable(here, wanted.task.element, wanted.why, wanted.bar)
    return wanted


def consequences(
    work: Work, trails: Trails, returning: Returning, earlier: Earlier
) -> Return:
    """Return what going back to one step would bring about."""
    tasks, undone = trails.tasks, earlier.undone
    ids = {
        UUID(bytes=returning.history.events[number].actor.id)
        for number in undone.events
    }
    done = [tasks[i] for i in ids if i in tasks and tasks[i].status is TaskStatus.DONE]
    live = returning.cancelled(undone)
    restored = {UUID(bytes=gone.id) for gone in undone.restored} - ids
    bar, why = _bar(work, done)
    places = returning.elements(undone)
    origins = frozenset(f"{process}/{element}" for _, process, element in places)
    return Return(
        task=tasks[earlier.task],
        earlier=earlier,
        origins=origins,
        undone=tuple(sorted(done, key=lambda task: trails.orders.get(task.id, 0))),
        cancelled=tuple(tasks[i] for i in live if i in tasks and _is_live(tasks[i])),
        reopened=tuple(
            tasks[i]
            for i in restored
            if i in tasks and tasks[i].status is TaskStatus.CANCELLED
        ),
        clocks=tuple(_clocks(work, trails, done, live, origins)),
        documents=tuple(_documents(work, trails, done)),
        bar=bar,
        why=why,
    )


def nodes_of(work: Work, tasks: Sequence[Task]) -> list[Node]:
    """Return the nodes that tasks visited."""
    return [work.pinned.bundle.node(task.process, task.element) for task in tasks]


def met_by(work: Work, trails: Trails, done: Sequence[Task]) -> list[Deadline]:
    """Return the clocks that undone steps had met and nothing else counts."""
    codes = {
        rule.code
        for node in nodes_of(work, done)
        for rule in node.deadlines
        if rule.meet
    }
    if not codes:
        return []
    rows = [
        row
        for row in trails.clocks(work)
        if row.code in codes and row.task_id is None and row.recording_id is None
    ]
    rows.sort(key=lambda row: (row.base_at, row.id), reverse=True)
    counting = {(row.code, row.scope) for row in rows if row.status in _COUNTING}
    scopes = {task.scope for task in done} | {""}
    newest: dict[tuple[str, str], Deadline] = {}
    for row in rows:
        if row.status is DeadlineStatus.MET and row.scope in scopes:
            newest.setdefault((row.code, row.scope), row)
    return [row for key, row in newest.items() if key not in counting]


def _bar(work: Work, done: Sequence[Task]) -> tuple[str | None, str | None]:
    closed_at = work.case.closed_at
    for task in done:
        if closed_at is not None and task.closed_at and task.closed_at <= closed_at:
            return task.element, "no_return"  # the case was closed with it, or after
    for node in nodes_of(work, done):
        if node.no_return:
            return node.id, "no_return"
        terms = [work.rules.terms.get(rule.code) for rule in node.deadlines]
        if node.lock is not None or any(t is not None and t.locks for t in terms):
            return node.id, "locked"
    return None, None


def begun_by(row: Deadline, done: Sequence[Task], origins: Collection[str]) -> bool:
    """Say whether a step that is undone began a clock of the case."""
    scopes = {task.scope for task in done} | {""}
    return row.origin in origins and row.scope in scopes


def _clocks(
    work: Work,
    trails: Trails,
    done: Sequence[Task],
    live: frozenset[UUID],
    origins: Collection[str],
) -> list[ClockEffect]:
    rows = [row for row in trails.clocks(work) if row.status in _COUNTING]
    rows.sort(key=lambda row: (row.due_at, row.id))

    def effect(row: Deadline) -> Effect:
        if row.task_id is not None:
            return Effect.ENDS if row.task_id in live else Effect.CONTINUES
        begun = begun_by(row, done, origins)
        return Effect.KEPT if begun else Effect.CONTINUES

    found = [ClockEffect(row, effect(row)) for row in rows if row.recording_id is None]
    return [
        *found,
        *(ClockEffect(row, Effect.RUNS_AGAIN) for row in met_by(work, trails, done)),
    ]


def _documents(work: Work, trails: Trails, done: Sequence[Task]) -> list[Document]:
    ids = {task.id for task in done}
    return [paper for paper in trails.papers(work) if paper.task_id in ids]


def _is_live(task: Task) -> bool:
    return task.status in LIVE


class Resumption:
    """What a case that goes back knows of the steps that it opens again."""

    def __init__(
        self,
        work: Work,
        chosen: Return,
        names: Mapping[UUID, UUID],
        tasks: Mapping[UUID, Task],
    ) -> None:
        self._work = work
        self._chosen = chosen
        self._names = names  #: what each new task stands in for
        self._tasks = tasks

    def assignee(self, item: OpenTask) -> UUID | None:
        """Return whose step it was, unless they were recused meanwhile."""
        old = self._tasks.get(self._names.get(item.id, item.id))
        if old is None or old.element != item.element or item.kind is TaskKind.TIMER:
            return None
        who = old.closed_by_id or old.assignee_id
        return None if who in self._work.standing.recused else who

    def keeps_clocks(self, item: OpenTask, node: Node) -> bool:
        """Let the clocks of a step go on; say whether none begins anew.

        A step that is done again has no longer for it than it had at first.
        """
        codes = {
            rule.code
            for rule in node.deadlines
            if rule.start == "open" and not rule.fires
        }
        if codes:
            return any(clock.code in codes for clock in self._work.running())
        old = self._names.get(item.id)
        if old is None or old == self._chosen.task.id:
            return False
        rows = self._work.tx.session.scalars(
            select(Deadline).where(Deadline.task_id == old, Deadline.fires)
        ).all()
        for row in rows:
            restart(self._work, row, task_id=item.id)
        return bool(rows)
