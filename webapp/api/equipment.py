"""Devices (设备), their checks before use, and explanations of times that differ."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from storage import models
from storage.queries import registers as registry
from webapp import acts, registers, seen
from webapp.api import bodies as page_bodies
from webapp.api import bodies_equipment as bodies
from webapp.api import schemas, schemas_equipment
from webapp.api.resource import gives, resource, takes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.database import session
from webapp.paging import links, place_of

blueprint = resource("devices", "Devices that record, and their checks.")


@blueprint.get("/devices")
@needs()
@takes(page_bodies.PageQuery, "query")
@gives(schemas_equipment.Devices)
def list_devices(query: dict[str, Any]) -> dict[str, Any]:
    """List the devices of one's agency by number, each with its last check."""
    place = place_of(query.get("cursor"), registry.BY_NUMBER)
    agency = current_actor().agency_id
    part = registry.devices(session(), agency, place=place, limit=query["limit"])
    rows = [registers.plain_device(row) for row in part.rows]
    return {"items": rows, **links(part)}


@blueprint.post("/devices")
@needs()
@takes(bodies.NewDevice)
@gives(schemas.Result)
def register_device(body: dict[str, Any]) -> dict[str, Any]:
    """Enter a device into the register."""
    return acts.do("devices.register", **body)


@blueprint.post("/devices/<uuid:device_id>/checks")
@needs()
@takes(bodies.DeviceCheck)
@gives(schemas.Result)
def check_device(body: dict[str, Any], device_id: UUID) -> dict[str, Any]:
    """Note a check before use; the clock's difference applies from now on."""
    return acts.do("devices.check", device_id=device_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/explanations")
@needs()
@takes(bodies.ExplainTimes)
@gives(schemas.Result)
def explain_times(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Explain a stretch of which recordings and a written record tell differently."""
    seen.part(models.Task, task_id)
    return acts.do("times.explain", task_id=task_id, **body)
