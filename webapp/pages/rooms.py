"""The register of rooms (场所), and who has them by day and by week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands.rooms import STANDING
from engine.errors import CaseError, Invalid
from engine.rules.posts import Reserved
from engine.rules.rooms import notice, room_rules
from storage.models import Agency, Task
from storage.queries import desk as queries
from storage.vocabulary import RoomKind
from webapp import acts, rulebook, seen, venues
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.database import session
from webapp.deciding import may
from webapp.errors import problem, status_of
from webapp.i18n import ZONE
from webapp.pages import step
from webapp.pages.answers import instant
from webapp.pages.people import wanted

blueprint = Blueprint("rooms", __name__)

#: No page is about days further away.
FAR = timedelta(days=36525)
#: How many days each view shows.
VIEWS = {"day": 1, "week": 7}


@blueprint.get("/rooms")
@needs()
def index() -> ResponseReturnValue:
    """Show the rooms of the agency, and who has them in a day or a week."""
    return _page()


@blueprint.post("/rooms")
@needs()
def register() -> ResponseReturnValue:
    """Enter a room into the register."""
    try:
        given = wanted("name", "kind")
        if given["kind"] not in frozenset(RoomKind):
            raise Invalid({"kind": ["not_a_choice"]})
        approver = request.form.get("approver_id")
        acts.do(
            "rooms.register",
            name=given["name"],
            kind=RoomKind(given["kind"]),
            address=request.form.get("address", ""),
            equipment=request.form.get("equipment", "").replace("、", "\n").split("\n"),
            keepers=[UUID(each) for each in request.form.getlist("keepers")],
            approver_id=UUID(approver) if approver else None,
        )
    except CaseError as refusal:
        return _page(refusal), status_of(refusal)
    return _done("room_registered")


@blueprint.post("/rooms/<uuid:room_id>/checks")
@needs()
def check(room_id: UUID) -> ResponseReturnValue:
    """Note that the equipment of a room is on, and what of it is in order."""
    try:
        acts.do(
            "rooms.check",
            room_id=room_id,
            passed=request.form.getlist("passed"),
            faults=request.form.get("faults", ""),
        )
    except CaseError as refusal:
        return _page(refusal), status_of(refusal)
    return _done("room_checked")


@blueprint.post("/rooms/<uuid:room_id>/withdraw")
@needs()
def withdraw(room_id: UUID) -> ResponseReturnValue:
    """Take a room out of use."""
    try:
        reason = request.form.get("reason", "")
        acts.do("rooms.withdraw", room_id=room_id, reason=reason)
    except CaseError as refusal:
        return _page(refusal), status_of(refusal)
    return _done("room_withdrawn")


@blueprint.post("/tasks/<uuid:task_id>/bookings")
@needs()
def book(task_id: UUID) -> ResponseReturnValue:
    """Book a room at a step."""
    seen.part(Task, task_id)
    try:
        given = wanted("room_id", "purpose")
        acts.do(
            "rooms.book",
            task_id=task_id,
            room_id=given["room_id"],
            starts_at=instant(request.form.get("starts_at", ""), "starts_at"),
            ends_at=instant(request.form.get("ends_at", ""), "ends_at"),
            purpose=given["purpose"],
            late_for=request.form.get("late_for", ""),
        )
    except CaseError as refusal:
        shown = step.page(task_id)
        told = problem(refusal)
        return render_template("tasks/show.html", **shown, problem=told), status_of(
            refusal
        )
    flash("room_booked", "done")
    return redirect(url_for("tasks.show", task_id=task_id, _anchor="rooms"))


@blueprint.post("/bookings/<uuid:booking_id>/decide")
@needs()
def decide(booking_id: UUID) -> ResponseReturnValue:
    """Approve or refuse the use of a room."""
    try:
        acts.do(
            "rooms.decide",
            booking_id=booking_id,
            approved=request.form.get("decision") == "approve",
            reason=request.form.get("reason", ""),
        )
    except CaseError as refusal:
        return _page(refusal), status_of(refusal)
    return _done("booking_decided")


@blueprint.post("/bookings/<uuid:booking_id>/cancel")
@needs()
def cancel(booking_id: UUID) -> ResponseReturnValue:
    """Give a booked room back."""
    try:
        reason = request.form.get("reason", "")
        acts.do("rooms.cancel", booking_id=booking_id, reason=reason)
    except CaseError as refusal:
        return _page(refusal), status_of(refusal)
    return _done("booking_cancelled")


def _done(code: str) -> ResponseReturnValue:
    """Say what was done, and show the same days again."""
    flash(code, "done")
    view, day = request.args.get("view"), request.args.get("day")
    return redirect(url_for("rooms.index", view=view, day=day))


def _day(today: date) -> date:
    """Return the day that is asked for; today where it is none, or far away."""
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today
    return asked if abs(asked - today) < FAR else today


def _page(refusal: CaseError | None = None) -> str:
    actor = current_actor()
    today = now().astimezone(ZONE).date()
    view = request.args.get("view", "")
    view = view if view in VIEWS else "week"
    day = _day(today)
    first = day - timedelta(days=day.weekday()) if view == "week" else day
    days = [first + timedelta(days=each) for each in range(VIEWS[view])]
    start = datetime.combine(first, time(), ZONE)
    booked = venues.bookings(actor, start, start + timedelta(days=len(days)))
    agency = session().get_one(Agency, actor.agency_id)
    rules = rulebook.rules_of(agency.issuer, today)
    people = queries.people_of(session(), actor.agency_id)
    return render_template(
        "rooms/index.html",
        rows=venues.rooms(actor.agency_id),
        days=days,
        today=today,
        view=view,
        earlier=first - timedelta(days=len(days)),
        later=first + timedelta(days=len(days)),
        booked=[
            (row, _days(row.Booking.starts_at, row.Booking.ends_at)) for row in booked
        ],
        standing=STANDING,
        asked=room_rules(rules),
        notices={kind: notice(rules, kind) for kind in RoomKind},
        people=people,
        names={person.id: person.name for person in people},
        named={str(person.id): person.name for person in people},
        kinds=list(RoomKind),
        me_id=actor.id,
        now_at=now(),
        may_register=may(Reserved.DEVICE),
        errors=refusal.errors if isinstance(refusal, Invalid) else {},
        problem=problem(refusal) if refusal is not None else None,
    )


def _days(start: datetime, end: datetime) -> tuple[date, date]:
    """Return the first and the last day of which a booking has a part."""
    last = end - timedelta(microseconds=1)
    return start.astimezone(ZONE).date(), last.astimezone(ZONE).date()
