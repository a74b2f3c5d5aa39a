"""Which elements of BPMN we run, and as what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.bpmn import xml
from engine.bpmn.extensions import flag
from engine.bpmn.model import Loop, NodeKind

KINDS: Mapping[str, NodeKind] = {
    "startEvent": NodeKind.START,
    "endEvent": NodeKind.END,
    "userTask": NodeKind.USER_TASK,
    "receiveTask": NodeKind.MESSAGE_CATCH,
    "intermediateCatchEvent": NodeKind.MESSAGE_CATCH,
    "boundaryEvent": NodeKind.BOUNDARY_MESSAGE,
    "exclusiveGateway": NodeKind.EXCLUSIVE,
    "parallelGateway": NodeKind.PARALLEL,
    "inclusiveGateway": NodeKind.INCLUSIVE,
    "eventBasedGateway": NodeKind.EVENT_GATEWAY,
    "subProcess": NodeKind.SUBPROCESS,
    "callActivity": NodeKind.CALL_ACTIVITY,
    "businessRuleTask": NodeKind.DECISION_TASK,
    "serviceTask": NodeKind.SERVICE_TASK,
}
#: Nodes that BPMN knows and this product does not run.
OUTSIDE = frozenset(
    {
        "task",
        "manualTask",
        "scriptTask",
        "sendTask",
        "intermediateThrowEvent",
        "complexGateway",
        "adHocSubProcess",
        "transaction",
    }
)
#: Children of a process that mean nothing when it runs.
SILENT = frozenset(
    {
        "laneSet",
        "sequenceFlow",
        "documentation",
        "extensionElements",
        "textAnnotation",
        "association",
        "group",
        "incoming",
        "outgoing",
        "multiInstanceLoopCharacteristics",
    }
)


def kind_of(element: etree._Element, name: str) -> tuple[NodeKind, str | None]:
    """Return the kind, and the construct when it is outside the profile."""
    if name in OUTSIDE:
        return NodeKind.UNSUPPORTED, name
    events = [xml.local(c) for c in element if xml.local(c).endswith("EventDefinition")]
    event = events[0] if events else None
    outside = _outside(element, name, len(events))
    if outside is not None:
        return NodeKind.UNSUPPORTED, outside
    kind = KINDS[name]
    allowed: dict[str | None, NodeKind] = {None: kind}
    if name == "endEvent":
        allowed["terminateEventDefinition"] = NodeKind.TERMINATE_END
    elif name == "intermediateCatchEvent":
        allowed = {
            "messageEventDefinition": NodeKind.MESSAGE_CATCH,
            "timerEventDefinition": NodeKind.TIMER_CATCH,
        }
    elif name == "boundaryEvent":
        allowed = {
            "messageEventDefinition": NodeKind.BOUNDARY_MESSAGE,
            "timerEventDefinition": NodeKind.BOUNDARY_TIMER,
        }
    if event not in allowed:
        return NodeKind.UNSUPPORTED, event or f"{name}WithoutDefinition"
    return allowed[event], None


def _outside(element: etree._Element, name: str, events: int) -> str | None:
    """Return what makes a known element mean something that we do not run."""
    if events > 1 or flag(element.get("parallelMultiple"), default=False):
        return "multipleEventDefinition"
    if name == "subProcess" and flag(element.get("triggeredByEvent"), default=False):
        return "eventSubProcess"
    if name == "eventBasedGateway":
        if element.get("eventGatewayType") == "Parallel":
            return "parallelEventGateway"
        if flag(element.get("instantiate"), default=False):
            return "instantiatingEventGateway"
    return None


def loop_of(element: etree._Element) -> Loop | None:
    """Return the multi-instance of a node; None: it has none."""
    name = "multiInstanceLoopCharacteristics"
    found = next(xml.children(element, xml.BPMN, name), None)
    if found is None:
        return None
    texts = {xml.local(child): xml.text_of(child) for child in found}
    return Loop(
        cardinality=texts.get("loopCardinality") or "",
        sequential=flag(found.get("isSequential"), default=False),
        until=texts.get("completionCondition"),
    )


def foreign_in(element: etree._Element) -> Iterator[str]:
    """Yield what is inside a node and would not be carried out."""
    known = {*SILENT, *KINDS, *OUTSIDE}
    for child in element:
        name = xml.local(child)
        if xml.namespace(child) != xml.BPMN or name.endswith("EventDefinition"):
            if name == "timerEventDefinition":
                yield from (f"timer:{xml.local(time)}" for time in child)
        elif name == "multiInstanceLoopCharacteristics":
            allowed = {"loopCardinality", "completionCondition", "extensionElements"}
            yield from (xml.local(c) for c in child if xml.local(c) not in allowed)
        elif xml.local(element) != "subProcess" and name not in known:
            yield name
