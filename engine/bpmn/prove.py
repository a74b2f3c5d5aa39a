"""Prove that no path through a process leaves out what the law asks for.

Every state that a case may come to is explored: called processes drawn out in place,
parallel branches in every order, loops until nothing new can happen. What was done
before is kept as the set of demands met on *every* path to a state, so that a state is
looked at once for all histories; the shortest offending path is sought afterwards.

Conditions over one fact agree with each other until the fact is written again; what a
table decides is open among its results. A panel may have no member unless a guard says
otherwise. A branch that an event begins again while it runs is explored once: each
begins with no less than the first. Times, deductions and waivers belong to the gate and
the clocks; they are not explored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.bpmn.decisions import DecisionTable
from engine.bpmn.errors import NotProvable, ProofFailed
from engine.bpmn.model import GATEWAYS, NodeKind, Process
from engine.bpmn.prove_facts import Facts
from engine.bpmn.prove_graph import Graph
from engine.bpmn.prove_law import Asked, Demand, Law, is_met
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
    authorities: Mapping[str, Asked],
    *,
    max_states: int = MAX_STATES,
    reduced: bool = True,
) -> tuple[Proof, ...]:
    """Explore a process once and return what was found for each authority.

    Args:
        models: the process and everything that it calls, by key.
        tables: the decision tables that they ask, by key.
        root: the process that cases run.
        demands: what ``proof.toml`` asks for.
        authorities: for each authority the records that its rules ask for at a node.
        max_states: how far it is explored.
        reduced: False explores every order of parallel branches; it finds the same.

    Raises:
        NotProvable: it has too many states, or nodes outside the profile.
    """
    graph = Graph(models, root)
    facts = Facts(graph, tables, _conditions(graph))
    about = [d for d in demands if not d.within or root in d.within]
    law = Law(about, graph.spots, facts.outputs)
    walk = Walk(graph, facts, law, reduced=reduced)
    found = _explore(walk, root, max_states)
    ways = sum(len(walk.steps(state)) for state in found.met)
    return tuple(
        Proof(
            process=root,
            authority=issuer,
            states=len(found.met),
            ways=ways,
            demands=frozenset(
                law.demands[index]
                for index in bits(found.needed | found.fell)
                if law.demands[index].binds(issuer)
            ),
            offences=tuple(_offences(walk, found, issuer, asked)),
        )
        for issuer, asked in authorities.items()
    )


@dataclass
class _Found:
    """What exploring found; demands as bits."""

    met: dict[State, int] = field(default_factory=dict)  #: met on every path to it
    needed: int = 0  #: some step needs it before
    broken: int = 0  #: some step needs it, and some path there lacks it
    fell: int = 0  #: some step falls under it
    done: dict[tuple[int, str | None], Done] = field(default_factory=dict)


def _explore(walk: Walk, root: str, max_states: int) -> _Found:
    found = _Found()
    queue: deque[tuple[tuple[Step, ...], int]] = deque([(walk.begin(), 0)])
    while queue:
        steps, before = queue.popleft()
        for step in steps:
            now = before
            for done in step.trail:
                effect = done.effect
                found.needed |= effect.needs
                found.broken |= effect.needs & ~now
                if effect.falls:
                    found.fell |= effect.falls
                    found.done.setdefault((done.spot.index, done.outcome), done)
                now = now & ~effect.clears | effect.meets
            known = found.met.get(step.state)
            now = now if known is None else known & now
            if now != known:
                found.met[step.state] = now
                if len(found.met) > max_states:
                    raise NotProvable(root, "", "too_many_states")
                queue.append((walk.steps(step.state), now))
    return found


def _offences(
    walk: Walk, found: _Found, issuer: str, asked: Asked
) -> Iterator[Offence]:
    demands = walk.law.demands
    for index in bits(found.broken):
        if demands[index].binds(issuer):
            yield Offence(demands[index], _shortest(walk, index, None))
    for key, done in found.done.items():
        for index in bits(done.effect.falls):
            demand = demands[index]
            if demand.binds(issuer) and not is_met(
                demand, done.spot.node, done.outcome, asked
            ):
                yield Offence(demand, _shortest(walk, index, key))


def _shortest(
    walk: Walk, index: int, goal: tuple[int, str | None] | None
) -> tuple[Stage, ...]:
    """Return the shortest way to *goal*; None: to where one demand is not met."""
    queue: deque[tuple[tuple[Step, ...], bool, tuple[Done, ...]]] = deque()
    queue.append((walk.begin(), False, ()))
    seen: set[tuple[State, bool]] = set()
    while queue:
        steps, had, trail = queue.popleft()
        for step in steps:
            has = had
            for place, done in enumerate(step.trail, start=1):
                effect = done.effect
                here = (done.spot.index, done.outcome) == goal
                if here or (goal is None and effect.needs >> index & 1 and not has):
                    return tuple(map(_stage, trail + step.trail[:place]))
                has = goal is None and bool(
                    effect.meets >> index & 1
                    or (has and not effect.clears >> index & 1)
                )
            if (step.state, has) not in seen:
                seen.add((step.state, has))
                queue.append((walk.steps(step.state), has, trail + step.trail))
    raise AssertionError("what was reached can be reached again")


def _stage(done: Done) -> Stage:
    node = done.spot.node
    told = [f"{fact} = {_told(value)}" for fact, value in done.decided]
    chosen = (choice for choice in node.outcomes if choice.value == done.outcome)
    told += [f"{choice.value} {choice.zh}".strip() for choice in chosen]
    if node.kind in GATEWAYS and done.outcome:
        told.append(done.outcome)
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
