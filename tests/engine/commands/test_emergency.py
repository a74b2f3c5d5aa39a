"""The emergency path: a clock that nobody moves, locks that nobody slips past.

One seizure before its approval, under the rules of Pingdingshan: oral consent
first, and approval within twenty-four running hours.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from engine.commands.errors import (
    BadMoment,
    ClockFixed,
    ClockRunning,
    GuardClosed,
    MatterReserved,
    StepLocked,
    TaskClosed,
    TimerPending,
)
from engine.commands.facts import view
from engine.commands.firing import fire
from engine.commands.work import on_task
from storage import chain
from storage.models import Deadline, PersonPost
from storage.vocabulary import DeadlineStatus, Post
from tests.case_file import HOUR, MONDAY, CaseFile
from tests.factories import Office, connect, link

SECOND = timedelta(seconds=1)
URGENT = {
    "violation": "V3",
    "measure_necessity": "车辆即将驶离。",
    "measure_related": True,
    "living_necessities": False,
    "already_sealed": False,
}
FACTS = {
    "emergency_ground": "医疗废物正在装车。",
    "emergency_harm": "去向不明。",
    "emergency_place": "矿工路",
}


@pytest.fixture
def urgent(office):
    """Return a case in which an urgent measure was asked for and recorded."""
    case = office.open_case(process="coercive_measure")
    case.complete("zhou", "measure_request", outcome="urgent", inputs=URGENT)
    case.complete("zhou", "record_emergency", inputs=FACTS)
    return case


@pytest.fixture
def started(urgent):
    """Return the case after consent, at the recorded start."""
    consent(urgent)
    start(urgent)
    return urgent


def consent(case, leader="fang"):
    """Record the oral consent of somebody, given just now."""
    people = case.office.people
    inputs = {
        "consenting_leader": str(people[leader]),
        "oral_at": case.office.now.isoformat(),
        "oral_channel": "phone",
        "oral_words": "同意。",
    }
    return case.complete("zhou", "oral_request", outcome="given", inputs=inputs)


def start(case, at=None):
    """Record the start of the act."""
    moment = (at or case.office.now).isoformat()
    inputs = {"emergency_started_at": moment}
    return case.complete("zhou", "emergency_start", inputs=inputs)


def clock(case):
    """Return the clock of the approval."""
    return case.find(Deadline, code="measure_approval")


def apply_for_approval(case):
    """Write, sign and submit the retroactive application."""
    case.prepare("zhou", "retroactive_application", "emergency_approval")
    paper = case.documents("emergency_approval")[-1]
    case.office.act("zhou", "documents.sign", document_id=paper.id, role="handler")
    case.complete("zhou", "retroactive_application")
    return paper.id


def approve(case, outcome="approved", **more):
    """Sign and decide as a head of the agency."""
    paper = case.documents("emergency_approval")[-1]
    case.office.act("fang", "documents.sign", document_id=paper.id, role="approver")
    return case.complete("fang", "retroactive_decision", outcome=outcome, **more)


def test_the_clock_runs_a_day_from_the_recorded_start(started):
    """Twenty-four running hours; the last second of the due minute is in time."""
    found = clock(started)

    assert found.base_at == MONDAY
    assert found.due_at == MONDAY + 24 * HOUR + 59 * SECOND
    assert found.status is DeadlineStatus.RUNNING


def test_consent_comes_first_and_from_a_head(urgent):
    """Neither a unit head's word nor a later one lets anything begin."""
    with pytest.raises(GuardClosed) as by_whom:
        consent(urgent, "qin")
    consent(urgent)
    with pytest.raises(BadMoment):
        start(urgent, urgent.office.now + HOUR)
    with pytest.raises(GuardClosed) as too_early:
        start(urgent, urgent.office.now - HOUR)

    assert too_early.value.guard == "consent_comes_first"
    assert by_whom.value.guard == "leader_may_not_consent"
    assert "emergency_start" in urgent.open()


def test_nobody_moves_the_clock(started):
    """No extension, no deduction, not even by the head; it says by which clause."""
    found = clock(started)
    for act, params in (
        ("deadlines.extend", {"length": 1}),
        (
            "deadlines.deduct",
            {
                "ground": "expert_opinion",
                "first": MONDAY.date(),
                "last": MONDAY.date(),
            },
        ),
    ):
        with pytest.raises(ClockFixed) as refusal:
            started.office.act(
                "lin", act, deadline_id=found.id, reason="夜间不计", **params
            )
        assert refusal.value.cites == ["cl-19"]

    assert clock(started).due_at == found.due_at


def test_approval_in_the_last_second_counts(started):
    """It is met without a flag, and the main flow stays open."""
    apply_for_approval(started)
    started.office.now = MONDAY + 24 * HOUR + 59 * SECOND
    approve(started)
    found = clock(started)

    assert (found.status, found.overdue_at) == (DeadlineStatus.MET, None)
    assert started.row().facts["emergency_result"] == "approved"
    assert "presence" in started.open()


def test_a_late_sweep_lets_no_late_approval_through(started):
    """Past its end the decision is shut before any sweep came, however it is dated."""
    apply_for_approval(started)
    started.office.now = MONDAY + 25 * HOUR
    paper = started.documents("emergency_approval")[-1]
    started.office.act("fang", "documents.sign", document_id=paper.id, role="approver")
    with pytest.raises(TimerPending):
        started.complete("fang", "retroactive_decision", outcome="approved")
    with pytest.raises(StepLocked) as dated_back:
        started.complete(
            "fang", "retroactive_decision", outcome="approved", acted_at=MONDAY + HOUR
        )

    assert dated_back.value.by[0]["why"] == "overdue"
    assert clock(started).status is DeadlineStatus.RUNNING


def test_overrun_locks_the_measure_and_stays_for_ever(started):
    """Only what resolves it stays open; a late signature does not clear the flag."""
    apply_for_approval(started)
    started.office.pass_time(MONDAY + 25 * HOUR)
    with pytest.raises(StepLocked) as shut:
        started.complete("zhou", "presence", inputs={"party_present": True})
    with pytest.raises(TaskClosed):
        started.complete("fang", "retroactive_decision", outcome="approved")
    paper = started.documents("emergency_approval")[-1]
    started.office.act("fang", "documents.sign", document_id=paper.id, role="approver")
    found = clock(started)

    assert shut.value.cites == ["cl-19"]
    assert {"overdue_statement", "supervision_ticket"} <= set(started.open())
    assert (found.status, found.overdue_at) == (DeadlineStatus.OVERDUE, found.due_at)
    assert started.row().facts["retro_overdue"] is True


def test_firing_twice_flags_once(started):
    """A sweep that is repeated, or that a clock set back follows, changes nothing."""
    started.office.pass_time(MONDAY + 25 * HOUR)
    before = len(started.events())
    started.office.now = MONDAY + 2 * HOUR
    with started.office.transaction() as tx:
        fire(tx, clock(started).id)
    with pytest.raises(StepLocked):
        started.complete("zhou", "presence", inputs={"party_present": True})

    assert len(started.events()) == before
    assert clock(started).status is DeadlineStatus.OVERDUE


def test_refused_it_stops_at_once(started):
    """Until the stop is carried out nothing else moves; then the measure is over."""
    apply_for_approval(started)
    approve(started, outcome="refused")
    with pytest.raises(StepLocked) as shut:
        started.complete("zhou", "presence", inputs={"party_present": True})
    started.complete("zhou", "emergency_stop")

    assert shut.value.by[0]["element"] == "emergency_stop"
    assert started.open() == ["closing_report"]
    assert started.row().facts["emergency_result"] == "stopped"


def test_only_a_head_decides(started):
    """A unit head is told whose matter it is, on the paper and at the step."""
    apply_for_approval(started)
    paper = started.documents("emergency_approval")[-1]
    with pytest.raises(MatterReserved) as signing:
        started.office.act(
            "qin", "documents.sign", document_id=paper.id, role="approver"
        )
    with pytest.raises(MatterReserved) as deciding:
        started.complete("qin", "retroactive_decision", outcome="approved")

    assert {"cl-17", "cl-18"} <= set(signing.value.cites)
    assert deciding.value.posts == ["deputy_head", "agency_head"]


def test_a_second_emergency_of_the_kind_forgets_nothing_of_the_first(office):
    """While one seizure waits for its approval another is refused before it begins."""
    case = office.open_case().accept()
    ask_urgently(case)
    case.complete("zhou", "record_emergency", inputs=FACTS)
    consent(case)
    start(case)
    before = case.row().facts
    case.complete("zhou", "measure_requested_early")
    with pytest.raises(ClockRunning) as refusal:
        case.complete("zhou", "measure_request", outcome="urgent", inputs=URGENT)

    assert refusal.value.since == MONDAY
    assert refusal.value.cites == ["cl-19"]
    assert case.row().facts == before
    assert "measure_request" in case.open()


def test_two_kinds_of_emergency_have_a_clock_each(office):
    """A seizure and an evidence registration may both begin before their approval."""
    case = office.open_case().accept()
    ask_urgently(case)
    case.complete("zhou", "record_emergency", inputs=FACTS)
    consent(case)
    start(case)
    office.now += HOUR
    case.complete("zhou", "registration_requested_early")
    case.complete("zhou", "registration_application", outcome="urgent")
    case.complete("zhou", "record_emergency", inputs=FACTS)
    consent(case)
    start(case)
    apply_for_approval(case)
    approve(case)
    registering = case.find(Deadline, code="emergency_approval")

    assert registering.due_at == MONDAY + 25 * HOUR + 59 * SECOND
    assert registering.status is DeadlineStatus.MET
    assert clock(case).status is DeadlineStatus.RUNNING


def ask_urgently(case):
    """Ask for a seizure that cannot wait, in a penalty case."""
    case.complete("zhou", "measure_requested_early")
    case.complete("zhou", "measure_request", outcome="urgent", inputs=URGENT)


def killed_starting(case, statement):
    """Let a process of its own start, killed at a statement; says whether it was."""
    child = os.fork()
    if child == 0:
        own = connect(case.office.engine.url.render_as_string(hide_password=False))
        seen = Counter()

        def count(_text):
            seen["statements"] += 1
            if seen["statements"] == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(own, "connect", lambda dbapi, _: dbapi.set_trace_callback(count))
        worker = Office(own)
        worker.now = case.office.now
        seen.clear()
        try:
            start(CaseFile(worker, case.id))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_killed_between_any_two_statements_it_has_started_or_not(urgent):
    """Never a clock without its start, nor a start without its clock."""
    consent(urgent)
    statement, states = 1, set()
    while killed_starting(urgent, statement):
        begun = "retroactive_application" in urgent.open()
        with urgent.office.reading() as session:
            query = select(Deadline).where(Deadline.code == "measure_approval")
            clocks = list(session.scalars(query))
        states.add((begun, len(clocks)))
        if begun:
            break
        statement += 1

    assert statement > 8
    assert states <= {(False, 0), (True, 1)}
    assert clock(urgent).base_at == MONDAY
    assert chain.verify(map(link, urgent.events())) is None


def overrun(case):
    """Let a day pass in a started seizure; return the case decided to be lifted."""
    apply_for_approval(case)
    case.office.pass_time(MONDAY + 25 * HOUR)
    case.write("zhou", "overdue_statement", "overdue_statement", [("zhou", "handler")])
    case.complete("zhou", "overdue_statement")
    gap = {"gap_acts": "无。", "evidence_stands": "partly"}
    case.complete("yin", "overdue_review", inputs=gap, opinion="未获批准，建议解除。")
    case.complete("fang", "emergency_resolution", outcome="lift", opinion="解除。")
    released = [("zhou", "officer"), ("he", "officer"), ("zhou", "party", "康宁")]
    case.write("zhou", "resolution_execution", "seizure_release", released)
    case.complete("zhou", "resolution_execution")
    return case


def test_what_another_emergency_came_to_lifts_nothing(either_office):
    """Stopped is stopped, though another act is approved before the end is noted."""
    office = either_office
    case = office.open_case().accept()
    ask_urgently(case)
    case.complete("zhou", "record_emergency", inputs=FACTS)
    consent(case)
    start(case)
    overrun(case)
    case.complete("zhou", "registration_requested_early")
    case.complete("zhou", "registration_application", outcome="urgent")
    case.complete("zhou", "record_emergency", inputs=FACTS)
    consent(case)
    start(case)
    apply_for_approval(case)
    approve(case)
    newest = case.row().facts["emergency_result"]
    with office.transaction() as tx:
        tx.add(PersonPost(person_id=office.people["chen"], post=Post.SUPERVISOR))
    case.complete("chen", "supervision_ticket", inputs={"ticket_finding": "已登记。"})

    assert newest == "approved"
    assert "presence" not in case.open()
    assert not {"redecision_application", "implementation"} & set(case.open())
    assert "registration" in case.open()


def test_what_another_emergency_answered_starts_nothing(either_office):
    """A seizure that has begun lets nobody be assigned before the case itself has."""
    people = either_office.people
    officers = [str(people["zhou"]), str(people["he"])]
    case = either_office.open_case().accept()
    ask_urgently(case)
    case.complete("zhou", "record_emergency", inputs=FACTS)
    consent(case)
    start(case)
    found = {"checked_at": MONDAY.isoformat(), "violation": "V3", "limitation_ok": True}
    case.complete("zhou", "docketing_urged", inputs=found)
    with pytest.raises(GuardClosed) as refusal:
        case.complete("qin", "assign_officers", inputs={"officers": officers})
    case.complete("zhou", "record_emergency", inputs=FACTS)
    consent(case)
    with case.office.transaction() as tx:
        work = on_task(tx, case.task("presence").id, None)
        begun = view(work, case.office.now)["emergency_started_at"]

    assert refusal.value.guard == "emergency_not_started"
    assert case.row().facts["emergency_started_at"] is None
    assert begun == MONDAY
