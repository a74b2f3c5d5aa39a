"""How tasks, calls and multi-instances behave when a token comes."""

# ruff: noqa: SLF001  # the library has no public name for what is overridden here
from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults, mixins
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import NodeKind
from engine.runtime import service_tasks, tickets
from engine.runtime.errors import BadCardinality, UnfitBundle
from engine.runtime.stepwise import Stepwise
from engine.runtime.tokens import Token

#: More members than any panel or committee has.
MAX_MEMBERS = 500


class UserTask(Stepwise, defaults.UserTask):  # type: ignore[misc]  # untyped library
    """Work for a person; runs only with a ticket."""

    def _act(self, my_task: Token) -> None:
        tickets.check(my_task.id)


class Automatic(Stepwise, mixins.BpmnSpecMixin):  # type: ignore[misc]  # untyped
    """A decision table or a registered operation, carried out at once."""

    def _act(self, my_task: Token) -> None:
        node, scope = self.node, my_task.workflow
        if node is None:
            return
        top = scope.top_workflow
        move = top.move
        if node.kind is NodeKind.DECISION_TASK:
            table = top.tables.get(node.decision)
            if table is None:
                raise UnfitBundle("unknown_decision", node.process, node.id)
            facts = move.seen(scope.chain)
            move.add(table.decide(facts, move.functions), scope.chain)
            return
        call = service_tasks.ServiceCall(
            operation=node.operation or "",
            process=node.process,
            element=node.id,
            path=scope.path,
            scope=scope.scope,
            subject=scope.subject,
            facts=move.seen(scope.chain),
            context=move.context,
        )
        move.add(service_tasks.carry_out(call) or {}, scope.chain)


class Calling(Stepwise):
    """A node that runs another scope and waits for its end."""

    spec: str

    def _update_hook(self, my_task: Token) -> bool:
        my_task.put(TaskState.STARTED)
        my_task.workflow.top_workflow.call_below(my_task, self.spec)
        return False


class Subprocess(Calling, defaults.SubWorkflowTask):  # type: ignore[misc]  # untyped
    """An embedded subprocess; done when all its branches are."""


class CallActivity(Calling, defaults.CallActivity):  # type: ignore[misc]  # untyped
    """A call of another process; done when all its branches are."""


class Members(Stepwise):
    """One task for each member; ``total`` and ``gone`` are kept on the token."""

    task_spec: str
    cardinality: str
    condition: str | None
    _wf_spec: Any
    at_once: bool

    def _update_hook(self, my_task: Token) -> bool:
        my_task.put(TaskState.STARTED)
        engine = my_task.workflow.top_workflow.script_engine
        total = engine.evaluate(my_task, self.cardinality)
        if isinstance(total, bool) or not isinstance(total, int):
            raise BadCardinality(*self.place(my_task))
        node = my_task.node
        least = 0 if node is None or node.vote is None else 1  # nobody passes nothing
        if not least <= total <= MAX_MEMBERS:
            raise BadCardinality(*self.place(my_task))
        my_task.internal_data.update(total=total, gone=0)
        for index in range(total if self.at_once else min(total, 1)):
            self._open(my_task, index)
        return total == 0

    def _open(self, my_task: Token, index: int) -> None:
        spec = self._wf_spec.task_specs[self.task_spec]
        scope = my_task.workflow
        child = Token(scope, spec, parent=my_task, internal_data={"index": index})
        spec._update(child)

    def member_done(self, my_task: Token) -> None:
        """Count one member; the last one, or the condition, ends it."""
        engine = my_task.workflow.top_workflow.script_engine
        counted = my_task.internal_data
        counted["gone"] += 1
        if counted["gone"] >= counted["total"]:
            my_task.put(TaskState.READY)
        elif self.condition is not None and engine.evaluate(my_task, self.condition):
            for child in my_task.children:
                my_task.workflow.kill(child)
            my_task.put(TaskState.READY)
        elif not self.at_once:
            self._open(my_task, counted["gone"])


class ParallelMembers(Members, defaults.ParallelMultiInstanceTask):  # type: ignore[misc]  # untyped
    """All members at the same time."""

    at_once = True


class SequentialMembers(Members, defaults.SequentialMultiInstanceTask):  # type: ignore[misc]  # untyped
    """One member after the other."""

    at_once = False
