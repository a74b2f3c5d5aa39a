"""One running case: started, restored, moved on, saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import WAITS, NodeKind
from engine.runtime import codec, tickets
from engine.runtime.definitions import Bundle
from engine.runtime.errors import InstanceSpoilt, NoTicket, TaskNotOpen, WrongTaskKind
from engine.runtime.events import FIRED
from engine.runtime.history import History
from engine.runtime.kernel import Root, Scope
from engine.runtime.moves import Delta, Move, OpenTask
from engine.runtime.recorder import Recorder
from engine.runtime.returning import Earlier, Returning
from engine.runtime.tickets import Ticket
from engine.runtime.tokens import Token
from storage.vocabulary import TaskKind

__all__ = ["Delta", "Instance", "OpenTask"]

Functions = Mapping[str, Callable[..., object]]

_NO_FUNCTIONS: Functions = {}


class Instance:
    """A running process; one object per transaction, not shared by threads."""

    def __init__(self, bundle: Bundle, root: Root) -> None:
        self.bundle = bundle
        self._root = root
        self._spoilt = False
        self._waiting: dict[UUID, OpenTask] | None = None  # until the next move

    @classmethod
    def start(
        cls,
        bundle: Bundle,
        facts: Mapping[str, Any],
        *,
        functions: Functions = _NO_FUNCTIONS,
        context: object = None,
    ) -> tuple[Instance, Delta]:
        """Return a new instance, gone as far as it goes without anybody."""
        instance = cls(bundle, Root(bundle.specs, bundle.root, bundle.tables))
        with instance._moving(Move(facts, functions, context)) as moved:
            instance._root.enter()
        return instance, moved[0]

    @classmethod
    def restore(cls, bundle: Bundle, state: bytes) -> Instance:
        """Return the instance that was saved.

        Raises:
            UnreadableState: damaged, or saved under another definition.
        """
        return cls(bundle, codec.load(state, bundle))

    def save(self) -> bytes:
        """Return the state to store.

        Raises:
            InstanceSpoilt: a move failed half-way.
        """
        self._check_sound()
        return codec.dump(self._root, self.bundle)

    @property
    def finished(self) -> bool:
        """Whether the process has come to its end."""
        return bool(self._root.completed)

    def complete(
        self,
        task_id: UUID,
        ticket: Ticket,
        facts: Mapping[str, Any],
        *,
        functions: Functions = _NO_FUNCTIONS,
        context: object = None,
    ) -> Delta:
        """Complete a user task and go on.

        Raises:
            TaskNotOpen: it is done, cancelled, in the future or unknown.
            WrongTaskKind: it is a message or a deadline; see ``fire``.
            NoTicket: the ticket is not for this task.
        """
        token = self._token(task_id, TaskKind.USER)
        _check_ticket(task_id, ticket)
        return self._run(token, ticket, Move(facts, functions, context))

    def fire(
        self,
        task_id: UUID,
        facts: Mapping[str, Any],
        ticket: Ticket | None = None,
        *,
        functions: Functions = _NO_FUNCTIONS,
        context: object = None,
    ) -> Delta:
        """Deliver a message or a deadline to exactly this waiting event.

        A non-interrupting message event waits again afterwards, under a new id.

        Raises:
            TaskNotOpen: it does not wait any more.
            WrongTaskKind: it is a user task.
            NoTicket: it is a message, and the ticket is not for it.
        """
        token = self._token(task_id, TaskKind.MESSAGE, TaskKind.TIMER)
        if _kind(token) is TaskKind.MESSAGE:
            _check_ticket(task_id, ticket)
        return self._run(token, ticket, Move(facts, functions, context))

    def drop(
        self,
        task_id: UUID,
        facts: Mapping[str, Any],
        *,
        functions: Functions = _NO_FUNCTIONS,
        context: object = None,
    ) -> Delta:
        """Let one member of a multi-instance leave without having acted.

        Raises:
            TaskNotOpen: the task is not open.
            WrongTaskKind: it is not a member's task.
        """
        token = self._token(task_id, TaskKind.USER)
        if token.parent is None:
            raise WrongTaskKind(task_id, TaskKind.USER)
        with (
            self._moving(Move(facts, functions, context)) as moved,
            self._root.recording(token),
        ):
            token.complete()
        return moved[0]

    def sitting(self, task_id: UUID) -> tuple[int, int]:
        """Return how many members the panel of an open task has, and how many spoke.

        Those who left without speaking are among the latter.

        Raises:
            TaskNotOpen: the task is not open.
            WrongTaskKind: it is not a member's task.
        """
        token = self._token(task_id, TaskKind.USER)
        if token.parent is None:
            raise WrongTaskKind(task_id, TaskKind.USER)
        counted = token.parent.internal_data
        return counted["total"], counted["gone"]

    def abandon(self, facts: Mapping[str, Any]) -> Delta:
        """Take every token away: nothing is waited for any more."""
        with self._moving(Move(facts)) as moved:
            self._root.kill_all()
        return moved[0]

    def returning(self, history: History) -> Returning:
        """Return what the process may go back to, by what happened in it."""
        self._check_sound()
        return Returning(self._root, history)

    def go_back(
        self,
        returning: Returning,
        to: Earlier,
        facts: Mapping[str, Any],
        *,
        functions: Functions = _NO_FUNCTIONS,
        context: object = None,
    ) -> tuple[Delta, Mapping[bytes, list[bytes]]]:
        """Undo a step with all that rests on it, and open it again.

        Returns also what stands in for tokens that were there before.
        """
        with self._moving(Move(facts, functions, context)) as moved:
            renamed = returning.go(to)
        return moved[0], renamed

    def open_tasks(self) -> tuple[OpenTask, ...]:
        """Return everything that the process waits for."""
        return tuple(self._open().values())

    def states(self) -> dict[tuple[tuple[str, ...], str], str]:
        """Return ``done``, ``active``, ``future`` or ``cancelled`` by path and element.

        The root's elements are always there; those of a called process once it
        has been called.
        """
        self._check_sound()
        root = self._root
        found: dict[tuple[tuple[str, ...], str], str] = {}
        for path, model in self.reached().items():
            for element in self.bundle.models[model].nodes:
                found[path, element] = "future"
        for path, elements in root.cancelled.items():
            found.update(dict.fromkeys(((path, e) for e in elements), "cancelled"))
        for path, elements in root.done.items():
            found.update(dict.fromkeys(((path, e) for e in elements), "done"))
        for token in root.tokens():
            if token.node is not None:
                found[token.workflow.path, token.node.id] = "active"
        return found

    @property
    def root(self) -> Root:
        """The tokens, for whoever carries them over to another definition."""
        self._check_sound()
        return self._root

    def scopes(self) -> tuple[Scope, ...]:
        """Return the process and everything that it calls now, callers first."""
        return tuple(self.root.scopes())

    def chain(self, scope: str) -> tuple[str, ...]:
        """Return the calls around and including a running one; the root's is empty."""
        found = (each.chain for each in self.scopes() if each.scope == scope)
        return next(found, ("", scope) if scope else ("",))

    def reached(self) -> dict[tuple[str, ...], str]:
        """Return which process runs or ran on each path."""
        root = self._root
        paths = {*root.done, *root.cancelled, *(s.path for s in root.scopes())}
        found: dict[tuple[str, ...], str] = {(): self.bundle.root}
        for path in sorted(paths, key=len):
            if path:
                caller = self.bundle.models[found[path[:-1]]]
                found[path] = caller.nodes[path[-1]].called or ""
        return found

    def _run(self, token: Token, ticket: Ticket | None, move: Move) -> Delta:
        with self._moving(move) as moved, tickets.held(ticket):
            token.deliver()
        return moved[0]

    @contextmanager
    def _moving(self, move: Move) -> Iterator[list[Delta]]:
        """Let everything that follows from the body happen, and say what did."""
        self._check_sound()
        before = self._open()
        result: list[Delta] = []
        self._spoilt, self._waiting = True, None
        root = self._root
        root.move, root.recorder = move, Recorder()
        yield result
        root.drain()
        trail = root.recorder.events()
        root.move, root.recorder = Move({}), None
        self._spoilt = False
        after = self._open()
        result.append(
            Delta(
                opened=tuple(after[i] for i in after if i not in before),
                closed=tuple(i for i in before if i not in after),
                entered=tuple(move.passed),
                finished=self.finished,
                facts=move.added,
                noted=tuple(move.noted),
                trail=trail,
            )
        )

    def _open(self) -> dict[UUID, OpenTask]:
        if self._waiting is None:
            self._waiting = {
                token.id: _describe(scope, token)
                for scope in self._root.scopes()
                for token in scope.tasks.values()
                if _waits(token)
            }
        return self._waiting

    def _token(self, task_id: UUID, *kinds: TaskKind) -> Token:
        self._check_sound()
        for scope in self._root.scopes():
            token = scope.tasks.get(task_id)
            if token is not None and _waits(token):
                kind = _kind(token)
                if kind not in kinds:
                    raise WrongTaskKind(task_id, kind)
                return token
        raise TaskNotOpen(task_id)

    def _check_sound(self) -> None:
        if self._spoilt:
            raise InstanceSpoilt


def _check_ticket(task_id: UUID, ticket: Ticket | None) -> None:
    # Asked before anything moves, so that a wrong ticket spoils nothing; the
    # node itself asks again.
    if not isinstance(ticket, Ticket) or ticket.task_id != task_id:
        raise NoTicket(task_id)


def _kind(token: Token) -> TaskKind:
    return WAITS[token.node.kind if token.node is not None else NodeKind.USER_TASK]


def _waits(token: Token) -> bool:
    """Return whether somebody outside must act; members' hosts only count."""
    node = token.node
    return (
        node is not None
        and node.waits_for is not None
        and token.state != TaskState.STARTED
    )


def _describe(scope: Scope, token: Token) -> OpenTask:
    node = token.node
    if node is None:
        raise AssertionError("a waiting token stands on a node")
    host = token.internal_data.get("host")
    index = token.internal_data.get("index")
    return OpenTask(
        id=token.id,
        kind=_kind(token),
        process=node.process,
        element=node.id,
        path=scope.path,
        scope=scope.scope,
        subject=scope.subject,
        index=scope.index if index is None else index,
        attached_to=None if host is None else UUID(bytes=host),
        panel=token.above,
        fired=token.internal_data.get(FIRED, 0),
    )
