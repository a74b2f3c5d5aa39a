"""The register of devices: enter one, check one before it is used."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import CaseError, Invalid
from engine.rules.agreement import agreement
from engine.rules.posts import Reserved
from storage.models import Agency
from storage.queries import desk as queries
from storage.queries import registers
from storage.vocabulary import DeviceKind
from webapp import acts, paging, rulebook
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.database import session
from webapp.deciding import may, named
from webapp.errors import problem, status_of
from webapp.i18n import ZONE
from webapp.pages.answers import instant
from webapp.pages.people import wanted

blueprint = Blueprint("equipment", __name__, url_prefix="/devices")


@blueprint.get("")
@needs()
def index() -> ResponseReturnValue:
    """Show the devices of the agency, with what their last check found."""
    return _page()


@blueprint.post("")
@needs()
def register() -> ResponseReturnValue:
    """Enter a device into the register."""
    try:
        given = wanted("number", "kind")
        if given["kind"] not in frozenset(DeviceKind):
            raise Invalid({"kind": ["not_a_choice"]})
        holder = request.form.get("holder_id")
        acts.do(
            "devices.register",
            number=given["number"],
            kind=DeviceKind(given["kind"]),
            holder_id=UUID(holder) if holder else None,
        )
    except CaseError as refusal:
        return _page(refusal), status_of(refusal)
    flash("device_registered", "done")
    return redirect(url_for("equipment.index"))


@blueprint.post("/<uuid:device_id>/checks")
@needs()
def check(device_id: UUID) -> ResponseReturnValue:
    """Note a check before use, and what the device's clock shows."""
    try:
        acts.do(
            "devices.check",
            device_id=device_id,
            shown_at=instant(request.form.get("shown_at", ""), "shown_at"),
            passed=request.form.getlist("passed"),
            faults=request.form.get("faults", ""),
        )
    except CaseError as refusal:
        return _page(refusal), status_of(refusal)
    flash("device_checked", "done")
    return redirect(url_for("equipment.index"))


def _page(refusal: CaseError | None = None) -> str:
    actor = current_actor()
    agency = session().get_one(Agency, actor.agency_id)
    today = now().astimezone(ZONE).date()
    asked = agreement(rulebook.rules_of(agency.issuer, today), None)
    people = queries.people_of(session(), actor.agency_id)
    return render_template(
        "equipment/devices.html",
        part=registers.devices(
            session(), actor.agency_id, place=paging.asked(registers.BY_NUMBER)
        ),
        checklist=asked.checklist,
        cites=asked.device_check.cites,
        people=people,
        names={person.id: person.name for person in people},
        kinds=list(DeviceKind),
        may_register=may(Reserved.DEVICE),
        registrars=named(Reserved.DEVICE).posts,
        errors=refusal.errors if isinstance(refusal, Invalid) else {},
        problem=problem(refusal) if refusal is not None else None,
    )
