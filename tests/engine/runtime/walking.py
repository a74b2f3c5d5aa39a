"""Walk a process as the product does: stored and restored before every step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.runtime import tickets
from engine.runtime.definitions import Bundle
from engine.runtime.instance import Delta, Instance, OpenTask
from engine.runtime.tickets import Ticket
from storage.vocabulary import TaskKind
from tests.engine.bpmn.drawing import draw


class Gate:
    """A gate as far as tickets ask."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.open = is_open


def ticket(task_id: UUID) -> Ticket:
    """Return a ticket for a task, its gate being open."""
    return tickets.issue(task_id, Gate())


class Walk:
    """One instance; names stand for the single open task of that element."""

    def __init__(
        self,
        text: str,
        facts: Mapping[str, Any] | None = None,
        *,
        calls: Mapping[str, str] | None = None,
        tables: Mapping[str, bytes] | None = None,
    ) -> None:
        files = {key: draw(drawn, key) for key, drawn in (calls or {}).items()}
        self.bundle = Bundle.load({**files, "p": draw(text)}, tables or {}, "p")
        self.facts = dict(facts or {})
        self.instance, self.delta = Instance.start(self.bundle, self.facts)

    @property
    def open(self) -> list[str]:
        """The elements of all open tasks, sorted, as often as they are open."""
        return sorted(task.element for task in self.instance.open_tasks())

    @property
    def finished(self) -> bool:
        """Whether the process has ended."""
        return self.instance.finished

    def reload(self) -> None:
        """Store and restore the instance; what is open must not change."""
        before = self.instance.open_tasks()
        self.instance = Instance.restore(self.bundle, self.instance.save())
        assert self.instance.open_tasks() == before

    def task(self, element: str, place: int = 0) -> OpenTask:
        """Return the *place*-th open task of an element."""
        found = [t for t in self.instance.open_tasks() if t.element == element]
        return found[place]

    def do(self, element: str, place: int = 0, **facts: Any) -> Delta:
        """Do what the task waits for, with some more facts."""
        self.reload()
        self.facts.update(facts)
        task = self.task(element, place)
        if task.kind is TaskKind.USER:
            leave = ticket(task.id)
            self.delta = self.instance.complete(task.id, leave, self.facts)
        elif task.kind is TaskKind.MESSAGE:
            self.delta = self.instance.fire(task.id, self.facts, ticket(task.id))
        else:
            self.delta = self.instance.fire(task.id, self.facts)
        return self.delta

    def state(self, element: str, *path: str) -> str:
        """Return what the map shows for an element."""
        return self.instance.states()[path, element]
