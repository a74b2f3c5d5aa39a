"""Which token may go first without losing a path: parallel branches kept tractable.

Two tokens are independent when nothing that one may do, until both meet at a join
that neither can avoid, is demanded, undone or read by what the other may do. While
a token is independent of everything else it is enough to let it go first: every other
order passes the same steps with the same things met before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.bpmn.model import NodeKind
from engine.bpmn.prove_graph import Graph


@dataclass(frozen=True)
class Footprint:
    """What some steps demand, bring about, undo, read and write; bits each."""

    needs: int = 0
    meets: int = 0
    clears: int = 0
    reads: int = 0
    writes: int = 0

    def with_(self, other: Footprint) -> Footprint:
        """Return what both together do."""
        return Footprint(
            self.needs | other.needs,
            self.meets | other.meets,
            self.clears | other.clears,
            self.reads | other.reads,
            self.writes | other.writes,
        )

    def apart_from(self, other: Footprint) -> bool:
        """Say whether neither side notices what the other does."""
        return not (
            self.needs & (other.meets | other.clears)
            or other.needs & (self.meets | self.clears)
            or self.clears & other.meets
            or other.clears & self.meets
            or self.writes & (other.reads | other.writes)
            or other.writes & self.reads
        )


class Order:
    """Answers whether one of several tokens may go first."""

    def __init__(self, graph: Graph, of: Callable[[int], Footprint]) -> None:
        self._graph = graph
        self._of = of
        self._apart: dict[tuple[int, int], bool] = {}

    def first(self, tokens: int, resting: Iterable[int]) -> int | None:
        """Return a spot whose token may go before all others; None: none may."""
        graph = self._graph
        places = list(resting)
        if len(places) <= 1:
            return None
        for place in places:
            if place in graph.entry:
                continue  # a scope goes on when what is inside it has ended
            others = [other for other in places if other != place]
            if all(self._free(place, other, tokens) for other in others):
                return place
        return None

    def _free(self, place: int, other: int, tokens: int) -> bool:
        graph = self._graph
        if other in graph.entry:
            events = graph.boundaries.get(other, ())
            inside = graph.inside[other]
            if not inside >> place & 1:
                return not events or self._independent(place, other)
            if any(graph.spots[event].node.interrupting for event in events):
                return False
            if events and tokens & inside == 1 << place:
                return False  # alone in there, it may end what still waits outside
            return all(self._independent(place, event) for event in events)
        return self._independent(place, other)

    def _independent(self, one: int, other: int) -> bool:
        key = (min(one, other), max(one, other))
        found = self._apart.get(key)
        if found is None:
            level = self._level(one, other)
            meeting = self._meeting(one, other, level)
            found = self._does(one, level, meeting | self._barred(other)).apart_from(
                self._does(other, level, meeting | self._barred(one))
            )
            self._apart[key] = found
        return found

    def _hosts(self, spot: int) -> list[int]:
        found = []
        host = self._graph.spots[spot].host
        while host >= 0:
            found.append(host)
            host = self._graph.spots[host].host
        return [*found, -1]

    def _level(self, one: int, other: int) -> int:
        around = set(self._hosts(other))
        return next(host for host in self._hosts(one) if host in around)

    def _lift(self, spot: int, level: int) -> int:
        while self._graph.spots[spot].host != level:
            spot = self._graph.spots[spot].host
        return spot

    def _meeting(self, one: int, other: int, level: int) -> frozenset[int]:
        """Return the joins that neither token can avoid."""
        graph = self._graph
        starts = {self._lift(one, level), self._lift(other, level)}
        return frozenset(
            spot.index
            for spot in graph.spots
            if spot.host == level
            and spot.node.kind is NodeKind.PARALLEL
            and len(graph.incoming[spot.index]) > 1
            and not any(self._avoids(start, spot.index) for start in starts)
        )

    def _barred(self, spot: int) -> frozenset[int]:
        """Return the events that do not happen again while a token is at *spot*."""
        branch = self._graph.branch
        return frozenset(
            event for event, bits in branch.items() if event == spot or bits >> spot & 1
        )

    def _avoids(self, start: int, join: int) -> bool:
        """Say whether a token may come to an end without passing *join*."""
        graph, seen, stack = self._graph, {join}, [start]
        while stack:
            spot = stack.pop()
            if spot in seen:
                continue
            seen.add(spot)
            if not graph.outgoing[spot]:
                return True
            stack += [edge.target for edge in graph.outgoing[spot]]
            stack += [
                event
                for event in graph.boundaries.get(spot, ())
                if graph.spots[event].node.interrupting
            ]
        return False

    def _does(self, start: int, level: int, stop: frozenset[int]) -> Footprint:
        """Return the footprint of what may follow from *start* within *level*."""
        graph = self._graph
        inside = graph.inside[level]
        found, seen, stack = Footprint(), set(stop), [start]
        while stack:
            spot = stack.pop()
            if spot in seen or not inside >> spot & 1:
                continue
            seen.add(spot)
            found = found.with_(self._of(spot))
            stack += graph.followers(spot)
            if graph.spots[spot].node.kind is NodeKind.TERMINATE_END:
                return Footprint(-1, -1, -1, -1, -1)  # it ends what others do
        return found
