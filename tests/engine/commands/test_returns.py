"""Send back and withdraw: what is undone, what stays, and which clocks go on."""

from __future__ import annotations

from uuid import UUID

import pytest

from engine.commands.errors import (
    NextHasActed,
    NotAllowed,
    NotReturnable,
    NotYours,
    OwnVoice,
    StaleForm,
    TaskClosed,
)
from engine.commands.returning import returns_from
from engine.commands.work import on_task
from engine.errors import Invalid
from storage import chain
from storage.models import Deadline, Document
from storage.vocabulary import DeadlineStatus, DocumentStatus, TaskStatus
from tests.case_file import CHECKED, HOUR
from tests.factories import DAY, link


@pytest.fixture
def reported(office):
    """Return a case whose docketing report waits for its review."""
    case = office.open_case().accept()
    office.now += HOUR
    case.complete("zhou", "preliminary_check", outcome="docket", inputs=CHECKED)
    case.write("zhou", "docketing_report", "docketing_report", [("zhou", "handler")])
    case.complete("zhou", "docketing_report")
    return case


def preview(case, element):
    """Return what an open step could go back to, by element."""
    with case.office.transaction() as tx:
        work = on_task(tx, case.task(element).id, None)
        return {each.task.element: each for each in returns_from(work)}


def send_back(case, who, element, to, **params):
    """Send the case back from one step to the newest visit of another."""
    given = {"to": case.task(to).id, "reason": "事实不清。", **params}
    return case.do(who, "tasks.send_back", element, **given)


def test_a_step_is_done_again(reported):
    """The earlier step is open for whoever did it; all that was done stays readable."""
    first = reported.task("docketing_report")
    result = send_back(reported, "qin", "docketing_review", "docketing_report")
    visits = reported.tasks("docketing_report")
    again = next(task for task in visits if task.status is TaskStatus.CLAIMED)
    review = reported.task("docketing_review")

    assert result["opened"] == [str(again.id)]
    assert again.assignee_id == reported.office.people["zhou"]
    assert (first.id, TaskStatus.DONE) in [(t.id, t.status) for t in visits]
    assert (review.status, review.opinion) == (TaskStatus.CANCELLED, "事实不清。")
    assert reported.documents("docketing_report")[0].status is DocumentStatus.PREPARED
    assert chain.verify(map(link, reported.events())) is None


def test_the_preview_says_what_follows(reported):
    """Steps done, tasks that end, documents that stay and clocks are all named."""
    found = preview(reported, "docketing_review")
    to_check = found["preliminary_check"]

    assert list(found) == ["docketing_report", "preliminary_check", "acceptance"]
    assert [task.element for task in to_check.undone] == [
        "preliminary_check",
        "docketing_report",
    ]
    assert [task.element for task in to_check.cancelled] == ["docketing_review"]
    assert [paper.code for paper in to_check.documents] == ["docketing_report"]
    assert ("docketing", "continues") in [
        (clock.deadline.code, clock.effect) for clock in to_check.clocks
    ]


def test_the_preview_is_what_happens(reported):
    """Going back cancels, undoes and reopens exactly what the preview named."""
    foreseen = preview(reported, "docketing_review")["acceptance"]
    result = send_back(reported, "qin", "docketing_review", "acceptance")
    event = reported.events()[-1]
    told = event.payload["facts"]

    assert event.tag == "task.sent_back"
    assert told["undone"] == [str(task.id) for task in foreseen.undone]
    assert told["cancelled"] == [str(task.id) for task in foreseen.cancelled]
    assert reported.open() == ["acceptance"]
    assert len(result["opened"]) == 1


def test_going_back_wins_no_time(reported):
    """The term of a step that is done again ends when it would have ended before."""
    due = reported.find(Deadline, code="docketing").due_at
    reported.office.now += DAY
    send_back(reported, "qin", "docketing_review", "acceptance")
    clocks = [
        row
        for row in all_clocks(reported, "docketing")
        if row.status is DeadlineStatus.RUNNING
    ]

    assert min(clock.due_at for clock in clocks) == due


def all_clocks(case, code):
    """Return every deadline of a code."""
    with case.office.reading() as session:
        return session.query(Deadline).filter_by(case_id=case.id, code=code).all()


@pytest.fixture
def docketed(office):
    """Return a docketed case that was sent back to its docketing report."""
    case = office.open_case().docket()
    office.now += 3 * DAY
    foreseen = preview(case, "assign_officers")["docketing_report"]
    effects = {clock.deadline.code: clock.effect for clock in foreseen.clocks}
    send_back(case, "qin", "assign_officers", "docketing_report")
    report = case.write(
        "zhou",
        "docketing_report",
        "docketing_report",
        [("zhou", "handler")],
        replaces=case.documents("docketing_report")[0].id,
    )
    case.complete("zhou", "docketing_report")
    case.sign("qin", report, "reviewer")
    case.complete("qin", "docketing_review", outcome="agreed")
    case.sign("fang", report, "approver")
    return case, effects


def test_no_clock_exists_twice(docketed):
    """A step that is done again keeps the clock it began, with its base and end."""
    case, effects = docketed
    was = case.find(Deadline, code="decision")
    case.complete("fang", "docketing_approval", outcome="approved")
    clocks = all_clocks(case, "decision")

    assert effects == {"docketing": "runs_again", "decision": "kept"}
    assert [(c.id, c.status, c.base_at, c.due_at) for c in clocks] == [
        (was.id, DeadlineStatus.RUNNING, was.base_at, was.due_at)
    ]
    assert [c.status for c in all_clocks(case, "docketing")].count("running") == 0
    assert case.row().facts["kept_clocks"] == []


def test_a_clock_that_is_not_begun_again_ends(docketed):
    """Decided otherwise, the step leaves nothing running that it had begun."""
    case, _ = docketed
    running = [c.status for c in all_clocks(case, "decision")]
    case.complete("fang", "docketing_approval", outcome="declined")

    assert running == [DeadlineStatus.RUNNING]
    assert [c.status for c in all_clocks(case, "decision")] == ["cancelled"]


def test_sent_back_twice_a_clock_is_still_one(docketed):
    """However often a step is done again, its clock is the first one."""
    case, _ = docketed
    was = case.find(Deadline, code="decision")
    case.complete("fang", "docketing_approval", outcome="approved")
    for _ in range(2):
        case.office.now += DAY
        send_back(case, "qin", "assign_officers", "docketing_approval")
        case.complete("fang", "docketing_approval", outcome="approved")

    assert [(c.id, c.due_at) for c in all_clocks(case, "decision")] == [
        (was.id, was.due_at)
    ]


def test_a_clock_that_was_met_runs_again_to_its_own_end(office):
    """What had been decided in time is not decided any more, and not later due."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    was = case.find(Deadline, code="defense")
    office.now += DAY
    case.complete("zhou", "answered")
    send_back(case, "zhou", "settle", "ask")
    case.complete("zhou", "ask")
    running = [row for row in all_clocks(case, "defense") if row.status == "running"]

    assert case.open() == ["answered", "lapsed"]
    assert len(running) == 1
    assert running[0].due_at >= was.due_at


def test_the_case_goes_on_to_its_end(office):
    """A case that went back and forth ends as any other, its trails in order."""
    case = office.open_case(process="trial")
    for _ in range(3):
        case.complete("zhou", "ask")
        case.complete("zhou", "answered")
        office.now += HOUR
        send_back(case, "zhou", "settle", "ask")
    case.complete("zhou", "ask")
    case.complete("zhou", "answered")
    result = case.complete("zhou", "settle", inputs={})

    assert result["finished"] is True
    assert len(case.tasks("ask")) == 4
    assert case.open() == []


def test_outcomes_of_undone_steps_say_nothing(reported):
    """A choice that was undone decides nothing any more."""
    send_back(reported, "qin", "docketing_review", "preliminary_check")

    assert "preliminary_check" not in reported.row().facts["outcome"]


def test_only_a_step_on_the_path(reported):
    """A step that was not done on the way here, or not at all, is refused."""
    for to in (reported.id, reported.task("docketing_review").id):
        with pytest.raises(NotReturnable) as refused:
            reported.do(
                "qin", "tasks.send_back", "docketing_review", to=to, reason="误"
            )

        assert refused.value.reason == "not_on_path"


def test_who_may_not_act_does_not_send_back(reported):
    """Only who may do the step, or a deciding post, sends the case back."""
    with pytest.raises(NotYours):
        send_back(reported, "liu", "docketing_review", "acceptance")
    with pytest.raises(Invalid):
        send_back(reported, "qin", "docketing_review", "acceptance", reason=" ")
    with pytest.raises(StaleForm):
        send_back(reported, "qin", "docketing_review", "acceptance", version=9)
    send_back(reported, "fang", "docketing_review", "acceptance")

    assert reported.open() == ["acceptance"]


@pytest.fixture
def voting(office):
    """Return a discussion of four of whom one has voted."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma", "sun")
    case.complete(
        "fang", "member_opinion", inputs={"vote": "agree", "vote_reason": "同意。"}
    )
    return case


def test_a_half_voted_panel_is_sent_back_by_a_deciding_post(voting, office):
    """One member may not; votes cast stay readable, and everybody votes anew."""
    task_id = voting.task("member_opinion", "ma").id
    to = voting.task("discussion_convening").id
    given = {"task_id": task_id, "to": to, "reason": "须补充材料。"}
    with pytest.raises(NotAllowed):
        office.act("guo", "tasks.send_back", **given)
    office.act("lin", "tasks.send_back", **given)
    before = voting.tasks("member_opinion")
    voting.discuss("lin", "fang", "ma", "sun")
    known = {task.id for task in before}
    after = [t for t in voting.tasks("member_opinion") if t.id not in known]
    votes = [t.inputs for t in before if t.status is TaskStatus.DONE]

    assert votes == [{"vote": "agree", "vote_reason": "同意。"}]
    assert "member_opinion" in voting.open()
    live = [t for t in voting.tasks("member_opinion") if t.status == "claimed"]
    assert len(live) == 4
    assert len(after) == 4


def test_a_vote_is_not_taken_back(voting):
    """A vote that was cast stands."""
    done = next(
        t for t in voting.tasks("member_opinion") if t.status is TaskStatus.DONE
    )
    with pytest.raises(OwnVoice):
        voting.office.act("fang", "tasks.withdraw", task_id=done.id, reason="后悔")

    assert voting.tasks("member_opinion")


def test_a_step_is_withdrawn_before_the_next_acts(reported, office):
    """Whoever completed a step has it again, as long as nobody acted on it."""
    done = reported.task("docketing_report")
    with pytest.raises(NotYours):
        office.act("he", "tasks.withdraw", task_id=done.id, reason="漏填")
    result = office.act("zhou", "tasks.withdraw", task_id=done.id, reason="漏填")
    again = reported.task("docketing_report")

    assert UUID(result["opened"][0]) == again.id
    assert (again.status, again.assignee_id) == ("claimed", office.people["zhou"])
    assert reported.task("docketing_review").status is TaskStatus.CANCELLED
    assert reported.events()[-1].tag == "task.withdrawn"


def test_nothing_is_withdrawn_from_under_somebody(reported, office):
    """Once the next person took the step on, or acted, it is too late."""
    done = reported.task("docketing_report")
    office.now += HOUR
    reported.do("qin", "tasks.claim", "docketing_review")
    with pytest.raises(NextHasActed) as claimed:
        office.act("zhou", "tasks.withdraw", task_id=done.id, reason="漏填")
    check = reported.task("preliminary_check")
    with pytest.raises(NextHasActed) as acted:
        office.act("zhou", "tasks.withdraw", task_id=check.id, reason="漏填")
    review = reported.task("docketing_review").id
    with pytest.raises(TaskClosed):
        office.act("qin", "tasks.withdraw", task_id=review, reason="漏填")

    assert claimed.value.next == "docketing_review"
    assert acted.value.next == "docketing_report"


def test_records_are_never_deleted(reported):
    """Going back deletes no row: tasks, documents and events only grow."""
    before = {t.id for t in reported.tasks()}, {d.id for d in reported.documents()}
    events = len(reported.events())
    send_back(reported, "qin", "docketing_review", "acceptance")
    reported.find(Document, code="docketing_report")

    assert before[0] < {t.id for t in reported.tasks()}
    assert before[1] == {d.id for d in reported.documents()}
    assert len(reported.events()) == events + 1
