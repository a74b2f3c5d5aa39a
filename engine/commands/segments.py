"""The recordings of a step with their true times, and the times written down there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.commands.work import Work
from engine.rules.agreement import Agreement, agreement
from engine.rules.coherence import Incoherence, TimeSpan, unexplained
from engine.rules.gates import LineState, Verdict, Why
from engine.rules.requirements import Requirement
from storage.models import Document, Explanation, Recording, Waiver
from storage.vocabulary import DocumentStatus, Medium, RecordForm, WaiverStatus


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One declared recording, with its true times."""

    medium: str
    span: TimeSpan
    officers: tuple[UUID, ...]
    carrier: UUID | None
    device: str
    device_id: UUID | None
    place: str
    clock_ahead: int


@dataclass(frozen=True)
class Step:
    """The recordings of a step that the gate asks for, and what is asked of them."""

    work: Work
    asked: Agreement
    wanted: tuple[Requirement, ...]
    segments: tuple[Segment, ...]

    @property
    def films(self) -> tuple[Segment, ...]:
        """Return the segments in a medium that some requirement names."""
        codes = {code for each in self.wanted for code in each.codes}
        return tuple(each for each in self.segments if each.medium in codes)

    @cached_property
    def papers(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """The frozen documents of the step: their codes and what is written in them."""
        rows = self.work.tx.session.execute(
            select(Document.code, Document.fields).where(
                Document.task_id == self.work.the_task.id,
                Document.status.in_([DocumentStatus.PREPARED, DocumentStatus.FINAL]),
            )
        )
        return [(row.code, row.fields) for row in rows]


def read(work: Work, verdict: Verdict) -> Step | None:
    """Return what there is to compare; None: nothing that has a length was recorded."""
    wanted = tuple(
        line.requirement
        for line in verdict.lines
        if line.state in {LineState.SATISFIED, LineState.OWED}
        and line.why is not Why.WAIVER_REQUESTED
        and line.requirement.form is RecordForm.RECORDING
        and Medium.PHOTO not in line.requirement.codes
    )
    if not wanted:
        return None
    asked = agreement(work.rules, work.node.activity)
    rows = work.tx.session.scalars(
        select(Recording)
        .where(Recording.task_id == work.the_task.id)
        .order_by(Recording.started_at, Recording.id)
    )
    return Step(work, asked, wanted, tuple(segment_of(row) for row in rows))


def segment_of(row: Recording) -> Segment:
    """Return a recording with the times that a right clock would have shown."""
    told = TimeSpan(start=row.started_at, end=row.ended_at)
    return Segment(
        medium=row.medium,
        span=told.corrected(timedelta(seconds=row.clock_ahead)),
        officers=tuple(UUID(str(person)) for person in row.officers),
        carrier=row.carrier_id,
        device=row.device,
        device_id=row.device_id,
        place=row.place,
        clock_ahead=row.clock_ahead,
    )


def written(step: Step) -> list[tuple[str, TimeSpan]]:
    """Return from when to when each frozen document of the step says it went on."""
    return [
        (
            code,
            TimeSpan(
                start=datetime.fromisoformat(fields["started_at"]),
                end=datetime.fromisoformat(fields["ended_at"]),
            ),
        )
        for code, fields in step.papers
        if fields.get("started_at") and fields.get("ended_at")
    ]


def unsettled(
    step: Step, requirement: str, found: Sequence[Incoherence]
) -> tuple[Incoherence, ...]:
    """Return what neither an explanation nor a granted waiver accounts for."""
    if not found:
        return ()
    session, task = step.work.tx.session, step.work.the_task.id
    waived = session.scalar(
        select(Waiver.id).where(
            Waiver.task_id == task,
            Waiver.requirement == requirement,
            Waiver.status == WaiverStatus.APPROVED,
        )
    )
    if waived is not None:
        return ()
    told = session.execute(
        select(Explanation.started_at, Explanation.ended_at).where(
            Explanation.task_id == task
        )
    )
    return unexplained(found, [TimeSpan(start=r[0], end=r[1]) for r in told])
