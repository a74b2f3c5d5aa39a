"""The canonical form: nothing in it that the kernel would decide by itself."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.bpmn.errors import UnreadableDiagram, UnsafeExpression, UnsupportedConstruct
from engine.bpmn.normalize import normalize
from engine.bpmn.reader import read
from tests.engine.bpmn.drawing import draw, wrap


def canonical(text: str) -> bytes:
    """Return the canonical form of some lines."""
    return normalize(read(draw(text)))


def test_timers_lanes_and_extensions_are_gone():
    """Deadlines become messages; what routes nothing is left out."""
    text = canonical(
        "start s\nuser a yes no\non a timer late\nevents g\ntimer t\nmessage m\nend e\n"
        "s -> a\na -> g\ng -> t\ng -> m\nt -> e\nm -> e\nlate -> e"
    )

    for absent in (b"timer", b"extension", b"urn:casetrack", b"lane"):
        assert absent not in text
    assert text.count(b"messageEventDefinition") == 3


def test_ids_tell_their_process():
    """Elements of two processes never share a name in the kernel."""
    root = etree.fromstring(canonical("start s\nuser a\nend e\ns -> a\na -> e"))
    ids = [element.get("id") for element in root.iter() if element.get("id")]

    assert ids == ["p", "p:s", "p:a", "p:e", "p:f3", "p:f4"]


def test_rules_and_operations_become_service_tasks():
    """The kernel steps through them; what they do is ours."""
    text = canonical("start s\ndecide d x\nserve o y\nend e\ns -> d\nd -> o\no -> e")

    assert text.count(b"serviceTask id") == 2
    assert b"businessRuleTask" not in text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("start s\nuser a\ns -> a\na -> nowhere", "dangling_flow"),
        ("start s\nuser a\ns -> a\nnowhere -> a", "dangling_flow"),
        ("start s\nuser a\non nobody message m\ns -> a", "dangling_boundary"),
        ("start s\nuser a\nend e\non e message m\ns -> a\na -> e", "dangling_boundary"),
        ("start s\nsub b\nstart t\ndone _\ns -> t", "flow_leaves_scope"),
        ("start s\nxor g\nuser a\ns -> g\ng -> a if 1\ng -> s", "no_condition"),
        ("start s\nstart t\nend e\ns -> e\nt -> e", "needs_one_start"),
        ("start s\nsub b\nuser t\ndone _\ns -> b", "needs_one_start"),
        ("start s\nend e\nuser a\ns -> e\ne -> a", "flow_after_end"),
        (
            "start s\nevents g\nuser a\nmessage m\ns -> g\ng -> a\ng -> m",
            "event_expected",
        ),
    ],
)
def test_what_leads_nowhere_is_refused(text, reason):
    """A diagram that the kernel would misread is never given to it."""
    with pytest.raises(UnreadableDiagram) as refused:
        canonical(text)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "body",
    [
        "<scriptTask id='x'/>",
        "<userTask id='x'><standardLoopCharacteristics/></userTask>",
        "<userTask id='x'><ioSpecification id='i'/></userTask>",
        """<userTask id='a'/><userTask id='b'/><sequenceFlow id='f' sourceRef='a'
        targetRef='b'><conditionExpression>1</conditionExpression></sequenceFlow>""",
    ],
    ids=["script", "loop", "data", "conditional_flow"],
)
def test_what_would_be_done_otherwise_or_silently_not(body):
    """Scripts, loops, data and conditional flows are refused."""
    with pytest.raises(UnsupportedConstruct):
        normalize(read(wrap(f"<startEvent id='s'/>{body}")))


def test_conditions_are_of_our_language():
    """A condition that is Python beyond the whitelist stops the loading."""
    with pytest.raises(UnsafeExpression):
        canonical(
            "start s\nxor g\nend e\nend f\ns -> g\n"
            "g -> e if __import__('os')\ng -> f else"
        )
