"""Play a diagram through with tokens: can it come to a standstill?

Conditions are not looked at: any way out of a gateway may be taken. So a join
that only works because two conditions happen to agree is reported, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from engine.bpmn.findings import Finding, error, warning
from engine.bpmn.model import BOUNDARIES, ENDS, Node, NodeKind, Process

#: Markings looked at in one scope; beyond, nothing is claimed.
MAX_MARKINGS = 20_000

#: One entry per token: the flow it came by, and the node it is at. A host has
#: the ids of its boundary events that may still start a branch as well.
_Token = tuple[str, str]
_Marking = tuple[_Token, ...]


def check(process: Process) -> Iterator[Finding]:
    """Yield each join at which the process may wait for ever."""
    scopes: list[str | None] = [None]
    scopes += [n.id for n in process.nodes.values() if n.kind is NodeKind.SUBPROCESS]
    for scope in scopes:
        stuck = _stuck(process, scope)
        if stuck is None:
            yield warning(scope or process.key, "not_played_through")
        for element in sorted(stuck or ()):
            yield error(element, "deadlock")


def _stuck(process: Process, scope: str | None) -> set[str] | None:
    """Return where tokens may wait for ever; None: there is too much to look at."""
    starts = [n for n in process.within(scope) if n.kind is NodeKind.START]
    if len(starts) != 1:
        return set()
    first: _Marking = (("", starts[0].id),)
    seen, stack = {first}, [first]
    stuck: set[str] = set()
    while stack:
        marking = stack.pop()
        moved = False
        for follower in _steps(process, marking):
            moved = True
            if follower in seen:
                continue
            if len(seen) >= MAX_MARKINGS:
                return None
            seen.add(follower)
            stack.append(follower)
        if not moved:
            stuck.update(node for _, node in marking)
    return stuck


def _steps(process: Process, marking: _Marking) -> Iterator[_Marking]:
    """Yield the markings that one move leads to."""
    for place, (_, name) in enumerate(marking):
        if place and marking[place - 1][1] == name:
            continue  # the same move again
        node = process.nodes[name]
        if _is_join(process, node):
            rest = _joined(process, marking, node)
            if rest is None:
                continue
        else:
            rest = marking[:place] + marking[place + 1 :]
        for ways in _ways(process, node):
            yield _marked(rest, ways)
        for event in process.boundaries.get(name, ()):
            ways = tuple((f.id, f.target) for f in process.outgoing[event.id])
            if event.interrupting:
                yield _marked(rest, ways)
            else:
                # As often as it likes, the branch starts beside the host: once
                # is enough to see whether it can end.
                for after in _ways(process, node):
                    yield _marked(rest, (*ways, *after))


def _marked(rest: _Marking, ways: tuple[_Token, ...]) -> _Marking:
    # More than two of the same token show nothing that two do not.
    tokens = sorted((*rest, *ways))
    return tuple(
        token
        for place, token in enumerate(tokens)
        if tokens[place - 2 : place] != [token] * 2
    )


def _is_join(process: Process, node: Node) -> bool:
    return (
        node.kind in {NodeKind.PARALLEL, NodeKind.INCLUSIVE}
        and len(process.incoming[node.id]) > 1
    )


def _joined(process: Process, marking: _Marking, node: Node) -> _Marking | None:
    """Return the marking without what a join consumes; None: it must wait."""
    flows = {flow.id for flow in process.incoming[node.id]}
    arrived = {flow for flow, name in marking if name == node.id}
    if node.kind is NodeKind.PARALLEL and arrived != flows:
        return None
    if node.kind is NodeKind.INCLUSIVE and any(
        name != node.id and _reaches(process, name, node.id) for _, name in marking
    ):
        return None
    rest = list(marking)
    for flow in arrived:
        rest.remove((flow, node.id))
    return tuple(rest)


def _reaches(process: Process, start: str, goal: str) -> bool:
    seen: set[str] = set()
    stack = [start]
    while stack:
        name = stack.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            stack += [flow.target for flow in process.outgoing[name]]
            for event in process.boundaries.get(name, ()):
                stack.append(event.id)
    return False


def _ways(process: Process, node: Node) -> Iterator[tuple[_Token, ...]]:
    """Yield each set of tokens that a node may send on."""
    ways = [(flow.id, flow.target) for flow in process.outgoing[node.id]]
    if node.kind in ENDS or node.kind in BOUNDARIES or not ways:
        yield ()
    elif node.kind in {NodeKind.EXCLUSIVE, NodeKind.EVENT_GATEWAY}:
        yield from ((way,) for way in ways)
    elif node.kind is NodeKind.INCLUSIVE:
        sizes = range(1, len(ways) + 1)
        yield from chain.from_iterable(combinations(ways, size) for size in sizes)
    else:
        yield tuple(ways)
