"""Which locks lie on a step of a case: open steps that come first, terms run out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.commands.errors import StepLocked
from engine.commands.work import Work
from engine.rules.deadlines import is_overdue
from engine.rules.locks import LockFact, LockWhy, Path, shutting
from engine.runtime.instance import OpenTask
from storage.vocabulary import DeadlineStatus


def locks_on(work: Work, *, checkpoint: bool) -> tuple[LockFact, ...]:
    """Return what keeps the task at hand shut; nothing is written."""
    terms = work.rules.terms
    clocks = [c for c in work.running() if c.code in terms and terms[c.code].locks]
    nodes = work.pinned.bundle.locking
    if not clocks and not nodes:
        return ()
    tasks = work.instance.open_tasks()
    found = [*_pending(work, tasks), *_overdue(work, tasks)]
    task = work.the_task
    path = _path_of(task.path)
    return shutting(found, task.element, path, checkpoint=checkpoint)


def require_unlocked(work: Work, *, checkpoint: bool) -> None:
    """Refuse a step that is shut; raises StepLocked with all that shuts it."""
    locks = locks_on(work, checkpoint=checkpoint)
    if locks:
        raise StepLocked(
            work.the_task.element,
            [lock.facts() for lock in locks],
            sorted({cite for lock in locks for cite in lock.cites}),
        )


def require_none_locked(work: Work) -> None:
    """Refuse to end what an unsettled term locks; raises StepLocked."""
    terms = work.rules.terms
    for clock in work.running():
        if clock.code in terms and terms[clock.code].locks:
            cites = list(terms[clock.code].cites)
            shut = {"element": clock.code, "due_at": clock.due_at}
            raise StepLocked(work.case.number, [shut], cites)


def _pending(work: Work, tasks: Sequence[OpenTask]) -> Iterator[LockFact]:
    for task in tasks:
        lock = work.pinned.bundle.node(task.process, task.element).lock
        if lock is not None:
            yield LockFact(
                element=task.element,
                why=LockWhy.PENDING,
                path=task.path,
                cites=lock.cites,
                checkpoints_only=lock.checkpoints_only,
            )


def _overdue(work: Work, tasks: Sequence[OpenTask]) -> Iterator[LockFact]:
    paths = {task.scope: task.path for task in tasks}
    for clock in work.running():
        term = work.rules.terms.get(clock.code)
        noticed = clock.status is DeadlineStatus.OVERDUE
        late = noticed or is_overdue(clock.due_at, work.tx.now)
        if term is None or not term.locks or not late:
            continue
        yield LockFact(
            element=clock.code,
            why=LockWhy.OVERDUE,
            path=paths.get(clock.scope, ()),
            cites=term.cites,
            # Until a sweep has noticed it, nobody may slip in a late approval.
            own_too=not noticed,
            due_at=clock.due_at,
        )


def _path_of(stored: str) -> Path:
    return tuple(stored.split("/")) if stored else ()
