"""Every called process drawn out in place: the graph that a proof walks through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.bpmn.errors import NotProvable
from engine.bpmn.model import BOUNDARIES, Flow, Node, NodeKind, Process

#: A diagram with more nodes than this, calls drawn out, is not explored.
MAX_SPOTS = 4_000

_SCOPES = frozenset({NodeKind.SUBPROCESS, NodeKind.CALL_ACTIVITY})


@dataclass(frozen=True)
class Spot:
    """One node in one place: a called process has its own spots in every call."""

    index: int
    node: Node
    path: tuple[str, ...]  #: the call activities around it, outermost first
    subject: str | None  #: nearest document code that a call is about
    host: int  #: the spot of the subprocess or call around it; -1: none


@dataclass(frozen=True)
class Edge:
    """One sequence flow in one place."""

    index: int
    flow: Flow
    source: int
    target: int


class Graph:
    """The spots of a process and of everything that it calls."""

    def __init__(
        self, models: Mapping[str, Process], root: str, subject: str | None = None
    ) -> None:
        """Draw out *root*, which is about *subject* where it is itself called.

        Raises:
            NotProvable: it is too large, or has a node that a proof does not know.
        """
        self.spots: list[Spot] = []
        self.edges: list[Edge] = []
        self.outgoing: list[list[Edge]] = []
        self.incoming: list[list[Edge]] = []
        self.entry: dict[int, list[int]] = {-1: []}  #: host → its start events
        self.boundaries: dict[int, list[int]] = {}  #: host → its boundary events
        self._models = models
        self._draw(root, (), subject, -1)

    @cached_property
    def inside(self) -> dict[int, int]:
        """The spots within each host and their joins, as bits; -1: all."""
        found = dict.fromkeys(self.entry, 0)
        count = len(self.spots)
        for spot in self.spots:
            bits = 1 << spot.index
            for edge in self.incoming[spot.index]:
                bits |= 1 << (count + edge.index)
            host = spot.host
            while host >= 0:
                found[host] |= bits
                host = self.spots[host].host
            found[-1] |= bits
        return found

    @cached_property
    def reach(self) -> list[int]:
        """The spots that a token at each spot may come to, as bits."""
        found = [0] * len(self.spots)
        changed = True
        while changed:
            changed = False
            for spot in reversed(self.spots):
                bits = 0
                for follower in self.followers(spot.index):
                    bits |= 1 << follower | found[follower]
                if bits != found[spot.index]:
                    found[spot.index] = bits
                    changed = True
        return found

    @cached_property
    def future(self) -> list[int]:
        """What may still happen because a token is at each spot, itself included.

        While it is there the calls around it stay open, and with them their events.
        """
        found = [bits | 1 << spot for spot, bits in enumerate(self.reach)]
        for spot in self.spots:
            host = spot.host
            while host >= 0:
                found[spot.index] |= self.reach[host]
                host = self.spots[host].host
        return found

    @cached_property
    def branch(self) -> dict[int, int]:
        """What only a non-interrupting event leads to, as bits, by its spot."""
        found = {}
        for host, events in self.boundaries.items():
            main = self._onward(host)
            for event in events:
                if not self.spots[event].node.interrupting:
                    found[event] = self._onward(event) & ~main
        return found

    def _onward(self, start: int) -> int:
        """Return the spots after *start* and what they enclose, as bits."""
        seen, stack = 0, [edge.target for edge in self.outgoing[start]]
        while stack:
            spot = stack.pop()
            if seen >> spot & 1:
                continue
            seen |= 1 << spot | self.inside.get(spot, 0)
            stack += [edge.target for edge in self.outgoing[spot]]
            stack += [
                event
                for event in self.boundaries.get(spot, ())
                if self.spots[event].node.interrupting
            ]
        return seen

    def followers(self, index: int) -> Iterator[int]:
        """Yield where a token at a spot may be next."""
        # Out of a scope leads only what ends inside it.
        inner = self.entry.get(index)
        yield from inner or (edge.target for edge in self.outgoing[index])
        yield from self.boundaries.get(index, ())
        spot = self.spots[index]
        if spot.host >= 0 and not self.outgoing[index]:
            for edge in self.outgoing[spot.host]:
                yield edge.target

    def _draw(
        self, key: str, path: tuple[str, ...], subject: str | None, host: int
    ) -> None:
        model = self._models.get(key)
        if model is None:
            raise NotProvable(key, "", "unknown_process")
        self._draw_level(model, None, path, subject, host)

    def _draw_level(
        self,
        model: Process,
        parent: str | None,
        path: tuple[str, ...],
        subject: str | None,
        host: int,
    ) -> None:
        made = {
            node.id: self._add(model, node, path, subject, host)
            for node in model.within(parent)
        }
        for flow in model.flows.values():
            if flow.source in made and flow.target in made:
                edge = Edge(len(self.edges), flow, made[flow.source], made[flow.target])
                self.edges.append(edge)
                self.outgoing[edge.source].append(edge)
                self.incoming[edge.target].append(edge)
        for name, index in made.items():
            node = model.nodes[name]
            if node.attached_to in made:
                self.boundaries.setdefault(made[node.attached_to], []).append(index)
            if node.kind is NodeKind.SUBPROCESS:
                self._draw_level(model, node.id, path, subject, index)
            elif node.kind is NodeKind.CALL_ACTIVITY:
                below = (*path, node.id)
                self._draw(node.called or "", below, node.subject or subject, index)

    def _add(
        self,
        model: Process,
        node: Node,
        path: tuple[str, ...],
        subject: str | None,
        host: int,
    ) -> int:
        if node.kind not in _KNOWN:
            what = node.construct or node.kind.value
            raise NotProvable(model.key, node.id, what)
        index = len(self.spots)
        if index >= MAX_SPOTS:
            raise NotProvable(model.key, node.id, "too_many_nodes")
        self.spots.append(Spot(index, node, path, subject, host))
        self.outgoing.append([])
        self.incoming.append([])
        if node.kind in _SCOPES:
            self.entry[index] = []
        if node.kind is NodeKind.START:
            self.entry[host].append(index)
        return index


_KNOWN = (
    BOUNDARIES
    | _SCOPES
    | {
        NodeKind.START,
        NodeKind.END,
        NodeKind.TERMINATE_END,
        NodeKind.USER_TASK,
        NodeKind.MESSAGE_CATCH,
        NodeKind.TIMER_CATCH,
        NodeKind.EXCLUSIVE,
        NodeKind.PARALLEL,
        NodeKind.INCLUSIVE,
        NodeKind.EVENT_GATEWAY,
        NodeKind.DECISION_TASK,
        NodeKind.SERVICE_TASK,
    }
)
