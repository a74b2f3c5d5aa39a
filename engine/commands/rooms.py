"""Rooms (办案场所): registered once, checked before their use, taken out of use."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select

from engine.actor import Actor
from engine.commands.acts import Result, act
from engine.commands.deciding import require_today, rules_today
from engine.commands.people import people
from engine.commands.room_errors import NotOfTheRoom, RoomStillBooked, RoomWithdrawn
from engine.errors import IllegalTransition, Invalid, NotFound
from engine.events import EventTag
from engine.rules.posts import Reserved
from engine.rules.rooms import RoomRules, room_rules
from storage.database import new_id
from storage.models import Agency, Booking, Room, RoomCheck
from storage.transaction import Transaction
from storage.vocabulary import BookingStatus, RoomKind

#: Bookings in these keep the room from others.
STANDING = (BookingStatus.REQUESTED, BookingStatus.CONFIRMED)


@act("rooms.register")
def register(  # what a register of rooms holds
    tx: Transaction,
    name: str,
    kind: RoomKind,
    address: str = "",
    equipment: list[str] | None = None,
    keepers: list[UUID] | None = None,
    approver_id: UUID | None = None,
    *,
    actor: Actor,
) -> Result:
    """Enter a room into the agency's register, with its equipment and its keepers.

    Where the authority asks for keepers (qy-xw-4b) or for leave to use a room
    (qy-xw-11a), they are named here; the text names no post for the leave, so the
    agency says who gives it.

    Raises:
        NotAllowed: not in a post that keeps the register.
        Invalid: without a name, with one that is in use, or strangers, or nobody,
            where the rules ask for somebody.
    """
    require_today(tx, actor, "rooms.register", Reserved.DEVICE)
    if not name.strip():
        raise Invalid({"name": ["required"]})
    # One after the other, so that a name is not taken twice.
    agency = tx.session.scalar(
        select(Agency).where(Agency.id == actor.agency_id).with_for_update()
    )
    if agency is None:
        raise NotFound("agency", str(actor.agency_id))
    in_use = select(Room.id).where(
        Room.agency_id == agency.id,
        Room.name == name.strip(),
        Room.withdrawn_at.is_(None),
    )
    if tx.session.scalar(in_use) is not None:
        raise Invalid({"name": ["taken"]})
    kept_by = list(dict.fromkeys(keepers or []))
    _check_named(tx, agency, kept_by, approver_id)
    row = Room(
        id=new_id(),
        agency_id=agency.id,
        name=name.strip(),
        kind=kind,
        address=address.strip(),
        equipment=[item.strip() for item in equipment or [] if item.strip()],
        keepers=[str(person) for person in kept_by],
        approver_id=approver_id,
        registered_by_id=actor.id,
        registered_at=tx.now,
    )
    tx.add(row)
    result = {"room_id": str(row.id)}
    tx.log_apart(
        EventTag.ROOM_REGISTERED,
        agency.id,
        by=actor.id,
        subject=row.id,
        facts={
            "room": row.name,
            "kind": row.kind,
            "address": row.address,
            "equipment": row.equipment,
            "keepers": row.keepers,
            "approver": approver_id,
        },
        result=result,
    )
    return result


@act("rooms.check")
def check(
    tx: Transaction,
    room_id: UUID,
    passed: list[str] | None = None,
    faults: str = "",
    *,
    actor: Actor,
) -> Result:
    """Note that what is built in is on, and what of it is in order, now.

    Where the authority has the staff of the room do so (qy-xw-12), only they may.

    Raises:
        NotFound: the agency has no such room.
        RoomWithdrawn: it is out of use.
        NotOfTheRoom: the register names others.
    """
    room = locked(tx, room_id, actor)
    if room.withdrawn_at is not None:
        raise RoomWithdrawn(room.name, room.withdrawn_at)
    asked = rules_now(tx, actor.agency_id)
    if asked and asked.equipment and str(actor.id) not in room.keepers:
        raise NotOfTheRoom(room.name, names(tx, map(UUID, room.keepers)))
    row = RoomCheck(
        id=new_id(),
        room_id=room.id,
        checked_by_id=actor.id,
        checked_at=tx.now,
        passed=[item.strip() for item in passed or [] if item.strip()],
        faults=faults.strip(),
    )
    tx.add(row)
    result = {"check_id": str(row.id)}
    tx.log_apart(
        EventTag.ROOM_CHECKED,
        room.agency_id,
        by=actor.id,
        subject=room.id,
        facts={"room": room.name, "passed": row.passed, "faults": row.faults},
        result=result,
    )
    return result


@act("rooms.withdraw")
def withdraw(tx: Transaction, room_id: UUID, reason: str, *, actor: Actor) -> Result:
    """Take a room out of use; what took place there stays as it is.

    Raises:
        NotAllowed: not in a post that keeps the register.
        IllegalTransition: it is out of use already.
        RoomStillBooked: somebody booked it for later; that is cancelled first.
    """
    require_today(tx, actor, "rooms.withdraw", Reserved.DEVICE)
    room = locked(tx, room_id, actor)
    if room.withdrawn_at is not None:
        raise IllegalTransition("room", "withdrawn", "withdrawn")
    if not reason.strip():
        raise Invalid({"reason": ["required"]})
    later = tx.session.execute(
        select(func.count(), func.min(Booking.starts_at)).where(
            Booking.room_id == room.id,
            Booking.status.in_(STANDING),
            Booking.ends_at > tx.now,
        )
    ).one()
    if later[0]:
        raise RoomStillBooked(room.name, later[0], later[1])
    room.withdrawn_at, room.withdrawn_by_id = tx.now, actor.id
    room.withdrawn_for = reason.strip()
    result = {"room_id": str(room.id)}
    tx.log_apart(
        EventTag.ROOM_WITHDRAWN,
        room.agency_id,
        by=actor.id,
        subject=room.id,
        facts={"room": room.name, "reason": room.withdrawn_for},
        result=result,
    )
    return result


def locked(tx: Transaction, room_id: UUID, actor: Actor) -> Room:
    """Lock a room of the actor's agency, so that nobody else books it meanwhile.

    Raises:
        NotFound: the agency has no such room.
    """
    room = tx.session.scalar(
        select(Room)
        .where(Room.id == room_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if room is None or room.agency_id != actor.agency_id:
        raise NotFound("room", str(room_id))
    return room


def rules_now(tx: Transaction, agency_id: UUID) -> RoomRules | None:
    """Return what is asked of rooms now; None: no law was published for the agency."""
    rules = rules_today(tx.session, agency_id, tx.now)
    return None if rules is None else room_rules(rules)


def names(tx: Transaction, ids: Iterable[UUID]) -> str:
    """Return the names of people, as a refusal tells them."""
    found = people(tx.session, ids)
    return "、".join(person.name for person in found)


def _check_named(
    tx: Transaction, agency: Agency, keepers: list[UUID], approver_id: UUID | None
) -> None:
    """Refuse strangers, and nobody where the rules ask for somebody."""
    for field, wanted in (
        ("keepers", keepers),
        ("approver_id", [approver_id] if approver_id is not None else []),
    ):
        found = people(tx.session, wanted)
        ours = [p for p in found if p.agency_id == agency.id and p.active]
        if len(ours) != len(wanted):
            raise Invalid({field: ["unknown_person"]})
    asked = rules_now(tx, agency.id)
    if asked is None:
        return
    if len(keepers) < asked.keepers.number:
        raise Invalid({"keepers": [{"code": "too_few", "min": asked.keepers.number}]})
    if asked.approval and approver_id is None:
        raise Invalid({"approver_id": ["required"]})
