"""What completing a step means to a demand, and where a demand stands in a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.bpmn.model import GATEWAYS, Node, NodeKind
from engine.bpmn.prove_graph import Graph, Spot
from engine.bpmn.prove_law import Demand

Decided = tuple[tuple[str, Any], ...]
#: A way in which a spot is completed: how it ends, and the words for it.
Way = tuple[Spot, str | None, frozenset[str]]


@dataclass(frozen=True)
class Effect:
    """What completing a step one way demands, and what it changes; demands as bits."""

    needs: int = 0  #: what must have come about before
    clears: int = 0
    meets: int = 0


@dataclass(frozen=True)
class Placed:
    """One demand in a graph: what one call does is nothing to another.

    A demand that a called process meets by itself is placed once for every call.
    """

    demand: Demand
    scope: tuple[str, ...]  #: the call that it is about; empty: the whole case
    goal: int = -1  #: the one spot that is not to be reached at all; -1: none

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that it is told by."""
        asked = self.demand
        if self.goal >= 0:
            return frozenset()
        return frozenset((*asked.at, *asked.any, *asked.since))

    def effect(self, spot: Spot, happened: frozenset[str]) -> Effect:
        """Return what a step means to it, as bits of one."""
        asked = self.demand
        if self.goal >= 0:
            return Effect(needs=int(spot.index == self.goal))
        if not _near(spot.path, self.scope):
            return Effect()
        return Effect(
            needs=int(not happened.isdisjoint(asked.at)),
            clears=int(not happened.isdisjoint(asked.since)),
            meets=int(not happened.isdisjoint(asked.any)),
        )


def place(demands: Iterable[Demand], ways: Iterable[Way]) -> tuple[Placed, ...]:
    """Place the demands on order in a graph, of which all *ways* on are known."""
    given = tuple(demands)
    wanted = {word for each in given for word in (*each.at, *each.any)}
    where: dict[str, set[tuple[str, ...]]] = {}
    for spot, _, told in ways:
        for word in told & wanted:
            where.setdefault(word, set()).add(spot.path)
    return tuple(
        Placed(demand, scope)
        for demand in given
        if demand.kind == "before"
        for scope in _scopes(demand, where)
    )


class Law:
    """Some demands, asked by the walk at every completed step."""

    def __init__(self, placed: Iterable[Placed]) -> None:
        """Number *placed*: their numbers are the bits of what follows."""
        self.placed = tuple(placed)
        self._cache: dict[tuple[int, str | None, Decided], Effect] = {}
        self._words = frozenset[str]().union(*(each.words for each in self.placed))

    def tells_outcomes(self, activity: str | None) -> bool:
        """Say whether the way in which an activity ends matters to any demand."""
        start = f"done:{activity}="
        return any(word.startswith(start) for word in self._words)

    def tells(self, fact: str) -> bool:
        """Say whether what a table decides for *fact* matters to any demand."""
        return any(word.startswith(f"decided:{fact}=") for word in self._words)

    def tells_flow(self, condition: str | None) -> bool:
        """Say whether it matters to any demand that a flow is taken."""
        return f"taken:{condition}" in self._words

    def effect(self, spot: Spot, outcome: str | None, decided: Decided) -> Effect:
        """Return what completing *spot* demands and changes."""
        key = (spot.index, outcome, decided)
        found = self._cache.get(key)
        if found is None:
            happened = words(spot, outcome, decided)
            found = Effect()
            for index, each in enumerate(self.placed):
                one = each.effect(spot, happened)
                found = Effect(
                    found.needs | one.needs << index,
                    found.clears | one.clears << index,
                    found.meets | one.meets << index,
                )
            self._cache[key] = found
        return found


def happens(
    graph: Graph, decided: Callable[[Node], Mapping[str, tuple[Any, ...]]]
) -> Iterator[Way]:
    """Yield each way in which each spot may be completed, with its words.

    What is decided is told fact by fact: one word never needs two of them.
    """
    for spot in graph.spots:
        node = spot.node
        ways: list[str | None] = [choice.value for choice in node.outcomes]
        if node.kind in GATEWAYS:
            ways += [edge.flow.condition for edge in graph.outgoing[spot.index]]
        for outcome in ways or [None]:
            yield spot, outcome, words(spot, outcome, ())
        for fact, values in decided(node).items():
            for value in values:
                yield spot, None, words(spot, None, ((fact, value),))


def _scopes(
    demand: Demand, placed: Mapping[str, set[tuple[str, ...]]]
) -> tuple[tuple[str, ...], ...]:
    """Return the calls in each of which a demand stands by itself.

    One that is empty: it is about the whole case; none: no step is drawn for it.
    """
    reached = {path for word in demand.at for path in placed.get(word, ())}
    meeting = [path for word in demand.any for path in placed.get(word, ())]
    alone = all(path and (path in meeting or not meeting) for path in reached)
    return tuple(sorted(reached)) if alone else ((),)


def _near(path: tuple[str, ...], scope: tuple[str, ...]) -> bool:
    """Say whether *path* is the call itself, around it, or below it."""
    shared = min(len(path), len(scope))
    return path[:shared] == scope[:shared]


def words(spot: Spot, outcome: str | None, decided: Decided) -> frozenset[str]:
    """Return what comes about when a step is completed."""
    node = spot.node
    found = {f"step:{node.process}/{node.id}"}
    if node.kind in GATEWAYS:
        found.add(f"taken:{outcome}")
    if node.activity:
        for about in ("", f"@{spot.subject}") if spot.subject else ("",):
            found.add(f"done:{node.activity}{about}")
            if outcome is not None:
                found.add(f"done:{node.activity}={outcome}{about}")
    found.update(f"fired:{rule.code}" for rule in node.deadlines if rule.fires)
    if node.kind is NodeKind.SERVICE_TASK and node.operation:
        found.add(f"operation:{node.operation}")
    for fact, value in decided:
        told = str(value).lower() if isinstance(value, bool) else value
        found.add(f"decided:{fact}={told}")
    return frozenset(found)
