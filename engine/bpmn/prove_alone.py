"""A demand that one call is about by itself, explored in the called process alone.

Where every word of a demand comes about inside one call, nothing around the call can
meet it, spoil it or need it. Whatever a case does, what remains inside the call when
all other steps are struck out is a walk of the called process alone: what it has
answered itself nobody else writes, and everything else may be anything. What holds
alone therefore holds in every case that makes the call, and is explored once for all.

What does not hold alone is walked again in the whole: first to where the call begins,
then as it goes on inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.bpmn.decisions import DecisionTable
from engine.bpmn.model import NodeKind, Process
from engine.bpmn.prove_explore import Found, Told, again, shortest
from engine.bpmn.prove_facts import Facts, asked_by
from engine.bpmn.prove_graph import Graph, Spot
from engine.bpmn.prove_law import Demand
from engine.bpmn.prove_place import Placed, Way, happens
from engine.bpmn.prove_slice import Slicer
from engine.bpmn.prove_walk import Done, Walk

#: Explores a walk for a demand, and counts what was looked at.
Explored = Callable[[Walk, Demand], Found]


@dataclass(frozen=True)
class Alone:
    """One demand in a called process alone, and where the call stands in the whole."""

    slicer: Slicer
    placed: Placed
    key: tuple[Any, ...]  #: equal keys: the same is explored
    scope: tuple[str, ...]  #: the calls down to it
    spots: tuple[Spot, ...]  #: those of the call in the whole

    def outside(self, way: tuple[Done, ...]) -> tuple[Done, ...]:
        """Return a way inside as the steps that it is in the whole."""
        return tuple(replace(d, spot=self.spots[d.spot.index]) for d in way)

    def tells(self, before: Told, inside: Walk) -> Told:
        """Say of which spots of the whole the outcomes are told apart."""

        def told(spot: Spot) -> bool:
            index = spot.index - self.spots[0].index
            if 0 <= index < len(self.spots):
                return inside.tells(inside.graph.spots[index])
            return before(spot)

        return told


class Calls:
    """The processes that one graph calls, each drawn by itself."""

    def __init__(
        self,
        models: Mapping[str, Process],
        tables: Mapping[str, DecisionTable],
        noted: Mapping[str, Mapping[str, tuple[Any, ...]]],
        whole: tuple[Graph, Iterable[Way]],
        max_states: int,
    ) -> None:
        """Take the whole graph, and every way to complete its spots."""
        self._draw: Callable[[str, str | None], Graph] = lambda called, subject: Graph(
            models, called, subject
        )
        self._know: Callable[[Graph], Facts] = lambda graph: Facts(
            graph, tables, noted, asked_by(graph), called=True
        )
        self._graph, ways = whole
        self._calls = {
            (*spot.path, spot.node.id): spot
            for spot in self._graph.spots
            if spot.node.kind is NodeKind.CALL_ACTIVITY
        }
        self._where: dict[str, set[tuple[str, ...]]] = {}
        for spot, _, told in ways:
            for word in told:
                self._where.setdefault(word, set()).add(spot.path)
        self._max_states = max_states
        self._looked: dict[Any, tuple[Walk | None, tuple[Done, ...] | None]] = {}
        self._slicers: dict[tuple[str, str | None], Slicer] = {}

    def alone(self, placed: Placed) -> Alone | None:
        """Return a demand in the process that its call is to; None: it needs more."""
        call = self._calls.get(placed.scope)
        if call is None or placed.goal >= 0 or not self._within(placed):
            return None
        called, path = call.node.called or "", placed.scope
        subject = call.node.subject or call.subject
        spots = tuple(s for s in self._graph.spots if s.path[: len(path)] == path)
        key = (called, subject)
        slicer = self._slicers.get(key)
        if slicer is None:
            graph = self._draw(called, subject)
            facts = self._know(graph)
            ways = tuple(happens(graph, facts.decided))
            slicer = self._slicers[key] = Slicer(graph, facts, ways)
        asked = placed.demand
        return Alone(slicer, Placed(asked, ()), (*key, asked), path, spots)

    def look(
        self, alone: Alone, whole: Slicer, explored: Explored
    ) -> tuple[bool, tuple[Done, ...] | None]:
        """Say whether a demand holds in a called process alone.

        If it does not, also return how a case lacks it; None: that is not known.
        """
        if alone.key not in self._looked:
            self._looked[alone.key] = self._inside(alone, explored)
        walk, way = self._looked[alone.key]
        if walk is None:
            return True, None
        inside = () if way is None else alone.outside(way)
        first = next((d for d in inside if d.spot.node.waits_for is not None), None)
        if first is None:
            return False, None
        asked = alone.placed.demand
        everything = whole.whole(Placed(asked, alone.scope)).walk(reduced=False)
        for part in whole.parts(Placed(asked, first.spot.path, first.spot.index)):
            there = part.walk(reduced=True)
            found = shortest(there, self._max_states)
            if found is not None:
                tells = alone.tells(there.tells, walk)
                full = again((*found[:-1], *inside), tells, everything)
                if full is not None:
                    return False, full
        return False, None

    def _inside(
        self, alone: Alone, explored: Explored
    ) -> tuple[Walk | None, tuple[Done, ...] | None]:
        """Return where a demand does not hold, and how; None: it holds."""
        walk, way = None, None
        for part in alone.slicer.parts(alone.placed):
            walk = part.walk(reduced=True)
            found = explored(walk, alone.placed.demand)
            if found.broken:
                way = part.shortest(walk, self._max_states)
            elif not found.stopped:
                return None, None
        return walk, way

    def _within(self, placed: Placed) -> bool:
        """Say whether nothing around the call is a word of the demand."""
        scope = placed.scope
        return not any(
            path == scope[: len(path)] and path != scope
            for word in placed.words
            for path in self._where.get(word, ())
        )
