"""The shape of a diagram: can every token get in, and out again?"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from engine.bpmn.errors import UnsafeExpression
from engine.bpmn.expressions import compile_expression, parse_expression
from engine.bpmn.findings import Finding, error, warning
from engine.bpmn.model import (
    BOUNDARIES,
    CATCHES,
    ENDS,
    GATEWAYS,
    HOSTS,
    Node,
    NodeKind,
    Process,
)

#: Nobody reads a larger drawing.
MAX_NODES = 300
#: Branches that may run at the same time in one scope.
MAX_BRANCHES = 64

_CONDITIONAL = frozenset({NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE})
_FORKS = frozenset({NodeKind.PARALLEL, NodeKind.INCLUSIVE})
#: Nodes at which a token may rest, so that a circle through them is no trap.
_RESTS = HOSTS | CATCHES


def check(process: Process) -> Iterator[Finding]:
    """Yield what is wrong with the drawing itself."""
    scopes: list[str | None] = [None]
    scopes += [n.id for n in process.nodes.values() if n.kind is NodeKind.SUBPROCESS]
    for scope in scopes:
        yield from _check_scope(process, scope)
    for node in process.nodes.values():
        yield from _check_flows(process, node)
        yield from _check_kind(process, node)


def _check_scope(process: Process, scope: str | None) -> Iterator[Finding]:
    nodes = process.within(scope)
    name = scope or process.key
    if len(nodes) > MAX_NODES:
        yield error(name, "too_many_nodes", limit=str(MAX_NODES))
    starts = [node for node in nodes if node.kind is NodeKind.START]
    if len(starts) != 1:
        yield error(name, "needs_one_start", found=str(len(starts)))
        return
    reached = _reachable([starts[0].id], lambda node: _followers(process, node))
    for node in nodes:
        if node.id not in reached and node.kind is not NodeKind.UNSUPPORTED:
            yield error(node.id, "unreachable")
    ends = [n.id for n in nodes if n.kind in ENDS or not process.outgoing[n.id]]
    back = _reachable(ends, lambda node: _sources(process, node))
    for node in nodes:
        if node.id in reached and node.id not in back:
            yield error(node.id, "no_way_to_end")
    yield from _check_circles(process, nodes)
    yield from _check_forks(process, nodes, name)


def _check_circles(process: Process, nodes: Iterable[Node]) -> Iterator[Finding]:
    for node in nodes:
        if node.kind in GATEWAYS:
            around = _reachable(
                [f.target for f in process.outgoing[node.id]],
                lambda name: (
                    ()
                    if process.nodes[name].kind in _RESTS
                    else (f.target for f in process.outgoing[name])
                ),
            )
            if node.id in around:
                yield error(node.id, "circle_without_task")


def _check_forks(
    process: Process, nodes: Iterable[Node], name: str
) -> Iterator[Finding]:
    branches = 1
    for node in nodes:
        fork = node.kind not in GATEWAYS or node.kind in _FORKS
        extra = process.outgoing[node.id][1:]
        if not fork or not extra or node.kind in ENDS:
            continue
        branches += len(extra)
        around = _reachable(
            [f.target for f in process.outgoing[node.id]],
            lambda name: (
                ()
                if _joins(process, name)
                else (f.target for f in process.outgoing[name])
            ),
        )
        if node.id in around:
            # Every round would leave one more token behind.
            yield error(node.id, "fork_in_circle")
    if branches > MAX_BRANCHES:
        yield error(name, "too_many_branches", limit=str(MAX_BRANCHES))


def _joins(process: Process, name: str) -> bool:
    return process.nodes[name].kind in _FORKS and len(process.incoming[name]) > 1


def _check_flows(process: Process, node: Node) -> Iterator[Finding]:
    leaving, entering = process.outgoing[node.id], process.incoming[node.id]
    if node.kind in ENDS and leaving:
        yield error(node.id, "flow_after_end")
    if (node.kind is NodeKind.START or node.kind in BOUNDARIES) and entering:
        yield error(node.id, "flow_into_event")
    if node.kind not in {*ENDS, NodeKind.UNSUPPORTED} and not leaving:
        yield warning(node.id, "implicit_end")
    if len(leaving) > 1 and node.kind not in GATEWAYS:
        yield warning(node.id, "implicit_fork")
    if node.kind not in _CONDITIONAL:
        for flow in leaving:
            if flow.condition:
                yield error(flow.id, "conditional_flow", source=node.id)
        if node.default:
            # Which of these flows it would replace, BPMN does not say.
            yield error(node.id, "default_without_choice")
    elif len(leaving) > 1 or any(flow.condition for flow in leaving):
        yield from _check_choice(process, node)


def _check_choice(process: Process, node: Node) -> Iterator[Finding]:
    leaving = process.outgoing[node.id]
    for flow in leaving:
        if flow.id == node.default and flow.condition:
            yield warning(flow.id, "condition_on_default")
        if flow.id != node.default and not flow.condition:
            yield error(flow.id, "no_condition")
        if not flow.name:
            yield warning(flow.id, "unlabelled")
    if not node.name:
        yield warning(node.id, "unlabelled")
    conditions = [flow.condition or "" for flow in leaving]
    if not node.default and not _is_exhaustive(process, conditions):
        yield error(node.id, "no_default")


def _is_exhaustive(process: Process, conditions: list[str]) -> bool:
    """Return whether the conditions name every outcome of one element."""
    named: dict[str, set[str]] = {}
    for condition in conditions:
        for name, values in compared_outcomes(condition, whole=True):
            named.setdefault(name, set()).update(values)
    return any(
        (node := process.nodes.get(element)) is not None
        and node.outcomes != ()
        and {outcome.value for outcome in node.outcomes} <= values
        for element, values in named.items()
    )


def compared_outcomes(
    text: str, *, whole: bool = False
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each element whose outcome is compared with texts, and the texts.

    Args:
        text: an expression.
        whole: only if the comparison is the whole expression.
    """
    try:
        compile_expression(text)
    except UnsafeExpression:
        return
    body = parse_expression(text)
    for part in [body] if whole else ast.walk(body):
        if not isinstance(part, ast.Compare) or len(part.ops) != 1:
            continue
        left, right = part.left, part.comparators[0]
        if (
            isinstance(left, ast.Attribute)
            and isinstance(left.value, ast.Name)
            and left.value.id == "outcome"
            and (not whole or isinstance(part.ops[0], ast.Eq | ast.In))
        ):
            items = right.elts if isinstance(right, ast.List | ast.Tuple) else [right]
            texts = {i.value for i in items if isinstance(i, ast.Constant)}
            yield left.attr, frozenset(t for t in texts if isinstance(t, str))


def _check_kind(process: Process, node: Node) -> Iterator[Finding]:
    if node.kind is NodeKind.EVENT_GATEWAY:
        yield from _check_events(process, node)
    if node.kind in BOUNDARIES:
        yield from _check_boundary(process, node)
    if node.loop is not None:
        if node.kind not in HOSTS:
            yield error(node.id, "loop_not_allowed")
        if not node.loop.cardinality:
            yield error(node.id, "no_cardinality")


def _check_events(process: Process, node: Node) -> Iterator[Finding]:
    targets = [process.nodes[flow.target] for flow in process.outgoing[node.id]]
    if not targets[1:]:
        yield error(node.id, "needs_two_events")
    for target in targets:
        if target.kind not in CATCHES or len(process.incoming[target.id]) != 1:
            yield error(target.id, "event_expected", gateway=node.id)


def _check_boundary(process: Process, node: Node) -> Iterator[Finding]:
    host = process.nodes[node.attached_to or ""]
    if host.kind not in HOSTS:
        yield error(node.id, "host_does_not_wait", host=host.id)
    for join in process.within(node.parent):
        if join.kind is NodeKind.INCLUSIVE and _joins(process, join.id):
            beside = _ways_into(process, node.id, join.id)
            if beside and beside != _ways_into(process, host.id, join.id):
                # Whether a host is waited for because its event might still come,
                # BPMN does not say.
                yield error(join.id, "boundary_reaches_join", event=node.id)
    if node.interrupting:
        return
    if not process.runs_apart(node):
        # Fired twice, its tokens would be counted for the main flow's.
        yield warning(node.id, "branch_meets_main_flow", host=host.id)
        return
    around = _reachable([node.id], lambda name: _followers(process, name))
    for name in sorted(name for name in around if _joins(process, name)):
        # BPMN would let one firing's token complete another firing's join.
        yield error(name, "join_in_repeated_branch", event=node.id)


def _ways_into(process: Process, start: str, join: str) -> set[str]:
    """Return the flows by which a token from *start* may first reach a join."""
    around = _reachable(
        [start],
        lambda name: () if name == join else (f.target for f in process.outgoing[name]),
    )
    return {f.id for f in process.incoming[join] if f.source in around - {join}}


def _followers(process: Process, name: str) -> Iterator[str]:
    yield from (flow.target for flow in process.outgoing[name])
    yield from (node.id for node in process.boundaries.get(name, ()))


def _sources(process: Process, name: str) -> Iterator[str]:
    yield from (flow.source for flow in process.incoming[name])
    host = process.nodes[name].attached_to
    if host is not None:
        yield host


def _reachable(
    starts: Iterable[str], steps: Callable[[str], Iterable[str]]
) -> set[str]:
    seen: set[str] = set()
    stack = list(starts)
    while stack:
        name = stack.pop()
        if name not in seen:
            seen.add(name)
            stack.extend(steps(name))
    return seen
