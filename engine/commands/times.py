"""Do recordings and written records of one step tell the same times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from engine.commands.errors import TimesDisagree
from engine.commands.work import Work
from engine.rules.coherence import TimeSpan, incoherences
from engine.rules.gates import LineState, Verdict
from engine.rules.requirements import Requirement
from storage.models import Document, Recording
from storage.vocabulary import DocumentStatus, Medium, RecordForm

#: The activities, by code and blank between them, at which times must agree.
WHERE = "times_must_agree"

#: By how many minutes they may differ.
TOLERANCE = "time_tolerance"

#: In the place of activity codes: all of them.
EVERYWHERE = "*"


def require_agreement(work: Work, verdict: Verdict) -> None:
    """Refuse a step whose recordings do not cover what was written down.

    Raises:
        TimesDisagree: with the first stretch that is written but not recorded.
    """
    where = str(work.rules.parameters.get(WHERE, "")).split()
    if work.node.activity not in where and EVERYWHERE not in where:
        return
    asked = [
        line.requirement
        for line in verdict.lines
        if line.state in {LineState.SATISFIED, LineState.OWED}
        and line.requirement.form is RecordForm.RECORDING
        and Medium.PHOTO not in line.requirement.codes
    ]
    if not asked:
        return
    spans = _recorded(work)
    tolerance = timedelta(minutes=int(str(work.rules.parameters[TOLERANCE])))
    for code, written in _written(work):
        for requirement in asked:
            _compare(work, code, written, requirement, spans, tolerance)


def _compare(
    work: Work,
    code: str,
    written: TimeSpan,
    requirement: Requirement,
    recorded: Sequence[tuple[str, TimeSpan]],
    tolerance: timedelta,
) -> None:
    spans = [span for medium, span in recorded if medium in requirement.codes]
    missing = incoherences(written, spans, tolerance=tolerance)
    if missing:
        first = missing[0]
        cites = [*requirement.cites, *work.rules.cited[WHERE].cites]
        raise TimesDisagree(
            work.the_task.element,
            code,
            list(requirement.codes),
            first.kind.value,
            first.start,
            first.end,
            list(dict.fromkeys(cites)),
        )


def _recorded(work: Work) -> list[tuple[str, TimeSpan]]:
    rows = work.tx.session.execute(
        select(Recording.medium, Recording.started_at, Recording.ended_at).where(
            Recording.task_id == work.the_task.id
        )
    )
    return [(r.medium, TimeSpan(start=r.started_at, end=r.ended_at)) for r in rows]


def _written(work: Work) -> list[tuple[str, TimeSpan]]:
    rows = work.tx.session.execute(
        select(Document.code, Document.fields).where(
            Document.task_id == work.the_task.id,
            Document.status.in_([DocumentStatus.PREPARED, DocumentStatus.FINAL]),
        )
    )
    return [
        (
            row.code,
            TimeSpan(
                start=datetime.fromisoformat(row.fields["started_at"]),
                end=datetime.fromisoformat(row.fields["ended_at"]),
            ),
        )
        for row in rows
        if row.fields.get("started_at") and row.fields.get("ended_at")
    ]
