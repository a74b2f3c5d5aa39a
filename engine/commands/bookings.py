"""Bookings (场所预约): a room is kept for one step of a case, and for nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.deciding import require
from engine.commands.errors import BadMoment
from engine.commands.room_errors import (
    NoApproverNamed,
    NoticeTooShort,
    NotOfTheRoom,
    RoomTaken,
    RoomWithdrawn,
)
from engine.commands.rooms import STANDING, locked, names
from engine.commands.work import Work, on_any_task, on_case, on_task, take
from engine.errors import Invalid, NotFound
from engine.events import EventTag
from engine.rules import lifecycle
from engine.rules.posts import Reserved
from engine.rules.rooms import ahead, notice, room_rules
from storage.database import new_id
from storage.models import Booking, Room
from storage.transaction import Transaction
from storage.vocabulary import BookingStatus, Capacity

#: Nothing is booked further ahead.
YEAR = timedelta(days=366)


@act("rooms.book")
def book(  # what a booking consists of
    tx: Transaction,
    room_id: UUID,
    task_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    purpose: str,
    late_for: str = "",
    *,
    actor: Actor,
) -> Result:
    """Keep a room for a case; of two who want the same time one gets it.

    A room is booked for case work only, so a booking names the step at which it was
    made (qy-xw-6a, qy-xw-9c); any step of the case may use it. Where the authority
    asks for leave (qy-xw-11a) it waits for it, and holds the room meanwhile. Where it
    asks for notice (pds-2019-10a) a later booking needs its reason and is marked: the
    text knows no exception, the matrix settles that the use is possible (d-50).

    Raises:
        BadMoment: it would begin before now, or end more than a year later.
        RoomWithdrawn, RoomTaken: the room cannot be had then.
        NoticeTooShort: it is too late for that, and no reason was given.
        NoApproverNamed: leave is needed, and nobody is named who gives it.
    """
    work = on_task(tx, task_id, actor)
    take(work, actor)
    if not purpose.strip():
        raise Invalid({"purpose": ["required"]})
    now = tx.now.replace(second=0, microsecond=0)  # people enter no seconds
    if starts_at < now:
        raise BadMoment("starts_at", starts_at, now, max(ends_at, now))
    if ends_at <= starts_at:
        raise Invalid({"ends_at": ["after"]})
    if ends_at > now + YEAR:
        raise BadMoment("ends_at", ends_at, starts_at, now + YEAR)
    room = locked(tx, room_id, actor)
    if room.withdrawn_at is not None:
        raise RoomWithdrawn(room.name, room.withdrawn_at)
    _check_free(tx, room, starts_at, ends_at)
    wanted = notice(work.rules, room.kind)
    late = bool(wanted) and starts_at < now + ahead(wanted)
    if late and not late_for.strip():
        raise NoticeTooShort(
            room.name, wanted.number, now + ahead(wanted), list(wanted.cites)
        )
    leave = room_rules(work.rules).approval
    if leave and room.approver_id is None:
        raise NoApproverNamed(room.name, list(leave.cites))
    row = Booking(
        id=new_id(),
        room_id=room.id,
        case_id=work.case.id,
        task_id=task_id,
        element=work.the_task.element,
        starts_at=starts_at,
        ends_at=ends_at,
        purpose=purpose.strip(),
        status=BookingStatus.REQUESTED if leave else BookingStatus.CONFIRMED,
        late_for=late_for.strip() if late else None,
        booked_by_id=actor.id,
        booked_at=tx.now,
    )
    tx.add(row)
    cites = (*leave.cites, *(wanted.cites if late else ()))
    return _told(work, EventTag.ROOM_BOOKED, row, room, actor, cites=list(cites))


@act("rooms.decide")
def decide(
    tx: Transaction,
    booking_id: UUID,
    approved: bool,  # noqa: FBT001  # it is the decision itself
    reason: str = "",
    *,
    actor: Actor,
) -> Result:
    """Give leave to use a room, or refuse it, as whom its register names (qy-xw-11a).

    Raises:
        NotOfTheRoom: another gives the leave; nobody gives it to themselves.
        IllegalTransition: it is decided, cancelled, or needs no leave.
        Invalid: refused without a reason.
    """
    row, room, work = _booking(tx, booking_id, actor, decided=True)
    status = BookingStatus.CONFIRMED if approved else BookingStatus.REFUSED
    lifecycle.BOOKING.check(row.status, status)
    if actor.id != room.approver_id or actor.id == row.booked_by_id:
        asked = [room.approver_id] if room.approver_id else []
        raise NotOfTheRoom(room.name, names(tx, asked))
    if not approved and not reason.strip():
        raise Invalid({"reason": ["required"]})
    row.status, row.decision_reason = status, reason.strip()
    row.decided_by_id, row.decided_at = actor.id, tx.now
    return _told(
        work,
        EventTag.BOOKING_DECIDED,
        row,
        room,
        actor,
        approved=approved,
        reason=row.decision_reason,
    )


@act("rooms.cancel")
def cancel(tx: Transaction, booking_id: UUID, reason: str, *, actor: Actor) -> Result:
    """Give a booked room back before the time is over, with the reason.

    Raises:
        NotAllowed: neither booked by the actor, nor do they handle the case or keep
            the register of rooms.
        IllegalTransition: it does not stand.
        BadMoment: the time is over.
    """
    row, room, work = _booking(tx, booking_id, actor, decided=False)
    lifecycle.BOOKING.check(row.status, BookingStatus.CANCELLED)
    mine = work.standing.holders(Capacity.HANDLER) | {row.booked_by_id}
    if actor.id not in mine:
        require(work, actor, "rooms.cancel", Reserved.DEVICE)
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    if row.ends_at <= tx.now:
        raise BadMoment("cancelled_at", tx.now, row.booked_at, row.ends_at)
    row.status, row.cancelled_for = BookingStatus.CANCELLED, reason.strip()
    row.cancelled_by_id, row.cancelled_at = actor.id, tx.now
    return _told(
        work, EventTag.BOOKING_CANCELLED, row, room, actor, reason=row.cancelled_for
    )


def _booking(
    tx: Transaction, booking_id: UUID, actor: Actor, *, decided: bool
) -> tuple[Booking, Room, Work]:
    """Lock the case and the room of a booking; an ended case gives rooms back."""
    row = tx.session.get(Booking, booking_id)
    if row is None:
        raise NotFound("booking", str(booking_id))
    work = (
        on_any_task(tx, row.task_id, actor)
        if decided
        else on_case(tx, row.case_id, actor, over=())
    )
    room = locked(tx, row.room_id, actor)
    tx.session.refresh(row)
    return row, room, work


def _check_free(tx: Transaction, room: Room, start: datetime, end: datetime) -> None:
    """Refuse a time of which somebody has a part; what only touches has none."""
    other = tx.session.scalar(
        select(Booking)
        .where(
            Booking.room_id == room.id,
            Booking.status.in_(STANDING),
            Booking.starts_at < end,
            Booking.ends_at > start,
        )
        .order_by(Booking.starts_at)
        .limit(1)
    )
    if other is not None:
        raise RoomTaken(room.name, other.starts_at, other.ends_at)


def _told(
    work: Work, tag: EventTag, row: Booking, room: Room, actor: Actor, **facts: object
) -> Result:
    result = {"booking_id": str(row.id), "status": row.status.value}
    work.tx.log(
        tag,
        work.case,
        by=actor.id,
        subject=row.id,
        facts={
            "room": room.name,
            "task": row.element,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "purpose": row.purpose,
            "late_for": row.late_for,
            "status": row.status,
            **facts,
        },
        result=result,
    )
    return result
