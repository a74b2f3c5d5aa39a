"""Rooms (办案场所): the register, the checks, the bookings."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from storage import models
from webapp import acts, seen, venues
from webapp.api import bodies_rooms as bodies
from webapp.api import schemas, schemas_rooms
from webapp.api.resource import gives, resource, takes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs

blueprint = resource("rooms", "Rooms in which steps take place, and their bookings.")


@blueprint.get("/rooms")
@needs()
@gives(schemas_rooms.Rooms)
def list_rooms() -> dict[str, Any]:
    """List the rooms of one's agency, each with its last check."""
    rows = venues.rooms(current_actor().agency_id)
    return {"items": [venues.plain_room(row) for row in rows]}


@blueprint.post("/rooms")
@needs()
@takes(bodies.NewRoom)
@gives(schemas.Result, HTTPStatus.CREATED)
def register_room(body: dict[str, Any]) -> dict[str, Any]:
    """Enter a room into the register."""
    return acts.do("rooms.register", **body)


@blueprint.post("/rooms/<uuid:room_id>/checks")
@needs()
@takes(bodies.RoomCheck)
@gives(schemas.Result, HTTPStatus.CREATED)
def check_room(body: dict[str, Any], room_id: UUID) -> dict[str, Any]:
    """Note what of the equipment is on and in order, before the room is used."""
    return acts.do("rooms.check", room_id=room_id, **body)


@blueprint.post("/rooms/<uuid:room_id>/withdraw")
@needs()
@takes(bodies.Withdrawal)
@gives(schemas.Result)
def withdraw_room(body: dict[str, Any], room_id: UUID) -> dict[str, Any]:
    """Take a room out of use that nobody has booked for later."""
    return acts.do("rooms.withdraw", room_id=room_id, **body)


@blueprint.get("/bookings")
@needs()
@takes(bodies.Period, "query")
@gives(schemas_rooms.Bookings)
def list_bookings(query: dict[str, Any]) -> dict[str, Any]:
    """List who has which room between two moments; of hidden cases only the time."""
    rows = venues.bookings(current_actor(), query["start"], query["end"])
    return {"items": [venues.plain_booking(row) for row in rows]}


@blueprint.post("/tasks/<uuid:task_id>/bookings")
@needs()
@takes(bodies.NewBooking)
@gives(schemas.Result, HTTPStatus.CREATED)
def book_room(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Book a room at a step; of two who want the same time one gets it."""
    seen.part(models.Task, task_id)
    return acts.do("rooms.book", task_id=task_id, **body)


@blueprint.post("/bookings/<uuid:booking_id>/decide")
@needs()
@takes(bodies.BookingDecision)
@gives(schemas.Result)
def decide_booking(body: dict[str, Any], booking_id: UUID) -> dict[str, Any]:
    """Approve or refuse the use of a room, as whom its register names."""
    return acts.do("rooms.decide", booking_id=booking_id, **body)


@blueprint.post("/bookings/<uuid:booking_id>/cancel")
@needs()
@takes(bodies.Withdrawal)
@gives(schemas.Result)
def cancel_booking(body: dict[str, Any], booking_id: UUID) -> dict[str, Any]:
    """Give a booked room back, with the reason."""
    return acts.do("rooms.cancel", booking_id=booking_id, **body)
