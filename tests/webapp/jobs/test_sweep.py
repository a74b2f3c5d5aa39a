"""Deadlines take effect when their instant has passed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.database import new_id
from storage.models import Case, Deadline, Person, RequirementSet
from storage.vocabulary import DeadlineStatus, TermUnit
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
    """A deadline that is refused is told in the log; the next one still fires."""
    moment = clock.now()
    stuck = _deadline(moment - timedelta(minutes=2))
    passed = _deadline(moment - timedelta(minutes=1))
    with database.transaction() as tx:
        case = tx.session.scalars(select(Case)).one()
        other = Case(
            id=new_id(),
            agency_id=case.agency_id,
            requirement_set_id=tx.session.scalars(select(RequirementSet.id)).first(),
            process_key="penalty",
            number="other",
            cause="cause",
            status="terminated",
            opened_at=moment,
            facts={},
        )
        tx.add(other)
        tx.session.flush()
        tx.session.get_one(Deadline, stuck).case_id = other.id

    assert sweeping.sweep() == 1
    assert _status(stuck) is DeadlineStatus.RUNNING
    assert _status(passed) is DeadlineStatus.OVERDUE
