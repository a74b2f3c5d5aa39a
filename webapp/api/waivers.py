"""Waivers (豁免): leave to go on without a record."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from storage import models
from storage.queries import waived
from storage.queries.waived import Filter
from webapp import acts, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import SUPERVISORS, scope_of
from webapp.database import session
from webapp.paging import links, place_of

blueprint = resource("waivers", "Waivers.")


@blueprint.post("/waivers")
@needs()
@takes(bodies.RequestWaiver)
@gives(schemas.Result, HTTPStatus.CREATED)
def request_waiver(body: dict[str, Any]) -> dict[str, Any]:
    """Ask to go on without a record, on a ground that the authority's rules name."""
    seen.part(models.Task, body["task_id"])
    return acts.do("gates.request_waiver", **body)


@blueprint.get("/waivers")
@needs(*SUPERVISORS)
@takes(bodies.WaiverQuery, "query")
@gives(schemas.WaiverPage)
def list_waivers(query: dict[str, Any]) -> dict[str, Any]:
    """List what cases did without, newest first, for those who supervise.

    Unless asked otherwise: where the rules name nobody who would have to agree.
    """
    chosen = Filter(
        which=query["which"],
        ground=query.get("ground"),
        unit_id=query.get("unit_id"),
        since=query.get("since"),
        until=query.get("until"),
    )
    part = waived.find(
        session(),
        scope_of(current_actor()),
        chosen,
        place=place_of(query.get("cursor"), waived.NEWEST),
        limit=query["limit"],
    )
    return {"items": [row.Waiver for row in part.rows], **links(part)}


@blueprint.get("/waivers/<uuid:waiver_id>")
@needs()
@gives(schemas.Waiver)
def get_waiver(waiver_id: UUID) -> models.Waiver:
    """Return a waiver."""
    return seen.part(models.Waiver, waiver_id)


@blueprint.post("/waivers/<uuid:waiver_id>/decide")
@needs()
@takes(bodies.DecideWaiver)
@gives(schemas.Result)
def decide_waiver(body: dict[str, Any], waiver_id: UUID) -> dict[str, Any]:
    """Grant or refuse a waiver."""
    seen.part(models.Waiver, waiver_id)
    return acts.do("gates.decide_waiver", waiver_id=waiver_id, **body)
