"""Reading diagrams: hostile files, precise refusals, every extension."""

from __future__ import annotations

import pytest

from engine.bpmn.errors import UnreadableDiagram
from engine.bpmn.model import (
    Assign,
    DeadlineRule,
    Guard,
    Input,
    NodeKind,
    Outcome,
)
from engine.bpmn.reader import read
from engine.rules.requirements import Requirement
from storage.vocabulary import Capacity, DueAt, Level, RecordForm, TaskKind
from tests.engine.bpmn.drawing import HEAD, draw, wrap

PLAIN = draw("start s\nuser a\nend e\ns -> a\na -> e")


def refusal(data: bytes) -> UnreadableDiagram:
    """Return the refusal that reading ends with."""
    with pytest.raises(UnreadableDiagram) as refused:
        read(data)
    return refused.value


XXE = b"""<?xml version="1.0"?>
<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<definitions>&x;</definitions>"""
LAUGHS = b"""<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>"""
EXTERNAL = b'<!DOCTYPE d SYSTEM "http://example.invalid/x.dtd"><d/>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (XXE, "doctype"),
        (LAUGHS, "doctype"),
        (EXTERNAL, "doctype"),
        (XXE.replace(b"DOCTYPE", b"doctype"), "doctype"),
        (XXE.decode().encode("utf-16"), "doctype"),
        (XXE.decode().encode("utf-16-le"), "not_xml"),
        (XXE.decode().encode("utf-32"), "not_xml"),
        (b"+ADwAIQ-DOCTYPE d+AD4APA-d/+AD4-", "not_xml"),
        (b'<?xml version="1.0" encoding="utf-7"?>+ADw-d/+AD4-', "not_xml"),
        (b"", "not_xml"),
        (b"not xml", "not_xml"),
        (b"\xff\xfe\x00", "not_utf8"),
        (b"<d>&undefined;</d>", "not_xml"),
        (b"<html/>", "not_bpmn"),
        (b'<definitions xmlns="urn:other"/>', "not_bpmn"),
        (HEAD.encode() + b"</definitions>", "no_process"),
        (PLAIN + b" " * (2 * 1024 * 1024), "too_large"),
        (wrap("<userTask id='a'/>" * 2), "duplicate_id"),
        (wrap("<userTask/>"), "no_id"),
        (wrap("<userTask id='a:b'/>"), "bad_id"),
        (wrap('<userTask id="a\'b"/>'), "bad_id"),
        (
            wrap(
                "<userTask id='a'>" + "<group>" * 70 + "</group>" * 70 + "</userTask>"
            ),
            "too_deep",
        ),
        (
            wrap("".join(f"<group id='g{n}'/>" for n in range(20_001))),
            "too_many_elements",
        ),
        (wrap(f"<userTask id='a' name='{'x' * 20_001}'/>"), "text_too_long"),
        (
            PLAIN.replace(
                b"</process>",
                b"</process><process id='q' isExecutable='1'><task id='z'/></process>",
            ),
            "several_processes",
        ),
    ],
)
def test_hostile_and_broken_files(data, reason):
    """Each is refused with its reason, before anything in it is acted upon."""
    assert refusal(data).reason == reason


def test_a_declared_encoding_is_not_believed():
    """A file that calls its UTF-8 something else is read as UTF-8."""
    text = PLAIN.replace(b"UTF-8", b"ISO-8859-1").replace(
        b'name="a"', 'name="检查"'.encode()
    )

    assert read(text).nodes["a"].name == "检查"


def task(inner: str, attributes: str = "") -> bytes:
    """Return a process with one task that holds extension elements."""
    return wrap(
        f"<userTask id='a' {attributes}><extensionElements>{inner}"
        "</extensionElements></userTask>"
    )


def test_everything_that_a_task_may_say():
    """Each extension element arrives in the model with all its attributes."""
    node = read(
        task(
            """
            <rec:outcome value="approved" zh="同意" en="Approve"/>
            <rec:input fact="fine" required="true"/><rec:input fact="note"/>
            <rec:record form="document" code="docketing_report" level="conditional"
                due="deposit" signedBy="handler approver" carried="true" count="2"
                when="fine &gt; 1" cites="pl-54 pl-55"/>
            <rec:record form="recording" code="photo|video"/>
            <rec:deadline code="docketing" start="complete" from="accepted_at"
                if="fine"/>
            <rec:deadline code="decision" meet="open"/>
            <rec:guard code="heavier" require="fine &lt; 9" cites="pl-45"/>
            <rec:assign capacity="handler" from="officers"/>
            <rec:checkpoint/>
            """,
            "rec:activity='x.y' rec:capacity='approver' name='N'",
        )
    ).nodes["a"]

    assert (node.activity, node.capacity, node.process) == (
        "x.y",
        Capacity.APPROVER,
        "p",
    )
    assert node.outcomes == (Outcome("approved", "同意", "Approve"),)
    assert node.inputs == (Input("fine", required=True), Input("note", required=False))
    assert node.records[0] == Requirement(
        key="document:docketing_report",
        form=RecordForm.DOCUMENT,
        codes=("docketing_report",),
        level=Level.CONDITIONAL,
        due=DueAt.DEPOSIT,
        count=2,
        signed_by=("handler", "approver"),
        carried=True,
        when="fine > 1",
        cites=("pl-54", "pl-55"),
    )
    assert node.records[1].codes == ("photo", "video")
    assert node.records[1].level is Level.MANDATORY
    assert node.deadlines == (
        DeadlineRule(
            "docketing", "complete", None, "accepted_at", fires=False, condition="fine"
        ),
        DeadlineRule("decision", None, "open", None, fires=False, condition=None),
    )
    assert node.guards == (Guard("heavier", "fine < 9", ("pl-45",)),)
    assert node.assigns == (Assign(Capacity.HANDLER, "officers"),)
    assert node.checkpoint
    assert node.waits_for is TaskKind.USER


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("<rec:recrod/>", "unknown_rec:recrod"),
        ("<rec:outcome/>", "missing:outcome.value"),
        ("<rec:record form='document'/>", "missing:record.code"),
        ("<rec:record form='paper' code='x'/>", "unknown_RecordForm:paper"),
        ("<rec:record form='document' code='x' level='must'/>", "unknown_Level:must"),
        ("<rec:record form='document' code='x' count='two'/>", "bad_count"),
        ("<rec:deadline code='x'/>", "bad_deadline"),
        ("<rec:deadline code='x' start='later'/>", "bad_deadline"),
        ("<rec:assign capacity='boss' from='x'/>", "unknown_Capacity:boss"),
        ("<rec:guard code='x'/>", "missing:guard.require"),
    ],
)
def test_misspelt_extensions(inner, reason):
    """What the extension schema does not know is refused at its task."""
    found = refusal(task(inner))

    assert (found.reason, found.element) == (reason, "a")


def test_lanes_say_who_acts():
    """A task takes the capacity of its lane, also within a subprocess."""
    process = read(
        wrap(
            """<laneSet id="l"><lane id="l1" name="承办人" rec:capacity="handler">
            <flowNodeRef>sub</flowNodeRef></lane>
            <lane id="l2" rec:capacity="reviewer"><flowNodeRef>b</flowNodeRef></lane>
            </laneSet><subProcess id="sub"><userTask id="a"/></subProcess>
            <userTask id="b"/><userTask id="c"/>"""
        )
    )
    nodes = process.nodes

    assert nodes["a"].capacity is Capacity.HANDLER
    assert nodes["a"].parent == "sub"
    assert nodes["b"].capacity is Capacity.REVIEWER
    assert nodes["c"].capacity is None
    assert [lane.name for lane in process.lanes] == ["承办人", ""]


CATCH = "<intermediateCatchEvent id='x'>{}</intermediateCatchEvent>"
BOUNDARY = "<boundaryEvent id='x' attachedToRef='y'>{}</boundaryEvent>"


@pytest.mark.parametrize(
    ("element", "construct"),
    [
        ("<scriptTask id='x'/>", "scriptTask"),
        ("<task id='x'/>", "task"),
        ("<manualTask id='x'/>", "manualTask"),
        ("<sendTask id='x'/>", "sendTask"),
        ("<complexGateway id='x'/>", "complexGateway"),
        ("<adHocSubProcess id='x'/>", "adHocSubProcess"),
        ("<transaction id='x'/>", "transaction"),
        ("<subProcess id='x' triggeredByEvent='true'/>", "eventSubProcess"),
        ("<intermediateThrowEvent id='x'/>", "intermediateThrowEvent"),
        (
            CATCH.format("<signalEventDefinition/>"),
            "signalEventDefinition",
        ),
        (
            CATCH.format("<linkEventDefinition/>"),
            "linkEventDefinition",
        ),
        (
            BOUNDARY.format("<errorEventDefinition/>"),
            "errorEventDefinition",
        ),
        (
            BOUNDARY.format("<compensateEventDefinition/>"),
            "compensateEventDefinition",
        ),
        (
            "<endEvent id='x'><signalEventDefinition/></endEvent>",
            "signalEventDefinition",
        ),
        (
            "<endEvent id='x'><messageEventDefinition/></endEvent>",
            "messageEventDefinition",
        ),
        (
            "<startEvent id='x'><timerEventDefinition/></startEvent>",
            "timerEventDefinition",
        ),
        (
            CATCH.format("<messageEventDefinition/><timerEventDefinition/>"),
            "multipleEventDefinition",
        ),
        ("<intermediateCatchEvent id='x'/>", "intermediateCatchEventWithoutDefinition"),
        (
            "<eventBasedGateway id='x' eventGatewayType='Parallel'/>",
            "parallelEventGateway",
        ),
    ],
)
def test_what_is_outside_the_profile_is_named(element, construct):
    """It is kept in the model, so that the lint can point at it."""
    node = read(wrap(element)).nodes["x"]

    assert (node.kind, node.construct) == (NodeKind.UNSUPPORTED, construct)
