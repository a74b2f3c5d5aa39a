"""The rooms of an agency, each with its last check, and who has them when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from engine.actor import Actor
from engine.commands.work import Work
from engine.rules.gates import Line
from engine.rules.rooms import notice, room_rules
from storage.models import Booking, Case, Document, Room, RoomCheck
from storage.queries.desk import MOST
from storage.vocabulary import BookingStatus, DocumentStatus
from webapp.auth.current import current_actor
from webapp.auth.visibility import visible_cases
from webapp.clock import now
from webapp.database import session

#: A booking, its room's name and approver, its case's number, and whether it is seen.
Booked = Row[Booking, str, UUID | None, str, bool]

#: Documents about what takes place in a room of the agency.
HELD_IN_ROOMS = frozenset(
    {
        "collective_discussion_record",
        "defense_record",
        "expert_opinion",
        "hearing_notice",
        "hearing_opinion",
        "hearing_record",
        "interview_record",
        "panel_deliberation_record",
    }
)


def rooms(agency_id: UUID) -> Sequence[Row[Room, RoomCheck | None]]:
    """Return each room with its last check; those in use first, by name."""
    newest = (
        select(
            RoomCheck.id,
            func.row_number()
            .over(partition_by=RoomCheck.room_id, order_by=RoomCheck.checked_at.desc())
            .label("rank"),
        )
    ).subquery()
    last = aliased(RoomCheck)
    return (
        session()
        .execute(
            select(Room, last)
            .outerjoin(
                last,
                (last.room_id == Room.id)
                & last.id.in_(select(newest.c.id).where(newest.c.rank == 1)),
            )
            .where(Room.agency_id == agency_id)
            .order_by(Room.withdrawn_at.is_not(None), Room.name, Room.id)
        )
        .all()
    )


def in_use(agency_id: UUID) -> Sequence[Room]:
    """Return the rooms that may be booked, by name."""
    query = select(Room).where(Room.agency_id == agency_id, Room.withdrawn_at.is_(None))
    return session().scalars(query.order_by(Room.name, Room.id)).all()


def bookings(actor: Actor, start: datetime, end: datetime) -> Sequence[Booked]:
    """Return who has which room of the agency between two moments, in order.

    Of a case that the reader may not see, `seen` is false: the time is told, not the
    matter.
    """
    query = _booked(actor).where(
        Room.agency_id == actor.agency_id,
        Booking.starts_at < end,
        Booking.ends_at > start,
    )
    return session().execute(query).all()


def of_case(actor: Actor, case_id: UUID) -> Sequence[Booked]:
    """Return every booking of one case, in order."""
    return session().execute(_booked(actor).where(Case.id == case_id)).all()


def to_decide(actor: Actor) -> Sequence[Booked]:
    """Return what others applied for and *actor* may approve, the first use first."""
    query = _booked(actor).where(
        Room.approver_id == actor.id,
        Booking.status == BookingStatus.REQUESTED,
        Booking.booked_by_id != actor.id,
        Booking.ends_at > now(),
    )
    return session().execute(query.limit(MOST)).all()


def at_step(work: Work, lines: Iterable[Line]) -> dict[str, Any]:
    """Return what the page of a step shows of rooms, and whether it needs one."""
    asked = room_rules(work.rules)
    free = in_use(work.case.agency_id)
    cites = {cite for line in lines for cite in line.requirement.cites}
    return {
        "rooms": free,
        "bookings": of_case(current_actor(), work.case.id),
        "needed": not cites.isdisjoint(asked.held.cites),
        "approval": asked.approval,
        "notices": [
            (kind, wanted)
            for kind in dict.fromkeys(room.kind for room in free)
            if (wanted := notice(work.rules, kind))
        ],
    }


def to_name(document: Document) -> Sequence[Room]:
    """Return the rooms that a draft may name as its place; none where none is held."""
    if (
        document.status is not DocumentStatus.DRAFT
        or document.code not in HELD_IN_ROOMS
    ):
        return []
    return in_use(current_actor().agency_id)


def plain_room(row: Row[Room, RoomCheck | None]) -> dict[str, Any]:
    """Return a room and its last check as plain values."""
    room, check = row
    return {
        **{key: getattr(room, key) for key in _ROOM},
        "checked_at": check.checked_at if check else None,
        "checked_by_id": check.checked_by_id if check else None,
        "passed": check.passed if check else [],
        "faults": check.faults if check else "",
    }


def plain_booking(row: Booked) -> dict[str, Any]:
    """Return a booking as plain values; of a hidden case only when and where."""
    told = {key: getattr(row.Booking, key) for key in _ALWAYS}
    told["room"] = row.room
    if row.seen:
        told |= {key: getattr(row.Booking, key) for key in _SEEN}
        told["case_number"] = row.number
    return told


_ROOM = (
    *("id", "name", "kind", "address", "equipment", "keepers", "approver_id"),
    *("registered_at", "withdrawn_at", "withdrawn_for"),
)
_ALWAYS = ("id", "room_id", "starts_at", "ends_at", "status")
_SEEN = (
    *("case_id", "task_id", "purpose", "late_for", "booked_by_id", "booked_at"),
    *("decided_by_id", "decided_at", "decision_reason"),
    *("cancelled_by_id", "cancelled_at", "cancelled_for"),
)


def _booked(
    actor: Actor,
) -> Select[Booking, str, UUID | None, str, bool]:
    return (
        select(
            Booking,
            Room.name.label("room"),
            Room.approver_id,
            Case.number,
            visible_cases(actor).label("seen"),
        )
        .join(Room, Room.id == Booking.room_id)
        .join(Case, Case.id == Booking.case_id)
        .order_by(Booking.starts_at, Booking.id)
    )
