"""Read a BPMN file into the model; anything unsafe is refused precisely."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from engine.bpmn import xml
from engine.bpmn.constructs import (
    KINDS,
    OUTSIDE,
    REPORTED,
    SILENT,
    foreign_in,
    kind_of,
    loop_of,
)
from engine.bpmn.errors import UnreadableDiagram
from engine.bpmn.extensions import capacity, flag, read_extensions, words
from engine.bpmn.model import WAITS, Flow, Foreign, Lane, Loop, Node, Process
from engine.bpmn.timers import read_timer, rule_of
from engine.bpmn.vendors import vendors_in
from engine.rules.votes import Vote
from storage.vocabulary import TaskKind

#: Ids go into names of our own, where other signs would mean something.
_ID = re.compile(r"[\w.-]{1,200}")
#: Elements beside the processes that no tool leaves out.
_SAY_NOTHING = frozenset({"documentation", "extension", "itemDefinition", "message"})


def read(data: bytes) -> Process:
    """Return the one executable process of a BPMN 2.0 file.

    Of several pools the one marked executable is read; the others are reported.

    Raises:
        UnreadableDiagram: the file is unsafe, too large, not BPMN, or holds
            none or several processes to run, or an element without or with a
            used id.
    """
    root = xml.parse(data, UnreadableDiagram)
    if xml.namespace(root) != xml.BPMN or xml.local(root) != "definitions":
        raise UnreadableDiagram("not_bpmn", "", "export_as_bpmn")
    processes = [p for p in xml.children(root, xml.BPMN, "process") if _is_drawn(p)]
    if len(processes) > 1:
        processes = [p for p in processes if flag(p.get("isExecutable"), default=False)]
        if not processes:
            raise UnreadableDiagram("none_executable", "", "make_it_executable")
    if len(processes) != 1:
        reason = "several_processes" if processes else "no_process"
        raise UnreadableDiagram(reason, "", "one_process_per_file")
    return _Reader(root, processes[0]).read()


class _Reader:
    def __init__(self, root: etree._Element, process: etree._Element) -> None:
        self.root = root
        self.process = process
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.foreign: list[Foreign] = []
        self.lanes = list(self._lanes())
        self.lane_of = {ref: lane for lane, refs in self.lanes for ref in refs}
        self.seen: set[str] = set()
        self.key = self._id(process)

    def read(self) -> Process:
        for element in self.root:
            self._note_root(element)
        self._note_process()
        self._scope(self.process, None, None)
        defaults = {n.default for n in self.nodes.values() if n.default}
        for flow in tuple(self.flows.values()):
            if flow.id in defaults:
                self.flows[flow.id] = Flow(**{**vars(flow), "default": True})
        return Process(
            key=self.key,
            name=self.process.get("name", ""),
            version=self.process.get(f"{{{xml.REC}}}version", ""),
            nodes=self.nodes,
            flows=self.flows,
            lanes=tuple(lane for lane, _ in self.lanes),
            foreign=tuple(self.foreign),
        )

    def _note_root(self, element: etree._Element) -> None:
        name = xml.local(element)
        if name == "collaboration":
            for flow in xml.children(element, xml.BPMN, "messageFlow"):
                self._note(flow, "messageFlow")
        elif name == "process":
            if element is not self.process and _is_drawn(element):
                self._note(element, "otherPool")
        elif xml.namespace(element) == xml.BPMN and name not in _SAY_NOTHING:
            self._note(element, name)

    def _note(
        self, element: etree._Element, construct: str, *, fatal: bool = False
    ) -> None:
        named = element.get("id") or self.process.get("id") or ""
        self.foreign.append(Foreign(named, construct, fatal))

    def _note_process(self) -> None:
        if not flag(self.process.get("isExecutable"), default=True):
            self._note(self.process, "notExecutable", fatal=True)
        if self.process.get("processType", "None") == "Public":
            self._note(self.process, "publicProcess", fatal=True)
        self._note_inside(self.process)

    def _note_inside(self, element: etree._Element) -> None:
        for vendor in vendors_in(element):
            self._note(element, vendor)
        if element is not self.process:
            for found in foreign_in(element):
                self._note(element, found, fatal=found not in REPORTED)

    def _lanes(self) -> Iterator[tuple[Lane, list[str]]]:
        for element in self.process.iter(f"{{{xml.BPMN}}}lane"):
            refs = [
                ref
                for child in xml.children(element, xml.BPMN, "flowNodeRef")
                if (ref := xml.text_of(child))
            ]
            yield (
                Lane(element.get("id", ""), element.get("name", ""), capacity(element)),
                refs,
            )

    def _id(self, element: etree._Element) -> str:
        found: str = element.get("id", "")
        if not found:
            raise UnreadableDiagram("no_id", xml.local(element), "give_it_an_id")
        if not _ID.fullmatch(found):
            raise UnreadableDiagram("bad_id", found[:80], "give_it_another_id")
        if found in self.seen:
            raise UnreadableDiagram("duplicate_id", found, "give_it_another_id")
        self.seen.add(found)
        return found

    def _scope(
        self, scope: etree._Element, parent: str | None, lane: Lane | None
    ) -> None:
        for element in scope:
            if xml.namespace(element) != xml.BPMN:
                continue
            name = xml.local(element)
            if name == "sequenceFlow":
                self._flow(element)
            elif name in KINDS or name in OUTSIDE:
                node = self._node(element, name, parent, lane)
                self.nodes[node.id] = node
                if name == "subProcess":
                    self._scope(element, node.id, self.lane_of.get(node.id, lane))
            elif name not in SILENT:
                inner = element if element.get("id") else scope
                self._note(inner, name, fatal=name not in REPORTED)

    def _flow(self, element: etree._Element) -> None:
        flow = Flow(
            id=self._id(element),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            condition=xml.text_of(
                next(xml.children(element, xml.BPMN, "conditionExpression"), None)
            ),
            name=element.get("name", ""),
        )
        self.flows[flow.id] = flow
        self._note_inside(element)
        if not flag(element.get("isImmediate"), default=True):
            self._note(element, "isImmediate", fatal=True)

    def _node(
        self, element: etree._Element, name: str, parent: str | None, lane: Lane | None
    ) -> Node:
        node_id = self._id(element)
        kind, construct = kind_of(element, name)
        lane = self.lane_of.get(node_id, lane)
        rec = read_extensions(element, node_id)
        boundary = name == "boundaryEvent"
        interrupting = flag(element.get("cancelActivity"), default=True)
        self._note_inside(element)
        waits = WAITS.get(kind) is TaskKind.TIMER
        timer = read_timer(element) if waits else None
        return Node(
            id=node_id,
            process=self.key,
            kind=kind,
            construct=construct,
            name=element.get("name", ""),
            lane=lane.id if lane else None,
            capacity=capacity(element) or (lane.capacity if lane else None),
            parent=parent,
            attached_to=_unprefixed(element.get("attachedToRef")) if boundary else None,
            interrupting=boundary and interrupting,
            called=_unprefixed(element.get("calledElement")) or None,
            default=element.get("default"),
            loop=_loop(element, node_id, rec.vote),
            vote=rec.vote,
            activity=element.get(f"{{{xml.REC}}}activity"),
            members=element.get(f"{{{xml.REC}}}members"),
            subject=element.get(f"{{{xml.REC}}}subject"),
            decision=element.get(f"{{{xml.REC}}}decision"),
            operation=element.get(f"{{{xml.REC}}}operation"),
            no_return=flag(element.get(f"{{{xml.REC}}}noReturn"), default=False),
            documentation=xml.text_of(
                next(xml.children(element, xml.BPMN, "documentation"), None)
            )
            or "",
            outcomes=tuple(rec.outcomes),
            inputs=tuple(rec.inputs),
            records=tuple(rec.records),
            deadlines=(*rec.deadlines, *rule_of(timer, self.key, node_id)),
            timer=timer,
            cites=words(element.get(f"{{{xml.REC}}}cites")),
            guards=tuple(rec.guards),
            assigns=tuple(rec.assigns),
            checkpoint=rec.checkpoint,
            checkpoint_if=rec.checkpoint_if,
            lock=rec.lock,
        )


def _loop(element: etree._Element, node: str, vote: Vote | None) -> Loop | None:
    """Return the multi-instance of a node; a vote may end it before the last voice."""
    loop = loop_of(element)
    if loop is None or vote is None or not vote.early or loop.until is not None:
        return loop
    return replace(loop, until=f"outcome.{node} != null")


def _is_drawn(process: etree._Element) -> bool:
    """Return whether a pool holds more than lanes."""
    return any(xml.local(child) in {*KINDS, *OUTSIDE} for child in process)


def _unprefixed(name: str | None) -> str:
    """Return what a qualified name names; our own ids never hold a colon."""
    return (name or "").rpartition(":")[2].strip()
