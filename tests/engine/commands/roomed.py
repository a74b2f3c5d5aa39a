"""Rooms of an office, and how each act on them is prepared for its race."""

from __future__ import annotations

from engine.commands.definitions import newest_set
from storage.models import Case
from tests.case_file import HOUR


def under(case, issuer):
    """Put a case under another authority's rules."""
    with case.office.transaction() as tx:
        row = tx.session.get_one(Case, case.id)
        row.requirement_set_id = newest_set(tx, "penalty", issuer).id


def room(office, **params):
    """Register a room that wang keeps and of whose use qin decides."""
    people = office.people
    given = {"keepers": [people["wang"]], "approver_id": people["qin"]}
    whole = {"name": "第一询问室", "kind": "interview", **given, **params}
    return office.act("wang", "rooms.register", **whole)["room_id"]


def span(office, start=1, end=2):
    """Return from when to when, in hours from now."""
    now = office.now
    return {"starts_at": now + start * HOUR, "ends_at": now + end * HOUR}


def book(case, room_id, element="acceptance", who="zhou", **params):
    """Book a room at a step of *case*."""
    given = {"room_id": room_id, "purpose": "询问", **span(case.office), **params}
    return case.do(who, "rooms.book", element, **given)["booking_id"]


def entering(_office):
    """Return who enters a room into the register, and which."""
    return "wang", {"name": "第一询问室", "kind": "interview", "address": "204"}


def checking(office):
    """Return who checks a room."""
    return "zhou", {"room_id": room(office), "passed": ["照明设备"]}


def withdrawing(office):
    """Return who takes a room out of use."""
    return "wang", {"room_id": room(office), "reason": "改作他用"}


def booking(office, issuer="pingdingshan"):
    """Return who books a room, and for when."""
    case = office.open_case()
    under(case, issuer)
    task = {"task_id": case.task("acceptance").id, "purpose": "询问"}
    return "zhou", {"room_id": room(office), **task, **span(office)}


def deciding(office):
    """Return who gives leave to use a room in Qingyuan."""
    who, params = booking(office, "qingyuan")
    booked = office.act(who, "rooms.book", **params)
    return "qin", {"booking_id": booked["booking_id"], "approved": True}


def cancelling(office):
    """Return who gives a room back."""
    who, params = booking(office)
    booked = office.act(who, "rooms.book", **params)
    return who, {"booking_id": booked["booking_id"], "reason": "改期"}


#: Act → how it is prepared for its race.
ROOMS = {
    "rooms.book": booking,
    "rooms.cancel": cancelling,
    "rooms.check": checking,
    "rooms.decide": deciding,
    "rooms.register": entering,
    "rooms.withdraw": withdrawing,
}


def act_on_rooms(act):
    """Carry out every act on rooms once in a watched office."""
    office = act.office
    first = act("wang", "rooms.register", **entering(office)[1])
    act("zhou", "rooms.check", **first, passed=["照明设备"])
    task = {"task_id": office.open_case().task("acceptance").id, "purpose": "询问"}
    booked = act("zhou", "rooms.book", **first, **task, **span(office))
    given = {"booking_id": booked["booking_id"]}
    act("zhou", "rooms.cancel", **given, reason="改期")
    act("wang", "rooms.withdraw", **first, reason="改作他用")
    case = office.open_case()
    under(case, "qingyuan")
    with_leave = room(office, name="第二询问室")
    task = {"task_id": case.task("acceptance").id, "purpose": "询问"}
    booked = act("zhou", "rooms.book", room_id=with_leave, **task, **span(office))
    act("qin", "rooms.decide", booking_id=booked["booking_id"], approved=True)
