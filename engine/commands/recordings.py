"""Recordings: declared at the step, deposited within the issuer's time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.advance import start_deadline
from engine.commands.errors import BadMoment, ObjectMismatch
from engine.commands.people import people
from engine.commands.work import Work, check_moment, on_case, on_task, take
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.deadlines import is_overdue
from storage.database import new_id
from storage.models import Deadline, Recording, StoredObject
from storage.transaction import Transaction
from storage.vocabulary import DeadlineStatus, Medium, RecordingStatus

#: Within this term after its end the bytes must be in the store.
DEPOSIT = "footage_deposit"


@act("recordings.declare")
def declare(  # what the rules ask to be declared
    tx: Transaction,
    task_id: UUID,
    medium: Medium,
    device: str,
    started_at: datetime,
    ended_at: datetime | None = None,
    place: str = "",
    officers: list[UUID] | None = None,
    *,
    actor: Actor,
) -> Result:
    """Declare a recording made at a step: device, span, place, officers.

    The deposit clock starts at its end.

    Raises:
        BadMoment: it would have begun before the case, ended before it began, or in
            the future.
    """
    work = on_task(tx, task_id, actor)
    take(work, actor)
    began = check_moment(work, "started_at", started_at)
    ended = ended_at or began
    if not began <= ended <= tx.now:
        raise BadMoment("ended_at", ended, began, tx.now)
    if not device.strip():
        raise Invalid({"device": ["required"]})
    present = [p.id for p in people(tx.session, officers or [actor.id])]
    if len(present) != len(officers or [actor.id]):
        raise Invalid({"officers": ["unknown_person"]})
    recording = Recording(
        id=new_id(),
        case_id=work.case.id,
        task_id=task_id,
        element=work.the_task.element,
        scope=work.the_task.scope,
        medium=medium,
        device=device.strip(),
        place=place.strip(),
        officers=[str(person) for person in present],
        started_at=began,
        ended_at=ended,
        status=RecordingStatus.DECLARED,
        declared_by_id=actor.id,
        declared_at=tx.now,
    )
    tx.add(recording)
    if DEPOSIT in work.rules.terms:
        deadline = start_deadline(
            work, DEPOSIT, ended, task=work.the_task, recording_id=recording.id
        )
        recording.deposit_due_at = deadline.due_at
    return _log(work, EventTag.RECORDING_DECLARED, recording, actor)


@act("recordings.deposit")
def deposit(
    tx: Transaction,
    recording_id: UUID,
    sha256: str,
    file_name: str,
    *,
    actor: Actor,
) -> Result:
    """Bind a declared recording to bytes that are in the store; once, for ever.

    Raises:
        ObjectMismatch: no such bytes are stored.
        IllegalTransition: it was deposited before.
    """
    recording = tx.session.get(Recording, recording_id)
    if recording is None:
        raise NotFound("recording", str(recording_id))
    work = on_case(tx, recording.case_id, actor)
    tx.session.refresh(recording)
    if recording.object_sha256 == sha256:
        return _result(recording)
    lifecycle.RECORDING.check(recording.status, RecordingStatus.DEPOSITED)
    if tx.session.get(StoredObject, sha256) is None:
        raise ObjectMismatch(sha256, "")
    recording.object_sha256, recording.file_name = sha256, file_name
    recording.status = RecordingStatus.DEPOSITED
    recording.deposited_at, recording.deposited_by_id = tx.now, actor.id
    for deadline in tx.session.scalars(
        select(Deadline).where(
            Deadline.recording_id == recording_id,
            Deadline.status.in_([DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE]),
        )
    ):
        if is_overdue(deadline.due_at, tx.now) and deadline.overdue_at is None:
            deadline.overdue_at = deadline.due_at
        deadline.status, deadline.met_at = DeadlineStatus.MET, tx.now
        deadline.warn_at = None
    tx.enqueue("verify_object", sha256 + ":" + str(recording_id), {"sha256": sha256})
    return _log(work, EventTag.RECORDING_DEPOSITED, recording, actor)


def _result(recording: Recording) -> Result:
    return {
        "recording_id": str(recording.id),
        "status": recording.status.value,
        "deposit_due_at": recording.deposit_due_at.isoformat()
        if recording.deposit_due_at
        else None,
    }


def _log(work: Work, tag: EventTag, recording: Recording, actor: Actor) -> Result:
    result = _result(recording)
    work.tx.log(
        tag,
        work.case,
        by=actor.id,
        subject=recording.id,
        facts={
            "medium": recording.medium,
            "device": recording.device,
            "started_at": recording.started_at,
            "ended_at": recording.ended_at,
            "task": recording.element,
            "sha256": recording.object_sha256,
        },
        result=result,
    )
    return result
