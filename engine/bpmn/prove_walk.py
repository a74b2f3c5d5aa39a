"""Where a process may stand, and how it may go on from there.

A state is where tokens stand (one bit for each spot, and for each flow on which one
waits before a join) and what is known of the facts that conditions still read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from engine.bpmn.model import ENDS, NodeKind
from engine.bpmn.prove_facts import DEAD, FREE, GIVEN, Facts
from engine.bpmn.prove_graph import Edge, Graph, Spot
from engine.bpmn.prove_live import lasting, live, maybe_empty, touched
from engine.bpmn.prove_order import Footprint, Order
from engine.bpmn.prove_place import Decided, Effect, Law

#: Automatic nodes in a row; more is a circle that nobody can leave.
MAX_CASCADE = 10_000


class State(NamedTuple):
    """Where the tokens stand, and what the facts are."""

    tokens: int
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Done:
    """One step that was completed on the way from one state to the next."""

    spot: Spot
    outcome: str | None
    decided: Decided
    effect: Effect


class Step(NamedTuple):
    """A way from one state to the next."""

    trail: tuple[Done, ...]
    state: State


class _Run(NamedTuple):
    """Tokens on the way: what stands, what still moves, what was done."""

    tokens: int
    moving: tuple[tuple[int, int], ...]  #: spot, and the flow it comes by; -1: none
    values: tuple[Any, ...]
    trail: tuple[Done, ...]
    passed: int  #: automatic nodes so far


@dataclass(frozen=True)
class Part:
    """The tokens that matter, as bits: spots, then flows before a join.

    Unless it is strict, the terminate end of the whole case ends nobody else: what
    others might still do then, they might have done before.
    """

    kept: int  #: after these something may follow that is asked about
    wanted: int  #: after these a step may follow that needs something
    strict: bool  #: the end of the whole case ends what others do
    untold: int  #: facts that may be anything once a case has rested, as bits

    def of(self, tokens: int) -> int:
        """Return those of *tokens* that matter; none where no step is to come."""
        return tokens & self.kept if tokens & self.wanted else 0


class Walk:
    """The ways through one graph, or part of it."""

    def __init__(
        self,
        graph: Graph,
        facts: Facts,
        law: Law,
        *,
        part: Part | None = None,
        reduced: bool = True,
    ) -> None:
        """Walk *graph* as it is, or only *part* of it.

        *reduced*: of parallel branches that know nothing of each other one goes first.
        """
        self.graph = graph
        self.facts = facts
        self.law = law
        self._part = part
        self._strict = part is None or part.strict
        self._reduced = reduced
        self._edge_base = len(graph.spots)
        self._reads, self._writes = touched(graph, facts)
        self._live = live(graph, self._reads, self._writes)
        self._lasting = lasting(graph, self._live)
        self._footprints: dict[int, Footprint] = {}
        self._maybe_empty = maybe_empty(graph)
        self._order = Order(
            graph, self._footprint, self._maybe_empty, mild=not self._strict
        )
        self._joins = [
            (spot.index, self._waiting(spot.index), self._around(spot))
            for spot in graph.spots
            if spot.node.kind is NodeKind.INCLUSIVE
            and len(graph.incoming[spot.index]) > 1
        ]
        self._steps: dict[State, tuple[Step, ...]] = {}

    def begin(self) -> tuple[Step, ...]:
        """Return the states that a case may first rest in."""
        moving = tuple((index, -1) for index in self.graph.entry[-1])
        return tuple(self._settle(_Run(0, moving, self.facts.initial, (), 0)))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Return every way on from a state, each reckoned once."""
        found = self._steps.get(state)
        if found is None:
            found = self._steps[state] = tuple(self._go_on(state))
        return found

    def tells(self, spot: Spot) -> bool:
        """Say whether the ways in which a step ends are told apart."""
        name = f"outcome.{spot.node.id}"
        return bool(self.facts.written(spot.path, name)) or self._matters(spot)

    def _go_on(self, state: State) -> Iterator[Step]:
        resting = list(bits(state.tokens & (1 << self._edge_base) - 1))
        first = self._order.first(state.tokens, resting) if self._reduced else None
        for index in resting if first is None else (first,):
            yield from self._from(state, index)

    def _from(self, state: State, index: int) -> Iterator[Step]:
        graph = self.graph
        node, bit = graph.spots[index].node, 1 << index
        left = state.tokens & ~bit
        if node.kind is NodeKind.EVENT_GATEWAY:
            for edge in graph.outgoing[index]:
                yield from self._complete(state, left, graph.spots[edge.target])
        elif node.waits_for is not None:
            yield from self._complete(state, left, graph.spots[index])
        for event in graph.boundaries.get(index, ()):
            spot = graph.spots[event]
            if state.tokens & graph.branch.get(event, 0):
                continue  # a branch begun again runs apart; one at a time tells all
            ends = bit | graph.inside.get(index, 0) if spot.node.interrupting else 0
            yield from self._complete(state, state.tokens & ~ends, spot)

    def _complete(self, state: State, tokens: int, spot: Spot) -> Iterator[Step]:
        for outcome, values in self._outcomes(spot, state.values):
            done = Done(spot, outcome, (), self.law.effect(spot, outcome, ()))
            run = self._leave(_Run(tokens, (), values, (done,), 0), spot.index)
            yield from self._settle(run)

    def _outcomes(
        self, spot: Spot, values: tuple[Any, ...]
    ) -> Iterator[tuple[str | None, tuple[Any, ...]]]:
        node, written = spot.node, self.facts.written
        held = list(values)
        for asked in node.inputs:
            for place in written(spot.path, asked.fact):
                held[place] = GIVEN if asked.required else FREE
        name = f"outcome.{node.id}"
        if not node.outcomes:
            yield None, tuple(held)
        elif self.tells(spot):
            for choice in node.outcomes:
                for place in written(spot.path, name):
                    held[place] = choice.value
                yield choice.value, tuple(held)
        else:
            yield node.outcomes[0].value, tuple(held)

    def _matters(self, spot: Spot) -> bool:
        node = spot.node
        return node.checkpoint_if is not None or self.law.tells_outcomes(node.activity)

    def _settle(self, run: _Run) -> Iterator[Step]:
        """Let everything automatic happen, in every way that it may."""
        stack = [run]
        while stack:
            now = stack.pop()
            if now.passed > MAX_CASCADE:
                continue  # the engine stops such a circle; nothing is reached by it
            if now.moving:
                (index, via), *rest = now.moving
                ahead = now._replace(moving=tuple(rest), passed=now.passed + 1)
                stack += self._arrive(ahead, index, via)
                continue
            joined = self._inclusive(now)
            if joined is not None:
                stack += joined
                continue
            tokens = now.tokens if self._part is None else self._part.of(now.tokens)
            values = self._forget(tokens, now.values)
            yield Step(now.trail, State(tokens, values))

    def _arrive(self, run: _Run, index: int, via: int) -> list[_Run]:
        spot = self.graph.spots[index]
        kind = spot.node.kind
        if kind in ENDS:
            if kind is NodeKind.TERMINATE_END and (spot.host >= 0 or self._strict):
                run = self._clear(run, spot.host)
            return [self._ended(run, spot.host)]
        if kind in {NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE, NodeKind.PARALLEL}:
            return self._gateway(run, spot, via)
        if kind in {NodeKind.DECISION_TASK, NodeKind.SERVICE_TASK}:
            return self._decide(run, spot)
        if kind is NodeKind.START:
            return [self._leave(run, index)]
        passed = [self._leave(run, index)] if index in self._maybe_empty else []
        run = run._replace(tokens=run.tokens | 1 << index)
        if kind is NodeKind.CALL_ACTIVITY:
            run = self._begin_call(run, spot)
        inner = tuple((start, -1) for start in self.graph.entry.get(index, ()))
        return [run._replace(moving=run.moving + inner), *passed]

    def _begin_call(self, run: _Run, spot: Spot) -> _Run:
        """Let a call have no answers of its own yet: what is around it is seen."""
        fresh = self.facts.fresh((*spot.path, spot.node.id))
        if not fresh:
            return run
        held = list(run.values)
        for place in fresh:
            held[place] = FREE
        return run._replace(values=tuple(held))

    def _gateway(self, run: _Run, spot: Spot, via: int) -> list[_Run]:
        index, kind = spot.index, spot.node.kind
        incoming = self.graph.incoming[index]
        if kind is not NodeKind.EXCLUSIVE and len(incoming) > 1:
            run = run._replace(tokens=run.tokens | 1 << self._edge_base + via)
            waiting = self._waiting(index)
            if kind is NodeKind.INCLUSIVE or run.tokens & waiting != waiting:
                return [run]
            run = run._replace(tokens=run.tokens & ~waiting)
        return self._split(run, index)

    def _around(self, spot: Spot) -> int:
        around = 0
        while spot.host >= 0:
            spot = self.graph.spots[spot.host]
            around |= 1 << spot.index
        return around

    def _waiting(self, index: int) -> int:
        edges = self.graph.incoming[index]
        return sum(1 << self._edge_base + edge.index for edge in edges)

    def _split(self, run: _Run, index: int) -> list[_Run]:
        edges = self.graph.outgoing[index]
        kind = self.graph.spots[index].node.kind
        if kind is NodeKind.PARALLEL or len(edges) <= 1:
            return [self._leave(run, index)]
        asked = [e for e in edges if e.flow.condition and not e.flow.default]
        other = [edge for edge in edges if edge not in asked]
        texts = tuple(edge.flow.condition or "" for edge in asked)
        found: dict[tuple[Any, ...], _Run] = {}
        for answer, values in self.facts.ways(
            texts, run.values, self.graph.spots[index].path
        ):
            taken = [e for e, true in zip(asked, answer, strict=True) if true] or other
            if kind is NodeKind.EXCLUSIVE:
                taken = taken[:1]
            moving = tuple((edge.target, edge.index) for edge in taken)
            if moving:  # where no flow can be taken, the case stands still
                ahead = self._tell(run, self.graph.spots[index], taken)
                found[moving, values] = ahead._replace(
                    moving=moving + run.moving, values=values
                )
        return list(found.values())

    def _tell(self, run: _Run, spot: Spot, taken: list[Edge]) -> _Run:
        """Note the flows that some demand asks about."""
        trail = run.trail
        for edge in taken:
            condition = edge.flow.condition
            if self.law.tells_flow(condition):
                effect = self.law.effect(spot, condition, ())
                trail = (*trail, Done(spot, condition, (), effect))
        return run._replace(trail=trail)

    def _inclusive(self, run: _Run) -> list[_Run] | None:
        """Return what follows once an inclusive join waits for nobody any more."""
        for index, waiting, above in self._joins:
            if not run.tokens & waiting:
                continue
            others = run.tokens & ~waiting
            reach, base = self.graph.reach, self._edge_base
            places = (
                self.graph.edges[bit - base].target if bit >= base else bit
                for bit in bits(others & ~above)
            )
            if not any(place == index or reach[place] >> index & 1 for place in places):
                return self._split(run._replace(tokens=others), index)
        return None

    def _decide(self, run: _Run, spot: Spot) -> list[_Run]:
        found = []
        for decided in self._decisions(spot):
            held = list(run.values)
            for fact, value in decided:
                for place in self.facts.written(spot.path, fact):
                    held[place] = value
            done = Done(spot, None, decided, self.law.effect(spot, None, decided))
            ahead = run._replace(values=tuple(held), trail=(*run.trail, done))
            found.append(self._leave(ahead, spot.index))
        return found

    def _decisions(self, spot: Spot) -> Iterator[Decided]:
        """Yield what a table or operation may decide, as far as anybody asks."""
        outputs = self.facts.decided(spot.node)
        told = [
            fact
            for fact in outputs
            if self.facts.written(spot.path, fact) or self.law.tells(fact)
        ]
        for chosen in product(*(outputs[fact] for fact in told)):
            yield tuple(zip(told, chosen, strict=True))

    def _leave(self, run: _Run, index: int) -> _Run:
        """Send the token of a completed node on."""
        edges = self.graph.outgoing[index]
        if not edges:
            return self._ended(run, self.graph.spots[index].host)
        onward = tuple((edge.target, edge.index) for edge in edges)
        return run._replace(moving=onward + run.moving)

    def _ended(self, run: _Run, host: int) -> _Run:
        """Complete the host when nothing stands or moves in it any more."""
        if host < 0:
            return run
        inside = self.graph.inside[host]
        moves = any(inside >> index & 1 for index, _ in run.moving)
        if run.tokens & inside or moves or not run.tokens >> host & 1:
            return run
        return self._leave(run._replace(tokens=run.tokens & ~(1 << host)), host)

    def _clear(self, run: _Run, host: int) -> _Run:
        inside = self.graph.inside[host]
        left = tuple(pair for pair in run.moving if not inside >> pair[0] & 1)
        return run._replace(tokens=run.tokens & ~inside, moving=left)

    def _forget(self, tokens: int, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Drop the facts that nothing reads before they are written anew."""
        read = 0
        for bit in bits(tokens):
            edge = bit - self._edge_base
            read |= self._live[self.graph.edges[edge].target if edge >= 0 else bit]
        return tuple(
            value if read >> place & 1 else DEAD for place, value in enumerate(values)
        )

    def _footprint(self, index: int) -> Footprint:
        found = self._footprints.get(index)
        if found is None:
            found = self._footprints[index] = self._tread(index)
        return found

    def _tread(self, index: int) -> Footprint:
        spot = self.graph.spots[index]
        found = Footprint(
            reads=self._reads[index] & self._lasting,
            writes=self._writes[index] & self._lasting,
        )
        ways: list[str | None] = [choice.value for choice in spot.node.outcomes]
        flows = [edge.flow.condition for edge in self.graph.outgoing[index]]
        ways += [text for text in flows if self.law.tells_flow(text)]
        for outcome in ways or [None]:
            for decided in self._decisions(spot):
                effect = self.law.effect(spot, outcome, decided)
                found = found.with_(
                    Footprint(effect.needs, effect.meets, effect.clears)
                )
        return found


def bits(tokens: int) -> Iterator[int]:
    """Yield the places of the bits that are set, the lowest first."""
    while tokens:
        lowest = tokens & -tokens
        tokens ^= lowest
        yield lowest.bit_length() - 1
