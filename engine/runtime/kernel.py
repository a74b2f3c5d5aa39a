"""Scopes: SpiffWorkflow's workflows, kept small.

The library keeps a tree of all that was, is and may come; it forgets tasks
below depth 1000, grows with every loop, and copies data at joins. Here a
finished task leaves at once and nothing is predicted, so that a workflow
holds only the tokens that stand somewhere now: a step costs the same in the
first hour of a case and after a thousand loops.
"""

# ruff: noqa: SLF001  # the library has no public name for what is overridden here
from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.decisions import DecisionTable
from engine.bpmn.expressions import compile_expression
from engine.bpmn.model import NodeKind
from engine.runtime.errors import EndlessLoop
from engine.runtime.moves import Move, Passed
from engine.runtime.recorder import Recorder
from engine.runtime.tokens import Token

#: More automatic steps than this in one move is a circle nobody can leave.
MAX_STEPS = 5_000
#: A called process calls another; deeper than this it calls itself.
MAX_CALLS = 12


class _Expressions(PythonScriptEngine):  # type: ignore[misc]  # untyped library
    """Answers the library's questions in our language; runs no Python."""

    def evaluate(
        self, task: Token, expression: str, external_context: object = None
    ) -> object:
        del external_context
        move: Move = task.workflow.top_workflow.move
        facts = move.seen(task.workflow.chain)
        return compile_expression(expression)(facts, move.functions)

    def execute(self, *_: object, **__: object) -> None:
        raise AssertionError("scripts are refused when a diagram is read")

    call_service = execute


_EXPRESSIONS = _Expressions()


class Scope:
    """What a process, a called process and a subprocess have in common."""

    tasks: dict[UUID, Token]
    spec: Any
    top_workflow: Any
    completed: bool

    process: str
    path: tuple[str, ...]
    scope: str
    chain: tuple[str, ...]
    subject: str | None
    index: int | None

    def spawn(self, spec: Any, **internal: Any) -> Token:
        """Put a new token before a node."""
        return Token(self, spec, internal_data=internal)

    def enter(self) -> None:
        """Put the first token on the start event."""
        spec = self.spec.bpmn_start_events[0]
        spec._update(self.spawn(spec))

    def advance(self, token: Token, specs: Iterable[Any], **internal: Any) -> None:
        """Take a finished token away and put new ones before *specs*."""
        self._note(token)
        self.disarm(token)
        self._discard(token)
        internal["origin"] = token.task_spec.name
        if token.round is not None:
            internal.setdefault("round", token.round)
        fresh = [self.spawn(spec, **internal) for spec in specs]
        for successor in fresh:
            successor.task_spec._update(successor)
        if not self.tasks and not self.completed:
            self.finish()

    def finish(self) -> None:
        """Note that nothing stands here any more."""
        self.completed = True

    def arm(self, host: Token) -> None:
        """Let the boundary events of a running host wait."""
        for name in host.task_spec.boundary:
            internal = {"host": host.id.bytes}
            if host.round is not None:
                internal["round"] = host.round
            self.wait_at_boundary(self.spec.task_specs[name], internal)

    def wait_at_boundary(self, spec: Any, internal: dict[str, Any]) -> None:
        """Let one boundary event wait at its host."""
        Token(self, spec, state=TaskState.WAITING, internal_data=dict(internal))

    def disarm(self, host: Token) -> None:
        """Let the boundary events of a host wait no longer."""
        if not host.task_spec.boundary:
            return
        for token in tuple(self.tasks.values()):
            if token.internal_data.get("host") == host.id.bytes:
                self.kill(token)

    def kill(self, token: Token) -> None:
        """Cancel a token, what it encloses, and what waits at its boundary."""
        if token.finished:
            return
        token._state = TaskState.CANCELLED
        top = self.top_workflow
        below = top.subprocesses.pop(token.id, None)
        if below is not None:
            below.kill_all()
        for child in token.children:
            self.kill(child)
        self.disarm(token)
        if token.node is not None:
            top.cancelled.setdefault(self.path, set()).add(token.node.id)
        self._discard(token)

    def kill_all(self) -> None:
        """Cancel every token of this scope."""
        self.completed = True
        for token in tuple(self.tasks.values()):
            self.kill(token)

    def absorb(self, token: Token, into: Token) -> None:
        """Take a token away that another one goes on for."""
        token.put(TaskState.COMPLETED)
        recorder = self.top_workflow.recorder
        if recorder is not None:
            recorder.note_merged(token, into)
        self._remove(token)

    def _discard(self, token: Token) -> None:
        recorder = self.top_workflow.recorder
        if recorder is not None and token.id in self.tasks:
            recorder.note_gone(token)
        self._remove(token)

    def _remove(self, token: Token) -> None:
        if self.tasks.pop(token.id, None) is not None and token._parent is not None:
            parent = self.tasks.get(token._parent)
            if parent is not None:
                parent._children.remove(token.id)

    def _note(self, token: Token) -> None:
        node = token.node
        if node is None or token.above is not None:
            return  # one member is not the whole panel
        top = self.top_workflow
        top.done.setdefault(self.path, set()).add(node.id)
        if node.waits_for is None:
            top.move.passed.append(
                Passed(node.process, node.id, node.kind, self.path, self.scope)
            )


class Below(Scope, BpmnSubWorkflow):  # type: ignore[misc]  # untyped library
    """A called process or an embedded subprocess while it runs."""

    def __init__(self, spec: Any, call: Token, top: Root) -> None:
        above: Scope = call.workflow
        self.call = call
        self.above = above
        index = call.internal_data.get("index")
        self.index = above.index if index is None else index
        self.process = spec.name.partition(":")[0]
        node = call.node
        if node is not None and node.kind is NodeKind.CALL_ACTIVITY:
            self.path = (*above.path, node.id)
            self.scope = call.id.hex
            self.chain = (*above.chain, self.scope)
            self.subject = node.subject or above.subject
        else:
            self.path, self.scope = above.path, above.scope
            self.chain = above.chain
            self.subject = above.subject
        if len(self.path) > MAX_CALLS:
            raise EndlessLoop(self.process, self.path[-1])
        super().__init__(spec, call.id, top, deserializing=True)
        top.subprocesses[call.id] = self

    @property
    def parent_workflow(self) -> Scope:
        """The scope that this one runs in."""
        return self.above

    def finish(self) -> None:
        """Let the calling token go on."""
        super().finish()
        self.top_workflow.subprocesses.pop(self.call.id, None)
        self.call.put(TaskState.READY)


class Root(Scope, BpmnWorkflow):  # type: ignore[misc]  # untyped library
    """The whole running process, with everything that it has called."""

    def __init__(
        self, specs: Mapping[str, Any], root: str, tables: Mapping[str, DecisionTable]
    ) -> None:
        self.process, self.path, self.scope = root, (), ""
        self.chain = ("",)
        self.subject, self.index = None, None
        self.tables = tables
        self.ready: deque[Token] = deque()
        self.done: dict[tuple[str, ...], set[str]] = {}
        self.cancelled: dict[tuple[str, ...], set[str]] = {}
        self.move = Move({})
        self.recorder: Recorder | None = None
        super().__init__(
            specs[root],
            subprocess_specs=specs,
            script_engine=_EXPRESSIONS,
            deserializing=True,
        )

    def scopes(self) -> Iterator[Scope]:
        """Yield this and every scope below it, callers before the called."""
        yield self
        yield from tuple(self.subprocesses.values())

    def tokens(self) -> Iterator[Token]:
        """Yield every token that stands somewhere."""
        for scope in self.scopes():
            yield from tuple(scope.tasks.values())

    def call_below(self, token: Token, spec_name: str) -> None:
        """Start the process that a token calls."""
        Below(self.subprocess_specs[spec_name], token, self).enter()

    def drain(self) -> None:
        """Go on until everything waits for somebody.

        Raises:
            EndlessLoop: it went on by itself for too long.
        """
        steps = 0
        while self.ready or self._fire_inclusive():
            while self.ready:
                token = self.ready.popleft()
                if token.state != TaskState.READY:
                    continue  # it was cancelled meanwhile
                steps += 1
                if steps > MAX_STEPS:
                    node = token.node
                    raise EndlessLoop(token.workflow.process, node.id if node else "")
                self.take_turn(token)

    def take_turn(self, token: Token) -> None:
        """Let a token act, and write down what comes of it."""
        with self.recording(token):
            token.run()

    @contextmanager
    def recording(self, token: Token) -> Iterator[None]:
        """Take what happens in the body as what comes of one token."""
        if self.recorder is None:
            yield
            return
        self.recorder.begin(token)
        yield
        self.recorder.end()

    def _fire_inclusive(self) -> bool:
        """Let one inclusive join go on that nothing can reach any more."""
        for token in self.tokens():
            if token.task_spec.waits_for_others and token.task_spec.may_join(token):
                token._ready()
                return True
        return False
