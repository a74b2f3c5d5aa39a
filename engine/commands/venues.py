"""Did a step take place in a room, where the authority has it take place in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from engine.commands.rooms import STANDING
from engine.commands.segments import Step, unsettled, written
from engine.rules.agreement import Finding, Matter
from engine.rules.coherence import (
    Incoherence,
    Mismatch,
    TimeSpan,
    covers,
    overlapping,
)
from engine.rules.rooms import INTERVIEW_RECORD, RoomRules, room_rules
from storage.models import Booking, Room, RoomCheck
from storage.vocabulary import BookingStatus

#: The fields of a document that name where something took place.
PLACES = ("room", "place", "hearing_place")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class _Act:
    """A step that takes place in a room: what is known of where and when."""

    step: Step
    asked: RoomRules
    cites: tuple[str, ...]
    span: TimeSpan | None  #: None: neither paper nor film tells a time
    rooms: Sequence[Room]  #: those of the right kinds that were in use
    bookings: Sequence[Booking]  #: of this case, and of these rooms at that time
    papers: Sequence[tuple[str, str]]  #: document code, and where it says it was

    @property
    def own(self) -> list[Booking]:
        """Return the bookings of this case: a step may open when its act is over."""
        mine = self.step.work.case.id
        return [each for each in self.bookings if each.case_id == mine]

    def named(self, room: Room) -> bool:
        """Say whether a document or a recording of the step names the room."""
        told = [place for _, place in self.papers]
        told += [film.place for film in self.step.films]
        return any(room.name in place for place in told)

    def found(self, kind: str, cites: tuple[str, ...], room: str = "") -> Finding:
        """Return what is wrong, by the clauses that ask for it."""
        return Finding(
            matter=Matter.ROOM,
            cites=tuple(dict.fromkeys((*self.cites, *cites))),
            blocks=True,
            kind=kind,
            room=room,
            start=self.span.start if self.span else None,
            end=self.span.end if self.span else None,
        )


def rooms(step: Step) -> Iterator[Finding]:
    """Yield how a step that takes place in a room did not, or not as is asked.

    Nothing is told of a time that an explanation or a granted waiver accounts for.
    """
    asked = room_rules(step.work.rules)
    here = [
        each for each in step.wanted if not set(each.cites).isdisjoint(asked.held.cites)
    ]
    if not here:
        return
    cites = tuple(c for c in asked.held.cites if any(c in r.cites for r in here))
    act = _read(step, asked, cites)
    found = list(_booked(act) if asked.approval else _there(act))
    if found and act.span is not None:
        whole = Incoherence(kind=Mismatch.GAP, start=act.span.start, end=act.span.end)
        if not all(unsettled(step, each.key, [whole]) for each in here):
            return
    yield from found


def _there(act: _Act) -> Iterator[Finding]:
    """Yield that no room is named or booked, or that another case had it then."""
    named = [room for room in act.rooms if act.named(room)]
    if any(_covers(act, [each]) for each in act.own):
        return
    if not named:
        yield act.found("no_room", ())
        return
    for room in named:
        for other in act.bookings:
            if other.room_id != room.id or other.case_id == act.step.work.case.id:
                continue
            theirs = TimeSpan(start=other.starts_at, end=other.ends_at)
            if act.span is not None and overlapping(act.span, theirs):
                yield act.found("room_in_use", (), room.name)
                return


def _booked(act: _Act) -> Iterator[Finding]:
    """Yield what fails of applying, leave, equipment and the name in the record."""
    by_room = [
        (room, own)
        for room in act.rooms
        if (own := [each for each in act.own if each.room_id == room.id])
        and _covers(act, own)
    ]
    if not by_room:
        yield act.found("not_booked", act.asked.approval.cites)
        return
    room, own = next((pair for pair in by_room if act.named(pair[0])), by_room[0])
    if not _covers(act, [each for each in own if _in_time(act, each)]):
        yield act.found("not_approved", act.asked.approval.cites, room.name)
    papers = [place for code, place in act.papers if code == INTERVIEW_RECORD]
    if act.asked.named and papers and not any(room.name in p for p in papers):
        yield act.found("not_named", act.asked.named.cites, room.name)
    if act.asked.equipment and (wrong := _equipment(act, room)):
        yield act.found(wrong, act.asked.equipment.cites, room.name)


def _covers(act: _Act, bookings: Sequence[Booking]) -> bool:
    """Say whether the room was kept for the case from its first minute to its last."""
    if act.span is None:
        return bool(bookings)
    return covers(
        act.span, [TimeSpan(start=b.starts_at, end=b.ends_at) for b in bookings]
    )


def _in_time(act: _Act, booking: Booking) -> bool:
    """Say whether leave was given before the use began (经批准方可使用)."""
    if booking.status is not BookingStatus.CONFIRMED or booking.decided_at is None:
        return False
    began = max(booking.starts_at, act.span.start) if act.span else booking.starts_at
    return _minute(booking.decided_at) <= began


def _equipment(act: _Act, room: Room) -> str:
    """Say what is wrong with the check of the room before this use; empty: nothing."""
    if act.span is None:
        return ""
    session, begun = act.step.work.tx.session, act.span.start
    last = session.scalar(
        select(RoomCheck)
        .where(RoomCheck.room_id == room.id, RoomCheck.checked_at < begun + MINUTE)
        .order_by(RoomCheck.checked_at.desc())
        .limit(1)
    )
    earlier = session.scalar(
        select(func.max(Booking.ends_at)).where(
            Booking.room_id == room.id,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.ends_at <= begun,
        )
    )
    if last is None or (earlier is not None and last.checked_at < earlier):
        return "room_not_checked"
    if last.faults:
        return "room_faulty"
    missing = set(act.asked.checklist) - set(last.passed)
    return "room_incomplete" if missing else ""


def _read(step: Step, asked: RoomRules, cites: tuple[str, ...]) -> _Act:
    """Read where and when the step took place, and who had which room."""
    work = step.work
    span = _span(step)
    until = span.end if span else work.tx.now
    at_that_time = and_(
        Booking.starts_at < until, Booking.ends_at > (span.start if span else until)
    )
    kept = and_(
        Booking.room_id == Room.id,
        Booking.status.in_(STANDING),
        or_(Booking.case_id == work.case.id, at_that_time),
    )
    found = work.tx.session.execute(
        select(Room, Booking)
        .outerjoin(Booking, kept)
        .where(Room.agency_id == work.case.agency_id)
        .order_by(Room.id, Booking.starts_at)
    ).all()
    in_use = {
        room.id: room
        for room, _ in found
        if room.kind in asked.kinds
        and (room.withdrawn_at is None or room.withdrawn_at >= until)
    }
    bookings = [
        booking
        for _, booking in found
        if booking is not None
        and (booking.case_id == work.case.id or booking.room_id in in_use)
    ]
    papers = [
        (code, str(fields[name]))
        for code, fields in step.papers
        for name in PLACES
        if fields.get(name)
    ]
    return _Act(step, asked, cites, span, list(in_use.values()), bookings, papers)


def _span(step: Step) -> TimeSpan | None:
    """Return from when to when the act went on: as written, else as recorded."""
    told = [span for _, span in written(step)] or [film.span for film in step.films]
    if not told:
        return None
    return TimeSpan(
        start=min(each.start for each in told), end=max(each.end for each in told)
    )


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
