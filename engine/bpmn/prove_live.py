"""Which facts each step reads and writes, and which pass from one step to another."""

from __future__ import annotations

import ast

from engine.bpmn.expressions import compile_expression, parse_expression
from engine.bpmn.model import NodeKind
from engine.bpmn.prove_facts import Facts
from engine.bpmn.prove_graph import Graph


def touched(graph: Graph, facts: Facts) -> tuple[list[int], list[int]]:
    """Return the facts that each spot reads and writes, as bits."""
    reads, writes = [0] * len(graph.spots), [0] * len(graph.spots)
    for spot in graph.spots:
        node, index = spot.node, spot.index
        texts = [edge.flow.condition for edge in graph.outgoing[index]]
        read = {n for t in texts if t for n in compile_expression(t).names}
        wrote = {asked.fact for asked in node.inputs}
        wrote.update(facts.decided(node))
        if node.outcomes:
            wrote.add(f"outcome.{node.id}")
        path = spot.path
        places = {facts.read(path, name) for name in read}
        reads[index] = sum(1 << place for place in places if place is not None)
        into = {place for name in wrote for place in facts.written(path, name)}
        if node.kind is NodeKind.CALL_ACTIVITY:
            into.update(facts.fresh((*path, node.id)))
        writes[index] = sum(1 << place for place in into)
    return reads, writes


def live(graph: Graph, reads: list[int], writes: list[int]) -> list[int]:
    """Return which facts are read from each spot on before they are written."""
    found = [0] * len(graph.spots)
    changed = True
    while changed:
        changed = False
        for index in reversed(range(len(found))):
            after = beside = 0
            for follower in graph.followers(index):
                after |= found[follower]
            for event in graph.boundaries.get(index, ()):
                beside |= found[event]
            now = reads[index] | beside | after & ~writes[index]
            if now != found[index]:
                found[index] = now
                changed = True
    return found


def lasting(graph: Graph, lives: list[int]) -> int:
    """Return the facts that are still read while a case rests, as bits.

    What is always written just before it is read never passes between tokens.
    """
    found = 0
    for spot in graph.spots:
        if spot.node.waits_for is not None or spot.index in graph.entry:
            found |= lives[spot.index]
    return found


def maybe_empty(graph: Graph) -> frozenset[int]:
    """Return the panels that may have no member, so that nobody is asked there.

    A guard such as ``len(members) >= 3`` rules that out for every panel that is as
    large as what it counts.
    """
    manned = {
        counted
        for spot in graph.spots
        for guard in spot.node.guards
        if (counted := _at_least_one(guard.require)) is not None
    }
    return frozenset(
        spot.index
        for spot in graph.spots
        if spot.node.loop is not None
        and ast.unparse(parse_expression(spot.node.loop.cardinality)) not in manned
    )


def _at_least_one(text: str) -> str | None:
    """Return what a condition says to be one or more; None: it says no such thing."""
    node = parse_expression(text)
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    least = node.comparators[0]
    if not isinstance(node.ops[0], ast.GtE) or not isinstance(least, ast.Constant):
        return None
    if not isinstance(least.value, int) or least.value < 1:
        return None
    return ast.unparse(node.left)
