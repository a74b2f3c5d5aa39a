"""Which token may go first without losing a path: parallel branches kept tractable.

A token may go alone when nothing that its next step does, up to where it rests again,
is noticed by, or notices, anything that the others may ever do: then that step can be
moved to the front of whatever happens before it, and every order passes the same steps
with the same things met before them. It does not go alone

- where its step may end the subprocess or call around it while an event there matters,
  or restarts such an event: the end takes the event away;
- where an event or an end may take the token away, unless nobody asks about its step;
- where it may come round: on every circle there is a step that waits for all others,
  so that nobody is put off for ever;
- while a token waits before an inclusive join, which any step of others may open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from engine.bpmn.model import ENDS, NodeKind
from engine.bpmn.prove_graph import Graph, Spot

#: Where a token never rests: what is there happens with the step that leads to it.
PASSED = ENDS | {
    NodeKind.START,
    NodeKind.EXCLUSIVE,
    NodeKind.INCLUSIVE,
    NodeKind.PARALLEL,
    NodeKind.DECISION_TASK,
    NodeKind.SERVICE_TASK,
}


@dataclass(frozen=True)
class Footprint:
    """What some steps demand, bring about, undo, read and write; bits each."""

    needs: int = 0
    meets: int = 0
    clears: int = 0
    reads: int = 0
    writes: int = 0

    @property
    def matters(self) -> bool:
        """Say whether anybody could notice it."""
        return self != _NOTHING

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


_NOTHING = Footprint()


@dataclass
class _Next:
    """What may happen when a token takes one step, up to where it rests again."""

    rests: set[int]  #: where it may be then
    does: Footprint = field(default_factory=Footprint)
    ends: set[int] = field(default_factory=set)  #: hosts in which it may come to an end
    kills: set[int] = field(default_factory=set)  #: scopes that it may end; -1: all


class Order:
    """Answers which of several tokens may go alone."""

    def __init__(
        self,
        graph: Graph,
        of: Callable[[int], Footprint],
        maybe_empty: frozenset[int],
        *,
        mild: bool,
    ) -> None:
        """Take what each spot does from *of*; *mild*: the case ends for nobody else."""
        self._graph = graph
        self._of = of
        self._maybe_empty = maybe_empty
        self._mild = mild
        self._nexts: dict[int, _Next] = {}
        self._futures: dict[int, Footprint] = {}
        self._free_of: dict[tuple[int, int], bool] = {}
        #: Tokens that wait before an inclusive join, as bits.
        self._inclusive = sum(
            1 << len(graph.spots) + edge.index
            for edge in graph.edges
            if graph.spots[edge.target].node.kind is NodeKind.INCLUSIVE
        )

    def first(self, tokens: int, resting: Iterable[int]) -> int | None:
        """Return a spot whose token may go before all others; None: none may."""
        places = list(resting)
        if len(places) <= 1 or tokens & self._inclusive:
            return None
        for place in places:
            if place in self._graph.entry or self._comes_round(place):
                continue
            if all(self._free(place, other) for other in places if other != place):
                return place
        return None

    def _free(self, place: int, other: int) -> bool:
        found = self._free_of.get((place, other))
        if found is None:
            found = self._is_free(place, other)
            self._free_of[place, other] = found
        return found

    def _is_free(self, place: int, other: int) -> bool:
        graph, step = self._graph, self._next(place)
        if any(host < 0 or graph.inside[host] >> other & 1 for host in step.kills):
            return False
        for event in graph.boundaries.get(place, ()):
            again = graph.branch.get(event, 0) >> other & 1
            if again and self._future(event).matters:
                return False  # what ends there lets the event happen again
        if other in graph.entry and graph.inside[other] >> place & 1:
            return self._free_within(place, other)
        if self._may_be_killed(place, other) and step.does.matters:
            return False
        return step.does.apart_from(self._future(other))

    def _free_within(self, place: int, host: int) -> bool:
        """Say whether the events on a host around it leave a token free."""
        graph, step = self._graph, self._next(place)
        for event in graph.boundaries.get(host, ()):
            future = self._future(event)
            if host in step.ends and future.matters:
                return False
            if graph.spots[event].node.interrupting and step.does.matters:
                return False
            if not step.does.apart_from(future):
                return False
        return True

    def _may_be_killed(self, place: int, other: int) -> bool:
        """Say whether what follows from *other* may end a scope around *place*."""
        graph = self._graph
        return any(
            graph.future[other] >> spot.index & 1
            and (spot.host < 0 or graph.inside[spot.host] >> place & 1)
            for spot in self._killers
        )

    @cached_property
    def _killers(self) -> list[Spot]:
        return [spot for spot in self._graph.spots if self._kills(spot)]

    def _future(self, place: int) -> Footprint:
        """Return the footprint of all that may still follow from a token."""
        found = self._futures.get(place)
        if found is None:
            found = Footprint()
            future = self._graph.future[place]
            for spot in self._graph.spots:
                if future >> spot.index & 1:
                    found = found.with_(self._of(spot.index))
            self._futures[place] = found
        return found

    def _next(self, place: int) -> _Next:
        found = self._nexts.get(place)
        if found is None:
            found = self._nexts[place] = self._look_ahead(place)
        return found

    def _look_ahead(self, place: int) -> _Next:
        graph = self._graph
        events = graph.boundaries.get(place, ())
        done = [place, *events]
        if graph.spots[place].node.kind is NodeKind.EVENT_GATEWAY:
            done = [edge.target for edge in graph.outgoing[place]]
        stays = any(not graph.spots[event].node.interrupting for event in events)
        found = _Next(rests={place} if stays else set())
        seen: set[int] = set()
        while done:
            index = done.pop()
            if index in seen:
                continue
            seen.add(index)
            spot = graph.spots[index]
            found.does = found.does.with_(self._of(index))
            if self._kills(spot):
                found.kills.add(spot.host)
            if spot.host >= 0 and not graph.outgoing[index]:
                found.ends.add(spot.host)
                done.append(spot.host)
            for edge in graph.outgoing[index]:
                done += self._arrive(edge.target, found.rests)
        return found

    def _arrive(self, target: int, rests: set[int]) -> Iterator[int]:
        """Yield what is passed at once where a token arrives; note where it rests."""
        graph = self._graph
        if graph.spots[target].node.kind in PASSED:
            yield target
            return
        rests.add(target)
        if target in self._maybe_empty:
            yield target
        yield from graph.entry.get(target, ())

    def _kills(self, spot: Spot) -> bool:
        """Say whether a spot ends all that is in its scope."""
        ends = spot.node.kind is NodeKind.TERMINATE_END
        return ends and not (self._mild and spot.host < 0)

    def _comes_round(self, place: int) -> bool:
        """Say whether a step may lead back; each circle has such a step."""
        number = self._numbers
        return any(number[rest] <= number[place] for rest in self._next(place).rests)

    @cached_property
    def _numbers(self) -> list[int]:
        """Number the spots so that flows lead upward, except where they lead back."""
        graph = self._graph
        found = [0] * len(graph.spots)
        count = len(graph.spots)
        seen: set[int] = set()
        for start in (*graph.entry[-1], *range(len(graph.spots))):
            stack = [(start, iter(list(graph.followers(start))))]
            if start in seen:
                continue
            seen.add(start)
            while stack:
                index, onward = stack[-1]
                target = next((t for t in onward if t not in seen), None)
                if target is None:
                    stack.pop()
                    count -= 1
                    found[index] = count
                else:
                    seen.add(target)
                    stack.append((target, iter(list(graph.followers(target)))))
        return found
