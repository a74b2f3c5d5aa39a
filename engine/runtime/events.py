"""How events behave when a token comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import NodeKind
from engine.runtime import tickets
from engine.runtime.stepwise import Stepwise
from engine.runtime.tokens import Token

#: What a timer that repeats counts, beside its host.
FIRED = "fired"

_MESSAGES = frozenset({NodeKind.MESSAGE_CATCH, NodeKind.BOUNDARY_MESSAGE})


class StartEvent(Stepwise, defaults.StartEvent):  # type: ignore[misc]  # untyped
    """The one start of a scope."""


class EndEvent(Stepwise, defaults.EndEvent):  # type: ignore[misc]  # untyped library
    """The end of one branch, or (terminate) of its whole scope."""

    def _act(self, my_task: Token) -> None:
        if self.node is not None and self.node.kind is NodeKind.TERMINATE_END:
            scope = my_task.workflow
            for token in tuple(scope.tasks.values()):
                if token is not my_task:
                    scope.kill(token)

    def _targets(self, my_task: Token) -> Sequence[Any]:
        del my_task
        return ()


class CatchEvent(Stepwise, defaults.IntermediateCatchEvent):  # type: ignore[misc]  # untyped
    """Waits for a message or a deadline that is delivered to exactly it."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task.put(TaskState.WAITING)
        return False

    def _act(self, my_task: Token) -> None:
        if self.node is None or self.node.kind in _MESSAGES:
            tickets.check(my_task.id)

    def _on_complete(self, my_task: Token) -> None:
        gateway = my_task.internal_data.get("gateway")
        if gateway is not None:
            for other in tuple(my_task.workflow.tasks.values()):
                if other.internal_data.get("gateway") == gateway:
                    my_task.workflow.kill(other)
        super()._on_complete(my_task)


class BoundaryEvent(CatchEvent, defaults.BoundaryEvent):  # type: ignore[misc]  # untyped
    """Waits while its host runs; ends the host, or starts a branch beside it."""

    apart = False  #: True: its branch never meets the main flow again

    def _on_complete(self, my_task: Token) -> None:
        scope = my_task.workflow
        host = my_task.internal_data["host"]
        if self.cancel_activity:
            token = scope.tasks.get(UUID(bytes=host))
            if token is not None:
                scope.kill(token)
        elif self.node is not None and self.node.kind is NodeKind.BOUNDARY_MESSAGE:
            # The next interview may be asked for while this one still runs.
            scope.wait_at_boundary(self, my_task.internal_data)
        elif self.node is not None and self.node.timer is not None:
            # A deadline is due once; a cycle counts how often it was.
            fired = my_task.internal_data.get(FIRED, 0) + 1
            if self.node.timer.goes_on(fired):
                scope.wait_at_boundary(self, {**my_task.internal_data, FIRED: fired})
        if self.apart:
            my_task.internal_data["round"] = my_task.id.bytes
        super()._on_complete(my_task)
