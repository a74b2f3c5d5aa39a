"""What may follow what in the life of each thing: tables, asked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from engine.errors import IllegalTransition
from storage.vocabulary import (
    BookingStatus,
    CaseStatus,
    CosignStatus,
    DeadlineStatus,
    DocumentStatus,
    JobStatus,
    MigrationStatus,
    RecordingStatus,
    RecusalStatus,
    TaskStatus,
    WaiverStatus,
)

Status = TypeVar("Status", bound=StrEnum)


@dataclass(frozen=True)
class Lifecycle(Generic[Status]):
    """One life: for each status, the statuses that may follow it."""

    name: str
    table: Mapping[Status, frozenset[Status]]

    def allows(self, from_: Status, to: Status) -> bool:
        """Say whether *to* may follow *from_*."""
        return to in self.table[from_]

    def check(self, from_: Status, to: Status) -> None:
        """Refuse with IllegalTransition unless *to* may follow *from_*."""
        if not self.allows(from_, to):
            raise IllegalTransition(self.name, from_, to)

    def is_over(self, status: Status) -> bool:
        """Say whether nothing may follow *status*."""
        return not self.table[status]


TASK = Lifecycle(
    "task",
    {
        TaskStatus.OPEN: frozenset(
            {TaskStatus.CLAIMED, TaskStatus.DONE, TaskStatus.CANCELLED}
        ),
        TaskStatus.CLAIMED: frozenset(
            {TaskStatus.OPEN, TaskStatus.DONE, TaskStatus.CANCELLED}
        ),
        TaskStatus.DONE: frozenset[TaskStatus](),
        TaskStatus.CANCELLED: frozenset[TaskStatus](),
    },
)

CASE = Lifecycle(
    "case",
    {
        CaseStatus.OPEN: frozenset(
            {CaseStatus.SUSPENDED, CaseStatus.CLOSED, CaseStatus.TERMINATED}
        ),
        CaseStatus.SUSPENDED: frozenset({CaseStatus.OPEN, CaseStatus.TERMINATED}),
        CaseStatus.CLOSED: frozenset({CaseStatus.ARCHIVED}),
        CaseStatus.TERMINATED: frozenset({CaseStatus.ARCHIVED}),
        CaseStatus.ARCHIVED: frozenset[CaseStatus](),
    },
)

DOCUMENT = Lifecycle(
    "document",
    {
        # Revised again and again, until it is frozen.
        DocumentStatus.DRAFT: frozenset(
            {DocumentStatus.DRAFT, DocumentStatus.PREPARED, DocumentStatus.DISCARDED}
        ),
        # Returned by a reviewer, it is discarded or gives way to another.
        DocumentStatus.PREPARED: frozenset(
            {
                DocumentStatus.FINAL,
                DocumentStatus.SUPERSEDED,
                DocumentStatus.DISCARDED,
            }
        ),
        # A final document is never edited.
        DocumentStatus.FINAL: frozenset({DocumentStatus.SUPERSEDED}),
        DocumentStatus.SUPERSEDED: frozenset[DocumentStatus](),
        DocumentStatus.DISCARDED: frozenset[DocumentStatus](),
    },
)

RECORDING = Lifecycle(
    "recording",
    {
        RecordingStatus.DECLARED: frozenset(
            {RecordingStatus.DEPOSITED, RecordingStatus.QUARANTINED}
        ),
        RecordingStatus.DEPOSITED: frozenset(
            {RecordingStatus.VERIFIED, RecordingStatus.QUARANTINED}
        ),
        # Bytes that no longer agree with their digest are set aside.
        RecordingStatus.VERIFIED: frozenset({RecordingStatus.QUARANTINED}),
        RecordingStatus.QUARANTINED: frozenset(
            {RecordingStatus.DEPOSITED, RecordingStatus.VERIFIED}
        ),
    },
)

DEADLINE = Lifecycle(
    "deadline",
    {
        # It runs on when its end is moved.
        DeadlineStatus.RUNNING: frozenset(
            {
                DeadlineStatus.RUNNING,
                DeadlineStatus.SUSPENDED,
                DeadlineStatus.MET,
                DeadlineStatus.OVERDUE,
                DeadlineStatus.CANCELLED,
                DeadlineStatus.LAPSED,
            }
        ),
        DeadlineStatus.SUSPENDED: frozenset(
            {DeadlineStatus.RUNNING, DeadlineStatus.CANCELLED}
        ),
        # It runs again only when days that did not count are recorded late.
        DeadlineStatus.OVERDUE: frozenset(
            {DeadlineStatus.RUNNING, DeadlineStatus.MET, DeadlineStatus.CANCELLED}
        ),
        DeadlineStatus.MET: frozenset[DeadlineStatus](),
        DeadlineStatus.CANCELLED: frozenset[DeadlineStatus](),
        # It runs again only when its beginning turns out to have been later.
        DeadlineStatus.LAPSED: frozenset({DeadlineStatus.RUNNING}),
    },
)

WAIVER = Lifecycle(
    "waiver",
    {
        WaiverStatus.REQUESTED: frozenset(
            {WaiverStatus.APPROVED, WaiverStatus.REFUSED}
        ),
        WaiverStatus.APPROVED: frozenset[WaiverStatus](),
        WaiverStatus.REFUSED: frozenset[WaiverStatus](),
    },
)

BOOKING = Lifecycle(
    "booking",
    {
        BookingStatus.REQUESTED: frozenset(
            {
                BookingStatus.CONFIRMED,
                BookingStatus.REFUSED,
                BookingStatus.CANCELLED,
            }
        ),
        BookingStatus.CONFIRMED: frozenset({BookingStatus.CANCELLED}),
        BookingStatus.REFUSED: frozenset[BookingStatus](),
        BookingStatus.CANCELLED: frozenset[BookingStatus](),
    },
)

RECUSAL = Lifecycle(
    "recusal",
    {
        RecusalStatus.REQUESTED: frozenset(
            {RecusalStatus.GRANTED, RecusalStatus.REFUSED}
        ),
        RecusalStatus.GRANTED: frozenset[RecusalStatus](),
        RecusalStatus.REFUSED: frozenset[RecusalStatus](),
    },
)

COSIGNER = Lifecycle(
    "cosigner",
    {
        CosignStatus.ASKED: frozenset(
            {CosignStatus.AGREED, CosignStatus.OBJECTED, CosignStatus.REMOVED}
        ),
        CosignStatus.AGREED: frozenset[CosignStatus](),
        CosignStatus.OBJECTED: frozenset[CosignStatus](),
        CosignStatus.REMOVED: frozenset[CosignStatus](),
    },
)

MIGRATION = Lifecycle(
    "migration",
    {
        MigrationStatus.RUNNING: frozenset(
            {MigrationStatus.DONE, MigrationStatus.CANCELLED}
        ),
        MigrationStatus.DONE: frozenset[MigrationStatus](),
        MigrationStatus.CANCELLED: frozenset[MigrationStatus](),
    },
)

JOB = Lifecycle(
    "job",
    {
        JobStatus.READY: frozenset({JobStatus.RUNNING}),
        JobStatus.RUNNING: frozenset({JobStatus.DONE, JobStatus.READY, JobStatus.DEAD}),
        JobStatus.DONE: frozenset[JobStatus](),
        JobStatus.DEAD: frozenset({JobStatus.READY}),
    },
)
