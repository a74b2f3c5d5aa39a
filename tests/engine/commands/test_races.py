"""Several people at once: one wins, the others are told, nothing is lost."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from engine.commands.acts import perform
from engine.commands.errors import NotYours, TaskClosed
from engine.errors import CaseError
from storage import chain
from storage.database import new_id
from storage.models import Assignment, Case, Job, Unit
from storage.vocabulary import Capacity
from tests.case_file import ACCEPTED
from tests.factories import link

THREADS = 8


def at_once(actions):
    """Run *actions* in threads that start together; returns results and refusals."""
    barrier = threading.Barrier(len(actions))

    def run(action):
        barrier.wait()
        try:
            return action()
        except CaseError as refused:
            return refused

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def verdicts(results):
    """Count the accepted and each kind of refusal."""
    return Counter(
        type(each).__name__ if isinstance(each, CaseError) else "accepted"
        for each in results
    )


def completed(office, command_ids):
    """Complete one ready task once for each command id, all at once."""
    case = office.open_case()
    case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
    task_id = case.task("acceptance").id
    results = at_once(
        [
            lambda command_id=command_id: office.act(
                "zhou",
                "tasks.complete",
                command_id=command_id,
                task_id=task_id,
                inputs=ACCEPTED,
            )
            for command_id in command_ids
        ]
    )
    return case, results


def test_one_completion_wins(either_office):
    """Eight different commands complete one task: one is accepted, seven refused."""
    case, results = completed(either_office, [f"c{n}" for n in range(THREADS)])
    done = [e for e in case.events() if e.tag == "task.completed"]

    assert verdicts(results) == {"accepted": 1, TaskClosed.__name__: THREADS - 1}
    assert len(done) == 1
    assert len(case.tasks("preliminary_check")) == 1
    assert chain.verify(map(link, case.events())) is None


def test_one_command_sent_eight_times(either_office):
    """The same command from eight threads is carried out once and answered alike."""
    case, results = completed(either_office, ["same"] * THREADS)
    done = [e for e in case.events() if e.tag == "task.completed"]

    assert verdicts(results) == {"accepted": THREADS}
    assert all(result == results[0] for result in results)
    assert len(done) == 1


def test_one_claim_wins(either_office):
    """Of everybody who claims a task at once, one has it and the others know who."""
    office = either_office
    case = office.open_case()
    task_id = case.task("acceptance").id
    claimants = ["zhou", "he", "zhang", "hemin", "ding", "guo"]
    results = at_once(
        [
            lambda who=who: office.act(who, "tasks.claim", task_id=task_id)
            for who in claimants
        ]
    )
    winner = case.task("acceptance").assignee_id
    losers = [each for each in results if isinstance(each, NotYours)]

    assert verdicts(results) == {"accepted": 1, "NotYours": len(claimants) - 1}
    assert {each.held_by for each in losers} == {str(winner)}


def test_cases_do_not_wait_for_each_other_in_vain(either_office):
    """Work on eight cases at once all succeeds, each chain whole in itself."""
    office = either_office
    cases = [office.open_case() for _ in range(THREADS)]
    results = at_once([case.accept for case in cases])
    opened = [case.open() for case in cases]

    assert verdicts(results) == {"accepted": THREADS}
    assert all("preliminary_check" in elements for elements in opened)
    assert all(chain.verify(map(link, case.events())) is None for case in cases)


def test_numbers_are_unique(either_office):
    """Cases opened and documents numbered at once get successive numbers."""
    office = either_office
    opened = at_once([office.open_case] * THREADS)
    prepared = at_once(
        [
            lambda case=case: case.prepare("zhou", "acceptance", "acceptance_record")
            for case in opened
        ]
    )
    cases = sorted(case.row().number for case in opened)
    papers = sorted(case.documents()[0].number for case in opened)

    assert verdicts(prepared) == {"accepted": THREADS}
    assert cases == [f"平案〔2026〕{number}号" for number in range(1, THREADS + 1)]
    assert papers == [f"2026{number:04}" for number in range(1, THREADS + 1)]


def test_a_signature_is_given_once(either_office):
    """The same officer signing from eight windows fills one place."""
    case = either_office.open_case()
    record = case.prepare("zhou", "acceptance", "acceptance_record")
    results = at_once(
        [lambda: case.sign("zhou", record, "handler") for _ in range(THREADS)]
    )

    assert verdicts(results) == {"accepted": 1, "SignatureRefused": THREADS - 1}


def test_acting_twice_is_held_once(either_office):
    """However many tasks somebody takes at once, the capacity is noted once."""
    office = either_office
    case = office.open_case().accept()
    elements = ["preliminary_check", "onsite_requested", "registration_requested_early"]
    at_once(
        [
            lambda element=element: case.do("he", "tasks.claim", element)
            for element in elements
        ]
    )
    with office.reading() as session:
        held = session.scalars(
            select(Assignment).where(
                Assignment.case_id == case.id,
                Assignment.person_id == office.people["he"],
            )
        ).all()

    assert [row.capacity for row in held] == [Capacity.HANDLER]


class Broken(RuntimeError):
    """The machine stops just before the commit."""


def _everything(office):
    """Return every row of every table that a command may write to."""
    with office.reading() as session:
        return {
            model.__name__: sorted(
                str([getattr(row, column.key) for column in model.__table__.columns])
                for row in session.scalars(select(model))
            )
            for model in {m.class_ for m in Case.registry.mappers}
        }


def test_a_failure_leaves_nothing(either_office):
    """A command that fails at its very end has changed no row of any table."""
    office = either_office
    case = office.open_case()
    case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
    before = _everything(office)
    actor, task_id = office.actor("zhou"), case.task("acceptance").id
    params = {"task_id": task_id, "inputs": ACCEPTED}
    with pytest.raises(Broken):
        _break_at_the_commit(office, actor, params)
    after = _everything(office)
    office.act("zhou", "tasks.complete", command_id="x", **params)

    assert after == before
    assert "preliminary_check" in case.open()


def _break_at_the_commit(office, actor, params):
    with office.transaction(command_id="x") as tx:
        perform(tx, "tasks.complete", actor=actor, params=params)
        event.listen(tx.connection.engine, "commit", _break, once=True)


def _break(_connection):
    raise Broken


def _name_unit(office, agency_id):
    with office.transaction() as tx:
        tx.insert(Unit, id=new_id(), agency_id=agency_id, name="监督二科")


def test_a_commit_that_the_database_refuses_leaves_a_clean_connection(either_office):
    """Foreign keys are asked at the commit; the next command finds nothing open."""
    office = either_office
    with pytest.raises(IntegrityError):
        _name_unit(office, new_id())
    _name_unit(office, office.agency_id)
    with office.reading() as session:
        named = session.scalars(select(Unit.agency_id).where(Unit.name == "监督二科"))

        assert named.all() == [office.agency_id]


def test_what_follows_a_commit_waits_for_it(office):
    """What is to be done after the commit is not done when there is none."""
    done = []
    with pytest.raises(Broken):
        _promise_and_break(office, done)
    with office.transaction() as tx:
        tx.after_commit(lambda: done.append("now"))
        before = list(done)

    assert before == []
    assert done == ["now"]


def _promise_and_break(office, done):
    with office.transaction() as tx:
        tx.after_commit(lambda: done.append("never"))
        raise Broken


def test_jobs_share_the_fate_of_their_command(office):
    """Work for outside is queued by the very transaction that asks for it."""
    case = office.open_case()
    with office.reading() as session:
        before = session.scalars(select(Job.kind)).all()
    case.write("zhou", "acceptance", "acceptance_record", [("zhou", "handler")])
    with office.reading() as session:
        after = session.scalars(select(Job.kind)).all()

    assert before == []
    assert after == ["render_document"]
