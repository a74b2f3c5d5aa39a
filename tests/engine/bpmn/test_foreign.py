"""Diagrams that other tools have written: read whole, or told what is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.bpmn.errors import UnreadableDiagram
from engine.bpmn.lint import lint
from engine.bpmn.reader import read
from tests.engine.bpmn.conformance.corpus import KNOWN
from tests.engine.bpmn.foreign import CAMUNDA, SIGNAVIO, ZEEBE


def findings(data: bytes) -> set[tuple[str, str, str]]:
    """Return element, rule and construct of everything that is said of a file."""
    return {
        (f.element, f.rule, f.details.get("construct", ""))
        for f in lint(read(data), KNOWN)
    }


def test_a_camunda_diagram():
    """Its shape and its timer are read; listeners and assignees are told."""
    found = findings(CAMUNDA)

    assert read(CAMUNDA).nodes["Event_3"].timer.text == "PT24H"
    assert not any(element == "Event_3" and told for element, _, told in found)

    assert read(CAMUNDA).nodes.keys() == {
        "Start_1",
        "Activity_1",
        "Gateway_1",
        "Event_1",
        "Event_2",
        "Event_3",
    }
    assert {
        ("Activity_1", "not_carried_out", "camunda:assignee"),
        ("Activity_1", "not_carried_out", "camunda:formKey"),
        ("Activity_1", "not_carried_out", "camunda:taskListener"),
        ("Flow_m", "not_carried_out", "messageFlow"),
        ("Event_3", "time_without_clause", ""),
        ("Flow_3", "bad_expression", ""),
    } <= found
    assert not any("bioc" in construct for *_, construct in found)


def test_a_zeebe_diagram():
    """Collections and conditions of another engine are refused, not guessed."""
    assert {
        ("a", "no_cardinality", ""),
        ("a", "loop_not_allowed", ""),
        ("a", "not_carried_out", "zeebe:taskDefinition"),
        ("f1", "bad_expression", ""),
    } <= findings(ZEEBE)


def test_a_signavio_diagram():
    """A sketch is told from what is meant to run; notes of the editor are not told."""
    found = findings(SIGNAVIO)

    assert ("sid-4", "unsupported", "notExecutable") in found
    assert ("sid-a", "unsupported", "task") in found
    assert not any("signavio" in construct for *_, construct in found)


def test_of_several_pools_the_marked_one_is_read():
    """Another drawn pool is reported; without a mark none is guessed."""
    lanes = b'<laneSet id="sid-9" />'
    two = SIGNAVIO.replace(lanes, lanes + b'<task id="sid-t" />')
    marked = two.replace(b'isExecutable="false" name="A"', b'isExecutable="true"')
    with pytest.raises(UnreadableDiagram) as refused:
        read(two)

    assert refused.value.reason == "none_executable"
    assert ("sid-6", "not_carried_out", "otherPool") in findings(marked)


EXPORTS = sorted(Path(__file__).with_name("exports").glob("*.bpmn"))


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_exports_of_other_tools(path):
    """Each is read whole with its pools marked, and every finding can be mended."""
    data = path.read_bytes()
    if len(re.findall(rb"<(?:\w+:)?(?:startEvent|process)\b", data)) > 2:
        # Several drawn pools: mark the first.
        data = re.sub(rb'isExecutable="\w+"', b"", data)
        data = re.sub(
            rb"(<(?:\w+:)?process\b)", rb'\1 isExecutable="true"', data, count=1
        )
    process = read(data)
    found = lint(process, KNOWN)

    assert process.nodes
    assert found
    assert [f for f in found if f.element.encode() not in data] == []
    assert [f for f in found if f.mend == "redraw"] == []


PREFIXES = [b"bpmn:", b"bpmn2:", b"semantic:", b"model:", b"a.b-c:"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_any_prefix_names_the_same(prefix):
    """What a namespace is called in a file changes nothing."""
    data = CAMUNDA.replace(b"bpmn:", prefix).replace(
        b"xmlns:bpmn=", b"xmlns:" + prefix[:-1] + b"="
    )

    assert read(data).nodes == read(CAMUNDA).nodes
    assert read(data).flows == read(CAMUNDA).flows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_unicode_file_is_read(encoding):
    """A mark at the start says which it is; the declaration is not believed."""
    data = CAMUNDA.decode().encode(encoding)

    assert read(data) == read(CAMUNDA)


def test_a_file_in_another_encoding_is_refused():
    """A guess would turn names into others."""
    with pytest.raises(UnreadableDiagram) as refused:
        read(CAMUNDA.decode().encode("gb18030"))

    assert refused.value.reason == "not_utf8"


def test_references_may_be_qualified():
    """Hosts and called processes may be named with the file's own prefix."""
    data = CAMUNDA.replace(b'attachedToRef="', b'attachedToRef="tns:')

    assert read(data).nodes["Event_3"].attached_to == "Activity_1"
