"""Why the register or the booking of a room may refuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from engine.errors import Refusal


@dataclass(eq=False)
class RoomTaken(Refusal):
    """The room is kept for another step during a part of that time."""

    room: str
    start: datetime
    end: datetime
    code: ClassVar[str] = "room_taken"


@dataclass(eq=False)
class RoomWithdrawn(Refusal):
    """The room was taken out of use."""

    room: str
    since: datetime
    code: ClassVar[str] = "room_withdrawn"


@dataclass(eq=False)
class RoomStillBooked(Refusal):
    """The room is booked for later, and cannot be taken out of use before."""

    room: str
    bookings: int
    start: datetime  #: of the first of them
    code: ClassVar[str] = "room_still_booked"


@dataclass(eq=False)
class NoticeTooShort(Refusal):
    """The authority asks for an earlier booking, and no reason was given."""

    room: str
    hours: int
    earliest: datetime  #: when the use may begin if it is booked now
    cites: list[str]
    code: ClassVar[str] = "notice_too_short"


@dataclass(eq=False)
class NoApproverNamed(Refusal):
    """Leave is needed to use the room, and its register names nobody to give it."""

    room: str
    cites: list[str]
    code: ClassVar[str] = "no_approver_named"


@dataclass(eq=False)
class NotOfTheRoom(Refusal):
    """Only who the register of the room names may do this."""

    room: str
    people: str  #: their names
    code: ClassVar[str] = "not_of_the_room"


@dataclass(eq=False)
class NotInRoom(Refusal):
    """A step that takes place in a room did not, or not as the rules ask.

    *kind* says how: ``no_room``, ``not_booked``, ``not_approved``, ``not_named``,
    ``room_in_use``, ``room_not_checked``, ``room_faulty`` or ``room_incomplete``.
    """

    task: str
    kind: str
    room: str
    cites: list[str]
    code: ClassVar[str] = "not_in_room"
