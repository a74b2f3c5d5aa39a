"""Prove that no path through a process leaves out what the law asks for.

Every state that a case may come to is explored: called processes drawn out in place,
parallel branches in every order, loops until nothing new can happen. What was done
before is kept as the set of demands met on *every* path to a state, so that a state is
looked at once for all histories; the shortest offending path is sought afterwards.

Each demand is explored by itself, in the part of the process that it is about
(``prove_slice``). What holds there holds in the whole. What does not is walked again in
the whole: it is an offence when the whole can go that way; otherwise more is told in
the part, and in the end everything. What one call is about by itself is explored once,
in the called process alone (``prove_alone``). A demand on a step itself (a record, a
guard, a checkpoint) needs no exploring unless the step lacks it: then it is asked
whether any case comes to the step.

Conditions over one fact agree with each other until the fact is written again; what a
table decides is open among its results. A panel may have no member unless a guard says
otherwise. A branch that an event begins again while it runs is explored once: each
begins with no less than the first. Times, deductions and waivers belong to the gate and
the clocks; they are not explored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.bpmn.decisions import DecisionTable
from engine.bpmn.errors import NotProvable, ProofFailed
from engine.bpmn.model import GATEWAYS, Process
from engine.bpmn.prove_alone import Calls
from engine.bpmn.prove_explore import Found, again, explore
from engine.bpmn.prove_facts import Facts, asked_by
from engine.bpmn.prove_graph import Graph
from engine.bpmn.prove_law import Asked, Demand, is_met
from engine.bpmn.prove_place import Placed, Way, happens, place
from engine.bpmn.prove_slice import Slice, Slicer
from engine.bpmn.prove_walk import Done, Walk

#: How many states are explored for one demand; beyond them nothing is proved.
MAX_STATES = 20_000


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
    open: tuple[Demand, ...]  #: those of which it is not known whether they are met

    @property
    def holds(self) -> bool:
        """Say whether no path leaves anything out."""
        return not self.offences and not self.open

    def require(self) -> None:
        """Raise ProofFailed for the shortest offending path, if there is one.

        Raises:
            NotProvable: none was found, and not everything could be explored.
        """
        if not self.offences:
            for demand in self.open:
                raise NotProvable(self.process, demand.missing, "too_many_states")
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
    noted: Mapping[str, Mapping[str, tuple[Any, ...]]] | None = None,
    max_states: int = MAX_STATES,
    done: Callable[[int, int], None] = lambda *_: None,
) -> tuple[Proof, ...]:
    """Explore a process and return what was found for each authority.

    Args:
        models: the process and everything that it calls, by key.
        tables: the decision tables that they ask, by key.
        root: the process that cases run.
        demands: what ``proof.toml`` asks for.
        authorities: for each authority the records that its rules ask for at a node.
        noted: what each operation of a service task may say of a fact.
        max_states: how far it is explored for each demand.
        done: told how many demands of how many are explored.

    Raises:
        NotProvable: it has nodes outside the profile.
    """
    graph = Graph(models, root)
    facts = Facts(graph, tables, noted or {}, asked_by(graph))
    ways = tuple(happens(graph, facts.decided))
    about = [d for d in demands if not d.within or root in d.within]
    calls = Calls(models, tables, noted or {}, (graph, ways), max_states)
    prover = _Prover(Slicer(graph, facts, ways), calls, max_states)
    looked = [
        (placed, None, frozenset(authorities)) for placed in place(about, ways)
    ] + [lacking for each in about for lacking in _lacking(each, ways, authorities)]
    for number, (placed, outcome, issuers) in enumerate(looked, start=1):
        prover.look(placed, issuers, outcome)
        done(number, len(looked))
    prover.asked.update(each for each in about if _falls(each, ways))
    return tuple(prover.proof(root, issuer) for issuer in authorities)


class _Prover:
    """Looks at one demand after the other, and keeps what was found."""

    def __init__(self, slicer: Slicer, calls: Calls, max_states: int) -> None:
        self._slicer = slicer
        self._calls = calls
        self._max_states = max_states
        self._states = self._ways = 0
        self.asked: set[Demand] = set()
        self._offences: list[tuple[frozenset[str], Offence]] = []
        self._open: list[tuple[frozenset[str], Demand]] = []

    def look(
        self, placed: Placed, issuers: frozenset[str], outcome: str | None = None
    ) -> None:
        """Explore for one demand, which binds *issuers* among others."""
        demand = placed.demand
        alone = self._calls.alone(placed)
        if alone is not None:
            holds, way = self._calls.look(alone, self._slicer, self._explore)
            if holds:
                return
            if way is not None:
                self._offend(demand, issuers, way, outcome)
                return
        for part in self._slicer.parts(placed):
            walk = part.walk(reduced=True)
            found = self._explore(walk, demand)
            if found.broken:
                way = self._way(part, walk)
                if way is not None:
                    self._offend(demand, issuers, way, outcome)
                    return
            elif not found.stopped:
                return
        self._open.append((issuers, demand))

    def _explore(self, walk: Walk, demand: Demand) -> Found:
        found = explore(walk, self._max_states)
        self._states += len(found.met)
        self._ways += found.ways
        if found.needed:
            self.asked.add(demand)
        return found

    def _way(self, part: Slice, walk: Walk) -> tuple[Done, ...] | None:
        """Return the shortest way of a case that lacks something; None: none is known.

        It is sought in every order of parallel branches, or where these are too many,
        in as few as will do.
        """
        found = part.shortest(walk, self._max_states)
        if found is None:
            return None
        whole = self._slicer.whole(part.placed).walk(reduced=False)
        return again(found, walk.tells, whole)

    def _offend(
        self,
        demand: Demand,
        issuers: frozenset[str],
        way: tuple[Done, ...],
        outcome: str | None,
    ) -> None:
        last = way[-1] if outcome is None else replace(way[-1], outcome=outcome)
        path = tuple(map(_stage, (*way[:-1], last)))
        self._offences.append((issuers, Offence(demand, path)))

    def proof(self, root: str, issuer: str) -> Proof:
        """Return what was found for one authority."""
        return Proof(
            process=root,
            authority=issuer,
            states=self._states,
            ways=self._ways,
            demands=frozenset(d for d in self.asked if d.binds(issuer)),
            offences=tuple(
                offence
                for issuers, offence in self._offences
                if issuer in issuers and offence.demand.binds(issuer)
            ),
            open=tuple(
                demand
                for issuers, demand in self._open
                if issuer in issuers and demand.binds(issuer)
            ),
        )


def _falls(demand: Demand, ways: Iterable[Way]) -> bool:
    """Say whether some step must have something itself."""
    return demand.kind != "before" and any(
        not happened.isdisjoint(demand.at) for _, _, happened in ways
    )


def _lacking(
    demand: Demand, ways: Iterable[Way], authorities: Mapping[str, Asked]
) -> Iterator[tuple[Placed, str | None, frozenset[str]]]:
    """Yield each step that lacks what it must have itself, and who asks for it."""
    if demand.kind == "before":
        return
    seen: set[int] = set()
    for spot, outcome, happened in ways:
        if spot.index in seen or happened.isdisjoint(demand.at):
            continue
        lacks = frozenset(
            issuer
            for issuer, asked in authorities.items()
            if demand.binds(issuer) and not is_met(demand, spot.node, outcome, asked)
        )
        if lacks:
            seen.add(spot.index)
            yield Placed(demand, spot.path, spot.index), outcome, lacks


def _stage(done: Done) -> Stage:
    node = done.spot.node
    told = [
        f"{fact} = {_told(value)}" for fact, value in done.decided if value is not None
    ]
    chosen = (choice for choice in node.outcomes if choice.value == done.outcome)
    told += [f"{choice.value} {choice.zh}".strip() for choice in chosen]
    if node.kind in GATEWAYS and done.outcome:
        told.append(done.outcome)
    return Stage(node.process, node.id, node.name, done.spot.path, ", ".join(told))


def _told(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
