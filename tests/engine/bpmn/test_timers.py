"""Timers that say their time in the diagram, as the lint sees them."""

from __future__ import annotations

import pytest

from engine.bpmn.findings import Severity
from engine.bpmn.lint import lint
from engine.bpmn.reader import read
from engine.bpmn.timers import code_of
from tests.engine.bpmn.drawing import wrap
from tests.engine.bpmn.test_lint import KNOWN, found


def clocked(definition, *, attributes="", extensions=""):
    """Return a file in which a boundary event of a task holds a timer."""
    return wrap(
        "<startEvent id='s'/><userTask id='a' name='a' rec:activity='act.a' "
        "rec:capacity='handler'/><endEvent id='e'/><endEvent id='f'/>"
        f"<boundaryEvent id='t' name='t' attachedToRef='a' {attributes}>{extensions}"
        f"<timerEventDefinition>{definition}</timerEventDefinition></boundaryEvent>"
        "<sequenceFlow id='g' sourceRef='s' targetRef='a'/>"
        "<sequenceFlow id='h' sourceRef='a' targetRef='e'/>"
        "<sequenceFlow id='i' sourceRef='t' targetRef='f'/>"
    )


@pytest.mark.parametrize(
    "definition",
    [
        "<timeDuration>PT24H</timeDuration>",
        "<timeDate>2026-06-25T21:20:00+08:00</timeDate>",
        "<documentation>d</documentation><timeDuration id='x'> P30D </timeDuration>",
    ],
)
def test_a_time_in_the_diagram_is_kept_and_asked_for_its_clause(definition):
    """A legal term comes from the packs: a time without a clause is looked at."""
    bare, cited = (
        clocked(definition),
        clocked(definition, attributes="rec:cites='pl-1'"),
    )
    unknown = clocked(definition, attributes="rec:cites='pl-2'")

    assert {(f.rule, f.severity) for f in lint(read(bare), KNOWN)} == {
        ("time_without_clause", Severity.WARNING)
    }
    assert lint(read(cited), KNOWN) == []
    assert [f.rule for f in lint(read(unknown), KNOWN)] == ["unknown_clause"]


def test_a_time_and_a_term_on_one_timer_are_two_clocks():
    """Which of them were to wake it, nobody could say."""
    two = clocked(
        "<timeDuration>PT24H</timeDuration>",
        extensions="<extensionElements><rec:deadline code='t' start='open' "
        "fires='true'/></extensionElements>",
    )

    assert ("t", "needs_one_deadline") in found(two)


def test_nothing_meets_the_deadline_of_a_drawn_timer():
    """Its code is its own: no step can name it."""
    data = clocked("<timeDuration>PT24H</timeDuration>").replace(
        b"rec:capacity='handler'/>",
        b"rec:capacity='handler'><extensionElements><rec:deadline "
        b"code='timer:p/t' meet='complete'/></extensionElements></userTask>",
    )

    assert ("a", "unknown_term") in found(data)


@pytest.mark.parametrize("length", [1, 30, 55, 200])
def test_the_code_of_a_drawn_timer_fits_its_column_and_is_its_own(length):
    """However long the ids are, and whatever they begin with."""
    names = ["x" * length, "y" * length, "x" * (length - 1) + "z"]
    codes = {code_of(process, name) for process in ("p", "p" * 190) for name in names}

    assert len(codes) == len(names) * 2
    assert all(code.startswith("timer:") and len(code) <= 60 for code in codes)
