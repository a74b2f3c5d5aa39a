"""Why recordings and what was written tell different times (中断说明)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.errors import BadMoment
from engine.commands.work import Work, check_moment, on_task, take
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules.agreement import agreement
from storage.database import new_id
from storage.models import Document, Explanation, Recording
from storage.transaction import Transaction
from storage.vocabulary import DocumentStatus


@act("times.explain")
def explain(  # what an explanation consists of
    tx: Transaction,
    task_id: UUID,
    started_at: datetime,
    ended_at: datetime,
    reason: str,
    recording_id: UUID | None = None,
    heard_after: int | None = None,
    document_id: UUID | None = None,
    *,
    actor: Actor,
) -> Result:
    """Explain a stretch that was written down but not recorded, or the other way.

    Either the reason is heard in a recording of the step, so many seconds after its
    beginning, or it is written; where the rules name a document for that, it is one
    that is prepared or final.

    Raises:
        BadMoment: the stretch is not one, or lies outside the case.
        Invalid: no reason, not within the recording, not the document asked for.
    """
    work = on_task(tx, task_id, actor)
    take(work, actor)
    began = check_moment(work, "started_at", started_at)
    if not began <= ended_at <= tx.now:
        raise BadMoment("ended_at", ended_at, began, tx.now)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    if recording_id is not None:
        _check_heard(work, recording_id, heard_after)
    else:
        _check_written(work, document_id)
    row = Explanation(
        id=new_id(),
        case_id=work.case.id,
        task_id=task_id,
        started_at=began,
        ended_at=ended_at,
        reason=reason.strip(),
        recording_id=recording_id,
        heard_after=heard_after if recording_id is not None else None,
        document_id=document_id if recording_id is None else None,
        given_by_id=actor.id,
        given_at=tx.now,
    )
    tx.add(row)
    result = {"explanation_id": str(row.id)}
    tx.log(
        EventTag.TIMES_EXPLAINED,
        work.case,
        by=actor.id,
        subject=row.id,
        facts={
            "task": work.the_task.element,
            "started_at": began,
            "ended_at": ended_at,
            "reason": row.reason,
            "recording": recording_id,
            "heard_after": row.heard_after,
            "document": row.document_id,
            "cites": agreement(work.rules, work.node.activity).interruption.cites,
        },
        result=result,
    )
    return result


def _check_heard(work: Work, recording_id: UUID, after: int | None) -> None:
    recording = work.tx.session.get(Recording, recording_id)
    if recording is None or recording.task_id != work.the_task.id:
        raise NotFound("recording", str(recording_id))
    length = (recording.ended_at - recording.started_at).total_seconds()
    if after is None or not 0 <= after <= length:
        raise Invalid({"heard_after": ["not_within_recording"]})


def _check_written(work: Work, document_id: UUID | None) -> None:
    """Refuse a text of its own where the rules ask for a document."""
    codes = agreement(work.rules, work.node.activity).written
    if document_id is None:
        if codes:
            raise Invalid({"document_id": ["required"]})
        return
    document = work.tx.session.get(Document, document_id)
    if document is None or document.case_id != work.case.id:
        raise NotFound("document", str(document_id))
    frozen = document.status in {DocumentStatus.PREPARED, DocumentStatus.FINAL}
    if not frozen or (codes and document.code not in codes):
        raise Invalid({"document_id": ["not_the_statement"]})
