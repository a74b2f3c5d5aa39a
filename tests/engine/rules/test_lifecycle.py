from __future__ import annotations

import itertools

import pytest

from engine.errors import IllegalTransition
from engine.rules import lifecycle
from engine.rules.lifecycle import Lifecycle
from storage.vocabulary import (
    BookingStatus,
    CaseStatus,
    DeadlineStatus,
    DocumentStatus,
    JobStatus,
    RecordingStatus,
    RecusalStatus,
    TaskStatus,
    WaiverStatus,
)

LIVES = [
    (lifecycle.TASK, TaskStatus),
    (lifecycle.CASE, CaseStatus),
    (lifecycle.DOCUMENT, DocumentStatus),
    (lifecycle.RECORDING, RecordingStatus),
    (lifecycle.DEADLINE, DeadlineStatus),
    (lifecycle.WAIVER, WaiverStatus),
    (lifecycle.RECUSAL, RecusalStatus),
    (lifecycle.BOOKING, BookingStatus),
    (lifecycle.JOB, JobStatus),
]


@pytest.mark.parametrize(("life", "statuses"), LIVES)
def test_every_status_has_its_row(life, statuses):
    """A table says for each status of its vocabulary what may follow."""
    assert set(life.table) == set(statuses)


@pytest.mark.parametrize(("life", "statuses"), LIVES)
def test_every_status_is_reached(life, statuses):
    """From the first status every other one can be reached."""
    reached = {next(iter(statuses))}
    waiting = list(reached)
    while waiting:
        fresh = life.table[waiting.pop()] - reached
        reached |= fresh
        waiting += fresh

    assert reached == set(statuses)


@pytest.mark.parametrize(
    ("life", "from_", "to"),
    [
        (lifecycle.TASK, TaskStatus.DONE, TaskStatus.OPEN),
        (lifecycle.CASE, CaseStatus.ARCHIVED, CaseStatus.OPEN),
        (lifecycle.CASE, CaseStatus.OPEN, CaseStatus.ARCHIVED),
        (lifecycle.DOCUMENT, DocumentStatus.DRAFT, DocumentStatus.FINAL),
        (lifecycle.DOCUMENT, DocumentStatus.PREPARED, DocumentStatus.DRAFT),
        (lifecycle.DOCUMENT, DocumentStatus.FINAL, DocumentStatus.DISCARDED),
        (lifecycle.RECORDING, RecordingStatus.DECLARED, RecordingStatus.VERIFIED),
        (lifecycle.DEADLINE, DeadlineStatus.LAPSED, DeadlineStatus.MET),
        (lifecycle.DEADLINE, DeadlineStatus.MET, DeadlineStatus.OVERDUE),
        (lifecycle.WAIVER, WaiverStatus.REFUSED, WaiverStatus.APPROVED),
        (lifecycle.RECUSAL, RecusalStatus.GRANTED, RecusalStatus.REFUSED),
        (lifecycle.JOB, JobStatus.READY, JobStatus.DONE),
    ],
)
def test_what_may_not_follow_is_refused(life, from_, to):
    """The refusal says which life, from where and where to."""
    with pytest.raises(IllegalTransition) as refusal:
        life.check(from_, to)

    assert refusal.value.facts() == {"life": life.name, "from_": from_, "to": to}


def test_what_may_follow_passes():
    """A draft is revised, prepared, made final and superseded."""
    way = [
        DocumentStatus.DRAFT,
        DocumentStatus.DRAFT,
        DocumentStatus.PREPARED,
        DocumentStatus.FINAL,
        DocumentStatus.SUPERSEDED,
    ]
    for from_, to in itertools.pairwise(way):
        lifecycle.DOCUMENT.check(from_, to)

    assert lifecycle.DOCUMENT.is_over(DocumentStatus.SUPERSEDED) is True
    assert lifecycle.DOCUMENT.is_over(DocumentStatus.FINAL) is False


def test_a_table_can_be_asked():
    """Whether something may follow can be asked without a refusal."""
    life = Lifecycle("job", {JobStatus.READY: frozenset({JobStatus.RUNNING})})

    assert life.allows(JobStatus.READY, JobStatus.RUNNING) is True
    assert life.allows(JobStatus.READY, JobStatus.DEAD) is False
