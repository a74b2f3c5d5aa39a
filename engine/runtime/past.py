"""Carry over what was done before a move, so that it can still be gone back to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.bpmn.model import Node
from engine.runtime.definitions import Bundle
from engine.runtime.history import Gone, Happening
from engine.runtime.migration import JOINS, Obstacle, Plan, place_of, sources


def lost(old: Bundle, events: Iterable[Happening], plan: Plan) -> frozenset[Obstacle]:
    """Return what was passed and could not be gone back to in the new version."""
    found = set()
    for name in {gone.spec for event in events for gone in event.gone}:
        process, element = place_of(name)
        model = old.models.get(process)
        node = model.nodes.get(element) if model is not None else None
        if plan.name(name) not in plan.drawn:
            found.add(Obstacle(process, element, "passed_gone"))
        elif node is not None and not _is_alike(old, node, plan):
            found.add(Obstacle(process, element, "passed_changed"))
    return frozenset(found)


def renamed(events: Iterable[Happening], plan: Plan) -> Iterator[Happening]:
    """Yield what happened in the names of the new version."""
    for event in events:
        yield Happening(tuple(_renamed(gone, plan) for gone in event.gone), event.come)


def _renamed(gone: Gone, plan: Plan) -> Gone:
    internal = dict(gone.internal)
    if "origin" in internal:
        internal["origin"] = plan.name(internal["origin"])
    return replace(gone, spec=plan.name(gone.spec), internal=internal)


def _is_alike(old: Bundle, node: Node, plan: Plan) -> bool:
    """Say whether a token could stand on a node again as it once did."""
    new = plan.node(node)
    if new is None or (new.kind, new.loop, new.members, new.called) != (
        node.kind,
        node.loop,
        node.members,
        node.called,
    ):
        return False
    if node.kind not in JOINS:
        return True
    before, after = old.models[node.process], plan.new.models[new.process]
    return sources(before, node, plan) == sources(after, new, None)
