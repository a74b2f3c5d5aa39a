"""The clocks of recordings: when they start, and what starts them anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.advance import start_deadline
from engine.commands.errors import BadMoment, DelayRefused, NotAllowed
from engine.commands.recounting import recount
from engine.commands.work import Work, on_case
from engine.errors import IllegalTransition, Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.deadlines import is_overdue
from engine.rules.deposits import DEPOSIT, ON_RETURN, begins, situations
from engine.rules.posts import carriers
from storage.models import Deadline, Document, Recording
from storage.transaction import Transaction
from storage.vocabulary import (
    Capacity,
    ClockStart,
    DeadlineStatus,
    DocumentStatus,
    RecordingStatus,
)

#: Only a recording that waits for its bytes is delayed, or brought back.
_WAITING = RecordingStatus.DECLARED
_WRITTEN = (DocumentStatus.PREPARED, DocumentStatus.FINAL)


def start_clock(work: Work, recording: Recording, ended: datetime) -> None:
    """Start the clock of a recording just declared, as the authority counts it.

    Where it counts from the end of the activity, a later recording of the same step
    moves the clocks of those before.
    """
    earlier = _at_task(work, recording.task_id) if _by_activity(work) else ()
    base = begins(work.rules.terms, ended, _ends(work, earlier))
    if base is None:
        return
    clock = start_deadline(
        work, DEPOSIT, base, task=work.the_task, recording_id=recording.id
    )
    recording.deposit_due_at = clock.due_at
    _move(work, [each for each in earlier if each.id != recording.id], base)


def end_activity(work: Work) -> None:
    """Count from the end of the activity, now that the step is over (执法活动结束)."""
    if not _by_activity(work):
        return
    recordings = _at_task(work, work.the_task.id)
    if recordings:
        _move(work, recordings, max(_ends(work, recordings)))


@act("recordings.delay")
def delay(
    tx: Transaction,
    recording_id: UUID,
    situation: str,
    reason: str,
    *,
    actor: Actor,
) -> Result:
    """State that a recording cannot be handed over before the return to the unit.

    Its clock then starts at the return. Without a return it runs from nowhere; a
    checkpoint waits for the bytes all the same.

    Raises:
        DelayRefused: the authority's text knows no such situation.
        IllegalTransition: its time is up already, or its bytes are in store.
    """
    recording, work = _own(tx, recording_id, actor)
    known = situations(work.rules.terms)
    if situation not in known:
        term = work.rules.terms.get(ON_RETURN)
        cites = list(term.cites) if term is not None else []
        raise DelayRefused(situation, list(known), cites)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    if recording.status is not RecordingStatus.DECLARED or recording.delayed_for:
        raise IllegalTransition("recording", recording.status, _WAITING)
    due = recording.deposit_due_at
    if due is not None and is_overdue(due, tx.now):
        raise IllegalTransition(
            "deadline", DeadlineStatus.OVERDUE, DeadlineStatus.CANCELLED
        )
    recording.delayed_for, recording.delay_reason = situation, reason.strip()
    for deadline in _running(work, recording.id):
        lifecycle.DEADLINE.check(deadline.status, DeadlineStatus.CANCELLED)
        deadline.status, deadline.warn_at = DeadlineStatus.CANCELLED, None
    recording.deposit_due_at = None
    if recording.returned_at is not None:
        _from_return(work, recording)
    return _told(work, EventTag.RECORDING_DELAYED, recording, actor)


@act("recordings.return")
def return_with(
    tx: Transaction,
    recording_id: UUID,
    returned_at: datetime,
    *,
    actor: Actor,
) -> Result:
    """Note when the officers were back at the unit with a recording, once.

    Raises:
        BadMoment: before the recording ended, or in the future.
        IllegalTransition: it was noted before, or the bytes are in store.
    """
    recording, work = _own(tx, recording_id, actor)
    if recording.status is not RecordingStatus.DECLARED or recording.returned_at:
        raise IllegalTransition("recording", recording.status, _WAITING)
    # What people enter knows no seconds.
    ended = _true_end(recording).replace(second=0, microsecond=0)
    if not ended <= returned_at <= tx.now:
        raise BadMoment("returned_at", returned_at, ended, tx.now)
    recording.returned_at = returned_at
    if recording.delayed_for:
        _from_return(work, recording)
    return _told(work, EventTag.OFFICERS_RETURNED, recording, actor)


def _from_return(work: Work, recording: Recording) -> None:
    if recording.returned_at is None:
        return
    clock = start_deadline(
        work,
        ON_RETURN,
        recording.returned_at,
        task=None,
        recording_id=recording.id,
    )
    recording.deposit_due_at = clock.due_at


def _own(tx: Transaction, recording_id: UUID, actor: Actor) -> tuple[Recording, Work]:
    """Lock the case of a recording that *actor* made or answers for."""
    recording = tx.session.get(Recording, recording_id)
    if recording is None:
        raise NotFound("recording", str(recording_id))
    work = on_case(tx, recording.case_id, actor)
    tx.session.refresh(recording)
    mine = {recording.declared_by_id, *map(UUID, recording.officers)}
    if actor.id not in mine | work.standing.holders(Capacity.HANDLER):
        cites = carriers(work.rules, Capacity.HANDLER).cites
        raise NotAllowed("recordings.delay", [Capacity.HANDLER.value], list(cites))
    return recording, work


def _by_activity(work: Work) -> bool:
    term = work.rules.terms.get(DEPOSIT)
    return term is not None and term.starts is ClockStart.ACTIVITY_ENDED


def _at_task(work: Work, task_id: UUID) -> Sequence[Recording]:
    return work.tx.session.scalars(
        select(Recording).where(Recording.task_id == task_id)
    ).all()


def _ends(work: Work, recordings: Iterable[Recording]) -> list[datetime]:
    """Return when what is known of the activity ended; nothing from the future."""
    rows = work.tx.session.scalars(
        select(Document.fields).where(
            Document.task_id == work.the_task.id, Document.status.in_(_WRITTEN)
        )
    )
    written = [
        datetime.fromisoformat(fields["ended_at"])
        for fields in rows
        if isinstance(fields.get("ended_at"), str)
    ]
    ended = [*map(_true_end, recordings), *written]
    return [moment for moment in ended if moment <= work.tx.now]


def _true_end(recording: Recording) -> datetime:
    """Return when a recording ended; its device may have been ahead."""
    return recording.ended_at - timedelta(seconds=recording.clock_ahead)


def _running(work: Work, recording_id: UUID) -> Sequence[Deadline]:
    return work.tx.session.scalars(
        select(Deadline).where(
            Deadline.recording_id == recording_id,
            Deadline.status.in_([DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE]),
        )
    ).all()


def _move(work: Work, recordings: Iterable[Recording], base: datetime) -> None:
    """Count the running clocks of *recordings* from a later moment."""
    work.tx.flush()  # a clock may have been started just now
    for recording in recordings:
        for deadline in _running(work, recording.id):
            if deadline.code == DEPOSIT and deadline.base_at < base:
                deadline.base_at = base
                recount(work, deadline)


def _told(work: Work, tag: EventTag, recording: Recording, actor: Actor) -> Result:
    result = {
        "recording_id": str(recording.id),
        "status": recording.status.value,
        "deposit_due_at": recording.deposit_due_at.isoformat()
        if recording.deposit_due_at
        else None,
    }
    work.tx.log(
        tag,
        work.case,
        by=actor.id,
        subject=recording.id,
        acted_at=recording.returned_at if tag is EventTag.OFFICERS_RETURNED else None,
        facts={
            "medium": recording.medium,
            "task": recording.element,
            "situation": recording.delayed_for,
            "reason": recording.delay_reason,
            "returned_at": recording.returned_at,
            "deposit_due_at": recording.deposit_due_at,
        },
        result=result,
    )
    return result
