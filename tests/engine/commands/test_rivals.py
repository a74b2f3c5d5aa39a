"""Rivals in processes of their own: one wins, the other is told why not."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine.commands.acts import ACTS
from engine.commands.pinned import pinned_to
from engine.commands.work import LIVE
from engine.errors import CaseError
from engine.runtime.instance import Instance
from storage import chain
from storage.models import Case, Deadline, Task
from tests.case_file import ACCEPTED, CHECKED, HOUR
from tests.engine.commands.races import RACES, REPEATABLE, SETTLED
from tests.engine.commands.rivals import SWEEP, Deed, arena
from tests.engine.commands.test_migration import NAME, publish
from tests.engine.commands.test_race_of_acts import events_of, streams
from tests.factories import DAY, link, shipped

#: Which acts of the sample are raced; all of them with ``--all``.
SEED = 20260309
SAMPLE = 6


@pytest.fixture(scope="module")
def processes():
    """Return processes that wait to be rivals."""
    with arena() as found:
        yield found


def version_of(case, element):
    """Return the form of a step as somebody has it on the screen."""
    task = case.task(element)
    return {"task_id": task.id, "version": task.version}


def complete_twice(office):
    """Two officers complete one step that nobody has claimed."""
    case = office.open_case()
    case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
    form = {"task_id": case.task("acceptance").id, "inputs": ACCEPTED}
    return [("zhou", "tasks.complete", form)] * 2


def checked(office):
    """Return a case at its preliminary check, and the form that completes it."""
    case = office.open_case().accept()
    form = {"outcome": "docket", "inputs": CHECKED}
    return case, {**version_of(case, "preliminary_check"), **form}


def complete_or_send_back(office):
    """The officer completes a step while a leader sends the case back from it."""
    case, form = checked(office)
    back = {"to": case.task("acceptance").id, "reason": "不清"}
    shown = version_of(case, "preliminary_check")
    return [
        ("zhou", "tasks.complete", form),
        ("fang", "tasks.send_back", {**shown, **back}),
    ]


def claim_twice(office):
    """Two officers claim one step."""
    form = version_of(office.open_case(), "acceptance")
    return [("zhou", "tasks.claim", form), ("he", "tasks.claim", form)]


def claim_or_reassign(office):
    """An officer claims a step while the head gives it to another."""
    form = version_of(office.open_case(), "acceptance")
    given = {"person_id": office.people["zhang"], "reason": "分办"}
    return [
        ("he", "tasks.claim", form),
        ("qin", "tasks.reassign", {**form, **given}),
    ]


def approve_or_return(office):
    """Two leaders decide one approval, one for it and one against."""
    case = office.open_case().accept()
    case.complete("zhou", "preliminary_check", outcome="docket", inputs=CHECKED)
    report = case.write(
        "zhou", "docketing_report", "docketing_report", [("zhou", "handler")]
    )
    case.complete("zhou", "docketing_report")
    case.sign("qin", report, "reviewer")
    case.complete("qin", "docketing_review", outcome="agreed")
    case.sign("fang", report, "approver")
    form = version_of(case, "docketing_approval")
    return [
        ("fang", "tasks.complete", {**form, "outcome": "approved"}),
        ("sun", "tasks.complete", {**form, "outcome": "returned", "opinion": "补正"}),
    ]


def sign_or_discard(office):
    """A document is signed in one window and put away in another."""
    case = office.open_case()
    paper = case.prepare("zhou", "acceptance", "acceptance_record")
    return [
        ("zhou", "documents.sign", {"document_id": paper, "role": "handler"}),
        ("zhou", "documents.discard", {"document_id": paper, "reason": "重写"}),
    ]


def sweep_or_complete(office):
    """An answer that came in time is entered while the sweep finds its end past."""
    case = office.open_case(process="trial")
    case.complete("zhou", "ask")
    clock = case.find(Deadline, code="defense")
    office.now = clock.due_at + timedelta(minutes=2)
    in_time = {"acted_at": clock.due_at - HOUR}
    return [
        (SWEEP, "", {"deadline_id": str(clock.id)}),
        ("zhou", "tasks.complete", {**version_of(case, "answered"), **in_time}),
    ]


def migrate_or_complete(office):
    """A case is moved to a newer version while its step is completed."""
    case, form = checked(office)
    publish(office, shipped()[NAME].replace('name="受理案源"', 'name="登记案源"'))
    shown = {"case_id": case.id, "version": case.row().lock_version}
    return [
        ("zhou", "cases.migrate", {**shown, "reason": "新版本"}),
        ("zhou", "tasks.complete", form),
    ]


def withdraw_or_complete(office):
    """An officer takes a step back while the next person completes theirs."""
    case = office.open_case().accept()
    done = version_of(case, "acceptance")
    form = {"outcome": "docket", "inputs": CHECKED}
    return [
        ("zhou", "tasks.withdraw", {**done, "reason": "漏填"}),
        ("he", "tasks.complete", {**version_of(case, "preliminary_check"), **form}),
    ]


def suspend_or_complete(office):
    """A case is made to stand still while a step of it is completed."""
    case, form = checked(office)
    shown = {"case_id": case.id, "version": case.row().lock_version}
    return [
        ("fang", "cases.suspend", {**shown, "reason": "等待裁判"}),
        ("zhou", "tasks.complete", form),
    ]


def excuse_or_vote(office):
    """A member speaks while the chair notes that they are absent."""
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma", "sun")
    task_id = case.task("member_opinion", "sun").id
    form = {"task_id": task_id, "version": 1}
    return [
        ("sun", "tasks.complete", {**form, "inputs": {"vote": "agree"}}),
        ("lin", "tasks.excuse", {**form, "reason": "缺席"}),
    ]


RIVALRIES = [
    complete_twice,
    complete_or_send_back,
    claim_twice,
    claim_or_reassign,
    approve_or_return,
    sign_or_discard,
    sweep_or_complete,
    migrate_or_complete,
    withdraw_or_complete,
    suspend_or_complete,
    excuse_or_vote,
]


def refused(result):
    """Say whether somebody did not win: refused, or found nothing to do."""
    return isinstance(result, CaseError) or result is False


def check_whole(office):
    """Check that chains hold, and that tasks are where the diagrams' tokens stand."""
    assert all(
        chain.verify(map(link, each)) is None for each in streams(events_of(office))
    )
    with office.reading() as session:
        for case in session.query(Case):
            pinned = pinned_to(session, case.requirement_set_id)
            instance = Instance.restore(pinned.bundle, case.state)
            rows = session.query(Task).filter_by(case_id=case.id)
            live = {row.id for row in rows if row.status in LIVE}

            assert {task.id for task in instance.open_tasks()} == live


@pytest.mark.parametrize("rivalry", RIVALRIES, ids=lambda each: each.__name__)
def test_one_of_two_wins(either_office, processes, rivalry):
    """Two forms shown at one moment: one is carried out, the other clearly refused."""
    office = either_office
    rivals = rivalry(office)
    deeds = [Deed(*each, at=office.now) for each in rivals]
    before = events_of(office)
    results = processes.race(office, deeds)
    lost = [each for each in results if refused(each)]

    assert len(lost) == 1, results
    assert len(events_of(office)) == len(before) + 1
    assert all(each is False or each.code for each in lost)
    check_whole(office)


def test_the_last_two_voices_end_a_panel_once(either_office, processes):
    """Two members speak at one moment: both are heard, and the panel ends once."""
    office = either_office
    case = office.open_case(process="collective_discussion")
    case.discuss("lin", "fang", "ma")
    case.complete("lin", "member_opinion", inputs={"vote": "agree"})
    deeds = [
        Deed(
            who,
            "tasks.complete",
            {
                "task_id": case.task("member_opinion", who).id,
                "inputs": {"vote": "agree"},
            },
            office.now,
        )
        for who in ("fang", "ma")
    ]
    results = processes.race(office, deeds)

    assert [each for each in results if refused(each)] == []
    assert case.open() == ["discussion_record"]
    assert case.row().facts["outcome"]["member_opinion"] == "passed"
    check_whole(office)


def test_every_act_against_itself(either_office, processes, rounds):
    """A sample of all acts, each done by three processes at once, takes effect once."""
    names = sorted(ACTS)
    some = random.Random(SEED)  # noqa: S311  # a sample, not a secret
    chosen = some.sample(names, rounds(SAMPLE, len(names)))
    office = either_office
    for name in chosen:
        office.now += DAY
        who, params = RACES[name](office)
        before = events_of(office)
        results = processes.race(office, [Deed(who, name, params, office.now)] * 3)
        won = [each for each in results if not refused(each)]

        assert len(won) >= 1, (name, results)
        assert len(won) == 1 or name in REPEATABLE | SETTLED, (name, results)
        if name not in SETTLED:
            assert len(events_of(office)) == len(before) + len(won), name
    check_whole(office)


@pytest.mark.postgres
def test_a_case_is_locked_before_its_task(office_on_postgres):
    """Who waits for a case holds none of its tasks, so that nobody waits in a ring."""
    office = office_on_postgres
    case = office.open_case()
    task_id = case.task("acceptance").id
    waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    lock = text("SELECT id FROM case_ WHERE id = :id FOR UPDATE")
    grab = text("SELECT id FROM task WHERE id = :id FOR UPDATE NOWAIT")
    with (
        ThreadPoolExecutor(1) as pool,
        office.engine.connect() as first,
        office.engine.connect() as watcher,
    ):
        first.execute(lock, {"id": case.id})
        claimed = pool.submit(office.act, "zhou", "tasks.claim", task_id=task_id)
        while not watcher.execute(waits).scalar():
            watcher.rollback()  # another look
        found = first.execute(grab, {"id": task_id}).scalar()
        first.rollback()

        assert found == task_id
        assert claimed.result(60)["status"] == "claimed"
