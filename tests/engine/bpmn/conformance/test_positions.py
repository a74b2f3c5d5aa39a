"""Every construct of BPMN 2.0 in every position: run as it says, or refused there."""

from __future__ import annotations

from itertools import product

import pytest

from engine.bpmn.errors import UnreadableDiagram, UnsupportedConstruct
from engine.bpmn.findings import Severity
from engine.bpmn.lint import lint
from engine.bpmn.mends import CONSTRUCTS
from engine.bpmn.reader import read
from engine.runtime.definitions import Bundle
from tests.engine.bpmn.conformance.corpus import KNOWN, TIMER, flows, said, wrapped

EVENTS = ["message", "timer", "signal", "conditional", "error", "escalation"]
EVENTS += ["cancel", "compensate", "link", "terminate"]
DEFINITIONS = {
    **{name: f"<{name}EventDefinition/>" for name in EVENTS},
    "timer": TIMER,
    "duration": said("timeDuration", "P1DT12H"),
    "instant": said("timeDate", "2026-12-01T09:00:00+08:00"),
    "cycle": said("timeCycle", "R3/PT24H"),
    "endless cycle": said("timeCycle", "R/P1W"),
    "none": "",
    "reference": "<eventDefinitionRef>d</eventDefinitionRef>",
    "several": "<messageEventDefinition/><signalEventDefinition/>",
}

#: Where an event may stand; ``{}`` is its definition, and ``x`` its id.
POSITIONS = {
    "start": f"<startEvent id='x'>{{}}</startEvent>{flows('x e')}",
    "catch": (
        "<startEvent id='s'/><intermediateCatchEvent id='x'>{}"
        f"</intermediateCatchEvent>{flows('s x', 'x e')}"
    ),
    "throw": (
        "<startEvent id='s'/><intermediateThrowEvent id='x'>{}"
        f"</intermediateThrowEvent>{flows('s x', 'x e')}"
    ),
    "end": (
        "<startEvent id='s'/><endEvent id='x'>{}</endEvent>"
        f"<userTask id='a' rec:activity='act' rec:capacity='handler'/>"
        f"{flows('s a', 'a x', 'a e')}"
    ),
    "behind an event gateway": (
        "<startEvent id='s'/><eventBasedGateway id='g'/><receiveTask id='m'/>"
        "<intermediateCatchEvent id='x'>{}</intermediateCatchEvent>"
        f"{flows('s g', 'g x', 'g m', 'x e', 'm e')}"
    ),
    **{
        f"boundary of {host}, cancelActivity={cancel}": (
            f"<startEvent id='s'/>{body}<boundaryEvent id='x' attachedToRef='h' "
            f"cancelActivity='{cancel}'>{{}}</boundaryEvent>"
            f"{flows('s h', 'h e')}<endEvent id='f'/>"
            "<sequenceFlow id='xf' sourceRef='x' targetRef='f'/>"
        )
        for (host, body), cancel in product(
            {
                "a task": (
                    "<userTask id='h' rec:activity='act' rec:capacity='handler'/>"
                ),
                "a subprocess": (
                    "<subProcess id='h'><startEvent id='hs'/><receiveTask id='hm'/>"
                    "<sequenceFlow id='hf' sourceRef='hs' targetRef='hm'/></subProcess>"
                ),
                "a call": "<callActivity id='h' calledElement='q'/>",
                "members": (
                    "<userTask id='h' rec:activity='act' rec:capacity='panel_member' "
                    "rec:members='people'><multiInstanceLoopCharacteristics>"
                    "<loopCardinality>len(people)</loopCardinality>"
                    "</multiInstanceLoopCharacteristics></userTask>"
                ),
            }.items(),
            ("true", "false", "1", "0"),
        )
    },
    "event subprocess, its start": (
        "<startEvent id='s'/><subProcess id='x' triggeredByEvent='true'>"
        "<startEvent id='xs'>{}</startEvent><endEvent id='xe'/>"
        "<sequenceFlow id='xf' sourceRef='xs' targetRef='xe'/></subProcess>"
        f"{flows('s e')}"
    ),
}
#: What runs; everything else is refused.
RUN = {
    "start": {"none"},
    "end": {"none", "terminate"},
    "catch": {"message", "timer", "duration", "instant"},
    "behind an event gateway": {"message", "timer", "duration", "instant"},
    "boundary": {"message", "timer", "duration", "instant"},
}
#: A cycle is bounded by its activity, and ends it only once.
CYCLES = {"cycle", "endless cycle"}
CASES = list(product(POSITIONS, DEFINITIONS))


@pytest.mark.parametrize(("position", "definition"), CASES)
def test_every_event_in_every_position(position, definition):
    """What is not carried out is refused at its element, with a way to mend it."""
    data = wrapped(POSITIONS[position].format(DEFINITIONS[definition]))
    errors = [f for f in lint(read(data), KNOWN) if f.severity is Severity.ERROR]
    runs = definition in RUN.get(position.split(" of ")[0], set())
    runs = runs or (definition in CYCLES and position.endswith(("=false", "=0")))

    if runs:
        assert errors == []
        assert Bundle.load({"p": data, "q": CALLED}, {}, "p").root == "p"
    else:
        assert ("x", "unsupported") in {(f.element, f.rule) for f in errors}
        assert all(f.mend != "redraw" for f in errors)
        with pytest.raises(UnsupportedConstruct):
            Bundle.load({"p": data, "q": CALLED}, {}, "p")


#: Activities and gateways: what stands between start and end, and what it is.
OUTSIDE = {
    "<task id='x'/>": "task",
    "<manualTask id='x'/>": "manualTask",
    "<scriptTask id='x' scriptFormat='python'><script>1</script></scriptTask>": (
        "scriptTask"
    ),
    "<sendTask id='x'/>": "sendTask",
    "<receiveTask id='x' instantiate='true'/>": "instantiatingReceiveTask",
    "<receiveTask id='x' instantiate='1'/>": "instantiatingReceiveTask",
    "<complexGateway id='x'/>": "complexGateway",
    "<transaction id='x'/>": "transaction",
    "<adHocSubProcess id='x'/>": "adHocSubProcess",
    "<eventBasedGateway id='x' instantiate='1'/>": "instantiatingEventGateway",
    "<eventBasedGateway id='x' eventGatewayType='Parallel'/>": "parallelEventGateway",
    "<userTask id='x' isForCompensation='true'/>": "isForCompensation",
    "<callActivity id='x' calledElement='q' isForCompensation='1'/>": (
        "isForCompensation"
    ),
    "<userTask id='x' startQuantity='2'/>": "startQuantity",
    "<userTask id='x' completionQuantity='3'/>": "completionQuantity",
    "<userTask id='x'><standardLoopCharacteristics/></userTask>": (
        "standardLoopCharacteristics"
    ),
    "<userTask id='x'><standardLoopCharacteristics testBefore='true' "
    "loopMaximum='3'><loopCondition>flag</loopCondition>"
    "</standardLoopCharacteristics></userTask>": "standardLoopCharacteristics",
    "<subProcess id='x'><standardLoopCharacteristics/><startEvent id='q'/>"
    "</subProcess>": "standardLoopCharacteristics",
    **{
        f"<userTask id='x'><multiInstanceLoopCharacteristics {attribute}>"
        f"<loopCardinality>2</loopCardinality>{inner}"
        "</multiInstanceLoopCharacteristics></userTask>": construct
        for attribute, inner, construct in (
            ("behavior='One'", "", "loopBehavior"),
            ("behavior='None'", "", "loopBehavior"),
            ("behavior='Complex'", "", "loopBehavior"),
            ("", "<loopDataInputRef>d</loopDataInputRef>", "loopDataInputRef"),
            ("", "<loopDataOutputRef>d</loopDataOutputRef>", "loopDataOutputRef"),
            ("", "<inputDataItem id='i'/>", "inputDataItem"),
            ("", "<outputDataItem id='o'/>", "outputDataItem"),
            ("", "<complexBehaviorDefinition/>", "complexBehaviorDefinition"),
            ("", "<completionCondition/>", "emptyExpression"),
            (
                "",
                "<completionCondition language='feel'>flag</completionCondition>",
                "expressionLanguage",
            ),
        )
    },
    "<userTask id='x'><ioSpecification/></userTask>": "ioSpecification",
    "<userTask id='x'><property id='d'/></userTask>": "property",
    "<userTask id='x'><dataInputAssociation/></userTask>": "dataInputAssociation",
    "<userTask id='x'><dataOutputAssociation/></userTask>": "dataOutputAssociation",
    "<subProcess id='x'><property id='d'/><startEvent id='q'/></subProcess>": (
        "property"
    ),
    **{
        f"<intermediateCatchEvent id='x'>{said(form, text)}</intermediateCatchEvent>": (
            construct
        )
        for form, text, construct in (
            ("timeDuration", "", "timer:empty"),
            ("timeDuration", "-PT1H", "timer:negative"),
            ("timeDuration", "PT0S", "timer:zero"),
            ("timeDuration", "P0.5D", "timer:fraction"),
            ("timeDuration", "P1W2D", "timer:weeks"),
            ("timeDuration", "P200Y", "timer:tooLong"),
            ("timeDuration", "${wait}", "timer:notIso"),
            ("timeDate", "2026-02-30", "timer:outOfRange"),
            ("timeCycle", "R0/PT1H", "timer:never"),
            ("timeCycle", "R3/2026-01-01T00:00:00Z/PT1H", "timer:anchored"),
            ("timeCycle", "R3/PT1S", "timer:tooOften"),
            ("timeCycle", "R3/PT1H", "timer:cycleCaught"),
        )
    },
    "<intermediateCatchEvent id='x'><timerEventDefinition><timeDate>2026-01-01"
    "</timeDate><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    "</intermediateCatchEvent>": "timer:several",
    "<intermediateCatchEvent id='x'><timerEventDefinition><timeDuration language="
    "'feel'>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>": (
        "expressionLanguage"
    ),
    "<intermediateCatchEvent id='x'><timerEventDefinition><timeDuration>PT1H<b/>"
    "</timeDuration></timerEventDefinition></intermediateCatchEvent>": (
        "markupInExpression"
    ),
    "<userTask id='h'/><boundaryEvent id='x' attachedToRef='h'>"
    f"{said('timeCycle', 'R3/PT1H')}</boundaryEvent>": "timer:cycleInterrupts",
}


@pytest.mark.parametrize(("element", "construct"), OUTSIDE.items())
def test_activities_and_gateways_outside_the_profile(element, construct):
    """Neither lint nor loading lets one of them by, and each can be mended."""
    data = wrapped(f"<startEvent id='s'/>{element}{flows('s x', 'x e')}")
    found = [f for f in lint(read(data), KNOWN) if f.rule == "unsupported"]

    assert (found[0].element in {"x", "d"}, found[0].severity) == (True, "error")
    assert found[0].details == {"construct": construct}
    assert found[0].mend == CONSTRUCTS[construct]
    with pytest.raises((UnsupportedConstruct, UnreadableDiagram)):
        Bundle.load({"p": data}, {}, "p")


#: Flows between two user tasks or out of a gateway; ``c`` is the flow in question.
FLOWS = {
    "isImmediate='false'": ("", "isImmediate"),
    " ": ("<conditionExpression/>", "emptyExpression"),
    "  ": (
        "<conditionExpression language='javascript'>flag</conditionExpression>",
        "expressionLanguage",
    ),
    "   ": (
        "<conditionExpression>flag<i/> and fine</conditionExpression>",
        "markupInExpression",
    ),
}


@pytest.mark.parametrize("attribute", FLOWS)
def test_flows_outside_the_profile(attribute):
    """A condition that cannot be read whole is never taken for none."""
    inner, construct = FLOWS[attribute]
    data = wrapped(
        f"<startEvent id='s'/>{flows('s e')}<sequenceFlow id='c' sourceRef='s' "
        f"targetRef='e' {attribute}>{inner}</sequenceFlow>"
    )
    found = [f for f in lint(read(data), KNOWN) if f.rule == "unsupported"]

    assert [(f.element, f.details["construct"]) for f in found] == [("c", construct)]
    with pytest.raises(UnsupportedConstruct):
        Bundle.load({"p": data}, {}, "p")


@pytest.mark.parametrize(
    ("attributes", "construct"),
    [
        ("isExecutable='false'", "notExecutable"),
        ("isExecutable='0'", "notExecutable"),
        ("processType='Public'", "publicProcess"),
    ],
)
def test_a_process_that_is_not_meant_to_run(attributes, construct):
    """What its author marked as a sketch is not run."""
    data = wrapped(f"<startEvent id='s'/>{flows('s e')}", attributes=attributes)
    found = [f for f in lint(read(data), KNOWN) if f.severity is Severity.ERROR]

    assert [(f.element, f.details["construct"]) for f in found] == [("p", construct)]
    with pytest.raises(UnsupportedConstruct):
        Bundle.load({"p": data}, {}, "p")


@pytest.mark.parametrize("attributes", ["", "isClosed='true'", "processType='Private'"])
def test_what_a_process_may_say_of_itself(attributes):
    """Nothing reaches a process but what is drawn: closed or not is the same."""
    data = wrapped(f"<startEvent id='s'/>{flows('s e')}", attributes=attributes)

    assert [f for f in lint(read(data), KNOWN) if f.severity is Severity.ERROR] == []


CALLED = wrapped(
    f"<startEvent id='s'/><receiveTask id='qm'/>{flows('s qm', 'qm e')}", "q"
)
