"""Steps: claimed, released, handed over, completed; each member for themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.commands.errors import (
    BadMoment,
    GuardClosed,
    NotAllowed,
    NotYours,
    OutcomeUnknown,
    OwnVoice,
    StaleForm,
    TaskClosed,
)
from engine.errors import Invalid, NotFound
from storage.models import Deadline
from storage.vocabulary import CaseStatus, TaskStatus
from tests.case_file import ACCEPTED, CHECKED, HOUR, MONDAY
from tests.factories import DAY, MINUTE


@pytest.fixture
def ready(office):
    """Return a case whose acceptance lacks nothing but its completion."""
    case = office.open_case()
    case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
    return case


def test_claiming_twice_changes_nothing(office):
    """Who has a task already has it; everybody else is told so."""
    case = office.open_case()
    case.do("zhou", "tasks.claim", "acceptance")
    claimed = case.task("acceptance").claimed_at
    office.now += HOUR
    case.do("zhou", "tasks.claim", "acceptance")
    with pytest.raises(NotYours) as refused:
        case.do("he", "tasks.claim", "acceptance")

    assert case.task("acceptance").claimed_at == claimed
    assert refused.value.held_by == str(office.people["zhou"])


def test_only_the_holder_releases(office):
    """A task that nobody or somebody else has is not released."""
    case = office.open_case()
    with pytest.raises(NotYours):
        case.do("zhou", "tasks.release", "acceptance")
    case.do("zhou", "tasks.claim", "acceptance")
    with pytest.raises(NotYours):
        case.do("he", "tasks.release", "acceptance")
    case.do("zhou", "tasks.release", "acceptance", reason="另有任务")
    task = case.task("acceptance")

    assert (task.status, task.assignee_id, task.claimed_at) == ("open", None, None)


def test_a_task_is_handed_over(office):
    """The holder or a head of unit hands a task on, with a reason, to who may do it."""
    case = office.open_case()
    people = office.people
    case.do("zhou", "tasks.claim", "acceptance")
    with pytest.raises(NotAllowed):
        handed(case, "zhang", people["he"])
    with pytest.raises(NotYours):
        handed(case, "zhou", people["liu"])
    with pytest.raises(NotFound):
        handed(case, "zhou", case.id)
    handed(case, "zhou", people["he"])
    handed(case, "qin", people["zhang"])

    assert case.task("acceptance").assignee_id == people["zhang"]


def handed(case, who, to):
    """Hand the acceptance over."""
    return case.do(who, "tasks.reassign", "acceptance", person_id=to, reason="请假")


def test_a_voice_is_neither_released_nor_handed_on(office):
    """The opinion of a committee member is theirs alone."""
    case = office.open_case(process="collective_discussion").discuss(
        "lin", "fang", "ma"
    )
    with pytest.raises(NotYours):
        case.do("fang", "tasks.release", "member_opinion")
    with pytest.raises(OwnVoice):
        case.do(
            "fang",
            "tasks.reassign",
            "member_opinion",
            person_id=office.people["sun"],
            reason="出差",
        )
    with pytest.raises(NotYours):
        office.act(
            "ma", "tasks.complete", task_id=case.task("member_opinion", "fang").id
        )

    assert len(case.tasks("member_opinion")) == 3


def test_members_do_not_answer_for_each_other(office):
    """A reason given by one member does not serve the next who dissents without one."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma", "sun")
    case.complete(
        "fang", "member_opinion", inputs={"vote": "agree", "vote_reason": "同意。"}
    )
    with pytest.raises(GuardClosed) as refused:
        case.complete("ma", "member_opinion", inputs={"vote": "disagree"})
    case.complete(
        "ma", "member_opinion", inputs={"vote": "disagree", "vote_reason": "过重。"}
    )
    with pytest.raises(Invalid) as silent:
        case.complete("sun", "member_opinion", inputs={})
    answers = {
        task.assignee_id: task.inputs
        for task in case.tasks("member_opinion")
        if task.status is TaskStatus.DONE
    }

    assert (refused.value.guard, refused.value.cites) == (
        "dissent_without_reason",
        ["pl-57"],
    )
    assert silent.value.errors == {"vote": ["required"]}
    assert answers == {
        office.people["fang"]: {"vote": "agree", "vote_reason": "同意。"},
        office.people["ma"]: {"vote": "disagree", "vote_reason": "过重。"},
    }


def test_a_form_of_yesterday_is_refused(ready):
    """A form shown before somebody else changed the task does not go through."""
    ready.do("zhou", "tasks.release", "acceptance")
    with pytest.raises(StaleForm) as refused:
        ready.complete("he", "acceptance", inputs=ACCEPTED, version=1)
    ready.complete("he", "acceptance", inputs=ACCEPTED, version=2)

    assert refused.value.facts() == {"expected": 1, "actual": 2}


def test_a_step_is_completed_once(ready):
    """A completed step takes no further act."""
    ready.complete("zhou", "acceptance", inputs=ACCEPTED)
    for name, params in (
        ("tasks.complete", {"inputs": ACCEPTED}),
        ("tasks.claim", {}),
        ("documents.draft", {"code": "acceptance_record"}),
    ):
        with pytest.raises(TaskClosed) as refused:
            ready.do("zhou", name, "acceptance", **params)

        assert refused.value.status == TaskStatus.DONE


def test_answers_are_checked_together(ready):
    """Every wrong answer is told at once, and the step stays as it was."""
    answers = {"accepted_at": "soon", "source": "gossip", "fine": 1}
    with pytest.raises(Invalid) as refused:
        ready.complete("zhou", "acceptance", inputs=answers)

    assert refused.value.errors == {
        "accepted_at": ["not_instant"],
        "source": ["not_a_choice"],
        "fine": ["unknown_field"],
    }
    assert ready.row().facts.keys() == {"case"}
    assert ready.task("acceptance").inputs == {}


@pytest.mark.parametrize("outcome", [None, "", "maybe", "DOCKET"])
def test_outcomes_are_closed(office, outcome):
    """A step with choices takes one of them, spelled as they are."""
    case = office.open_case().accept()
    with pytest.raises(OutcomeUnknown) as refused:
        case.complete("zhou", "preliminary_check", outcome=outcome, inputs=CHECKED)

    assert refused.value.choices == ["docket", "refer", "decline"]


def test_an_act_lies_within_its_case(ready):
    """An act took place after the case began and not in the future (同一分钟不计)."""
    ready.office.now += DAY
    now = ready.office.now
    for moment in (MONDAY - MINUTE, now + MINUTE):
        with pytest.raises(BadMoment) as refused:
            ready.complete("zhou", "acceptance", inputs=ACCEPTED, acted_at=moment)

        assert refused.value.facts() == {
            "field": "acted_at",
            "moment": moment,
            "earliest": MONDAY,
            "latest": now,
        }
    ready.complete("zhou", "acceptance", inputs=ACCEPTED, acted_at=now - HOUR)
    event = ready.events()[-1]

    assert (event.acted_at, event.recorded_at) == (now - HOUR, now)


def test_forms_know_no_seconds(office):
    """An act in the very minute in which its case began is not before it."""
    office.now += timedelta(seconds=35)
    case = office.open_case()
    case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
    office.now += MINUTE
    case.complete("zhou", "acceptance", inputs=ACCEPTED, acted_at=MONDAY)

    assert case.events()[-1].acted_at == MONDAY


def test_no_clock_starts_in_the_future(ready):
    """A date of tomorrow, from which a deadline would run, is refused."""
    tomorrow = (MONDAY + DAY).isoformat()
    with pytest.raises(BadMoment) as refused:
        ready.complete(
            "zhou", "acceptance", inputs={**ACCEPTED, "accepted_at": tomorrow}
        )

    assert refused.value.field == "accepted_at"
    assert ready.open() == ["acceptance"]


def test_no_clock_starts_before_the_case(ready):
    """A date from before the case, from which a deadline would run, is refused."""
    earlier = (MONDAY - DAY).isoformat()
    with pytest.raises(BadMoment):
        ready.complete(
            "zhou", "acceptance", inputs={**ACCEPTED, "accepted_at": earlier}
        )

    assert ready.open() == ["acceptance"]


def test_a_late_lead_dates_the_case_back(office):
    """A case registered late begins when its lead came in, and is dated so."""
    case = office.open_case(received_at=MONDAY - 2 * DAY)
    case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
    earlier = (MONDAY - DAY).isoformat()
    case.complete("zhou", "acceptance", inputs={**ACCEPTED, "accepted_at": earlier})
    row, opened = case.row(), case.events()[0]

    assert row.opened_at == MONDAY - 2 * DAY
    assert (opened.acted_at, opened.recorded_at) == (MONDAY - 2 * DAY, MONDAY)
    assert case.find(Deadline, code="docketing").base_at == MONDAY - DAY


def test_nobody_completes_a_timer(office):
    """A deadline's timer waits for time, not for people."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    with pytest.raises(NotYours) as refused:
        case.complete("zhou", "lapsed")

    assert refused.value.capacity == "system"


def test_the_other_branch_is_cancelled(office):
    """What was answered lets the timer go, and its deadline is met."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    waiting = case.open()
    case.complete("zhou", "answered")

    assert waiting == ["answered", "lapsed"]
    assert case.open() == ["settle"]
    assert case.task("lapsed").status is TaskStatus.CANCELLED
    assert case.find(Deadline, code="defense").status == "met"


def test_the_last_step_ends_the_case(office):
    """A diagram that has ended closes its case, and nothing more is done in it."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    case.complete("zhou", "answered")
    result = case.complete("zhou", "settle", inputs={"served_at": MONDAY.isoformat()})
    row = case.row()

    assert result["finished"] is True
    assert (row.status, row.closed_at) == (CaseStatus.CLOSED, office.now)
    assert case.open() == []


def test_a_released_step_is_not_half_done(office):
    """A released step kept its documents; whoever takes it next finds them."""
    case = office.open_case()
    record = case.prepare("zhou", "acceptance", "acceptance_record")
    case.do("zhou", "tasks.release", "acceptance")
    case.sign("he", record, "handler")
    case.complete("he", "acceptance", inputs=ACCEPTED)

    assert "preliminary_check" in case.open()


def test_a_cancelled_task_is_never_reopened(office):
    """The cancelled timer of an answered question cannot fire any more."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    case.complete("zhou", "answered")
    with pytest.raises(TaskClosed) as refused:
        case.do("zhou", "tasks.claim", "lapsed")

    assert refused.value.status == TaskStatus.CANCELLED
