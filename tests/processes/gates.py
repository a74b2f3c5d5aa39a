"""Every gate of the shipped diagrams and packs, left out one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from engine.bpmn.decisions import DecisionTable, read_table
from engine.bpmn.model import Flow, Node, NodeKind, Process
from engine.bpmn.prove import Proof, prove
from engine.bpmn.prove_law import Asked, Demand, read_law
from engine.bpmn.reader import read
from engine.commands.definitions import read_folder
from engine.commands.proofs import LAW, NATIONAL, opened
from engine.rules import jurisdiction
from engine.rules.entries import Jurisdiction, RecordEntry
from engine.rules.requirements import merge
from storage.vocabulary import Level
from tests.factories import PROCESSES

#: The day whose law is asked.
TODAY = date(2026, 11, 21)
_STEPS = frozenset(
    {
        NodeKind.USER_TASK,
        NodeKind.CALL_ACTIVITY,
        NodeKind.DECISION_TASK,
        NodeKind.SERVICE_TASK,
    }
)


@dataclass(frozen=True, eq=False)
class Law:
    """Everything that a proof is about."""

    models: Mapping[str, Process]
    packs: Mapping[str, Jurisdiction]
    tables: Mapping[str, DecisionTable]
    demands: tuple[Demand, ...]

    def proofs(self, *issuers: str, root: str | None = None) -> list[Proof]:
        """Prove one process, or all that cases open in, for some or all authorities."""
        asked = {issuer: self._asked(issuer) for issuer in issuers or self.packs}
        return [
            proof
            for key in ([root] if root else opened(self.models))
            for proof in prove(self.models, self.tables, key, self.demands, asked)
        ]

    def without_node(self, process: str, changed: Process) -> Law:
        """Return the same with one diagram changed."""
        return replace(self, models={**self.models, process: changed})

    def _asked(self, issuer: str) -> Asked:
        rules = jurisdiction.resolve(self.packs[NATIONAL], self.packs[issuer], TODAY)

        def asked(node: Node):
            of_law = rules.records(node.activity) if node.activity else ()
            return merge(of_law, node.records)

        return asked


@dataclass(frozen=True, eq=False)
class Gate:
    """One gate, and the law without it."""

    name: str
    law: Law
    issuer: str  #: whom it binds
    redundant: bool = False  #: another source asks for the same record


@cache
def shipped_law() -> Law:
    """Return what the product ships."""
    files = read_folder(PROCESSES)
    by_kind = {
        kind: {
            path.rsplit("/", 1)[-1].rsplit(".", 1)[0]: text
            for path, text in files.items()
            if path.endswith(kind)
        }
        for kind in (".bpmn", ".dmn")
    }
    return Law(
        models={key: read(text.encode()) for key, text in by_kind[".bpmn"].items()},
        packs={
            path.split("/")[1].removesuffix(".toml"): jurisdiction.load(text, path)
            for path, text in files.items()
            if path.startswith("jurisdictions/")
        },
        tables={
            key: read_table(text.encode()) for key, text in by_kind[".dmn"].items()
        },
        demands=tuple(d for name in LAW for d in read_law(files[name])),
    )


def drawn_gates(law: Law, root: str) -> Iterator[Gate]:
    """Yield each record, guard, checkpoint, step and window of a process with calls."""
    for key in _reached(law, root):
        model = law.models[key]
        for node in model.nodes.values():
            for what, changed in _less(model, node):
                name = f"{key}/{node.id} {what}"
                yield Gate(name, law.without_node(key, changed), NATIONAL)


def pack_gates(law: Law) -> Iterator[Gate]:
    """Yield each mandatory record of a pack at a step that is drawn."""
    drawn = {
        node.activity
        for key in _reached(law)
        for node in law.models[key].nodes.values()
    }
    for issuer, pack in sorted(law.packs.items()):
        for index, entry in enumerate(pack.records):
            asked = entry.requirement
            if entry.at in drawn and asked.level is Level.MANDATORY:
                others = pack.records[:index] + pack.records[index + 1 :]
                packs = {**law.packs, issuer: replace(pack, records=others)}
                name = f"{issuer} {entry.at} {asked.key} when {asked.when}"
                changed = replace(law, packs=packs)
                again = _asked_again(changed, issuer, entry)
                yield Gate(name, changed, issuer, redundant=again)


def _asked_again(law: Law, issuer: str, entry: RecordEntry) -> bool:
    """Say whether another source, on some condition, asks for what was taken out."""
    of_packs = [
        other.requirement
        for pack in {NATIONAL, issuer}
        for other in law.packs[pack].records
        if other.at == entry.at and other.since <= TODAY
    ]
    of_nodes = [
        record
        for key in _reached(law)
        for node in law.models[key].nodes.values()
        if node.activity == entry.at
        for record in node.records
    ]
    asked = entry.requirement
    return any(
        other.level is Level.MANDATORY
        and other.form is asked.form
        and set(other.codes) <= set(asked.codes)
        for other in (*of_packs, *of_nodes)
    )


def _reached(law: Law, *roots: str) -> list[str]:
    found: list[str] = []
    queue = list(roots) or opened(law.models)
    while queue:
        key = queue.pop()
        if key not in found:
            found.append(key)
            queue += [n.called for n in law.models[key].nodes.values() if n.called]
    return sorted(found)


def _less(model: Process, node: Node) -> Iterator[tuple[str, Process]]:
    for index, record in enumerate(node.records):
        if record.level is Level.MANDATORY:
            left = node.records[:index] + node.records[index + 1 :]
            yield f"record {record.key}", _with(model, replace(node, records=left))
    for guard in node.guards:
        left_guards = tuple(other for other in node.guards if other is not guard)
        yield f"guard {guard.code}", _with(model, replace(node, guards=left_guards))
    if node.checkpoint:
        yield "checkpoint", _with(model, replace(node, checkpoint=False))
    if node.kind in _STEPS:
        yield "step", _bypassed(model, node.id, model.outgoing[node.id][0].target)
    if node.kind is NodeKind.EVENT_GATEWAY:
        for flow in model.outgoing[node.id]:
            if model.nodes[flow.target].kind is NodeKind.TIMER_CATCH:
                after = model.outgoing[flow.target][0].target
                yield "window", _bypassed(model, node.id, after)


def _with(model: Process, node: Node) -> Process:
    return replace(model, nodes={**model.nodes, node.id: node})


def _bypassed(model: Process, gone: str, target: str) -> Process:
    flows: dict[str, Flow] = {}
    for flow in model.flows.values():
        if flow.source != gone:
            onward = target if flow.target == gone else flow.target
            flows[flow.id] = replace(flow, target=onward)
    nodes = {name: n for name, n in model.nodes.items() if name != gone}
    return replace(model, nodes=nodes, flows=flows)
