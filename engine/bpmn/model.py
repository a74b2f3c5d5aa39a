"""A process as drawn: immutable, with everything that the law hangs on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from engine.rules.requirements import Requirement
from engine.rules.timers import Timer
from engine.rules.votes import Vote
from storage.vocabulary import Capacity, TaskKind


class NodeKind(StrEnum):
    """What a node of a diagram is."""

    START = "start"
    END = "end"
    TERMINATE_END = "terminate_end"
    USER_TASK = "user_task"
    MESSAGE_CATCH = "message_catch"
    TIMER_CATCH = "timer_catch"
    BOUNDARY_MESSAGE = "boundary_message"
    BOUNDARY_TIMER = "boundary_timer"
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    INCLUSIVE = "inclusive"
    EVENT_GATEWAY = "event_gateway"
    SUBPROCESS = "subprocess"
    CALL_ACTIVITY = "call_activity"
    DECISION_TASK = "decision_task"
    SERVICE_TASK = "service_task"
    UNSUPPORTED = "unsupported"  #: outside the profile; see ``Node.construct``


#: Nodes at which the process waits, and what their task waits for.
WAITS: Mapping[NodeKind, TaskKind] = {
    NodeKind.USER_TASK: TaskKind.USER,
    NodeKind.MESSAGE_CATCH: TaskKind.MESSAGE,
    NodeKind.BOUNDARY_MESSAGE: TaskKind.MESSAGE,
    NodeKind.TIMER_CATCH: TaskKind.TIMER,
    NodeKind.BOUNDARY_TIMER: TaskKind.TIMER,
}
BOUNDARIES = frozenset({NodeKind.BOUNDARY_MESSAGE, NodeKind.BOUNDARY_TIMER})
CATCHES = frozenset({NodeKind.MESSAGE_CATCH, NodeKind.TIMER_CATCH})
GATEWAYS = frozenset(
    {
        NodeKind.EXCLUSIVE,
        NodeKind.PARALLEL,
        NodeKind.INCLUSIVE,
        NodeKind.EVENT_GATEWAY,
    }
)
#: Nodes that a boundary event may sit on.
HOSTS = frozenset({NodeKind.USER_TASK, NodeKind.SUBPROCESS, NodeKind.CALL_ACTIVITY})
ENDS = frozenset({NodeKind.END, NodeKind.TERMINATE_END})


@dataclass(frozen=True)
class Outcome:
    """One choice when completing a user task."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True)
class Input:
    """A fact that completing a task asks for."""

    fact: str
    required: bool


@dataclass(frozen=True)
class DeadlineRule:
    """A deadline that a node starts, meets, or (timers) waits for."""

    code: str
    start: str | None  #: ``open`` or ``complete``; None: does not start it
    meet: str | None  #: ``open`` or ``complete``; None: does not meet it
    from_: str | None  #: fact that holds the base instant; None: the act's time
    fires: bool  #: True on timer events: they fire when this deadline is due
    condition: str | None  #: expression; None: always


@dataclass(frozen=True)
class Guard:
    """A condition that must hold before a task completes."""

    code: str
    require: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Lock:
    """While its step is open, steps of the procedure that called it stay shut."""

    checkpoints_only: bool  #: False: every step
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Assign:
    """Completing assigns the persons in a fact to a capacity."""

    capacity: Capacity
    from_: str


@dataclass(frozen=True)
class Lane:
    """A lane, and the capacity in which its tasks are done."""

    id: str
    name: str
    capacity: Capacity | None  #: None: the diagram does not say


@dataclass(frozen=True)
class Loop:
    """One task for each member of a list."""

    cardinality: str  #: expression for the number of members
    sequential: bool
    until: str | None  #: expression that ends it early; None: all members


@dataclass(frozen=True, kw_only=True)
class Node:
    """One element of a diagram that a token can stand on."""

    id: str
    kind: NodeKind
    process: str = ""  #: key of the process that it is drawn in
    name: str = ""
    lane: str | None = None
    capacity: Capacity | None = None
    activity: str | None = None
    parent: str | None = None  #: id of the embedded subprocess around it
    attached_to: str | None = None  #: host of a boundary event
    interrupting: bool = False  #: a boundary event that ends its host
    members: str | None = None  #: fact that lists a multi-instance's persons
    subject: str | None = None  #: document code that a call is about
    called: str | None = None  #: key of the called process
    decision: str | None = None
    operation: str | None = None
    default: str | None = None  #: id of the default flow, as written
    loop: Loop | None = None
    vote: Vote | None = None  #: how its members come to one result
    construct: str | None = None  #: what exactly is unsupported
    outcomes: tuple[Outcome, ...] = ()
    inputs: tuple[Input, ...] = ()
    records: tuple[Requirement, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    guards: tuple[Guard, ...] = ()
    assigns: tuple[Assign, ...] = ()
    checkpoint: bool = False
    checkpoint_if: str | None = None  #: expression; None: whatever the outcome
    lock: Lock | None = None
    no_return: bool = False  #: what it brought about cannot be taken back
    documentation: str = ""
    timer: Timer | None = None  #: the time that the diagram itself says
    cites: tuple[str, ...] = ()  #: the clauses that this time is taken from

    @property
    def choices(self) -> tuple[Outcome, ...]:
        """Return the outcomes that a person chooses from; a vote has its own."""
        return self.outcomes if self.vote is None else ()

    @property
    def waits_for(self) -> TaskKind | None:
        """Return what a task at this node waits for; None: it does not wait."""
        return WAITS.get(self.kind)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    condition: str | None = None
    name: str = ""
    default: bool = False


@dataclass(frozen=True)
class Foreign:
    """Something in the file that is no node, and that we do not carry out."""

    element: str
    construct: str
    fatal: bool = False  #: it would change how the process runs


@dataclass(frozen=True)
class Process:
    """One executable process of one file."""

    key: str
    name: str
    version: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    lanes: tuple[Lane, ...] = ()
    foreign: tuple[Foreign, ...] = field(default=())

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Flow, ...]]:
        """Return the flows that leave each node, in the order of the file."""
        return self._grouped("source")

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Flow, ...]]:
        """Return the flows that enter each node, in the order of the file."""
        return self._grouped("target")

    @cached_property
    def boundaries(self) -> Mapping[str, tuple[Node, ...]]:
        """Return the boundary events attached to each host."""
        hosts: dict[str, tuple[Node, ...]] = {}
        for node in self.nodes.values():
            if node.attached_to is not None:
                hosts[node.attached_to] = (*hosts.get(node.attached_to, ()), node)
        return hosts

    def within(self, parent: str | None) -> tuple[Node, ...]:
        """Return the nodes directly inside a subprocess (None: the process)."""
        return tuple(n for n in self.nodes.values() if n.parent == parent)

    def runs_apart(self, event: Node) -> bool:
        """Return whether the branch of a boundary event has an end of its own."""
        beside = self._after(event.id) - {event.id}
        main = self._after(event.attached_to or "")
        return all(self.nodes[name].kind in ENDS for name in beside & main)

    def _after(self, start: str) -> set[str]:
        """Return the nodes that flows lead to from *start*, which included."""
        seen: set[str] = set()
        stack = [start]
        while stack:
            name = stack.pop()
            if name not in seen:
                seen.add(name)
                stack += [flow.target for flow in self.outgoing.get(name, ())]
                if name != start:
                    stack += [event.id for event in self.boundaries.get(name, ())]
        return seen

    def _grouped(self, end: str) -> dict[str, tuple[Flow, ...]]:
        found: dict[str, tuple[Flow, ...]] = dict.fromkeys(self.nodes, ())
        for flow in self.flows.values():
            key: str = getattr(flow, end)
            found[key] = (*found.get(key, ()), flow)
        return found
