"""The job table as a queue: leases, tries, death, revival."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.models import Job
from storage.vocabulary import JobStatus
from webapp import clock, database, jobs, queue, worker


@pytest.fixture(autouse=True)
def inside(app):
    """Run each test inside the application's context, with its own kinds of jobs."""
    kept = dict(jobs.KINDS)
    with app.app_context():
        yield
    jobs.KINDS.clear()
    jobs.KINDS.update(kept)


def _enqueue(*keys, kind="sample", due_at=None):
    with database.transaction() as tx:
        for key in keys:
            tx.enqueue(kind, key, {"key": key}, due_at=due_at)


def _row(key):
    database.session().rollback()
    return database.session().scalar(select(Job).where(Job.key == f"sample:{key}"))


def test_jobs_run_once_in_order():
    """Every due job runs, the oldest first, and then no more."""
    ran = []
    jobs.KINDS["sample"] = lambda payload: ran.append(payload["key"])
    _enqueue("later", due_at=clock.now() - timedelta(seconds=1))
    _enqueue("first", due_at=clock.now() - timedelta(minutes=1))
    _enqueue("not yet", due_at=clock.now() + timedelta(minutes=1))

    counts = (worker.drain(), worker.drain())

    assert ran == ["first", "later"]
    assert counts == (2, 0)
    assert _row("first").status is JobStatus.DONE


def test_a_job_is_leased_to_one_worker():
    """What one worker claimed no other gets, until its lease has run out."""
    _enqueue("one")

    first = queue.claim(10)
    second = queue.claim(10)
    with clock.standing_at(clock.now() + queue.LEASE + timedelta(seconds=1)):
        given_back = queue.sweep_leases()
        third = queue.claim(10)

    assert [len(claimed) for claimed in (first, second, third)] == [1, 0, 1]
    assert given_back == 1
    assert third[0].attempts == 2


def test_a_lost_lease_settles_nothing():
    """A worker that was too slow cannot end a job that somebody else has now."""
    _enqueue("one")
    slow = queue.claim(1)[0]
    with clock.standing_at(clock.now() + queue.LEASE + timedelta(seconds=1)):
        queue.sweep_leases()
        queue.claim(1)

        queue.finish(slow)

    assert _row("one").status is JobStatus.RUNNING


def test_failures_are_tried_again_and_end_in_death():
    """Each failure doubles the wait; the last one leaves the job dead, in sight."""

    def fail(_payload):
        raise ValueError("party Li Si")

    jobs.KINDS["sample"] = fail
    _enqueue("one")
    waits = []
    moment = clock.now()
    for _ in range(queue.ATTEMPTS):
        with clock.standing_at(moment):
            worker.drain()
        row = _row("one")
        waits.append(row.due_at - moment)
        moment = row.due_at

    assert waits[:3] == [timedelta(seconds=seconds) for seconds in (5, 10, 20)]
    assert row.status is JobStatus.DEAD
    assert row.attempts == queue.ATTEMPTS
    assert row.last_error.startswith("ValueError at fail:")
    assert "Li Si" not in row.last_error


def test_a_dead_job_is_revived():
    """An operator lets a dead job be tried again; a living one is left alone."""
    jobs.KINDS["sample"] = lambda _payload: None
    _enqueue("one")
    with database.transaction() as tx:
        row = tx.session.scalar(select(Job))
        row.status = JobStatus.DEAD
    job_id = row.id

    revived = (queue.revive(job_id), queue.revive(job_id))
    worker.drain()

    assert revived == (True, False)
    assert _row("one").status is JobStatus.DONE


def test_an_unknown_kind_fails_and_stays():
    """A job of a kind that this release does not know is not lost."""
    _enqueue("one", kind="of_a_later_release")

    worker.drain()
    database.session().rollback()
    row = database.session().scalar(select(Job))

    assert row.status is JobStatus.READY
    assert row.last_error.startswith("KeyError")


def test_the_worker_stops_when_asked(app):
    """A worker told to stop finishes the job at hand and leaves the rest."""
    stop = threading.Event()
    ran = []

    def run(payload):
        ran.append(payload["key"])
        stop.set()

    jobs.KINDS["sample"] = run
    _enqueue(*(str(number) for number in range(3 * worker.BATCH)))

    worker.work(app, stop)

    assert 1 <= len(ran) <= worker.BATCH


def test_work_of_a_failed_command_is_never_queued():
    """A job row exists only if the command that asked for it was kept."""

    def fail():
        with database.transaction() as tx:
            tx.enqueue("sample", "one", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert queue.claim(1) == []
