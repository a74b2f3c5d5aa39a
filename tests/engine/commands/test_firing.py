"""What deadlines do by themselves: warn in time, and run out once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.bpmn.expressions import compile_expression
from engine.commands import facts as case_facts
from engine.commands import firing
from engine.commands.errors import TimerPending
from engine.commands.suspending import CASE_SUSPENDED, resume_clocks, suspend_clocks
from engine.commands.work import on_case
from engine.events import EventTag
from storage.models import Deadline
from storage.vocabulary import CaseStatus, DeadlineStatus
from tests.case_file import HOUR
from tests.factories import DAY

SECOND = timedelta(seconds=1)


@pytest.fixture
def settling(office):
    """Return a case that is to be settled within ninety days."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    case.complete("zhou", "answered")
    return case


@pytest.fixture
def asked(office):
    """Return a case that waits for the party's answer, for five working days."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    return case


def deadline(case, code="decision"):
    """Return the newest deadline of a code."""
    return case.find(Deadline, code=code)


def logged(case, tag):
    """Return what the events of a kind say, in order."""
    return [e.payload["facts"] for e in case.events() if e.tag == tag]


def people(office, *who):
    """Return the ids of people as an event keeps them."""
    return sorted(str(office.people[login]) for login in who)


def act(office, what, case, code="decision"):
    """Let a deadline warn or take effect; returns whether it did."""
    with office.transaction() as tx:
        return what(tx, deadline(case, code).id)


def test_warnings_are_given_once_each(settling, office):
    """Thirty, fifteen and five days before the end, and not twice."""
    due = deadline(settling).due_at
    office.pass_time(due)
    warned = logged(settling, EventTag.DEADLINE_WARNED)
    left = [due - datetime.fromisoformat(e["at"]) for e in deadline(settling).warned]

    assert [span.days for span in left] == [30, 15, 5]
    assert len(warned) == 3
    assert [line["capacity"] for line in warned[0]["told"]] == [
        "handler",
        "reviewer",
        "approver",
    ]
    assert deadline(settling).warn_at is None


def test_who_acts_in_a_case_is_told(settling, office):
    """Who handles the case is told by name; for a capacity nobody holds, its posts."""
    office.pass_time(deadline(settling).due_at - 29 * DAY)
    (warned,) = logged(settling, EventTag.DEADLINE_WARNED)
    told = {line["capacity"]: sorted(line["people"]) for line in warned["told"]}

    assert told["handler"] == people(office, "zhou")
    assert told["reviewer"] == people(office, "qin", "guo")
    assert told["approver"] == people(office, "fang", "sun", "ma", "lin")


def test_warnings_that_were_missed_are_made_up_by_one(settling, office):
    """After days without a worker there is one warning, and the next at its time."""
    due = deadline(settling).due_at
    office.now = due - 10 * DAY
    first = act(office, firing.warn, settling)
    again = act(office, firing.warn, settling)

    assert (first, again) == (True, False)
    assert deadline(settling).warn_at == due - 5 * DAY


@pytest.mark.parametrize("days", [0, 1])
def test_what_is_met_or_over_is_not_warned_of(settling, office, days):
    """A met deadline warns nobody; nor does one that has run out already."""
    row = deadline(settling)
    if days:
        office.now = row.due_at + days * DAY
    else:
        settling.complete("zhou", "settle")
        office.now = row.due_at - DAY
    given = act(office, firing.warn, settling)

    assert given is False
    assert logged(settling, EventTag.DEADLINE_WARNED) == []


def test_a_moved_end_moves_the_warnings(settling):
    """After an extension warnings come before the new end, not the old one."""
    settling.office.act(
        "fang",
        "deadlines.extend",
        deadline_id=deadline(settling).id,
        length=10,
        reason="案情复杂",
    )
    row = deadline(settling)

    assert row.warn_at == row.due_at - 30 * DAY


def test_when_time_runs_out_somebody_is_told(settling, office):
    """An overdue deadline names those to whom it is escalated."""
    office.pass_time(deadline(settling).due_at + DAY)
    (overdue,) = logged(settling, EventTag.DEADLINE_OVERDUE)

    assert [line["capacity"] for line in overdue["told"]] == [
        "reviewer",
        "approver",
        "supervisor",
    ]
    assert deadline(settling).warn_at is None


def test_a_right_that_nobody_waits_for_lapses(settling, office):
    """A party's term without a timer ends without anybody being late."""
    with office.transaction() as tx:
        row = tx.session.get_one(Deadline, deadline(settling).id)
        row.lapses = True
    office.pass_time(deadline(settling).due_at + DAY)

    assert deadline(settling).status is DeadlineStatus.LAPSED
    assert deadline(settling).overdue_at is None


def test_a_late_sweep_lets_no_late_answer_in(asked, office):
    """One second after the end an answer is refused, though no sweep has come by."""
    due = deadline(asked, "defense").due_at
    office.now = due + SECOND
    with pytest.raises(TimerPending) as refused:
        asked.complete("zhou", "answered")

    assert refused.value.due_at == due
    assert asked.open() == ["answered", "lapsed"]


def test_an_answer_in_time_may_be_entered_late(asked, office):
    """What happened in time is taken as such, as long as the case stands there."""
    due = deadline(asked, "defense").due_at
    office.now = due + HOUR
    asked.complete("zhou", "answered", acted_at=due.isoformat())

    assert asked.open() == ["settle"]
    assert deadline(asked, "defense").status is DeadlineStatus.MET


@pytest.mark.parametrize(("late", "holds"), [(-SECOND, True), (SECOND, False)])
def test_a_late_sweep_lets_no_late_decision_through(office, late, holds):
    """The guard on the term of the decision compares the moments, swept or not."""
    case = office.open_case().docket()
    office.now = deadline(case).due_at + late
    with office.transaction() as tx:
        work = on_case(tx, case.id, None)
        node = work.pinned.bundle.node("penalty", "decision_approval")
        (guard,) = [guard for guard in node.guards if guard.code == "decision_term"]
        facts = case_facts.view(work, office.now)
        facts["outcome"] = {"decision_approval": "approved"}
        held = compile_expression(guard.require)(facts, case_facts.functions(work))

    assert deadline(case).status is DeadlineStatus.RUNNING
    assert held is holds


def test_a_timer_waits_for_a_case_that_stands_still(asked, office):
    """The party's time runs on while the case is suspended; the case moves after."""
    due = deadline(asked, "defense").due_at
    with office.transaction() as tx:
        work = on_case(tx, asked.id, None)
        suspend_clocks(work, "等待法院裁判", actor=office.actor("fang"))
        work.case.status = CaseStatus.SUSPENDED
    office.now = due + DAY
    fired = act(office, firing.fire, asked, "defense")
    waiting = deadline(asked, "defense")
    with office.transaction() as tx:
        due_now = firing.due(tx)
        released = firing.unpark(tx)
        tx.lock_case(asked.id).status = CaseStatus.OPEN
    with office.transaction() as tx:
        resume_clocks(on_case(tx, asked.id, None))
    office.pass_time(office.now + HOUR)

    assert fired is False
    assert waiting.parked_for == CASE_SUSPENDED
    assert (due_now, released) == ([], 0)
    assert asked.open() == ["settle"]


def test_a_parked_deadline_waits_for_a_person(settling, office):
    """What a sweep gave up is not tried again until somebody says so."""
    office.now = deadline(settling).due_at + DAY
    with office.transaction() as tx:
        firing.park(tx, deadline(settling).id, "x" * 300)
    parked = deadline(settling)
    with office.transaction() as tx:
        before = firing.due(tx)
        released = firing.unpark(tx, parked.id)
        after = firing.due(tx)

    assert (parked.parked_at, len(parked.parked_for)) == (office.now, 200)
    assert (before, released, after) == ([], 1, [parked.id])


@pytest.mark.postgres
def test_a_case_in_use_is_passed_over(office_on_postgres):
    """While somebody is at work on a case, a sweep does not wait for it."""
    office = office_on_postgres
    case = office.open_case().accept()
    office.now = deadline(case, "docketing").due_at + SECOND
    with office.transaction() as tx:
        tx.lock_case(case.id)
        during = act(office, firing.fire, case, "docketing")
    after = act(office, firing.fire, case, "docketing")

    assert (during, after) == (False, True)
