"""What keeps a case under its version, and what it takes along."""

from __future__ import annotations

import re

import pytest

from engine.commands.migration import Order, carry
from engine.commands.work import on_case
from engine.runtime.errors import MoveUnsafe
from storage.models import Deadline, Task
from storage.vocabulary import TaskStatus
from tests.added_version import PENALTY, add_version
from tests.case_file import CHECKED
from tests.engine.commands.test_colleagues import stand_in
from tests.engine.commands.test_emergency import FACTS, URGENT, consent, start
from tests.engine.commands.test_migration import rows
from tests.factories import shipped

EMERGENCY = "emergency/emergency.bpmn"


def go(office, case, changed=None, *, renamed=None, **options):
    """Carry a case over to a version in which some files read otherwise."""
    with office.transaction() as tx:
        target = add_version(tx.session, changed or {}, **options)
    order = Order(requirement_set=target, reason="test", renamed=renamed or {})
    with office.transaction() as tx:
        return carry(on_case(tx, case.id, None), order, by=None)


def why(office, case, changed=None, **options):
    """Return what keeps a case where it is; it must not have changed."""
    before = (
        rows(office, Task, case),
        rows(office, Deadline, case),
        case.row().lock_version,
    )
    with pytest.raises(MoveUnsafe) as refused:
        go(office, case, changed, **options)

    after = (
        rows(office, Task, case),
        rows(office, Deadline, case),
        case.row().lock_version,
    )
    assert after == before
    return {(each["element"], each["reason"]) for each in refused.value.obstacles}


@pytest.fixture
def checking(office):
    """Return a case at its preliminary check, taken on by zhou."""
    case = office.open_case().accept()
    case.do("zhou", "tasks.claim", "preliminary_check")
    return case


def test_what_hangs_on_a_step_goes_along(checking, office):
    """Draft, claim, delegation, opinions and deputies: all go on in the new version."""
    check = {"task_id": checking.task("preliminary_check").id}
    he = {"person_id": office.people["he"], "reason": "核查"}
    office.act("zhou", "tasks.save", **check, inputs={"violation": "V1"})
    asked = office.act("zhou", "cosigners.add", **check, **he)
    stand_in(office, "hemin")
    office.act("zhou", "tasks.delegate", **check, **he)
    before = checking.task("preliminary_check")
    text = shipped()[PENALTY].replace('name="初步核查"', 'name="核查线索"')
    go(office, checking, {PENALTY: text})
    after = checking.task("preliminary_check")
    office.act("he", "cosigners.answer", cosigner_id=asked["cosigner_id"], agreed=True)
    office.act("he", "tasks.return", **check)
    checking.complete("hemin", "preliminary_check", outcome="docket", inputs=CHECKED)
    facts = checking.events()[-1].payload["facts"]

    assert after.saved == before.saved is not None
    assert (after.assignee_id, after.delegator_id) == (
        office.people["he"],
        office.people["zhou"],
    )
    assert after.cosigners_open == 1
    assert facts["behalf_of"] == str(office.people["zhou"])


def test_a_renamed_step_can_be_gone_back_to(checking, office):
    """Done under its old name, it is gone back to under the new one."""
    text = shipped()[PENALTY]
    text = re.sub(r'(["> .])acceptance(["< ])', r"\1lead_acceptance\2", text)
    unsaid = why(office, checking, {PENALTY: text})
    go(
        office,
        checking,
        {PENALTY: text},
        renamed={"penalty:acceptance": "lead_acceptance"},
    )
    done = checking.task("lead_acceptance")
    office.act(
        "zhou",
        "tasks.send_back",
        task_id=checking.task("preliminary_check").id,
        to=done.id,
        reason="线索不清",
    )

    assert ("acceptance", "passed_gone") in unsaid
    assert done.status is TaskStatus.DONE
    assert checking.task("lead_acceptance").status is TaskStatus.CLAIMED


def test_a_clock_that_nobody_meets_keeps_the_case(checking, office):
    """A running term must have a step that meets it."""
    running = {row["code"] for row in rows(office, Deadline, checking)}
    met = re.compile(r'<rec:deadline code="docketing" meet=[^>]*>')
    drawn = {
        path: met.sub("", text)
        for path, text in shipped().items()
        if path.endswith(".bpmn") and met.search(text)
    }

    assert "docketing" in running
    assert why(office, checking, drawn) == {("docketing", "never_met")}


def test_an_answer_that_would_be_none_keeps_the_case(checking, office):
    """Another type, or choices without the given one, change what was answered."""
    facts = shipped()["facts.toml"].replace(
        '[fact.accepted_at]\ntype = "instant"', '[fact.accepted_at]\ntype = "text"'
    )

    assert why(office, checking, {"facts.toml": facts}) == {
        ("accepted_at", "fact_changed")
    }


def test_older_rules_keep_the_case(checking, office):
    """Nobody is carried back under what is no longer the law."""
    assert why(office, checking, pack=(0, None)) == {("", "law_older")}


def test_a_lock_is_not_lifted_by_a_drawing(office):
    """What an emergency keeps shut stays shut; the drawing cannot open it."""
    case = office.open_case(process="coercive_measure")
    case.complete("zhou", "measure_request", outcome="urgent", inputs=URGENT)
    case.complete("zhou", "record_emergency", inputs=FACTS)
    consent(case)
    start(case)
    unlocked = re.sub(r"<rec:lock\b.*?(/>|</rec:lock>)", "", shipped()[EMERGENCY])
    barred = why(office, case, {EMERGENCY: unlocked}, key="coercive_measure")
    clocks = rows(office, Deadline, case)
    go(office, case, {EMERGENCY: shipped()[EMERGENCY] + "\n"}, key="coercive_measure")

    assert {reason for _, reason in barred} == {"lock_lifted"}
    assert rows(office, Deadline, case) == clocks


def test_a_term_that_runs_must_be_known(checking, office):
    """A film is owed: rules that know no term for it would leave the clock alone."""
    checking.declare("zhou", "preliminary_check", "video")
    text = shipped()["jurisdictions/pingdingshan.toml"]
    begins = text.index("[[deadline.footage_deposit]]")
    ends = text.index("[[deadline.archiving]]")
    without = text[:begins] + text[ends:]

    assert why(office, checking, pack=(2, without)) == {
        ("footage_deposit", "term_gone")
    }


def test_what_has_left_the_agency_stays_final(checking, office):
    """A step that was final when it was done is final under every later drawing."""
    drawn = shipped()[PENALTY]
    final = re.sub(
        r'(<bpmn:userTask id="acceptance"[^>]*)>', r'\1 rec:noReturn="true">', drawn
    )
    with office.transaction() as tx:
        made = add_version(tx.session, {PENALTY: final})
    order = Order(requirement_set=made, reason="test")
    with office.transaction() as tx:
        carry(on_case(tx, checking.id, None), order, by=None)

    assert why(office, checking, {PENALTY: drawn + "\n"}) == {
        ("acceptance", "no_return_lifted")
    }


def test_a_step_that_was_done_stays_of_its_kind(checking, office):
    """Done by one, it is not a step of several members afterwards."""
    several = re.sub(
        r'(<bpmn:userTask id="acceptance".*?)(</bpmn:userTask>)',
        r"\1<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3"
        r"</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>\2",
        shipped()[PENALTY],
        count=1,
        flags=re.DOTALL,
    )

    assert why(office, checking, {PENALTY: several}) == {
        ("acceptance", "passed_changed")
    }
