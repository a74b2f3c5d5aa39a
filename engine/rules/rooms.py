"""What an authority's rules ask of the rooms in which steps of a case take place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from engine.rules.agreement import Asked
from engine.rules.entries import DutyEntry, Parameter
from engine.rules.jurisdiction import Ruleset
from storage.vocabulary import RoomKind

#: The kinds of room in which those acts take place whose records share a clause.
IN_ROOMS = "acts_in_rooms"
#: The use of a room is applied for and approved (申请、批准、登记).
APPROVAL = "room_booking"
#: What must be on and in order before an act begins in a room.
EQUIPMENT = "room_acts"
#: The record of an interview names the very room.
NAMED = "room_named"
#: How many keepers of a room are named at least.
KEEPERS = "room_managers_min"
#: How many hours ahead a kind of room is asked for.
NOTICE: Mapping[RoomKind, str] = {RoomKind.MONITORING: "monitoring_room_notice"}
#: The document that names the room (询问笔录).
INTERVIEW_RECORD = "interview_record"


@dataclass(frozen=True, kw_only=True)
class RoomRules:
    """What is asked of rooms; what is not asked is false."""

    held: Asked  #: acts take place in a room of one of these kinds
    kinds: tuple[RoomKind, ...]
    approval: Asked  #: the use is approved before it begins
    equipment: Asked  #: what is built in is on and in order before the act
    checklist: tuple[str, ...]  #: in the words of the clause
    named: Asked  #: the interview record names the room
    keepers: Asked  #: so many keepers at least


def room_rules(rules: Ruleset) -> RoomRules:
    """Return what *rules* ask of rooms."""
    duties = {duty.code: duty for duty in rules.duties}
    held, keepers = rules.cited.get(IN_ROOMS), rules.cited.get(KEEPERS)
    equipment = duties.get(EQUIPMENT)
    return RoomRules(
        held=Asked(cites=held.cites if held else ()),
        kinds=_kinds(held),
        approval=_asked(duties.get(APPROVAL)),
        equipment=_asked(equipment),
        checklist=_checklist(equipment),
        named=_asked(duties.get(NAMED)),
        keepers=_counted(keepers),
    )


def notice(rules: Ruleset, kind: RoomKind) -> Asked:
    """Return by how many hours a room of *kind* is booked ahead; false: by none."""
    return _counted(rules.cited.get(NOTICE.get(kind, "")))


def ahead(asked: Asked) -> timedelta:
    """Return a notice as a length of time; hours run on holidays as well."""
    return timedelta(hours=asked.number)


def _asked(duty: DutyEntry | None) -> Asked:
    return Asked(cites=duty.cites if duty is not None else ())


def _counted(entry: Parameter | None) -> Asked:
    if entry is None or not isinstance(entry.value, int):
        return Asked()
    return Asked(cites=entry.cites, number=entry.value)


def _kinds(entry: Parameter | None) -> tuple[RoomKind, ...]:
    named = entry.value if entry is not None else ()
    return tuple(map(RoomKind, named)) if isinstance(named, tuple) else ()


def _checklist(duty: DutyEntry | None) -> tuple[str, ...]:
    words = dict(duty.says).get("checklist", ()) if duty is not None else ()
    return words if isinstance(words, tuple) else ()
