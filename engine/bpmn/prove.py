"""Prove that no path through a process leaves out what the law asks for.

Every state that a case may come to is explored: called processes drawn out in place,
parallel branches in every order, loops until nothing new can happen. What was done
before is kept as the set of demands met on *every* path to a state, so that a state is
looked at once for all histories; the shortest offending path is sought afterwards.

Conditions over one fact agree with each other until the fact is written again; what a
table decides is open among its results. A panel is taken to have a member: guards say
so. Times, deductions and waivers are the gate's and the clock's; they are not explored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.bpmn.decisions import DecisionTable
from engine.bpmn.errors import NotProvable, ProofFailed
from engine.bpmn.model import NodeKind, Process
from engine.bpmn.prove_facts import Facts
from engine.bpmn.prove_graph import Graph
from engine.bpmn.prove_law import Asked, Demand, Law
from engine.bpmn.prove_walk import Done, State, Step, Walk, bits

#: A process with more states than this is refused, not half explored.
MAX_STATES = 60_000


@dataclass(frozen=True)
class Stage:
    """One step on an offending path."""

    process: str
    element: str
    name: str
    path: tuple[str, ...]
    choice: str  #: the outcome, or what a table decided; empty: neither

    def __str__(self) -> str:
        """Return the element with its name, as a designer looks for it."""
        place = "/".join((*self.path, self.element))
        told = f"{place} {self.name}".strip()
        return f"{told} [{self.choice}]" if self.choice else told


@dataclass(frozen=True)
class Offence:
    """The shortest path to a step that lacks something."""

    demand: Demand
    path: tuple[Stage, ...]  #: the last is the step that is reached


@dataclass(frozen=True)
class Proof:
    """What was explored for one authority, and what was found."""

    process: str
    authority: str
    states: int
    ways: int  #: ways from a state to the next
    demands: frozenset[Demand]  #: those that some step fell under
    offences: tuple[Offence, ...]

    @property
    def holds(self) -> bool:
        """Say whether no path leaves anything out."""
        return not self.offences

    def require(self) -> None:
        """Raise ProofFailed for the shortest offending path, if there is one."""
        if self.holds:
            return
        worst = min(self.offences, key=lambda offence: len(offence.path))
        last = worst.path[-1]
        raise ProofFailed(
            self.process,
            self.authority,
            f"{last.process}/{last.element}",
            worst.demand.missing,
            [str(stage) for stage in worst.path],
            list(worst.demand.cites),
        )


def prove(
    models: Mapping[str, Process],
    tables: Mapping[str, DecisionTable],
    root: str,
    demands: Iterable[Demand],
    issuer: str,
    asked: Asked,
    *,
    max_states: int = MAX_STATES,
) -> Proof:
    """Explore a process for one authority and return what was found.

    Args:
        models: the process and everything that it calls, by key.
        tables: the decision tables that they ask, by key.
        root: the process that cases run.
        demands: what ``proof.toml`` asks for.
        issuer: the authority; demands on others are left out.
        asked: the records that the authority's rules ask for at a node.
        max_states: how far it is explored.

    Raises:
        NotProvable: it has too many states, or nodes outside the profile.
    """
    graph = Graph(models, root)
    law = Law(demands, issuer, asked)
    walk = Walk(graph, Facts(graph, tables, _conditions(graph)), law)
    met, under, broken = _explore(walk, root, max_states)
    offences = tuple(
        Offence(law.demands[index], _shortest(walk, index)) for index in bits(broken)
    )
    return Proof(
        process=root,
        authority=issuer,
        states=len(met),
        ways=sum(len(walk.steps(state)) for state in met),
        demands=frozenset(law.demands[index] for index in bits(under)),
        offences=offences,
    )


def _explore(
    walk: Walk, root: str, max_states: int
) -> tuple[dict[State, int], int, int]:
    """Return what is met on every path to each state, and two sets of demands.

    The first are those that some step fell under, the second those not met there.
    """
    met: dict[State, int] = {}
    under = broken = 0
    queue: deque[tuple[tuple[Step, ...], int]] = deque([(walk.begin(), 0)])
    while queue:
        steps, before = queue.popleft()
        for step in steps:
            now = before
            for done in step.trail:
                effect = done.effect
                under |= effect.under
                broken |= effect.needs & ~now | effect.fails
                now = now & ~effect.clears | effect.meets
            known = met.get(step.state)
            now = now if known is None else known & now
            if now != known:
                met[step.state] = now
                if len(met) > max_states:
                    raise NotProvable(root, "", "too_many_states")
                queue.append((walk.steps(step.state), now))
    return met, under, broken


def _shortest(walk: Walk, index: int) -> tuple[Stage, ...]:
    """Return the shortest way on which one demand is not met."""
    queue: deque[tuple[State, bool, tuple[Done, ...]]] = deque()
    seen: set[tuple[State, bool]] = set()

    def go(
        steps: Iterable[Step], had: bool, trail: tuple[Done, ...]  # noqa: FBT001
    ) -> tuple[Done, ...] | None:
        for step in steps:
            has = had
            for place, done in enumerate(step.trail, start=1):
                effect = done.effect
                if effect.fails >> index & 1 or (effect.needs >> index & 1 and not has):
                    return trail + step.trail[:place]
                has = bool(effect.meets >> index & 1) or (
                    has and not effect.clears >> index & 1
                )
            if (step.state, has) not in seen:
                seen.add((step.state, has))
                queue.append((step.state, has, trail + step.trail))
        return None

    found = go(walk.begin(), False, ())  # noqa: FBT003  # nothing is met at first
    while found is None and queue:
        state, had, trail = queue.popleft()
        found = go(walk.steps(state), had, trail)
    return tuple(_stage(done) for done in found or ())


def _stage(done: Done) -> Stage:
    node = done.spot.node
    told = [f"{fact} = {_told(value)}" for fact, value in done.decided]
    for choice in node.outcomes:
        if choice.value == done.outcome:
            told.append(f"{choice.value} {choice.zh}".strip())
    return Stage(node.process, node.id, node.name, done.spot.path, ", ".join(told))


def _told(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _conditions(graph: Graph) -> list[str]:
    gateways = {NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE}
    return [
        edge.flow.condition
        for edge in graph.edges
        if edge.flow.condition and graph.spots[edge.source].node.kind in gateways
    ]
