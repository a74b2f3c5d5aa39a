"""The part of a graph that one demand is about: everything else is left out.

A token matters only while something that the demand is told by may still follow from
it, at its own place, behind the calls around it, or by an event on one of them. The
other tokens are forgotten: whatever a case does, what remains of it when their steps
are struck out is a walk of the part, so that no offence is lost. A fact that a
forgotten token may write may be anything whenever a case has rested. By this, and
because a terminate end of the whole case ends nobody else here, a part may have walks
that no case has; an offence is therefore looked for again in the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.bpmn.model import NodeKind
from engine.bpmn.prove_explore import shortest
from engine.bpmn.prove_facts import Facts
from engine.bpmn.prove_graph import Graph
from engine.bpmn.prove_live import lasting, live, touched
from engine.bpmn.prove_place import Law, Placed, Way
from engine.bpmn.prove_walk import Done, Part, Walk

#: How many states are looked at for the shortest way in every order of branches.
EVERY_ORDER = 2_000


@dataclass(frozen=True)
class Slice:
    """What one demand is about, or everything."""

    graph: Graph
    facts: Facts
    placed: Placed
    part: Part | None  #: None: everything

    def walk(self, *, reduced: bool) -> Walk:
        """Return a walk through it, in every order or *reduced* to fewer."""
        law = Law([self.placed])
        return Walk(self.graph, self.facts, law, part=self.part, reduced=reduced)

    def shortest(self, walk: Walk, max_states: int) -> tuple[Done, ...] | None:
        """Return the shortest way that lacks something; None: none is known.

        It is sought in every order of branches, or where these are too many, in as
        few as *walk* goes.
        """
        every = self.walk(reduced=False)
        return shortest(every, EVERY_ORDER) or shortest(walk, max_states)


class Slicer:
    """Cuts one graph for one demand after the other."""

    def __init__(
        self,
        graph: Graph,
        facts: Facts,
        ways: Iterable[Way],
    ) -> None:
        """Take the facts of the whole graph, and every way to complete its spots."""
        self._graph = graph
        self._facts = facts
        self._ways = tuple(ways)
        self._reads, self._writes = touched(graph, facts)
        #: Where the whole case ends at once.
        self._last = sum(
            1 << spot.index
            for spot in graph.spots
            if spot.node.kind is NodeKind.TERMINATE_END and spot.host < 0
        )

    def cut(
        self,
        placed: Placed,
        told: int = 0,
        *,
        strict: bool = False,
    ) -> Slice:
        """Return the part that a demand is about.

        *told*: facts, as bits, whose writers are not to be left out.
        *strict*: the end of the whole case ends what others do.
        """
        needs = other = 0
        for spot, _, happened in self._ways:
            effect = placed.effect(spot, happened)
            needs |= effect.needs << spot.index
            other |= (effect.clears | effect.meets) << spot.index
        asked = needs | other | self._touching(told)
        if strict:
            asked |= self._last
        kept = self._before(asked)
        untold = self._untold(kept)
        part = Part(
            self._with_edges(kept),
            self._with_edges(self._before(needs)),
            strict=strict,
            untold=untold,
        )
        return Slice(self._graph, self._facts, placed, part)

    def parts(self, placed: Placed) -> Iterator[Slice]:
        """Yield what a demand is about, with more around it each time."""
        yield self.cut(placed)
        told, untold = 0, -1
        while untold & ~told:
            told |= max(untold, 0)
            part = self.cut(placed, told, strict=True)
            yield part
            untold = part.part.untold if part.part else 0
        yield self.whole(placed)

    def whole(self, placed: Placed) -> Slice:
        """Return everything, with every fact, asked about one demand."""
        return Slice(self._graph, self._facts, placed, None)

    def _before(self, asked: int) -> int:
        """Return the spots from which one of *asked* may still follow."""
        found = 0
        for index, future in enumerate(self._graph.future):
            if future & asked:
                found |= 1 << index
        return found

    def _with_edges(self, spots: int) -> int:
        base = len(self._graph.spots)
        for edge in self._graph.edges:
            if spots >> edge.target & 1:
                spots |= 1 << base + edge.index
        return spots

    def _untold(self, kept: int) -> int:
        """Return the facts that are read later than they may be written elsewhere."""
        graph, written = self._graph, 0
        reads = list(self._reads)
        for index, facts in enumerate(self._writes):
            if not kept >> index & 1:
                written |= facts
                reads[index] = 0
        return written & lasting(graph, live(graph, reads, self._writes))

    def _touching(self, facts: int) -> int:
        return sum(
            1 << index for index, wrote in enumerate(self._writes) if wrote & facts
        )
