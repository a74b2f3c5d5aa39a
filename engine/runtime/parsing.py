"""From canonical XML to the library's specs, in our own classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.runtime import activities, events, gateways
from engine.runtime.errors import UnfitBundle


class _Plain:
    """Keeps boundary events beside their host, not in a split and a join."""

    PARALLEL_MI_CLASS = activities.ParallelMembers
    SEQUENTIAL_MI_CLASS = activities.SequentialMembers

    task: Any
    process_parser: Any

    def _add_boundary_event(self, children: Iterable[Any]) -> Any:
        events = [self.process_parser.parse_node(event) for event in children]
        self.task.boundary = tuple(event.name for event in events)
        return self.task


class _Process(ProcessParser):  # type: ignore[misc]  # untyped library
    """Reads the nodes of one scope from its ends backwards.

    The library's parser descends along the flows; read so, it never descends
    more than a step, and a long chain cannot exhaust the stack.
    """

    def add_tasks(self) -> None:
        starts = self.xpath("./bpmn:startEvent")
        for node in _ends_first(self, starts[0]):
            self.parse_node(node)


def _ends_first(parser: Any, start: Any) -> list[Any]:
    order: list[Any] = []
    seen = {start.get("id")}
    stack = [(start, iter(_followers(parser, start)))]
    while stack:
        node, followers = stack[-1]
        for follower in followers:
            if follower.get("id") not in seen:
                seen.add(follower.get("id"))
                stack.append((follower, iter(_followers(parser, follower))))
                break
        else:
            order.append(node)
            stack.pop()
    return order


def _followers(parser: Any, node: Any) -> list[Any]:
    name = node.get("id")
    flows = parser.get_outgoing_sequence_flows(name)
    targets = [parser.get_node_by_id(flow.get("targetRef")) for flow in flows]
    return [*targets, *parser.get_boundary_events(name)]


def _override(parser: type[Any], spec: type[Any]) -> tuple[type[Any], type[Any]]:
    return type(f"Plain{parser.__name__}", (_Plain, parser), {}), spec


class _Parser(BpmnParser):  # type: ignore[misc]  # untyped library
    PROCESS_PARSER_CLASS = _Process
    PARSER_CLASSES = {  # noqa: RUF012  # the library's own shape
        full_tag(tag): _override(parser, spec)
        for tag, parser, spec in (
            ("startEvent", StartEventParser, events.StartEvent),
            ("endEvent", EndEventParser, events.EndEvent),
            ("userTask", TaskParser, activities.UserTask),
            ("serviceTask", TaskParser, activities.Automatic),
            (
                "intermediateCatchEvent",
                IntermediateCatchEventParser,
                events.CatchEvent,
            ),
            ("boundaryEvent", BoundaryEventParser, events.BoundaryEvent),
            ("exclusiveGateway", ConditionalGatewayParser, gateways.Exclusive),
            ("inclusiveGateway", ConditionalGatewayParser, gateways.Inclusive),
            ("parallelGateway", GatewayParser, gateways.Parallel),
            ("eventBasedGateway", GatewayParser, gateways.EventGateway),
            ("subProcess", SubWorkflowParser, activities.Subprocess),
            ("callActivity", CallActivityParser, activities.CallActivity),
        )
    }


def parse(canonical: Mapping[str, bytes]) -> Mapping[str, Any]:
    """Return the spec of every process and embedded subprocess, by name.

    Raises:
        UnfitBundle: the library cannot make a spec of the canonical XML.
    """
    parser = _Parser()
    found: dict[str, Any] = {}
    for key, data in canonical.items():
        try:
            parser.add_bpmn_xml(etree.fromstring(data), key)
            # Reading one scope makes the parsers of the scopes within it.
            while pending := parser.process_parsers.keys() - found.keys():
                for name in sorted(pending):
                    found[name] = parser.get_spec(name)
        except ValidationException as error:
            raise UnfitBundle(str(error), key, "") from error
    return found
