"""What has left the agency bars the way back: served, published, carried out."""

from __future__ import annotations

import pytest

from engine.bpmn.reader import read
from engine.commands import definitions
from engine.commands.errors import NotReturnable
from forms import registry
from storage.vocabulary import DocumentStatus
from tests.engine.bpmn.drawing import wrap
from tests.engine.commands.test_returns import preview, send_back
from tests.factories import DAY, PROCESSES, shipped

#: By these acts something reaches somebody outside, or is done to their things.
LEAVES = frozenset(
    {
        "license.decision",
        "measure.handover",
        "measure.implementation",
        "measure.lifting",
        "penalty.publication",
        "penalty.referral",
        "service.delivery",
        "summary_penalty.decision",
    }
)


def step(name, *, served=False):
    """Draw a step of the handler."""
    mark = ' rec:noReturn="true"' if served else ""
    return (
        f'<userTask id="{name}" name="{name}" rec:activity="penalty.investigation" '
        f'rec:capacity="handler"{mark}/>'
    )


def flows(*pairs):
    """Draw flows from one node to another."""
    return "".join(
        f'<sequenceFlow id="f{number}" sourceRef="{a}" targetRef="{b}"/>'
        for number, (a, b) in enumerate(pairs)
    )


ENDS = '<startEvent id="start"/><endEvent id="end"/>'
#: A document goes out of a call, between two steps; beside it work goes on.
DRAWN = {
    "outgoing": ENDS
    + step("write")
    + step("serve", served=True)
    + flows(("start", "write"), ("write", "serve"), ("serve", "end")),
    "leaving": ENDS
    + step("before")
    + step("after")
    + step("last")
    + '<callActivity id="out" calledElement="outgoing"/>'
    + flows(
        ("start", "before"),
        ("before", "out"),
        ("out", "after"),
        ("after", "last"),
        ("last", "end"),
    ),
    "beside": ENDS
    + step("first")
    + step("here")
    + step("then")
    + step("serve", served=True)
    + step("last")
    + '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    + flows(
        ("start", "first"),
        ("first", "fork"),
        ("fork", "here"),
        ("here", "then"),
        ("then", "join"),
        ("fork", "serve"),
        ("serve", "join"),
        ("join", "last"),
        ("last", "end"),
    ),
}


@pytest.fixture(scope="module")
def office(rent):
    """Return an office in which documents go out."""
    drawn = {
        f"trial/{key}.bpmn": wrap(text, key).decode() for key, text in DRAWN.items()
    }
    with rent() as opened:
        opened.now += DAY
        with opened.transaction() as tx:
            codes = [form.code for form in registry.all()]
            definitions.publish(tx, {**shipped(), **drawn}, codes)
        yield opened


def test_every_step_that_lets_something_out_is_marked():
    """In the shipped diagrams nothing that leaves the agency may be undone."""
    nodes = [
        node
        for path in sorted(PROCESSES.glob("*/*.bpmn"))
        for node in read(path.read_bytes()).nodes.values()
        if node.activity in LEAVES
    ]

    assert {node.activity for node in nodes} == LEAVES
    assert [f"{n.process}/{n.id}" for n in nodes if not n.no_return] == []


@pytest.fixture
def left(office):
    """Return a case from which a document has gone out, in a call."""
    case = office.open_case(process="leaving")
    for element in ("before", "write", "serve", "after"):
        case.complete("zhou", element)
    return case


def test_nobody_goes_back_behind_a_service(left):
    """Steps after it are open to go back to; those before are shown with the bar."""
    found = preview(left, "last")

    assert {name: (each.why, each.bar) for name, each in found.items()} == {
        "after": (None, None),
        "serve": ("no_return", "serve"),
        "write": ("no_return", "serve"),
        "before": ("no_return", "serve"),
    }
    for to in ("serve", "write", "before"):
        with pytest.raises(NotReturnable) as refused:
            send_back(left, "zhou", "last", to)
        assert (refused.value.reason, refused.value.bar) == ("no_return", "serve")
    send_back(left, "zhou", "last", "after")
    assert left.open() == ["after"]


def test_a_service_is_not_withdrawn(office):
    """Not even who served takes it back before the next acts."""
    case = office.open_case(process="leaving")
    for element in ("before", "write", "serve"):
        case.complete("zhou", element)
    served = case.task("serve")
    with pytest.raises(NotReturnable):
        office.act("zhou", "tasks.withdraw", task_id=served.id, reason="误")

    assert case.open() == ["after"]


def test_a_case_that_let_something_out_is_not_ended(left, office):
    """It goes to its own end: what was served is not left hanging."""
    with pytest.raises(NotReturnable):
        office.act("fang", "cases.terminate", case_id=left.id, reason="撤案")

    assert left.open() == ["last"]


def test_before_the_service_one_may_go_back(office):
    """While nothing has left, the call is gone back into and out of."""
    case = office.open_case(process="leaving")
    case.complete("zhou", "before")
    case.complete("zhou", "write")
    send_back(case, "zhou", "serve", "before")

    assert case.open() == ["before"]


def test_a_branch_beside_a_service_goes_back_alone(office):
    """What does not undo the service is not barred by it; what does, is."""
    case = office.open_case(process="beside")
    for element in ("first", "serve", "here"):
        case.complete("zhou", element)
    found = preview(case, "then")

    assert {name: each.why for name, each in found.items()} == {
        "here": None,
        "first": "no_return",
    }
    send_back(case, "zhou", "then", "here")
    assert case.open() == ["here"]


def test_a_decision_that_was_signed_and_not_served(office):
    """It may be gone back on; it stays signed and readable, and is written anew."""
    case = office.open_case().docket()
    report = case.documents("docketing_report")[0]
    found = preview(case, "assign_officers")["docketing_report"]
    send_back(case, "qin", "assign_officers", "docketing_report")
    kept = case.documents("docketing_report")[0]
    again = case.draft(
        "zhou", "docketing_report", "docketing_report", replaces=report.id
    )

    assert [paper.id for paper in found.documents] == [report.id]
    assert (kept.status, kept.digest) == (DocumentStatus.FINAL, report.digest)
    assert kept.signed_by == ["handler", "reviewer", "approver"]
    assert {paper.id for paper in case.documents("docketing_report")} == {
        report.id,
        again,
    }
