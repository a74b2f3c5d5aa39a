"""Which elements of BPMN we run, and as what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.bpmn import xml
from engine.bpmn.extensions import flag
from engine.bpmn.model import Loop, NodeKind
from engine.bpmn.timers import timer_faults

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
#: What may stand in a diagram unused: it says nothing about how a token moves.
REPORTED = frozenset(
    {
        "auditing",
        "categoryValueRef",
        "dataInput",
        "dataObject",
        "dataObjectReference",
        "dataOutput",
        "dataStoreReference",
        "humanPerformer",
        "inputSet",
        "ioBinding",
        "monitoring",
        "outputSet",
        "performer",
        "potentialOwner",
        "rendering",
        "resourceRole",
        "supportedInterfaceRef",
        "supports",
    }
)
_LOOP_PARTS = frozenset({"loopCardinality", "completionCondition"})
_EXPRESSIONS = frozenset({*_LOOP_PARTS, "conditionExpression"})
#: Attributes that are true only of what we do not run, by tag ("" for any).
_ATTRIBUTES: Mapping[tuple[str, str], str] = {
    ("subProcess", "triggeredByEvent"): "eventSubProcess",
    ("receiveTask", "instantiate"): "instantiatingReceiveTask",
    ("eventBasedGateway", "instantiate"): "instantiatingEventGateway",
    ("", "isForCompensation"): "isForCompensation",
}
#: Attributes that ask for nothing only while they have this value.
_PLAIN: Mapping[str, str] = {
    "eventGatewayType": "Exclusive",
    "startQuantity": "1",
    "completionQuantity": "1",
}
_CALLED: Mapping[str, str] = {"eventGatewayType": "parallelEventGateway"}


def kind_of(element: etree._Element, name: str) -> tuple[NodeKind, str | None]:
    """Return the kind, and the construct when it is outside the profile."""
    if name in OUTSIDE:
        return NodeKind.UNSUPPORTED, name
    events = [
        xml.local(child)
        for child in element
        if xml.namespace(child) == xml.BPMN
        and xml.local(child).endswith(("EventDefinition", "eventDefinitionRef"))
    ]
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
    for (tag, attribute), construct in _ATTRIBUTES.items():
        if tag in {"", name} and flag(element.get(attribute), default=False):
            return construct
    for attribute, plain in _PLAIN.items():
        if element.get(attribute, plain).strip() != plain:
            return _CALLED.get(attribute, attribute)
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
    """Yield what is inside a node or flow and would not be carried out."""
    known = {*SILENT, *KINDS, *OUTSIDE}
    for child in element:
        name = xml.local(child)
        if xml.namespace(child) != xml.BPMN:
            continue
        if name.endswith(("EventDefinition", "eventDefinitionRef")):
            if name == "timerEventDefinition":
                yield from timer_faults(element, child)
        elif name == "multiInstanceLoopCharacteristics":
            yield from _loop_faults(child)
        elif name in _EXPRESSIONS:
            yield from _expression_faults(child)
        elif xml.local(element) != "subProcess" and name not in known:
            yield name


def _loop_faults(loop: etree._Element) -> Iterator[str]:
    # Another behavior throws events while the members still work.
    if loop.get("behavior", "All") != "All":
        yield "loopBehavior"
    for child in loop:
        name = xml.local(child)
        if xml.namespace(child) == xml.BPMN and name in _LOOP_PARTS:
            yield from _expression_faults(child)
        elif name not in {"extensionElements", "documentation"}:
            yield name


def _expression_faults(element: etree._Element) -> Iterator[str]:
    if element.get("language"):
        yield "expressionLanguage"
    if len(element):
        yield "markupInExpression"  # only what stands before it would be read
    elif xml.text_of(element) is None:
        yield "emptyExpression"
