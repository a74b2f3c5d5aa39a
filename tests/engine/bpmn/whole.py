"""What is true of a small process when everything in it is explored in every order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.bpmn.model import Process
from engine.bpmn.prove_explore import explore, shortest
from engine.bpmn.prove_facts import Facts
from engine.bpmn.prove_graph import Graph
from engine.bpmn.prove_law import Demand
from engine.bpmn.prove_place import Law, happens, place
from engine.bpmn.prove_walk import Walk, bits

#: A process with more states than this is not compared.
MAX_STATES = 400


def whole_truth(
    models: Mapping[str, Process], demands: Iterable[Demand]
) -> set[Demand] | None:
    """Return the demands that some path leaves out; None: there are too many paths."""
    walk = _whole(models, demands)
    found = explore(walk, MAX_STATES)
    if found.stopped:
        return None
    return {walk.law.placed[index].demand for index in bits(found.broken)}


def shortest_steps(models: Mapping[str, Process], demand: Demand) -> int:
    """Return how many steps the shortest offending path takes, in any order."""
    counts = []
    placed = _whole(models, [demand]).law.placed
    for number in range(len(placed)):
        walk = _whole(models, [demand], number)
        way = shortest(walk, 100 * MAX_STATES)
        if way is not None:
            counts.append(sum(done.spot.node.waits_for is not None for done in way))
    return min(counts)


def _whole(
    models: Mapping[str, Process], demands: Iterable[Demand], number: int | None = None
) -> Walk:
    graph = Graph(models, "p")
    conditions = [edge.flow.condition for edge in graph.edges if edge.flow.condition]
    facts = Facts(graph, {}, {}, conditions)
    placed = place(demands, happens(graph, facts.decided))
    if number is not None:
        placed = placed[number : number + 1]
    return Walk(graph, facts, Law(placed), reduced=False)
