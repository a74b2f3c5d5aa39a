"""Timers whose time stands in the diagram: begun, due, repeated, ended like any."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from engine.bpmn.errors import UnsupportedConstruct
from engine.commands import firing, pinned
from engine.commands.comparing import differences
from engine.commands.errors import BadDiagram, TimerPending
from engine.commands.pinned import SHANGHAI
from engine.commands.suspending import resume_clocks, suspend_clocks
from engine.commands.work import on_case
from engine.runtime import definitions as bundles
from storage import chain
from storage.models import Person, PersonPost
from storage.vocabulary import CaseStatus, DeadlineStatus, Post, TaskStatus, TermUnit
from tests.case_file import HOUR, MONDAY
from tests.engine.commands.timed import (
    FIXED,
    SECOND,
    clocks,
    drawn,
    fired,
    opened,
    publish,
    sweep,
)
from tests.factories import DAY, Office, connect, link


@pytest.fixture
def waiting(office):
    """Return a case that waits for its answer, on SQLite."""
    return opened(office)


def test_a_timer_begins_with_its_activity(waiting):
    """Its end is the ISO sum, to the second; nobody's duty and no clause's."""
    (remind,), (limit,) = clocks(waiting, "remind"), clocks(waiting, "limit")

    assert (remind.base_at, remind.due_at) == (MONDAY, MONDAY + DAY)
    assert limit.due_at == datetime(2026, 4, 9, 9, 30, tzinfo=SHANGHAI)
    assert (limit.length, limit.unit) == (31 * 86_400, TermUnit.SECOND)
    assert (limit.lapses, limit.fires, limit.cites, limit.warn_at) == (
        True,
        True,
        [],
        None,
    )
    assert clocks(waiting, "rest") == []


def test_a_cycle_comes_exactly_as_often_as_it_says(either_office):
    """Three reminders a day apart, none more, each by an event of its own."""
    office = either_office
    case = opened(office)
    office.pass_time(MONDAY + 20 * DAY)
    found = clocks(case, "remind")

    assert [row.due_at for row in found] == [MONDAY + n * DAY for n in (1, 2, 3)]
    assert {row.status for row in found} == {DeadlineStatus.LAPSED}
    assert fired(case) == ["remind"] * 3
    assert case.open() == ["answer", "limit", "urge", "urge", "urge"]


def test_late_sweeps_neither_add_up_nor_lose_a_round(either_office):
    """After days without a worker each round is made up for, a day after the last."""
    office = either_office
    case = opened(office)
    office.now = MONDAY + 50 * HOUR
    first = sweep(office)
    running = clocks(case, "remind")[-1]
    office.now = MONDAY + 9 * DAY
    rest = sweep(office)

    assert (first, rest) == (2, 1)
    assert (running.base_at, running.due_at) == (MONDAY + 2 * DAY, MONDAY + 3 * DAY)
    assert sweep(office) == 0


def test_rounds_without_a_number_are_made_up_for_by_one(office):
    """What passed unnoticed happens once; the next round keeps its weekday."""
    case = opened(office)
    case.complete("zhou", "answer")
    office.pass_time(MONDAY + 36 * HOUR + SECOND)
    begun = clocks(case, "round")[0].base_at
    office.now = begun + 30 * DAY
    times = sweep(office)
    following = clocks(case, "round")[-1]

    assert times == 1
    assert (following.base_at, following.due_at) == (begun + 28 * DAY, begun + 35 * DAY)
    assert case.open() == ["fixed", "look", "round", "visit"]


def test_what_is_left_waits_no_more(waiting):
    """With the activity its timers end, whatever they still had to do."""
    waiting.office.pass_time(MONDAY + DAY + SECOND)
    waiting.complete("zhou", "answer")

    assert waiting.open() == ["rest", "urge"]
    assert [row.status for row in clocks(waiting, "remind")] == [
        DeadlineStatus.LAPSED,
        DeadlineStatus.CANCELLED,
    ]
    assert clocks(waiting, "limit")[0].status is DeadlineStatus.CANCELLED
    waiting.office.pass_time(MONDAY + 25 * HOUR)
    assert fired(waiting) == ["remind"]


def test_an_interrupting_timer_ends_its_activity(either_office):
    """After the month nobody waits for the answer."""
    office = either_office
    case = opened(office, drawn(remind="R1/P2D"))
    office.pass_time(datetime(2026, 4, 9, 9, 30, 1, tzinfo=SHANGHAI))

    assert case.open() == ["urge"]
    assert case.task("answer").status is TaskStatus.CANCELLED
    assert fired(case) == ["remind", "limit"]


def test_a_caught_duration_holds_the_case_for_exactly_so_long(waiting):
    """Thirty-six hours through a night: the second that is due is still in time."""
    office = waiting.office
    office.now = MONDAY + HOUR
    waiting.complete("zhou", "answer")
    due = clocks(waiting, "rest")[0].due_at
    office.now = due
    before = sweep(office)
    office.now = due + SECOND
    after = sweep(office)

    assert due == MONDAY + 37 * HOUR
    assert (before, after) == (0, 1)
    assert waiting.open() == ["fixed", "look", "round"]


def test_an_instant_starts_nothing_and_is_due_then(waiting):
    """Whenever it began to wait; one that has passed is due at once."""
    office = waiting.office
    waiting.complete("zhou", "answer")
    office.pass_time(MONDAY + 2 * DAY)
    early = clocks(waiting, "fixed")[0]
    office.pass_time(FIXED + SECOND)

    assert (early.due_at, early.cites) == (FIXED, ["pl-42"])
    assert "fixed" in fired(waiting)


def test_an_instant_that_has_passed_is_due_at_once(office):
    """Nothing is waited for that can no more come."""
    case = opened(office, drawn(limit="P1Y"))
    office.pass_time(FIXED + DAY)
    case.complete("zhou", "answer")
    office.pass_time(FIXED + 3 * DAY)
    (fixed,) = clocks(case, "fixed")

    assert (fixed.due_at, fixed.length) == (FIXED, 0)
    assert fired(case).count("fixed") == 1


def test_an_act_after_the_end_waits_for_the_timer(waiting):
    """Whether a sweep has come by decides nothing."""
    office = waiting.office
    office.now = MONDAY + DAY + SECOND
    with pytest.raises(TimerPending) as refused:
        waiting.complete("zhou", "answer")
    sweep(office)
    waiting.complete("zhou", "answer")

    assert refused.value.deadline == "timer:drawn/remind"
    assert waiting.open() == ["rest", "urge"]


@pytest.mark.postgres
def test_two_sweeps_let_a_round_happen_once(office_on_postgres):
    """Two workers at the same deadline: one moves the case, one finds it done."""
    office = office_on_postgres
    case = opened(office)
    office.now = MONDAY + DAY + SECOND
    (remind,) = clocks(case, "remind")
    start, told = threading.Barrier(2), []

    def work():
        own = Office(connect(office.engine.url.render_as_string(hide_password=False)))
        own.now = office.now
        start.wait()
        with own.transaction() as tx:
            told.append(firing.fire(tx, remind.id))
        own.engine.dispose()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert sorted(told) == [False, True]
    assert fired(case) == ["remind"]
    assert case.open() == ["answer", "limit", "remind", "urge"]


def test_a_restart_forgets_no_round(either_office):
    """What was counted stands in the database: another process goes on with it."""
    office = either_office
    case = opened(office)
    office.pass_time(MONDAY + 2 * DAY + SECOND)
    pinned._pinned.clear()  # as a new process begins
    bundles._cache.clear()
    url = office.engine.url.render_as_string(hide_password=False)
    office.engine.dispose()
    again = Office(connect(url))
    again.now = MONDAY + 10 * DAY
    times = sweep(again)

    assert times == 1
    assert len(clocks(case, "remind")) == 3
    assert chain.verify(map(link, case.events())) is None
    again.engine.dispose()


def test_going_back_enters_the_activity_anew(either_office):
    """Its timers count from the return; what waited after it waits no more."""
    office = either_office
    case = opened(office)
    office.pass_time(MONDAY + DAY + SECOND)
    case.complete("zhou", "answer")
    office.pass_time(MONDAY + 4 * DAY)
    case.do(
        "zhou",
        "tasks.send_back",
        "look",
        to=case.task("answer").id,
        reason="答复不全",
    )
    back = office.now
    office.pass_time(back + 5 * DAY)
    found = [row for row in clocks(case, "remind") if row.base_at >= back]

    assert {row.status for row in clocks(case, "round")} == {DeadlineStatus.CANCELLED}
    assert [row.due_at for row in found] == [back + n * DAY for n in (1, 2, 3)]
    assert case.open() == ["answer", "limit", *["urge"] * 4]


def test_a_renamed_timer_goes_over_with_its_case(office):
    """Its clock runs on under the new name, and fires there."""
    case = opened(office)
    office.pass_time(MONDAY + DAY + SECOND)
    with office.transaction() as tx:
        person = tx.session.get_one(Person, office.people["zhou"])
        person.posts.append(PersonPost(post=Post.PROCESS_DESIGNER))
    publish(office, drawn(reminder="prompt", remind="R2/PT24H"))
    office.act(
        "zhou",
        "cases.migrate",
        case_id=case.id,
        reason="test",
        renamed={"drawn:remind": "prompt"},
    )
    office.pass_time(MONDAY + 6 * DAY)

    assert clocks(case, "remind") == []
    assert [row.due_at for row in clocks(case, "prompt")] == [
        MONDAY + DAY,
        MONDAY + 2 * DAY,
    ]
    assert case.open() == ["answer", "limit", "urge", "urge"]


def test_two_versions_tell_the_times_that_they_say(office):
    """What changed is told at its event, and not as a term of the law."""
    before = opened(office).row().requirement_set_id
    office.now += DAY
    after = opened(office, drawn(limit="P2M")).row().requirement_set_id
    with office.reading() as session:
        versions = [pinned.pinned_to(session, each) for each in (before, after)]
        found = differences(*versions, office.now)

    assert [(c.topic, c.element, c.old, c.new) for c in found] == [
        ("timer", "limit", "P1M", "P2M")
    ]


def test_a_suspended_case_is_moved_when_it_goes_on(waiting):
    """A timer of the diagram is due all the same; the case moves when it may."""
    office = waiting.office
    actor = office.actor("fang")
    with office.transaction() as tx:
        work = on_case(tx, waiting.id, actor)
        suspend_clocks(work, "等候", actor=actor)
        work.case.status = CaseStatus.SUSPENDED
    office.now = MONDAY + 30 * HOUR
    during = sweep(office)
    with office.transaction() as tx:
        work = on_case(tx, waiting.id, None, over=())
        work.case.status = CaseStatus.OPEN
        resume_clocks(work)
    after = sweep(office)

    assert (during, after) == (0, 1)
    assert fired(waiting) == ["remind"]


def test_a_time_that_cannot_be_kept_is_not_published(office):
    """The refusal names element, reason and mend; nothing is stored."""
    with pytest.raises((BadDiagram, UnsupportedConstruct)) as refused:
        publish(office, drawn(remind="R3/PT1S"))
    found = next(f for f in refused.value.findings if f["rule"] == "unsupported")

    assert (found["element"], found["construct"], found["mend"]) == (
        "remind",
        "timer:tooOften",
        "repeat_less",
    )
