"""Every gate of the shipped law, taken away one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import PurePosixPath

from engine.bpmn.decisions import DecisionTable, read_table
from engine.bpmn.model import Flow, Node, NodeKind, Process
from engine.bpmn.prove import prove
from engine.bpmn.prove_facts import Facts
from engine.bpmn.prove_graph import Graph
from engine.bpmn.prove_law import Asked, Demand, read_law
from engine.bpmn.prove_place import happens
from engine.bpmn.reader import read
from engine.commands.definitions import read_folder
from engine.commands.proofs import LAW, NATIONAL, opened
from engine.rules import jurisdiction
from engine.rules.entries import Jurisdiction, RecordEntry
from engine.rules.requirements import Requirement, merge
from engine.runtime.service_tasks import noted
from storage.vocabulary import Level
from tests.factories import PROCESSES

#: The day whose law is asked.
TODAY = date(2026, 11, 21)
#: How a step ends that lets a case go on.
_AGREES = {"approved", "agreed", "passed"}
_STEPS = {
    NodeKind.USER_TASK,
    NodeKind.CALL_ACTIVITY,
    NodeKind.DECISION_TASK,
    NodeKind.SERVICE_TASK,
}


@dataclass(frozen=True, eq=False)
class Law:
    """What the product ships, or that with something taken away."""

    models: Mapping[str, Process]
    packs: Mapping[str, Jurisdiction]
    tables: Mapping[str, DecisionTable]
    demands: tuple[Demand, ...]

    def redrawn(self, changed: Process) -> Law:
        """Return the same with one diagram changed."""
        return replace(self, models={**self.models, changed.key: changed})


#: Whom it binds, what is taken, the demands that name it, the law without it.
_Taken = tuple[str, str, tuple[Demand, ...], *tuple[Callable[[], Law], ...]]


@dataclass(frozen=True, eq=False)
class Removal:
    """One gate that is taken away."""

    name: str  #: ``<root>: <process>/<node> <what>``
    root: str  #: the process that cases open in
    issuer: str  #: whom the gate binds
    demands: tuple[Demand, ...]  #: those that name what is taken
    #: The law without it; then also without what stands in for it.
    laws: tuple[Callable[[], Law], ...]

    @property
    def is_noticed(self) -> bool:
        """Say whether the proof fails without it, and tells a path each time."""
        return any(self._fails(law()) for law in self.laws)

    def _fails(self, law: Law) -> bool:
        asked = {self.issuer: _asked(law, self.issuer)}
        (proof,) = prove(
            law.models, law.tables, self.root, self.demands, asked, noted=noted()
        )
        return bool(proof.offences) and all(each.path for each in proof.offences)


@cache
def shipped_law() -> Law:
    """Return what the product ships."""
    files = read_folder(PROCESSES)
    paths = {PurePosixPath(path): text for path, text in files.items()}
    return Law(
        {p.stem: read(t.encode()) for p, t in paths.items() if p.suffix == ".bpmn"},
        {
            path.stem: jurisdiction.load(text, str(path))
            for path, text in paths.items()
            if path.parts[0] == "jurisdictions"
        },
        {
            p.stem: read_table(t.encode())
            for p, t in paths.items()
            if p.suffix == ".dmn"
        },
        tuple(demand for name in LAW for demand in read_law(files[name])),
    )


def removals(law: Law) -> Iterator[Removal]:
    """Yield every gate of each process that cases open in, one at a time."""
    asked = _of_packs(law)
    for root in opened(law.models):
        for node, words, after in _drawn(law, root):
            about = [d for d in law.demands if not d.within or root in d.within]
            found = (
                *_own(law, node, [d for d in about if not words.isdisjoint(d.at)]),
                *_records(law, node, words, asked),
                *_steps(law, node, [d for d in about if _orders(d, words, after)]),
            )
            for issuer, what, demands, *less in found:
                name = f"{root}: {node.process}/{node.id} {what}"
                yield Removal(name, root, issuer, demands, tuple(less))


def _drawn(
    law: Law, root: str
) -> Iterator[tuple[Node, frozenset[str], frozenset[str]]]:
    """Yield each node once: what comes about at or in it, and what may after it."""
    graph = Graph(law.models, root)
    told = dict.fromkeys(range(len(graph.spots)), frozenset[str]())
    for spot, _, words in happens(graph, Facts(graph, law.tables, noted(), ()).decided):
        told[spot.index] |= words
    found: dict[tuple[str, str], tuple[Node, frozenset[str], frozenset[str]]] = {}
    for spot in graph.spots:
        inside = graph.inside.get(spot.index, 0)
        later = graph.reach[spot.index] & ~inside
        words = told[spot.index].union(*(told[i] for i in told if inside >> i & 1))
        after = frozenset[str]().union(*(told[i] for i in told if later >> i & 1))
        name = (spot.node.process, spot.node.id)
        _, known, then = found.get(
            name, (spot.node, frozenset[str](), frozenset[str]())
        )
        found[name] = (spot.node, known | words, then | after)
    yield from found.values()


def _orders(demand: Demand, words: frozenset[str], after: frozenset[str]) -> bool:
    """Say whether a step is what must come before something that may follow it."""
    follows = not (after - words).isdisjoint(demand.at)
    return follows and not words.isdisjoint(demand.any)


def _own(law: Law, node: Node, demands: list[Demand]) -> Iterator[_Taken]:
    """Yield each guard and the checkpoint of a node."""
    for guard in node.guards:
        left = tuple(other for other in node.guards if other is not guard)
        same = tuple(d for d in demands if d.guard == guard.code)
        less = partial(_with, law, replace(node, guards=left))
        yield NATIONAL, f"guard {guard.code}", same, less
    if node.checkpoint:
        same = tuple(d for d in demands if d.kind == "checkpoint")
        less = partial(_with, law, replace(node, checkpoint=False))
        yield NATIONAL, "checkpoint", same, less


def _of_packs(law: Law) -> list[tuple[str, RecordEntry]]:
    """Return the record entries in force, each with the issuer of its pack."""
    return [
        (issuer, entry)
        for issuer, pack in law.packs.items()
        for source, _, entry in jurisdiction.resolve(
            law.packs[NATIONAL], pack, TODAY
        ).in_force
        if isinstance(entry, RecordEntry) and source == issuer
    ]


def _records(
    law: Law, node: Node, words: frozenset[str], packs: list[tuple[str, RecordEntry]]
) -> Iterator[_Taken]:
    """Yield each record that the diagram or a pack asks for at a node."""
    asked = [(NATIONAL, "diagram", record) for record in node.records]
    asked += [(i, i, e.requirement) for i, e in packs if e.at == node.activity]
    for issuer, source, record in dict.fromkeys(asked):
        if record.level is Level.MANDATORY:
            told = f"{record.form.value}:{'|'.join(record.codes)}"
            same = tuple(
                demand
                for demand in law.demands
                if (demand.record, demand.when) == (told, record.when)
                and not words.isdisjoint(demand.at)
            )
            what = f"record {told} when {record.when} of {source}"
            less = partial(_unasked, law, node, record)
            yield issuer, what, same, less, partial(less, whatever=True)


def _unasked(
    law: Law, node: Node, record: Requirement, *, whatever: bool = False
) -> Law:
    """Return the law in which nobody asks for a record at a step.

    Diagram, national rules and the authority's often ask for the same one. With one
    of them gone the others still ask, and some of them on a wider condition.
    """

    def is_other(asked: Requirement) -> bool:
        same = asked.form is record.form and set(asked.codes) <= set(record.codes)
        return not same or not (whatever or asked.when in {None, record.when})

    less = _with(law, replace(node, records=tuple(filter(is_other, node.records))))
    packs = {
        issuer: replace(
            pack,
            records=tuple(
                entry
                for entry in pack.records
                if entry.at != node.activity or is_other(entry.requirement)
            ),
        )
        for issuer, pack in law.packs.items()
    }
    return replace(less, packs=packs)


def _steps(law: Law, node: Node, demands: list[Demand]) -> Iterator[_Taken]:
    """Yield the step or window itself, if it comes before something, or approves."""
    model, same = law.models[node.process], tuple(demands)
    approves = any(outcome.value in _AGREES for outcome in node.outcomes)
    if (same or approves) and node.kind in _STEPS:
        yield NATIONAL, "step", same, partial(_bypassed, law, node, node)
    elif same and node.kind is NodeKind.TIMER_CATCH:
        (way,) = model.incoming[node.id]
        before = model.nodes[way.source]
        gone = before if before.kind is NodeKind.EVENT_GATEWAY else node
        yield NATIONAL, "window", same, partial(_bypassed, law, gone, node)
    elif same and node.kind is NodeKind.BOUNDARY_TIMER:
        less = partial(_with, law, replace(node, deadlines=()))
        yield NATIONAL, "window", same, less


def _with(law: Law, node: Node) -> Law:
    model = law.models[node.process]
    return law.redrawn(replace(model, nodes={**model.nodes, node.id: node}))


def _bypassed(law: Law, gone: Node, last: Node) -> Law:
    """Lead what comes to *gone* to where *last* leads."""
    model = law.models[gone.process]
    target = model.outgoing[last.id][0].target
    lost = {gone.id, *(event.id for event in model.boundaries.get(gone.id, ()))}
    flows: dict[str, Flow] = {}
    for flow in model.flows.values():
        if flow.source not in lost:
            onward = target if flow.target == gone.id else flow.target
            if onward != flow.source:  # what was done again is left out for good
                flows[flow.id] = replace(flow, target=onward)
    nodes = {name: node for name, node in model.nodes.items() if name not in lost}
    return law.redrawn(replace(model, nodes=nodes, flows=flows))


def _asked(law: Law, issuer: str) -> Asked:
    rules = jurisdiction.resolve(law.packs[NATIONAL], law.packs[issuer], TODAY)

    def asked(node: Node) -> tuple[Requirement, ...]:
        of_law = rules.records(node.activity) if node.activity else ()
        return merge(of_law, node.records)

    return asked
