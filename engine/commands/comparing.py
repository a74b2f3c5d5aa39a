"""What two published versions of a process say differently, change by change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from engine.bpmn.decisions import DecisionTable, Rule
from engine.bpmn.model import Flow, Node, Process
from engine.bpmn.timers import DRAWN
from engine.commands.pinned import Pinned
from engine.rules.requirements import Requirement

_Value = TypeVar("_Value")
_Named = Mapping[str, _Value]
_Tables = Mapping[str, DecisionTable]
_Rows = Mapping[str, tuple[int, Hashable]]

ADDED, REMOVED, CHANGED = "added", "removed", "changed"

#: What a node says once: topic of the change → how to ask the node for it.
_SINGLE: Mapping[str, Callable[[Node], Any]] = {
    "name": lambda node: node.name,
    "kind": lambda node: node.kind.value,
    "capacity": lambda node: node.capacity,
    "activity": lambda node: node.activity,
    "call": lambda node: node.called,
    "decision": lambda node: node.decision,
    "operation": lambda node: node.operation,
    "members": lambda node: (node.members, node.loop) if node.loop else None,
    "checkpoint": lambda node: (
        (node.checkpoint_if or True) if node.checkpoint else None
    ),
    "lock": lambda node: node.lock,
    "final": lambda node: node.no_return or None,
    "timer": lambda node: node.timer.text if node.timer is not None else None,
    "source": lambda node: " ".join(node.cites) or None,
}
#: What a node says several times, each under its code.
_SEVERAL: Mapping[str, Callable[[Node], Mapping[str, Any]]] = {
    "outcome": lambda node: {each.value: each for each in node.outcomes},
    "input": lambda node: {each.fact: each for each in node.inputs},
    "guard": lambda node: {each.code: each for each in node.guards},
    "deadline": lambda node: {
        each.code: tuple(rule for rule in node.deadlines if rule.code == each.code)
        for each in node.deadlines
        if not each.code.startswith(DRAWN)
    },
}
#: What of a change is told in words; of everything else only that it changed.
_TOLD = frozenset(
    {"name", "capacity", "activity", "call", "decision", "timer", "source"}
)


@dataclass(frozen=True, order=True)
class Change:
    """One thing that a later version says differently."""

    process: str  #: in which it is drawn; empty: it holds for the whole authority
    topic: str  #: stable word, e.g. ``node`` or ``term``
    how: str  #: ``added``, ``removed`` or ``changed``
    element: str = ""  #: the node that it is about; of a flow, where it begins
    what: str = ""  #: the code of what changed there; of a flow, where it ends
    old: str = ""
    new: str = ""


def differences(old: Pinned, new: Pinned, moment: datetime) -> list[Change]:
    """Return everything that *new* says differently from *old*, in reading order.

    Args:
        old: the earlier version.
        new: the later one.
        moment: of which legal day the rules of both are taken.
    """
    before, after = old.bundle.models, new.bundle.models
    found = list(_named("", "process", before, after, lambda _one, _other: False))
    for key in sorted(before.keys() & after.keys()):
        found += _nodes(before[key], after[key])
        found += _flows(before[key], after[key])
        found += _records(old, new, before[key], after[key], moment)
    found += _tables(old.bundle.tables, new.bundle.tables)
    found += _named("", "fact", old.facts.facts, new.facts.facts)
    found += _law(old, new, moment)
    return found


def _nodes(before: Process, after: Process) -> Iterator[Change]:
    yield from _named(
        before.key, "node", before.nodes, after.nodes, lambda _one, _other: False
    )
    for element in [each for each in before.nodes if each in after.nodes]:
        one, other = before.nodes[element], after.nodes[element]
        for topic, ask in _SINGLE.items():
            yield from _single(before.key, element, topic, ask(one), ask(other))
        for topic, several in _SEVERAL.items():
            yield from _named(
                before.key, topic, several(one), several(other), element=element
            )


def _single(
    process: str, element: str, topic: str, old: Any, new: Any
) -> Iterator[Change]:
    if old == new:
        return
    how = ADDED if old is None else REMOVED if new is None else CHANGED
    told = topic in _TOLD
    yield Change(
        process,
        topic,
        how,
        element,
        old=str(old or "") if told else "",
        new=str(new or "") if told else "",
    )


def _flows(before: Process, after: Process) -> Iterator[Change]:
    one, other = _ways(before), _ways(after)
    for source, target in sorted(one.keys() | other.keys()):
        old = one.get((source, target), Counter())
        new = other.get((source, target), Counter())
        gone, come = sorted((old - new).elements()), sorted((new - old).elements())
        paired = min(len(gone), len(come))
        for was, now in zip(gone, come, strict=False):
            yield Change(before.key, "condition", CHANGED, source, target, was, now)
        for was in gone[paired:]:
            yield Change(before.key, "flow", REMOVED, source, target, old=was)
        for now in come[paired:]:
            yield Change(before.key, "flow", ADDED, source, target, new=now)


def _ways(process: Process) -> dict[tuple[str, str], Counter[str]]:
    """Return the conditions of the flows between each two nodes."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for flow in process.flows.values():
        place = (flow.source, flow.target)
        found.setdefault(place, Counter())[_condition(flow)] += 1
    return found


def _condition(flow: Flow) -> str:
    return "*" if flow.default else flow.condition or ""


def _records(
    old: Pinned, new: Pinned, before: Process, after: Process, moment: datetime
) -> Iterator[Change]:
    for element in [each for each in before.nodes if each in after.nodes]:
        one = {r.key: r for r in old.requirements(before.nodes[element], moment)}
        other = {r.key: r for r in new.requirements(after.nodes[element], moment)}
        for each in _named(before.key, "record", one, other, element=element):
            if each.how != CHANGED:
                yield each
                continue
            yield from _record(each, one[each.what], other[each.what])


def _record(change: Change, old: Requirement, new: Requirement) -> Iterator[Change]:
    process, element, what = change.process, change.element, change.what
    if old.level is not new.level:
        levels = (old.level.value, new.level.value)
        yield Change(process, "level", CHANGED, element, what, *levels)
    if set(old.cites) != set(new.cites):
        cites = (" ".join(old.cites), " ".join(new.cites))
        yield Change(process, "cites", CHANGED, element, what, *cites)
    if _rest(old) != _rest(new):
        yield Change(process, "record", CHANGED, element, what)


def _rest(record: Requirement) -> Hashable:
    return (
        record.due,
        record.count,
        record.signed_by,
        record.prepared,
        record.carried,
        record.when,
        record.waiver,
    )


def _tables(before: _Tables, after: _Tables) -> Iterator[Change]:
    yield from _named("", "table", before, after, lambda _one, _other: False)
    for key in [each for each in before if each in after]:
        one, other = before[key], after[key]
        if _head(one) != _head(other):
            yield Change("", "table", CHANGED, "", key)
        rows = (
            {r.id: (n, _row(r)) for n, r in enumerate(t.rules, 1)} for t in (one, other)
        )
        yield from _rows(key, *rows)


def _rows(key: str, before: _Rows, after: _Rows) -> Iterator[Change]:
    for row, (number, said) in before.items():
        if row not in after:
            yield Change("", "rule", REMOVED, key, str(number))
        elif after[row][1] != said:
            yield Change("", "rule", CHANGED, key, str(number))
    for row, (number, _said) in after.items():
        if row not in before:
            yield Change("", "rule", ADDED, key, str(number))


def _head(table: DecisionTable) -> Hashable:
    asked = tuple(each.text for each in table.inputs)
    allowed = tuple(each and each.text for each in table.allowed)
    return (table.policy, table.aggregation, asked, allowed, table.outputs)


def _row(rule: Rule) -> Hashable:
    tests = tuple(each.text for each in rule.tests)
    results = tuple(each and each.text for each in rule.results)
    return (tests, results, rule.cites)


def _law(old: Pinned, new: Pinned, moment: datetime) -> Iterator[Change]:
    before, after = old.rules(moment), new.rules(moment)
    drawn = old.bundle.terms.keys() | new.bundle.terms.keys()  # told at their events
    for each in _named("", "term", before.terms, after.terms):
        if each.what in drawn:
            continue
        if each.how != CHANGED:
            yield each
            continue
        one, other = before.terms[each.what], after.terms[each.what]
        lengths = [f"{term.length} {term.unit.value}" for term in (one, other)]
        if lengths[0] == lengths[1]:
            lengths = ["", ""]
        yield Change("", "term", CHANGED, "", each.what, *lengths)
    for each in _named("", "parameter", before.cited, after.cited):
        if each.how != CHANGED:
            yield each
            continue
        values = [str(side.cited[each.what].value) for side in (before, after)]
        yield Change("", "parameter", CHANGED, "", each.what, *values)


def _named(
    process: str,
    topic: str,
    before: _Named[_Value],
    after: _Named[_Value],
    differs: Callable[[_Value, _Value], bool] = lambda one, other: one != other,
    *,
    element: str = "",
) -> Iterator[Change]:
    """Yield what came, went and changed among things that have names."""
    for code in before:
        if code not in after:
            yield _of(process, topic, REMOVED, element, code)
        elif differs(before[code], after[code]):
            yield _of(process, topic, CHANGED, element, code)
    for code in after:
        if code not in before:
            yield _of(process, topic, ADDED, element, code)


def _of(process: str, topic: str, how: str, element: str, code: str) -> Change:
    if topic == "node":
        return Change(process, topic, how, code)
    return Change(process, topic, how, element, code)
