"""Open a window again that closed by mistake: its time had not run out yet."""

from __future__ import annotations

from uuid import UUID

from engine.bpmn.model import Node
from engine.commands.clocks import of_rows
from engine.commands.returning import Resumption, consequences, trails_of
from engine.commands.returns import go
from engine.commands.work import Work
from engine.rules import lifecycle
from engine.runtime.instance import OpenTask
from storage.models import Deadline, Task
from storage.vocabulary import CaseStatus, DeadlineStatus


class _Window(Resumption):
    """What a case knows that goes back to a timer: its clock is the one it had."""

    deadline: Deadline

    def keeps_clocks(self, item: OpenTask, node: Node) -> bool:
        """Let the lapsed clock run for the timer that waits again."""
        if self._names.get(item.id) != self._chosen.task.id:
            return super().keeps_clocks(item, node)
        self.deadline.task_id = item.id
        run_again(self._work, self.deadline)
        return True


def run_again(work: Work, deadline: Deadline) -> None:
    """Let a lapsed deadline run; its end is the caller's to count."""
    lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.RUNNING)
    deadline.status, deadline.overdue_at = DeadlineStatus.RUNNING, None
    work.clocks += of_rows([deadline])


def reopen(work: Work, deadline: Deadline) -> str | None:
    """Undo all that rests on the end of a window; returns what bars it, or None.

    Nothing is undone when something barred it: what has left the agency is settled
    by people, not by a clock.
    """
    if not deadline.fires:
        run_again(work, deadline)
        return None
    if work.case.status is not CaseStatus.OPEN:
        return f"case_{work.case.status}"
    timer = None
    if deadline.task_id is not None:
        timer = work.tx.session.get(Task, deadline.task_id)
    trails = trails_of(work)
    returning = work.instance.returning(trails.history)
    earlier = None if timer is None else returning.undoing(timer.id.bytes)
    if timer is None or earlier is None:
        return "not_on_path"
    chosen = consequences(work, trails, returning, earlier)
    if chosen.why is not None:
        return chosen.why
    work.task = timer

    def resumed(names: dict[UUID, UUID]) -> _Window:
        window = _Window(work, chosen, names, trails.tasks)
        window.deadline = deadline
        return window

    go(work, trails, chosen, resumed)
    work.task = None
    return None
