"""What all nodes have in common: SpiffWorkflow's task specs, fenced.

Every spec puts ``Stepwise`` before one of the library's classes: no prediction,
no data, successors only when the node is done.
"""

# ruff: noqa: SLF001  # the library has no public name for what is overridden here
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node
from engine.runtime.errors import TaskNotOpen
from engine.runtime.tokens import Token


class Stepwise:
    """A node that acts only when it is its turn, and then moves its token on."""

    name: str
    manual: bool
    inputs: list[Any]
    outputs: list[Any]
    _inputs: list[str]

    node: Node | None = None  #: set when the definition is compiled
    boundary: tuple[str, ...] = ()  #: names of the boundary events on it
    waits_for_others = False  #: True: an inclusive join

    def test(self) -> None:
        """Do nothing: definitions are checked when they are loaded."""

    def _predict(self, my_task: Token, *_: Any, **__: Any) -> None:
        """Do nothing: what may come later is not kept."""

    def _update(self, my_task: Token) -> None:
        if self._update_hook(my_task):
            my_task._ready()
        if self.boundary and not my_task.finished:
            my_task.workflow.arm(my_task)

    def _update_hook(self, my_task: Token) -> bool:
        del my_task
        return True

    def _on_ready(self, my_task: Token) -> None:
        """Do nothing: being ready changes nothing else."""

    def _run(self, my_task: Token) -> bool:
        if my_task.state != TaskState.READY:
            raise TaskNotOpen(my_task.id)
        self._act(my_task)
        return True

    def _act(self, my_task: Token) -> None:
        """Do what the node is for; most only pass the token on."""

    def _on_complete(self, my_task: Token) -> None:
        parent = my_task.parent
        if isinstance(parent, Token):
            parent.task_spec.member_done(parent)
            my_task.workflow.advance(my_task, ())
        else:
            my_task.workflow.advance(my_task, self._targets(my_task))

    def _targets(self, my_task: Token) -> Sequence[Any]:
        """Return the specs of the nodes that come next."""
        del my_task
        return self.outputs

    def place(self, my_task: Token) -> tuple[str, str]:
        """Return process and element, for a refusal."""
        return my_task.workflow.process, self.node.id if self.node else self.name
