"""Deadlines take effect when their instant has passed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.commands import firing
from storage import chain
from storage.database import new_id
from storage.models import Case, Deadline, Event, Person, Task
from storage.vocabulary import DeadlineStatus, TermUnit
from tests.factories import link
from webapp import acts, clock, database, sweeping
from webapp.auth import current


@pytest.fixture(autouse=True)
def inside(published):
    """Run each test inside the application's context, where one case is open."""
    with published.test_request_context():
        person = database.session().scalar(
            select(Person).where(Person.login == "zhou.lan@pds")
        )
        current.g.person = person
        acts.do(
            "cases.open",
            process="penalty",
            cause="cause",
            parties=[{"kind": "citizen", "name": "Li Si"}],
        )
        yield


def _deadline(due_at):
    with database.transaction() as tx:
        row = Deadline(
            id=new_id(),
            case_id=tx.session.scalars(select(Case.id)).one(),
            code="docketing",
            status=DeadlineStatus.RUNNING,
            base_at=due_at - timedelta(days=7),
            length=7,
            unit=TermUnit.WORKING_DAY,
            due_at=due_at,
        )
        tx.add(row)
    return row.id


def _status(deadline_id):
    database.session().rollback()
    return database.session().get_one(Deadline, deadline_id).status


def test_what_is_due_is_overdue_after_the_sweep():
    """A passed deadline is marked once; one that still runs is left alone."""
    moment = clock.now()
    passed = _deadline(moment - timedelta(seconds=1))
    running = _deadline(moment + timedelta(days=1))

    counts = (sweeping.sweep(), sweeping.sweep())

    assert counts == (1, 0)
    assert _status(passed) is DeadlineStatus.OVERDUE
    assert _status(running) is DeadlineStatus.RUNNING


def test_one_case_that_cannot_move_does_not_stop_the_others():
    """A timer of a spoilt case is parked and told; what else is due still fires."""
    moment = clock.now()
    stuck = _deadline(moment - timedelta(minutes=2))
    passed = _deadline(moment - timedelta(minutes=1))
    with database.transaction() as tx:
        tx.session.scalars(select(Case)).one().state = b"spoilt"
        timer = tx.session.get_one(Deadline, stuck)
        timer.task_id, timer.fires = tx.session.scalars(select(Task.id)).first(), True
    counts = (sweeping.sweep(), sweeping.sweep())
    parked = database.session().get_one(Deadline, stuck)

    assert counts == (1, 0)
    assert parked.status is DeadlineStatus.RUNNING
    assert parked.parked_at is not None
    assert parked.parked_for == "unreadable_state"
    assert _status(passed) is DeadlineStatus.OVERDUE


def test_a_mended_case_is_tried_again():
    """Once a person has let it go, a parked deadline takes its effect."""
    moment = clock.now()
    passed = _deadline(moment - timedelta(minutes=1))
    with database.transaction() as tx:
        firing.park(tx, passed, "some reason")
    before = sweeping.sweep()
    with database.transaction() as tx:
        firing.unpark(tx)

    assert (before, sweeping.sweep()) == (0, 1)
    assert _status(passed) is DeadlineStatus.OVERDUE


def test_a_sweep_warns_too():
    """Somebody is warned of what will run out, once."""
    moment = clock.now()
    soon = _deadline(moment + timedelta(hours=20))
    with database.transaction() as tx:
        tx.session.get_one(Deadline, soon).warn_at = moment - timedelta(minutes=1)
    counts = (sweeping.sweep(), sweeping.sweep())
    row = database.session().get_one(Deadline, soon)

    assert counts == (1, 0)
    assert len(row.warned) == 1


def test_a_sweep_stops_when_it_is_told_to():
    """A worker that is to end leaves the rest to the next one."""
    moment = clock.now()
    many = sweeping.TOGETHER + 2
    rows = [_deadline(moment - timedelta(minutes=n)) for n in range(many, 0, -1)]
    turns = iter([True, False])

    assert sweeping.sweep(lambda: next(turns, False)) == sweeping.TOGETHER
    assert [_status(row) for row in rows[-3:]] == ["overdue", "running", "running"]


def test_a_batch_keeps_the_chain_whole():
    """Commands that become durable together follow each other in the case's chain."""
    moment = clock.now()
    for minutes in range(5):
        _deadline(moment - timedelta(minutes=minutes + 1))
    done = sweeping.sweep()
    events = database.session().scalars(select(Event).order_by(Event.seq)).all()
    case = database.session().scalars(select(Case)).one()
    own = [event for event in events if event.stream_id == case.id]

    assert done == 5
    assert [event.seq for event in own] == list(range(1, len(own) + 1))
    assert chain.verify(map(link, own)) is None
    assert case.event_seq == len(own)
