"""Move a resting instance to another version of its definition, where that is safe.

Tokens keep their ids, members, hosts and what they wait for; only the drawing below
them changes. Whatever could lose or double a token is refused, each with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node, NodeKind, Process
from engine.runtime.definitions import Bundle
from engine.runtime.errors import MoveUnsafe
from engine.runtime.instance import Instance
from engine.runtime.kernel import Below, Root, Scope
from engine.runtime.tokens import Token

#: Old process and element → new element of the same process.
Mapping_ = Mapping[tuple[str, str], str]

JOINS = frozenset({NodeKind.PARALLEL, NodeKind.INCLUSIVE})
_CHILD = " [child]"


@dataclass(frozen=True, order=True)
class Obstacle:
    """Why one open place cannot be carried over."""

    process: str
    element: str
    reason: str  #: stable word, e.g. ``element_gone``

    def facts(self) -> dict[str, str]:
        """Return the obstacle as plain values."""
        return {
            "process": self.process,
            "element": self.element,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Plan:
    """Which element of the old version becomes which of the new one."""

    new: Bundle
    renamed: Mapping_ = field(default_factory=dict)  #: others keep their id

    def element(self, process: str, element: str) -> str:
        """Return what an element is called in the new version."""
        return self.renamed.get((process, element), element)

    def name(self, name: str) -> str:
        """Return what a spec, or a node in a spec, is called in the new version."""
        plain = name.removesuffix(_CHILD)
        process, colon, element = plain.partition(":")
        if not colon:
            return name
        return f"{process}:{self.element(process, element)}{name[len(plain) :]}"

    @cached_property
    def drawn(self) -> frozenset[str]:
        """The names of everything that a token can stand on in the new version."""
        specs = self.new.specs.values()
        return frozenset(name for spec in specs for name in spec.task_specs)

    def node(self, old: Node) -> Node | None:
        """Return the node that takes the place of *old*; None: there is none."""
        model = self.new.models.get(old.process)
        if model is None:
            return None
        return model.nodes.get(self.element(old.process, old.id))


def obstacles(instance: Instance, plan: Plan) -> tuple[Obstacle, ...]:
    """Return everything that keeps an instance from being moved; empty: nothing."""
    found = set()
    if instance.bundle.root != plan.new.root:
        found.add(Obstacle(instance.bundle.root, "", "other_process"))
    for scope in instance.scopes():
        found.update(_in_scope(instance.bundle, scope, plan))
    return tuple(sorted(found))


def move(instance: Instance, plan: Plan) -> Instance:
    """Return the instance in the new version, standing where it stood.

    Raises:
        MoveUnsafe: a token would be lost, doubled or changed under somebody's hands.
    """
    found = obstacles(instance, plan)
    if found:
        raise MoveUnsafe([obstacle.facts() for obstacle in found])
    old = instance.scopes()
    root = Root(plan.new.specs, plan.new.root, plan.new.tables)
    known: dict[UUID, Token] = {}
    for scope in old:
        target: Scope = root
        if isinstance(scope, Below):
            spec = plan.new.specs[plan.name(scope.spec.name)]
            target = Below(spec, known[scope.call.id], root)
        for token in scope.tasks.values():
            known[token.id] = _carry(token, target, known, plan)
    _carry_marks(instance, root, plan)
    return Instance(plan.new, root)


def _carry(token: Token, to: Scope, known: Mapping[UUID, Token], plan: Plan) -> Token:
    internal = dict(token.internal_data)
    if "origin" in internal:
        internal["origin"] = plan.name(internal["origin"])
    return Token(
        to,
        to.spec.task_specs[plan.name(token.task_spec.name)],
        parent=known[token.above] if token.above is not None else None,
        state=token.state,
        id=token.id,
        internal_data=internal,
    )


def _carry_marks(instance: Instance, root: Root, plan: Plan) -> None:
    """Keep which steps were done or cancelled, as far as they are still drawn."""
    old = instance.root
    root.completed = old.completed
    reached = instance.reached()
    for before, after in ((old.done, root.done), (old.cancelled, root.cancelled)):
        for path, elements in before.items():
            process = reached[path]
            model = plan.new.models.get(process)
            names = {plan.element(process, element) for element in elements}
            kept = names & model.nodes.keys() if model is not None else set()
            callers = [reached[path[:place]] for place in range(len(path))]
            calls = zip(callers, path, strict=True)
            moved = tuple(plan.element(caller, call) for caller, call in calls)
            if kept and _is_drawn(plan.new, moved):
                after[moved] = kept


def _is_drawn(bundle: Bundle, path: tuple[str, ...]) -> bool:
    process = bundle.root
    for call in path:
        node = bundle.models[process].nodes.get(call)
        called = node.called if node is not None else None
        if called is None or called not in bundle.models:
            return False
        process = called
    return True


def _in_scope(old: Bundle, scope: Scope, plan: Plan) -> Iterator[Obstacle]:
    name = scope.spec.name
    if plan.name(name) not in plan.new.specs:
        yield Obstacle(*place_of(name), "scope_gone")
        return
    before = old.models[scope.process]
    after = plan.new.models[scope.process]
    standing = [token for token in scope.tasks.values() if token.above is None]
    for token in scope.tasks.values():
        why = _why_not(token, before, after, scope, plan)
        if why is not None:
            yield Obstacle(*place_of(token.task_spec.name), why)
    if len({token.task_spec.name for token in standing}) > 1:
        yield from _pairing(before, after, plan)


def place_of(name: str) -> tuple[str, str]:
    """Return process and element that a name of the kernel stands for."""
    process, _, element = name.removesuffix(_CHILD).partition(":")
    return process, element


def _why_not(
    token: Token, before: Process, after: Process, scope: Scope, plan: Plan
) -> str | None:
    spec = plan.new.specs[plan.name(scope.spec.name)]
    if plan.name(token.task_spec.name) not in spec.task_specs:
        return "element_gone"
    node = token.node
    new = plan.node(node) if node is not None else None
    if node is None or new is None:
        return None if node is new else "element_gone"
    waits = node.kind in JOINS and token.state == TaskState.WAITING
    rivals = "gateway" in token.internal_data
    host = node.attached_to and plan.element(node.process, node.attached_to)
    same = {
        "kind_changed": new.kind is node.kind,
        "members_changed": (new.loop, new.members) == (node.loop, node.members),
        "call_changed": new.called == node.called,
        "capacity_changed": new.capacity is node.capacity,
        "event_changed": (new.attached_to, new.interrupting, _events(after, new, None))
        == (host, node.interrupting, _events(before, node, plan))
        and (not rivals or _rivals(before, node, plan) == _rivals(after, new, None)),
        "join_changed": not waits
        or sources(before, node, plan) == sources(after, new, None),
    }
    return next((reason for reason, kept in same.items() if not kept), None)


def _told(process: Process, element: str, plan: Plan | None) -> str:
    return element if plan is None else plan.element(process.key, element)


def _events(process: Process, node: Node, plan: Plan | None) -> set[tuple[str, bool]]:
    return {
        (_told(process, event.id, plan), event.interrupting)
        for event in process.boundaries.get(node.id, ())
    }


def sources(process: Process, node: Node, plan: Plan | None) -> Counter[str]:
    """Return from where a node is come to, in the names of the new version."""
    flows = process.incoming[node.id]
    return Counter(_told(process, flow.source, plan) for flow in flows)


def _rivals(process: Process, node: Node, plan: Plan | None) -> set[str]:
    """Return the events that wait at the same gateway."""
    return {
        _told(process, flow.target, plan)
        for way in process.incoming[node.id]
        for flow in process.outgoing[way.source]
    }


def _pairing(before: Process, after: Process, plan: Plan) -> Iterator[Obstacle]:
    """Refuse other splits and joins while several tokens are between them."""
    for node in before.nodes.values():
        if node.kind in JOINS:
            new = plan.node(node)
            if (
                new is None
                or (new.kind, new.parent)
                != (
                    node.kind,
                    node.parent and plan.element(before.key, node.parent),
                )
                or _width(before, node) != _width(after, new)
            ):
                yield Obstacle(before.key, node.id, "gateways_changed")
    old = {plan.element(before.key, n.id) for n in before.nodes.values()}
    for node in after.nodes.values():
        if node.kind in JOINS and node.id not in old:
            yield Obstacle(after.key, node.id, "gateways_changed")


def _width(process: Process, node: Node) -> tuple[int, int]:
    return len(process.incoming[node.id]), len(process.outgoing[node.id])
