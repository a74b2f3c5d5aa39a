"""What is stored of rooms, by name; everybody reads it from `storage.vocabulary`."""

from __future__ import annotations

from enum import StrEnum


class RoomKind(StrEnum):
    """What a room of the agency is for (场所种类)."""

    INTERVIEW = "interview"  #: 询问室、约谈室
    DEFENSE = "defense"  #: 陈述申辩室
    HEARING = "hearing"  #: 听证室
    MEETING = "meeting"  #: 会议室
    RECEPTION = "reception"  #: 投诉接待室
    MONITORING = "monitoring"  #: 执法监控室


class BookingStatus(StrEnum):
    """Where the booking of a room stands (场所预约状态)."""

    REQUESTED = "requested"  #: waits for leave, and holds the room meanwhile
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
