"""Write a process as the plain BPMN that the routing kernel runs.

Ids become ``process:element``, so that embedded subprocesses of different
processes never share a name. Timers become messages, because our own clock
fires them; lanes and extensions are left out, because nothing routes by them.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.bpmn.errors import UnreadableDiagram, UnsupportedConstruct
from engine.bpmn.expressions import compile_expression
from engine.bpmn.model import (
    BOUNDARIES,
    CATCHES,
    ENDS,
    HOSTS,
    Flow,
    Node,
    NodeKind,
    Process,
)
from engine.bpmn.xml import BPMN

_TAGS: Mapping[NodeKind, str] = {
    NodeKind.START: "startEvent",
    NodeKind.END: "endEvent",
    NodeKind.TERMINATE_END: "endEvent",
    NodeKind.USER_TASK: "userTask",
    NodeKind.MESSAGE_CATCH: "intermediateCatchEvent",
    NodeKind.TIMER_CATCH: "intermediateCatchEvent",
    NodeKind.BOUNDARY_MESSAGE: "boundaryEvent",
    NodeKind.BOUNDARY_TIMER: "boundaryEvent",
    NodeKind.EXCLUSIVE: "exclusiveGateway",
    NodeKind.PARALLEL: "parallelGateway",
    NodeKind.INCLUSIVE: "inclusiveGateway",
    NodeKind.EVENT_GATEWAY: "eventBasedGateway",
    NodeKind.SUBPROCESS: "subProcess",
    NodeKind.CALL_ACTIVITY: "callActivity",
    NodeKind.DECISION_TASK: "serviceTask",
    NodeKind.SERVICE_TASK: "serviceTask",
}
_CONDITIONAL = frozenset({NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE})
_SPLITS = frozenset({*_CONDITIONAL, NodeKind.PARALLEL, NodeKind.EVENT_GATEWAY})


def normalize(process: Process) -> bytes:
    """Return the canonical XML of a process.

    Raises:
        UnsupportedConstruct: the diagram holds a node outside the profile, or a
            condition where none is carried out.
        UnreadableDiagram: a reference leads nowhere, a scope has no single
            start, or a gateway's way on is not decided.
        UnsafeExpression: a condition is not an expression of our language.
    """
    return _Writer(process).write()


def canonical_id(process: str, element: str) -> str:
    """Return the name of an element in the canonical form."""
    return f"{process}:{element}"


class _Writer:
    def __init__(self, process: Process) -> None:
        self.process = process
        self.drawn: set[tuple[str, str]] = set()

    def write(self) -> bytes:
        self._check()
        root = etree.Element(f"{{{BPMN}}}definitions", nsmap={None: BPMN})
        body = _add(root, "process", self.process.key)
        body.set("isExecutable", "true")
        self._scope(body, None)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _id(self, element: str) -> str:
        return canonical_id(self.process.key, element)

    def _check(self) -> None:
        for node in self.process.nodes.values():
            self._check_node(node)
        for flow in self.process.flows.values():
            self._check_flow(flow)
        for foreign in self.process.foreign:
            if foreign.fatal:
                raise UnsupportedConstruct(
                    self.process.key, foreign.element, foreign.construct
                )

    def _check_flow(self, flow: Flow) -> None:
        source = self.process.nodes.get(flow.source)
        target = self.process.nodes.get(flow.target)
        if source is None or target is None:
            raise UnreadableDiagram("dangling_flow", flow.id, "connect_it")
        if source.parent != target.parent:
            raise UnreadableDiagram("flow_leaves_scope", flow.id, "connect_it")
        if source.kind is NodeKind.EVENT_GATEWAY and target.kind not in CATCHES:
            raise UnreadableDiagram("event_expected", target.id, "draw_an_event")

    def _check_node(self, node: Node) -> None:
        if node.kind is NodeKind.UNSUPPORTED:
            raise UnsupportedConstruct(self.process.key, node.id, node.construct or "")
        host = self.process.nodes.get(node.attached_to or "")
        if node.kind in BOUNDARIES and (
            host is None or host.kind not in HOSTS or host.parent != node.parent
        ):
            raise UnreadableDiagram("dangling_boundary", node.id, "attach_it")
        leaving = {flow.id for flow in self.process.outgoing[node.id]}
        if node.default and node.default not in leaving:
            raise UnreadableDiagram("dangling_default", node.id, "choose_a_flow")
        if node.loop is not None and node.kind not in HOSTS:
            raise UnsupportedConstruct(
                self.process.key, node.id, "multiInstanceLoopCharacteristics"
            )
        if node.kind is NodeKind.CALL_ACTIVITY and not node.called:
            raise UnreadableDiagram("calls_nothing", node.id, "choose_a_process")

    def _scope(self, body: etree._Element, parent: str | None) -> None:
        nodes = self.process.within(parent)
        starts = [node for node in nodes if node.kind is NodeKind.START]
        if len(starts) != 1:
            raise UnreadableDiagram(
                "needs_one_start", parent or self.process.key, "draw_one_start"
            )
        for node in nodes:
            self._node(body, node)
        for node in nodes:
            self._flows(body, node)

    def _node(self, body: etree._Element, node: Node) -> None:
        element = _add(body, _TAGS[node.kind], self._id(node.id))
        if node.kind in CATCHES or node.kind in BOUNDARIES:
            # The kernel names a message after its event: ours are told apart
            # by the task they are delivered to, never by name.
            element.set("name", self._id(node.id))
            _add(element, "messageEventDefinition")
        if node.kind in BOUNDARIES:
            element.set("attachedToRef", self._id(node.attached_to or ""))
            element.set("cancelActivity", "true" if node.interrupting else "false")
        if node.kind is NodeKind.TERMINATE_END:
            _add(element, "terminateEventDefinition")
        if node.kind is NodeKind.CALL_ACTIVITY:
            element.set("calledElement", node.called or "")
        if node.kind is NodeKind.SUBPROCESS:
            self._scope(element, node.id)
        self._loop(element, node)

    def _loop(self, element: etree._Element, node: Node) -> None:
        if node.loop is None:
            return
        if not node.loop.cardinality:
            raise UnreadableDiagram("no_cardinality", node.id, "say_how_many")
        loop = _add(element, "multiInstanceLoopCharacteristics")
        loop.set("isSequential", "true" if node.loop.sequential else "false")
        _add(loop, "loopCardinality").text = _checked(node.loop.cardinality)
        if node.loop.until:
            _add(loop, "completionCondition").text = _checked(node.loop.until)

    def _flows(self, body: etree._Element, node: Node) -> None:
        flows = self.process.outgoing[node.id]
        if node.kind in ENDS:
            if flows:
                raise UnreadableDiagram("flow_after_end", node.id, "remove_it")
            return
        source = self._id(node.id)
        if not flows:
            # A task with no way on ends its branch; say so.
            end = f"{source}#end"
            _add(body, "endEvent", end)
            self._flow(body, f"{source}#to_end", source, end, None)
            return
        if node.kind in _CONDITIONAL:
            self._conditional(body, node, flows)
            return
        if any(flow.condition for flow in flows):
            raise UnsupportedConstruct(
                self.process.key, node.id, "conditionalSequenceFlow"
            )
        if len(flows) > 1 and node.kind not in _SPLITS:
            fork = f"{source}#fork"
            _add(body, "parallelGateway", fork)
            self._flow(body, f"{source}#to_fork", source, fork, None)
            source = fork
        for flow in flows:
            self._flow(body, self._id(flow.id), source, self._id(flow.target), None)

    def _conditional(
        self, body: etree._Element, node: Node, flows: tuple[Flow, ...]
    ) -> None:
        source = self._id(node.id)
        default = node.default or (flows[0].id if _is_plain(flows) else None)
        if default:
            gateway = body.find(f"*[@id='{source}']")
            if gateway is not None:
                gateway.set("default", self._id(default))
        for flow in flows:
            condition = None if flow.id == default else flow.condition
            if condition is None and flow.id != default:
                raise UnreadableDiagram("no_condition", flow.id, "write_a_condition")
            target = self._id(flow.target)
            self._flow(body, self._id(flow.id), source, target, condition)

    def _flow(
        self,
        body: etree._Element,
        flow: str,
        source: str,
        target: str,
        condition: str | None,
    ) -> None:
        if (source, target) in self.drawn:
            # Joins count the nodes that tokens come from: give the second flow
            # between two nodes one of its own.
            step = f"{flow}#step"
            _add(body, "exclusiveGateway", step)
            self._flow(body, f"{flow}#on", step, target, None)
            target = step
        self.drawn.add((source, target))
        element = _add(body, "sequenceFlow", flow)
        element.set("sourceRef", source)
        element.set("targetRef", target)
        if condition is not None:
            _add(element, "conditionExpression").text = _checked(condition)


def _is_plain(flows: tuple[Flow, ...]) -> bool:
    """Return whether a gateway only joins: one way on, and no condition."""
    return len(flows) == 1 and flows[0].condition is None


def _checked(text: str) -> str:
    return compile_expression(text).text


def _add(
    parent: etree._Element, tag: str, element_id: str | None = None
) -> etree._Element:
    element = etree.SubElement(parent, f"{{{BPMN}}}{tag}")
    if element_id is not None:
        element.set("id", element_id)
    return element
