"""The rows of the job table as a queue: claim with a lease, settle, try again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from storage.models import Job
from storage.vocabulary import JobStatus
from webapp.clock import now
from webapp.database import session, transaction

#: A worker that is silent for so long has died; its jobs are claimed again.
LEASE = timedelta(minutes=5)
#: A job that failed so often is dead until a person looks.
ATTEMPTS = 8
#: The wait after the first failure; it doubles with each further one ...
FIRST_WAIT = timedelta(seconds=5)
#: ... up to this.
LONGEST_WAIT = timedelta(hours=1)
#: So much of a failure is kept.
ERROR_LENGTH = 500


@dataclass(frozen=True)
class Claimed:
    """A job leased to this worker."""

    id: UUID
    kind: str
    payload: Mapping[str, Any]
    attempts: int  #: counting this one


def claim(count: int) -> list[Claimed]:
    """Lease up to *count* due jobs, the oldest first; none is leased twice."""
    waiting = (
        select(Job.id)
        .where(Job.status == JobStatus.READY, Job.due_at <= now())
        .order_by(Job.due_at)
        .limit(count)
    )
    # Looking costs nothing; the write lock of SQLite is taken only when due.
    if session().scalar(waiting.limit(1)) is None:
        session().rollback()
        return []
    with transaction() as tx:
        rows = tx.session.execute(
            update(Job)
            .where(Job.id.in_(waiting.with_for_update(skip_locked=True)))
            .values(
                status=JobStatus.RUNNING,
                lease_until=tx.now + LEASE,
                attempts=Job.attempts + 1,
            )
            .returning(Job.due_at, Job.id, Job.kind, Job.payload, Job.attempts)
        ).all()
    rows = sorted(rows, key=lambda row: row.due_at)  # RETURNING keeps no order
    return [Claimed(row.id, row.kind, row.payload, row.attempts) for row in rows]


def finish(job: Claimed) -> None:
    """Note that a job is done; nothing happens if somebody else has it now."""
    _settle(job, status=JobStatus.DONE, finished_at=now(), last_error=None)


def fail(job: Claimed, error: str) -> None:
    """Note why a job failed, and let it be tried again later, or be dead."""
    if job.attempts >= ATTEMPTS:
        _settle(job, status=JobStatus.DEAD, finished_at=now(), last_error=error)
        return
    wait = min(FIRST_WAIT * 2 ** (job.attempts - 1), LONGEST_WAIT)
    _settle(job, status=JobStatus.READY, due_at=now() + wait, last_error=error)


def sweep_leases() -> int:
    """Give back the jobs whose worker has died; returns how many."""
    lapsed = (Job.status == JobStatus.RUNNING, Job.lease_until < now())
    if session().scalar(select(Job.id).where(*lapsed).limit(1)) is None:
        session().rollback()
        return 0
    with transaction() as tx:
        found = tx.session.execute(
            update(Job)
            .where(*lapsed)
            .values(status=JobStatus.READY, lease_until=None)
            .returning(Job.id)
        ).all()
    return len(found)


def revive(job_id: UUID) -> bool:
    """Let a dead job be tried again; says whether there was one."""
    with transaction() as tx:
        found = tx.session.execute(
            update(Job)
            .where(Job.id == job_id, Job.status == JobStatus.DEAD)
            .values(status=JobStatus.READY, attempts=0, due_at=tx.now)
            .returning(Job.id)
        ).first()
    return found is not None


def _settle(job: Claimed, **values: Any) -> None:
    """Write down how a job ended, unless its lease has passed to somebody else."""
    if values.get("last_error") is not None:
        values["last_error"] = values["last_error"][:ERROR_LENGTH]
    with transaction() as tx:
        tx.session.execute(
            update(Job)
            .where(
                Job.id == job.id,
                Job.status == JobStatus.RUNNING,
                Job.attempts == job.attempts,
            )
            .values(lease_until=None, **values)
        )
