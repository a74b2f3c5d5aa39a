"""The words of a diagram: does every code it uses exist?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.bpmn.decisions import DecisionTable
from engine.bpmn.errors import UnsafeExpression
from engine.bpmn.expressions import compile_expression
from engine.bpmn.findings import Catalogue, Finding, error, warning
from engine.bpmn.lint_shape import compared_outcomes
from engine.bpmn.model import Node, NodeKind, Process
from engine.bpmn.timers import code_of
from storage.vocabulary import Medium, RecordForm, TaskKind

#: Names that every expression may use, beside the declared facts.
_ALWAYS = frozenset({"acted_at", "case"})
_MEDIA = frozenset(Medium)
#: The process through which an act may begin before it is approved.
EMERGENCY = "emergency"


def check(process: Process, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what the diagram names and nobody knows."""
    for node in process.nodes.values():
        yield from _Words(process, catalogue, node).check()
    for flow in process.flows.values():
        if flow.condition:
            yield from _expression(process, catalogue, flow.id, flow.condition)


def check_table(table: DecisionTable, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield what a decision table names and nobody knows."""
    nowhere = Process(key=table.key, name="", version="", nodes={}, flows={})
    for name in sorted(table.names):
        yield from _name(nowhere, catalogue, table.key, name)
    for output in table.outputs:
        if output not in catalogue.facts:
            yield error(table.key, "unknown_fact", names=output)


class _Words:
    def __init__(self, process: Process, catalogue: Catalogue, node: Node) -> None:
        self.process = process
        self.known = catalogue
        self.node = node

    def check(self) -> Iterator[Finding]:
        yield from self._task()
        yield from self._references()
        yield from self._records()
        yield from self._deadlines()
        yield from self._completion()

    def _unknown(
        self, kind: str, code: str | None, known: frozenset[str]
    ) -> Iterator[Finding]:
        if code is not None and code not in known:
            yield error(self.node.id, f"unknown_{kind}", names=code)

    def _task(self) -> Iterator[Finding]:
        node = self.node
        waits = node.waits_for
        if waits is None:
            return
        if not node.id.isidentifier():
            # Its outcome is the fact ``outcome.<id>``.
            yield error(node.id, "id_is_no_name")
        if not node.name:
            yield warning(node.id, "unlabelled")
        if waits is TaskKind.TIMER:
            yield from self._timer()
            yield from self._clauses(node.cites)
        elif node.kind is NodeKind.USER_TASK:
            yield from self._user_task()

    def _timer(self) -> Iterator[Finding]:
        firing = [rule for rule in self.node.deadlines if rule.fires]
        # Of several, the conditions choose the one that runs.
        chosen = len(firing) > 1 and all(rule.condition for rule in firing)
        if len(firing) != 1 and not chosen:
            found = str(len(firing))
            yield error(self.node.id, "needs_one_deadline", found=found)
        timer = self.node.timer
        if timer is not None and not self.node.cites:
            # A period of the law comes from the pack, with its clause.
            yield warning(self.node.id, "time_without_clause", text=timer.text)

    def _user_task(self) -> Iterator[Finding]:
        node = self.node
        if node.capacity is None:
            yield error(node.id, "no_capacity")
        if node.activity is None:
            yield error(node.id, "no_activity")
        if node.loop is not None:
            if node.members is None:
                yield error(node.id, "no_members")
            elif node.loop.cardinality != f"len({node.members})":
                yield error(node.id, "cardinality_is_not_members", names=node.members)

    def _references(self) -> Iterator[Finding]:
        node, known = self.node, self.known
        yield from self._unknown("activity", node.activity, known.activities)
        yield from self._unknown("fact", node.members, known.facts)
        yield from self._unknown("document", node.subject, known.documents)
        if node.kind is NodeKind.CALL_ACTIVITY:
            yield from self._unknown("process", node.called or "", known.processes)
            yield from self._emergency()
        if node.kind is NodeKind.DECISION_TASK:
            yield from self._unknown("decision", node.decision or "", known.decisions)
        if node.kind is NodeKind.SERVICE_TASK:
            yield from self._unknown(
                "operation", node.operation or "", known.operations
            )
        if node.loop is not None:
            for text in (node.loop.cardinality, node.loop.until):
                if text:
                    yield from _expression(self.process, known, node.id, text)

    def _emergency(self) -> Iterator[Finding]:
        """Nothing begins before its approval unless some authority's text says so."""
        node, known = self.node, self.known
        if node.called != EMERGENCY:
            return
        if node.subject is None:
            yield error(node.id, "no_subject")
        elif known.emergencies is not None and node.subject not in known.emergencies:
            yield error(node.id, "no_emergency_path", names=node.subject)

    def _records(self) -> Iterator[Finding]:
        node, known = self.node, self.known
        counts = Counter(record.key for record in node.records)
        for record in node.records:
            if counts[record.key] > 1:
                yield error(node.id, "record_twice", names=record.key)
            if record.count < 1:
                yield error(node.id, "bad_count", names=record.key)
            for code in record.codes:
                if record.form is RecordForm.DOCUMENT:
                    yield from self._unknown("document", code, known.documents)
                elif record.form is RecordForm.RECORDING:
                    yield from self._unknown("medium", code, _MEDIA)
            yield from self._clauses(record.cites)
            if record.when:
                yield from _expression(self.process, known, node.id, record.when)

    def _deadlines(self) -> Iterator[Finding]:
        node, known = self.node, self.known
        for rule in node.deadlines:
            if node.timer is None or rule.code != code_of(node.process, node.id):
                yield from self._unknown("term", rule.code, known.terms)
            if rule.fires and node.waits_for is not TaskKind.TIMER:
                yield error(node.id, "only_timers_fire", names=rule.code)
            for text in (rule.from_, rule.condition):
                if text:
                    yield from _expression(self.process, known, node.id, text)

    def _completion(self) -> Iterator[Finding]:
        node, known = self.node, self.known
        for question in node.inputs:
            yield from self._unknown("fact", question.fact, known.facts)
        for assign in node.assigns:
            yield from self._unknown("fact", assign.from_, known.facts)
        values = Counter(outcome.value for outcome in node.outcomes)
        for value, count in values.items():
            if count > 1:
                yield error(node.id, "outcome_twice", names=value)
        if node.checkpoint_if:
            yield from _expression(self.process, known, node.id, node.checkpoint_if)
        for guard in node.guards:
            yield from _expression(self.process, known, node.id, guard.require)
            yield from self._clauses(guard.cites)
        if node.lock is not None:
            yield from self._clauses(node.lock.cites)

    def _clauses(self, cites: tuple[str, ...]) -> Iterator[Finding]:
        for clause in cites:
            yield from self._unknown("clause", clause, self.known.clauses)


def _expression(
    process: Process, known: Catalogue, element: str, text: str
) -> Iterator[Finding]:
    try:
        expression = compile_expression(text)
    except UnsafeExpression as refused:
        yield error(element, "bad_expression", text=text, reason=refused.reason)
        return
    for name in sorted(expression.names):
        yield from _name(process, known, element, name)
    for source, values in compared_outcomes(text):
        node = process.nodes.get(source)
        if node is not None:
            offered = {outcome.value for outcome in node.outcomes}
            for value in sorted(values - offered):
                yield error(element, "unknown_outcome", names=f"{source}: {value}")


def _name(
    process: Process, known: Catalogue, element: str, name: str
) -> Iterator[Finding]:
    first, *rest = name.split(".")
    match first, rest:
        case "outcome", [source]:
            node = process.nodes.get(source)
            if node is None and known.outcomes is None:
                yield warning(element, "outcome_from_elsewhere", names=source)
            elif not (node.outcomes if node else source in (known.outcomes or ())):
                yield error(element, "unknown_outcome", names=source)
        case (("subject" | "document"), [document, *rest]):
            if document not in known.documents:
                yield error(element, "unknown_document", names=document)
            if first == "subject" and not known.facts.issuperset(rest[:1]):
                yield error(element, "unknown_fact", names=rest[0])
        case "param", [code]:
            if known.parameters is not None and code not in known.parameters:
                yield error(element, "unknown_parameter", names=code)
        case _:
            if first not in _ALWAYS and first not in known.facts:
                yield error(element, "unknown_fact", names=name)
