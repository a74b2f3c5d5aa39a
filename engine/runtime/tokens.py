"""Tokens: SpiffWorkflow's tasks, without data, history or prediction."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node

_FINISHED = TaskState.COMPLETED | TaskState.ERROR | TaskState.CANCELLED


class Token(Task):  # type: ignore[misc]  # untyped library
    """A task that stands somewhere; it carries no data and keeps no history."""

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        *,
        parent: Token | None = None,
        state: int = TaskState.FUTURE,
        id: UUID | None = None,  # noqa: A002  # the library's name
        internal_data: dict[str, Any] | None = None,
    ) -> None:
        self.id = id or uuid4()
        self.workflow = workflow
        self.task_spec = task_spec
        self.data: dict[str, Any] = {}
        self.internal_data = {} if internal_data is None else internal_data
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0.0
        self._children: list[UUID] = []
        self._parent = parent.id if parent is not None else None
        self._state = state
        workflow.tasks[self.id] = self
        if parent is not None:
            parent.adopt(self)
        recorder = workflow.top_workflow.recorder
        if recorder is not None:
            recorder.note_born(self)

    @property
    def node(self) -> Node | None:
        """The element that the token stands on; None for inserted ones."""
        found: Node | None = self.task_spec.node
        return found

    @property
    def above(self) -> UUID | None:
        """The id of the multi-instance that this token is a member of."""
        return self._parent

    @property
    def round(self) -> bytes | None:
        """Which firing of a boundary event it comes from; None: the main flow.

        Branches that run side by side through the same joins must not be
        counted for one another.
        """
        found: bytes | None = self.internal_data.get("round")
        return found

    @property
    def finished(self) -> bool:
        """Whether the token has been completed or cancelled."""
        return bool(self._state & _FINISHED)

    def cancel(self) -> None:
        """Take the token away with everything below it."""
        self.workflow.kill(self)

    def adopt(self, member: Token) -> None:
        """Note one more member of a multi-instance."""
        self._children.append(member.id)

    def put(self, state: int) -> None:
        """Change the state; a ready automatic node waits for its turn to act."""
        self._set_state(state)

    def deliver(self) -> None:
        """Run at once, not in turn: somebody outside acted."""
        self._state = TaskState.READY
        self.workflow.top_workflow.take_turn(self)

    def _set_state(self, value: int) -> None:
        self._state = value
        if value == TaskState.READY and not self.task_spec.manual:
            self.workflow.top_workflow.ready.append(self)

    def _inherit_data(self) -> None:
        """Do nothing: facts are kept with the case, never on tokens."""
