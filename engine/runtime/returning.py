"""Take steps back: remove what rests on a step, and let the step be done again."""

# ruff: noqa: SLF001  # the library has no public name for what is called here
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import NodeKind
from engine.runtime.activities import Calling, Members
from engine.runtime.events import CatchEvent
from engine.runtime.gateways import Inclusive, Joining
from engine.runtime.history import Gone, Happening, History, Undone
from engine.runtime.kernel import Below, Root, Scope
from engine.runtime.recorder import Recorder
from engine.runtime.tokens import Token


@dataclass(frozen=True)
class Earlier:
    """A step that was done, and what would be undone with it."""

    task: UUID  #: the last task of the step; of a panel, that of one member
    token: bytes  #: what would be put back: the task's, or that of its panel
    undone: Undone

    @property
    def tasks(self) -> frozenset[UUID]:
        """The tasks whose completion would be undone, or that would be open again."""
        return frozenset(UUID(bytes=gone.id) for gone in self.undone.restored)


class Returning:
    """What a running process may go back to."""

    def __init__(self, root: Root, history: History) -> None:
        self._root = root
        self.history = history
        self._specs = {
            name: spec
            for specs in root.subprocess_specs.values()
            for name, spec in specs.task_specs.items()
        }

    def earlier(self, task: UUID) -> Iterator[Earlier]:
        """Yield the steps on the path to an open task, each at its last visit.

        The latest come first. A step of a multi-instance is the whole of it: nobody
        goes back to one voice alone.
        """
        found = set[tuple[Any, ...]]()
        path = self.history.before(task.bytes)
        for number in sorted(path, reverse=True):
            actor = self.history.events[number].actor
            if not self._is_step(actor):
                continue
            place = (self._path_of(actor.scope), actor.spec, _round(actor))
            if place in found:
                continue
            earlier = self.undoing(actor.id)
            if earlier is not None and task.bytes in self._gone_with(earlier.undone):
                found.add(place)
                yield earlier

    def undoing(self, done: bytes) -> Earlier | None:
        """Return what is undone with a task that was done; None: it never was."""
        number = self.history.end_of(done)
        if number is None:
            return None
        actor = self.history.events[number].actor
        token = done if actor.parent is None else actor.parent
        last = self.history.end_of(token)
        if last is None or actor.id != done:
            return None  # the panel still sits
        first = {last, *self.history.inside(token)}
        undone = self.history.undo(first)
        while late := self._too_early(undone, token):
            undone = self.history.undo(undone.events | late)
        return Earlier(UUID(bytes=done), token, undone)

    def cancelled(self, undone: Undone) -> frozenset[UUID]:
        """Return the tokens that stand now and would not any more."""
        return frozenset(UUID(bytes=token) for token in self._gone_with(undone))

    def elements(self, undone: Undone) -> list[tuple[tuple[str, ...], str, str]]:
        """Return path, process and element of all that is undone."""
        return [
            (self._path_of(actor.scope), *_place(actor))
            for number in sorted(undone.events)
            for actor in (self.history.events[number].actor,)
        ]

    def go(self, earlier: Earlier) -> Mapping[bytes, list[bytes]]:
        """Undo, and open the step again; returns what stands in for old tokens."""
        root, undone = self._root, earlier.undone
        for scope in root.scopes():
            for token in tuple(scope.tasks.values()):
                if token.id.bytes in undone.removed:
                    scope.kill(token)
        for token in root.tokens():
            if token.id.bytes in undone.fewer:
                token.internal_data["gone"] -= undone.fewer[token.id.bytes]
        self._mark(undone)
        renamed = _Restoring(root, earlier).restore()
        recorder = Recorder()
        recorder.begin()
        root.recorder, outer = recorder, root.recorder
        again = self._token_of(earlier)
        scope = self._scope(again.scope)
        internal = {k: v for k, v in again.internal.items() if k not in _COUNTS}
        spec = scope.spec.task_specs[again.spec]
        spec._update(scope.spawn(spec, **internal))
        root.recorder = outer
        return {**renamed, again.id: recorder.come}

    def _token_of(self, earlier: Earlier) -> Gone:
        last = self.history.end_of(earlier.token)
        event = self.history.events[last or 0]
        return next(gone for gone in event.gone if gone.id == earlier.token)

    def _scope(self, call: bytes | None) -> Scope:
        if call is None:
            return self._root
        below: Scope = self._root.subprocesses[UUID(bytes=call)]
        return below

    def _gone_with(self, undone: Undone) -> set[bytes]:
        """Return every live token that goes when something is undone."""
        found: set[bytes] = set()
        for token in self._root.tokens():
            around, scope = {token.id.bytes, token.above and token.above.bytes}, token
            while isinstance(scope.workflow, Below):
                scope = scope.workflow.call
                around |= {scope.id.bytes, scope.above and scope.above.bytes}
            if around & undone.removed:
                found.add(token.id.bytes)
        return found

    def _is_step(self, actor: Gone) -> bool:
        node = self._node(actor)
        return node is not None and node.kind is NodeKind.USER_TASK

    def _node(self, gone: Gone) -> Any:
        spec = self._spec(gone)
        return None if isinstance(spec, Members) else spec.node

    def _spec(self, gone: Gone) -> Any:
        return self._specs[gone.spec]

    def _path_of(self, scope: bytes | None) -> tuple[str, ...]:
        """Return the calls around a scope that may be over."""
        if scope is None:
            return ()
        alive = self._root.subprocesses.get(UUID(bytes=scope))
        if alive is not None:
            path: tuple[str, ...] = alive.path
            return path
        number = self.history.end_of(scope)
        if number is None:
            return ()
        call = next(g for g in self.history.events[number].gone if g.id == scope)
        node, above = self._spec(call).node, self._path_of(call.scope)
        is_call = node is not None and node.kind is NodeKind.CALL_ACTIVITY
        return (*above, node.id) if is_call else above

    def _too_early(self, undone: Undone, token: bytes) -> set[int]:
        """Return inclusive joins that went on only because nothing more could come.

        What stands again may come now, so that they must wait for it once more.
        """
        before = self.history.before(token)
        return {
            number
            for number, event in enumerate(self.history.events)
            if number not in undone.events | before
            and self._awaits(event, undone.restored)
        }

    def _awaits(self, event: Happening, again: Iterable[Gone]) -> bool:
        join = self._spec(event.actor)
        if not isinstance(join, Inclusive) or not join.waits_for_others:
            return False
        ways: dict[bytes, frozenset[str]] = {}
        for gone in again:
            spec = self._spec(gone)
            beside = gone.scope == event.actor.scope and gone.parent is None
            if not beside or spec is join or _round(gone) != _round(event.actor):
                continue
            place = gone.internal.get("gateway", gone.id)
            ways[place] = ways.get(place, frozenset()) | join.reach(spec)
        arrived = {str(each.internal.get("origin")) for each in event.gone}
        return join.is_awaiting(ways.values(), arrived)

    def _mark(self, undone: Undone) -> None:
        """Show as undone what no other visit has done."""
        done = self._root.done
        events = self.history.events
        rest = {
            (self._path_of(actor.scope), _place(actor)[1])
            for number, event in enumerate(events)
            if number not in undone.events
            for actor in (event.actor,)
        }
        for path, _, element in self.elements(undone):
            if (path, element) not in rest and element in done.get(path, ()):
                done[path].discard(element)
                self._root.cancelled.setdefault(path, set()).add(element)


#: What a multi-instance counts; it counts anew.
_COUNTS = frozenset({"total", "gone"})


class _Restoring:
    """Puts tokens back where they stood; what people see gets new ids."""

    def __init__(self, root: Root, earlier: Earlier) -> None:
        self._root = root
        self._undone = earlier.undone
        self._target = earlier.token
        self._renamed: dict[bytes, list[bytes]] = {}

    def restore(self) -> Mapping[bytes, list[bytes]]:
        waiting = [gone for gone in self._undone.restored if not self._is_own(gone)]
        placed: list[Token] = []
        while waiting:
            ready = [gone for gone in waiting if self._has_place(gone)]
            if not ready:
                raise AssertionError("what is restored stands in what is restored")
            for gone in ready:
                placed.append(self._place(gone))
                waiting.remove(gone)
        for token in placed:
            spec = token.task_spec
            if isinstance(spec, Joining):
                if not token.finished and spec._update_hook(token):
                    token._ready()
            elif token.state == TaskState.READY:
                token.put(TaskState.READY)
        return self._renamed

    def _is_own(self, gone: Gone) -> bool:
        """Say whether it comes again with the step that is opened again."""
        around = (gone.id, gone.parent, gone.internal.get("host"))
        return self._target in around

    def _has_place(self, gone: Gone) -> bool:
        if gone.scope is None:
            scope: Scope | None = self._root
        else:
            scope = self._root.subprocesses.get(UUID(bytes=gone.scope))
        if scope is None:
            return False
        host = gone.internal.get("host")
        known = {token.id.bytes for token in scope.tasks.values()}
        if gone.parent is not None and gone.parent not in known:
            return False
        return host is None or host in known or host in self._renamed

    def _place(self, gone: Gone) -> Token:
        root = self._root
        scope: Scope = root
        if gone.scope is not None:
            scope = root.subprocesses[UUID(bytes=gone.scope)]
        spec = scope.spec.task_specs[gone.spec]
        internal = dict(gone.internal)
        if internal.get("host") in self._renamed:
            internal["host"] = self._renamed[internal["host"]][0]
        if isinstance(spec, Members):
            internal["gone"] -= self._undone.fewer.get(gone.id, 0)
        fresh = uuid4() if _is_seen(spec) else UUID(bytes=gone.id)
        if fresh.bytes != gone.id:
            self._renamed[gone.id] = [fresh.bytes]
        parent = None
        if gone.parent is not None:
            parent = scope.tasks[UUID(bytes=gone.parent)]
        token = Token(
            scope,
            spec,
            parent=parent,
            state=_rests(spec),
            id=fresh,
            internal_data=internal,
        )
        if isinstance(spec, Calling):
            Below(root.subprocess_specs[spec.spec], token, root)
        return token


def _is_seen(spec: Any) -> bool:
    """Say whether a token on *spec* is somebody's task."""
    node = spec.node
    return (
        node is not None
        and node.waits_for is not None
        and not isinstance(spec, Members)
    )


def _rests(spec: Any) -> int:
    """Return the state in which a token rests on *spec*."""
    if isinstance(spec, Calling | Members):
        return int(TaskState.STARTED)
    if isinstance(spec, CatchEvent | Joining):
        return int(TaskState.WAITING)
    return int(TaskState.READY)


def _round(gone: Gone) -> Any:
    return gone.internal.get("round")


def _place(gone: Gone) -> tuple[str, str]:
    process, _, element = gone.spec.removesuffix(" [child]").partition(":")
    return process, element
