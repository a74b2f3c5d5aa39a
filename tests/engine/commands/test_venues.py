"""Steps that take place in a room: what bars them, by whose clauses."""

from __future__ import annotations

import pytest

from engine.commands.room_errors import NotInRoom
from tests.case_file import HOUR
from tests.engine.commands.roomed import book, room, span, under
from tests.engine.commands.test_recordings import ANSWERS, interview

__all__ = ["interview"]
OFFICE = {**ANSWERS, "interview_place": "office"}
ON = ["录音录像设备", "监控设备", "照明设备"]


def held(case, place="第一询问室", film_at=None):
    """Write down and film an interview in the office, of the last half hour."""
    office, began = case.office, case.office.now - HOUR / 2
    signed = [("zhou", "interviewee", "郑启明"), ("zhou", "officer"), ("he", "officer")]
    case.write(
        "zhou",
        "interview",
        "interview_record",
        signed,
        started_at=began.isoformat(),
        ended_at=office.now.isoformat(),
        place_kind="office",
        room=place,
        place="办案区",
    )
    for medium in ("video", "room_video"):
        given = {"started_at": began, "ended_at": office.now}
        case.declare("zhou", "interview", medium, **given, place=film_at or place)


def refusal(case):
    """Return why the interview does not end as it is."""
    with pytest.raises(NotInRoom) as refused:
        case.complete("zhou", "interview", inputs=OFFICE)
    return refused.value


@pytest.mark.clause("pds-2019-16-2b")
def test_pingdingshan_interviews_in_a_room_of_the_register(interview):
    """The record names it; no text asks for a booking, and on site for no room."""
    held(interview)
    nowhere = refusal(interview)
    room(interview.office, name="听证室", kind="hearing")
    of_another_kind = refusal(interview)
    room(interview.office)
    interview.complete("zhou", "interview", inputs=OFFICE)

    assert (nowhere.kind, nowhere.cites) == ("no_room", ["pds-2019-16-2b"])
    assert of_another_kind.kind == "no_room"


def test_a_room_that_another_case_had_is_not_where_it_was(interview):
    """Naming a room is not enough while somebody else had it."""
    office = interview.office
    office.now -= HOUR
    other = office.open_case()
    book(other, room(office), **span(office, 0, 2))
    office.now += HOUR
    held(interview)
    found = refusal(interview)
    given = {"started_at": office.now - HOUR / 2, "ended_at": office.now}
    interview.do("zhou", "times.explain", "interview", **given, reason="对方改期")
    interview.complete("zhou", "interview", inputs=OFFICE)

    assert (found.kind, found.room) == ("room_in_use", "第一询问室")


def test_a_booked_room_need_not_be_named_in_pingdingshan(interview):
    """That it was kept for the case tells as much as its name."""
    office = interview.office
    room_id = room(office)
    office.now -= HOUR / 2
    book(interview, room_id, "interview", **span(office, 0, 1))
    office.now += HOUR / 2
    held(interview, "询问室")

    interview.complete("zhou", "interview", inputs=OFFICE)


@pytest.fixture
def in_qingyuan(interview):
    """Return an interview under Qingyuan's rules, half an hour before it begins."""
    under(interview, "qingyuan")
    return interview


def kept(case, *, approved=True, passed=ON, faults="", end=1):
    """Book the room for the half hour to come, and let that pass."""
    office = case.office
    room_id = room(office)
    booked = book(case, room_id, "interview", **span(office, 0, end))
    if approved:
        office.act("qin", "rooms.decide", booking_id=booked, approved=True)
    if passed is not None:
        given = {"passed": passed, "faults": faults}
        office.act("wang", "rooms.check", room_id=room_id, **given)
    office.now += HOUR / 2


def test_qingyuan_lets_a_booked_approved_and_checked_room_pass(in_qingyuan):
    """Applied for, approved, switched on, and named in the record."""
    kept(in_qingyuan)
    held(in_qingyuan)

    in_qingyuan.complete("zhou", "interview", inputs=OFFICE)


@pytest.mark.clause("qy-xw-3b", "qy-xw-11a", "qy-xw-12", "qy-xw-16b")
@pytest.mark.parametrize(
    ("given", "place", "kind", "clause"),
    [
        ({"end": 0.25}, "第一询问室", "not_booked", "qy-xw-11a"),
        ({"approved": False}, "第一询问室", "not_approved", "qy-xw-11a"),
        ({}, "询问室", "not_named", "qy-xw-16b"),
        ({"passed": None}, "第一询问室", "room_not_checked", "qy-xw-12"),
        ({"passed": ON[1:]}, "第一询问室", "room_incomplete", "qy-xw-12"),
        ({"faults": "无画面"}, "第一询问室", "room_faulty", "qy-xw-12"),
    ],
)
def test_qingyuan_bars_what_fails_of_its_rules(in_qingyuan, given, place, kind, clause):
    """Each by its clause, and an explanation of the time accounts for it."""
    kept(in_qingyuan, **given)
    held(in_qingyuan, place)
    found = refusal(in_qingyuan)
    now = in_qingyuan.office.now
    told = {"started_at": now - HOUR / 2, "ended_at": now, "reason": "临时改用"}
    in_qingyuan.do("zhou", "times.explain", "interview", **told)
    in_qingyuan.complete("zhou", "interview", inputs=OFFICE)

    assert found.kind == kind
    assert {"qy-xw-3b", clause} <= set(found.cites)


def test_a_room_is_checked_after_its_last_use(in_qingyuan):
    """A check before somebody else's use does not tell of this one."""
    office = in_qingyuan.office
    room_id = room(office)
    office.act("wang", "rooms.check", room_id=room_id, passed=ON)
    other = office.open_case()
    book(other, room_id, **span(office, 0, 0.5))
    booked = book(in_qingyuan, room_id, "interview", **span(office, 0.5, 2))
    office.act("qin", "rooms.decide", booking_id=booked, approved=True)
    office.now += HOUR
    held(in_qingyuan)
    unchecked = refusal(in_qingyuan)

    assert unchecked.kind == "room_not_checked"


@pytest.mark.clause("sh-m-2-2-3b")
def test_shanghai_takes_any_of_its_venues(interview):
    """A meeting room that is registered will do; a monitoring room is none of them."""
    under(interview, "shanghai")
    room(interview.office, name="一号室", kind="monitoring")
    held(interview, "一号室")
    found = refusal(interview)
    room(interview.office, name="号室", kind="meeting")
    interview.complete("zhou", "interview", inputs=OFFICE)

    assert (found.kind, found.cites) == ("no_room", ["sh-m-2-2-3b"])


@pytest.mark.parametrize("issuer", ["dalian_jinpu", "zhanhe"])
def test_where_no_text_asks_for_a_room_none_is_asked_for(interview, issuer):
    """Silence stays silence."""
    under(interview, issuer)
    held(interview, "会客处")

    interview.complete("zhou", "interview", inputs=OFFICE)
