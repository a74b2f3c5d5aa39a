"""Recordings: declared at the step, deposited within the issuer's time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.equipment import of_number
from engine.commands.errors import BadMoment, ObjectMismatch
from engine.commands.footage import start_clock
from engine.commands.people import people
from engine.commands.work import Work, check_moment, on_case, on_task, take
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.deadlines import is_overdue
from storage.database import new_id
from storage.models import Deadline, Recording, StoredObject
from storage.transaction import Transaction
from storage.vocabulary import Capacity, DeadlineStatus, Medium, RecordingStatus


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
    carrier: UUID | None = None,
    *,
    actor: Actor,
) -> Result:
    """Declare a recording made at a step: device, span, place, officers, who filmed.

    Times are those that the device showed; by how much its clock was ahead when it
    was last checked is kept beside them. Unless somebody is named, those present are
    the officers assigned to the case, and who declares filmed. The deposit clock
    starts as the authority counts it.

    Raises:
        BadMoment: it would have begun before the case, ended before it began, or in
            the future.
    """
    work = on_task(tx, task_id, actor)
    take(work, actor)
    known, ahead = of_number(tx, actor.agency_id, device.strip())
    began = check_moment(work, "started_at", started_at - ahead)
    ended = ended_at - ahead if ended_at else began
    if not began <= ended <= tx.now:
        raise BadMoment("ended_at", ended, began, tx.now)
    if not device.strip():
        raise Invalid({"device": ["required"]})
    there = officers or _handlers(work, actor)
    present = [p.id for p in people(tx.session, there)]
    if len(present) != len(there):
        raise Invalid({"officers": ["unknown_person"]})
    filmed = carrier or (actor.id if actor.id in present else present[0])
    if filmed not in present:
        raise Invalid({"carrier": ["not_present"]})
    recording = Recording(
        id=new_id(),
        case_id=work.case.id,
        task_id=task_id,
        element=work.the_task.element,
        scope=work.the_task.scope,
        medium=medium,
        device=device.strip(),
        device_id=known,
        carrier_id=filmed,
        clock_ahead=int(ahead.total_seconds()),
        place=place.strip(),
        officers=[str(person) for person in present],
        started_at=began + ahead,
        ended_at=ended + ahead,
        status=RecordingStatus.DECLARED,
        declared_by_id=actor.id,
        declared_at=tx.now,
    )
    tx.add(recording)
    start_clock(work, recording, ended)
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


def _handlers(work: Work, actor: Actor) -> list[UUID]:
    """Return who handles the case, whoever declares first."""
    named = work.standing.chosen(Capacity.HANDLER)
    return [actor.id, *sorted(named - {actor.id})]


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
            "carrier": recording.carrier_id,
            "clock_ahead": recording.clock_ahead,
            "task": recording.element,
            "sha256": recording.object_sha256,
        },
        result=result,
    )
    return result
