"""Rooms: who keeps them, and who gets them when."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from engine.commands.errors import BadMoment, NotAllowed
from engine.commands.room_errors import (
    NoApproverNamed,
    NoticeTooShort,
    NotOfTheRoom,
    RoomStillBooked,
    RoomTaken,
    RoomWithdrawn,
)
from engine.errors import IllegalTransition, Invalid, NotFound
from storage.models import Agency, Booking, Room
from storage.vocabulary import BookingStatus
from tests.case_file import HOUR
from tests.engine.commands.roomed import book, room, span, under
from tests.engine.commands.test_races import at_once
from tests.factories import MINUTE

ON = ["录音录像设备", "监控设备", "照明设备"]


def of_issuer(office, issuer):
    """Let the office be another authority's."""
    with office.transaction() as tx:
        tx.session.get_one(Agency, office.agency_id).issuer = issuer


# ── The register


def test_only_the_keepers_of_the_register_enter_rooms(office):
    """An officer enters none; a name in use is taken, a withdrawn one is free."""
    with pytest.raises(NotAllowed):
        office.act("zhou", "rooms.register", name="听证室", kind="hearing")
    first = room(office)
    with pytest.raises(Invalid) as twice:
        room(office, name=" 第一询问室 ")
    office.act("wang", "rooms.withdraw", room_id=first, reason="改作他用")
    room(office)

    assert twice.value.errors == {"name": ["taken"]}


def test_strangers_keep_no_room(office):
    """Keepers and approver are people of the agency."""
    for wrong in ({"keepers": [UUID(int=7)]}, {"approver_id": UUID(int=7)}):
        with pytest.raises(Invalid) as refused:
            room(office, **wrong)

        assert refused.value.errors == {next(iter(wrong)): ["unknown_person"]}


@pytest.mark.clause("qy-xw-4b", "qy-xw-11a")
def test_qingyuan_names_a_keeper_and_who_gives_leave(office):
    """One keeper at least, and an approver, since the text names none."""
    of_issuer(office, "qingyuan")
    with pytest.raises(Invalid) as nobody:
        room(office, keepers=[])
    with pytest.raises(Invalid) as unapproved:
        room(office, approver_id=None)
    room(office)

    assert nobody.value.errors == {"keepers": [{"code": "too_few", "min": 1}]}
    assert unapproved.value.errors == {"approver_id": ["required"]}


def test_elsewhere_nobody_need_be_named(office):
    """Pingdingshan asks for neither keeper nor approver of a room."""
    assert room(office, keepers=[], approver_id=None)


@pytest.mark.clause("qy-xw-12")
def test_qingyuan_has_the_staff_of_the_room_switch_it_on(office):
    """Elsewhere anybody notes what is on; a withdrawn room is not checked."""
    room_id = room(office)
    office.act("zhou", "rooms.check", room_id=room_id)
    of_issuer(office, "qingyuan")
    with pytest.raises(NotOfTheRoom) as refused:
        office.act("zhou", "rooms.check", room_id=room_id, passed=ON)
    office.act("wang", "rooms.check", room_id=room_id, passed=ON)
    office.act("wang", "rooms.withdraw", room_id=room_id, reason="改作他用")
    with pytest.raises(RoomWithdrawn):
        office.act("wang", "rooms.check", room_id=room_id, passed=ON)

    assert refused.value.people == "王芳"


def test_a_booked_room_is_not_taken_out_of_use(office):
    """What is booked for later is cancelled first."""
    case, room_id = office.open_case(), room(office)
    booking = book(case, room_id)
    with pytest.raises(RoomStillBooked) as refused:
        office.act("wang", "rooms.withdraw", room_id=room_id, reason="检修")
    office.act("zhou", "rooms.cancel", booking_id=booking, reason="改期")
    office.act("wang", "rooms.withdraw", room_id=room_id, reason="检修")
    with pytest.raises(RoomWithdrawn):
        book(case, room_id)

    assert refused.value.bookings == 1
    with office.reading() as session:
        assert session.get_one(Room, UUID(room_id)).withdrawn_for == "检修"


# ── Bookings


def test_a_time_is_booked_once(office):
    """A part of it is as good as the whole; what only touches is free."""
    case, room_id = office.open_case(), room(office)
    book(case, room_id, **span(office, 2, 4))
    for taken in (span(office, 1, 3), span(office, 3, 5), span(office, 2.5, 3)):
        with pytest.raises(RoomTaken):
            book(case, room_id, **taken)
    book(case, room_id, **span(office, 1, 2))
    book(case, room_id, **span(office, 4, 5))
    book(case, room(office, name="第二询问室"), **span(office, 2, 4))

    assert [each.status for each in bookings(office)] == [BookingStatus.CONFIRMED] * 4


def bookings(office):
    """Return every booking."""
    with office.reading() as session:
        return session.query(Booking).order_by(Booking.starts_at).all()


def test_of_two_cases_one_gets_the_room(either_office):
    """Under a race of overlapping times too, on either database."""
    office = either_office
    room_id = room(office)
    cases = [office.open_case() for _ in range(4)]
    wants = [
        (lambda case=case, at=at: book(case, room_id, **span(office, at, at + 2)))
        for case, at in zip(cases, (1, 1.5, 2, 2.5), strict=True)
    ]
    results = at_once(wants)

    assert sum(isinstance(each, RoomTaken) for each in results) == 3
    assert len(bookings(office)) == 1


def test_nobody_books_the_past_or_backwards(office):
    """A booking begins now or later, ends after it began, and says what for."""
    case, room_id = office.open_case(), room(office)
    with pytest.raises(BadMoment):
        book(case, room_id, starts_at=office.now - 2 * MINUTE)
    with pytest.raises(Invalid) as backwards:
        book(case, room_id, ends_at=office.now + HOUR)
    with pytest.raises(Invalid) as idle:
        book(case, room_id, purpose=" ")
    with pytest.raises(NotFound):
        book(case, UUID(int=7))
    with pytest.raises(BadMoment):
        book(case, room_id, ends_at=datetime.max.replace(tzinfo=UTC))
    book(case, room_id, starts_at=office.now)

    assert backwards.value.errors == {"ends_at": ["after"]}
    assert idle.value.errors == {"purpose": ["required"]}


@pytest.mark.clause("pds-2019-10a")
def test_the_monitoring_room_is_booked_two_hours_ahead(office):
    """Later only with a reason, and marked; in Qingyuan no text asks for hours."""
    case = office.open_case()
    monitoring = room(office, name="执法监控室", kind="monitoring")
    with pytest.raises(NoticeTooShort) as late:
        book(case, monitoring, **span(office, 1.9, 3))
    book(case, monitoring, **span(office, 1.9, 3), late_for="当事人即将离开")
    book(case, monitoring, **span(office, 3, 4), late_for="不需要")
    book(case, room(office))
    told = {each.starts_at: each.late_for for each in bookings(office)}
    under(case, "qingyuan")
    book(case, monitoring, **span(office, 0, 1))

    assert late.value.hours == 2
    assert late.value.earliest == office.now + 2 * HOUR
    assert late.value.cites == ["pds-2019-10a"]
    assert told == {
        office.now + 1.9 * HOUR: "当事人即将离开",
        office.now + 3 * HOUR: None,
        office.now + HOUR: None,
    }


@pytest.mark.clause("qy-xw-11a")
def test_qingyuan_gives_leave_before_a_room_is_used(office):
    """Whom the register names decides, once, and never on a booking of their own."""
    case = office.open_case()
    under(case, "qingyuan")
    room_id = room(office)
    booking = {"booking_id": book(case, room_id)}
    with pytest.raises(RoomTaken):  # it is held while leave is asked
        book(case, room_id)
    with pytest.raises(NotOfTheRoom):
        office.act("fang", "rooms.decide", **booking, approved=True)
    with pytest.raises(Invalid):
        office.act("qin", "rooms.decide", **booking, approved=False)
    office.act("qin", "rooms.decide", **booking, approved=False, reason="设备检修")
    with pytest.raises(IllegalTransition):
        office.act("qin", "rooms.decide", **booking, approved=True)
    again = {"booking_id": book(case, room_id)}  # a refused one holds nothing
    office.act("qin", "rooms.decide", **again, approved=True)
    own = room(office, name="第二询问室", approver_id=office.people["zhou"])
    mine = {"booking_id": book(case, own)}
    with pytest.raises(NotOfTheRoom):
        office.act("zhou", "rooms.decide", **mine, approved=True)

    assert [each.status.value for each in bookings(office)] == [
        "refused",
        "confirmed",
        "requested",
    ]


def test_without_an_approver_nobody_can_give_leave(office):
    """A room registered under rules that asked for none is not booked in Qingyuan."""
    case = office.open_case()
    room_id = room(office, approver_id=None)
    under(case, "qingyuan")
    with pytest.raises(NoApproverNamed) as refused:
        book(case, room_id)

    assert refused.value.cites == ["qy-xw-11a"]


def test_a_booking_is_given_back_by_those_concerned(office):
    """Who booked or keeps the register, with a reason, and before the time is over."""
    case, room_id = office.open_case(), room(office)
    first = {"booking_id": book(case, room_id)}
    with pytest.raises(NotAllowed):
        office.act("fang", "rooms.cancel", **first, reason="改期")
    with pytest.raises(Invalid):
        office.act("zhou", "rooms.cancel", **first, reason=" ")
    office.act("wang", "rooms.cancel", **first, reason="检修")
    with pytest.raises(IllegalTransition):
        office.act("zhou", "rooms.cancel", **first, reason="改期")
    later = {"booking_id": book(case, room_id)}
    office.now += 3 * HOUR
    with pytest.raises(BadMoment):
        office.act("zhou", "rooms.cancel", **later, reason="改期")


def test_a_room_of_an_ended_case_is_given_back(office):
    """A case that is terminated keeps nobody else out."""
    case, room_id = office.open_case(), room(office)
    booking = book(case, room_id)
    office.act("fang", "cases.terminate", case_id=case.id, reason="撤案")
    office.act("wang", "rooms.cancel", booking_id=booking, reason="撤案")

    assert bookings(office)[0].status is BookingStatus.CANCELLED
