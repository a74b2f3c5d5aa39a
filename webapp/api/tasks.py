"""Steps of cases: the worklist, the gate, and what one does with a step."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from storage import models
from webapp import acts, seen, worklist
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.database import session
from webapp.paging import links, place_of

blueprint = resource("tasks", "Steps of cases.")


@blueprint.get("/tasks")
@needs()
@takes(bodies.TaskQuery, "query")
@gives(schemas.TaskPage)
def list_tasks(query: dict[str, Any]) -> dict[str, Any]:
    """List one's own steps, those one may claim, or those one has done."""
    box = query["box"]
    part = worklist.part_of(
        session(),
        current_actor(),
        box,
        place=place_of(query.get("cursor"), worklist.order_of(box)),
        limit=query["limit"],
    )
    return {"items": [row.Task for row in part.rows], **links(part)}


@blueprint.get("/tasks/<uuid:task_id>")
@needs()
@gives(schemas.TaskWithGate)
def get_task(task_id: UUID) -> dict[str, Any]:
    """Return a step with the records that the law asks for at it."""
    task = seen.part(models.Task, task_id)
    return {"task": task, **seen.gate(task)}


@blueprint.post("/tasks/<uuid:task_id>/claim")
@needs()
@takes(bodies.ClaimTask)
@gives(schemas.Result)
def claim(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Take a step on (签收)."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.claim", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/release")
@needs()
@takes(bodies.ReleaseTask)
@gives(schemas.Result)
def release(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Give a step back (退领)."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.release", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/reassign")
@needs()
@takes(bodies.ReassignTask)
@gives(schemas.Result)
def reassign(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Pass a step on to somebody else (转办)."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.reassign", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/complete")
@needs()
@takes(bodies.CompleteTask)
@gives(schemas.Result)
def complete(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Complete a step; refused with the same lines while its gate is closed."""
    seen.part(models.Task, task_id)
    return acts.do("tasks.complete", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/judgements")
@needs()
@takes(bodies.Judge)
@gives(schemas.Result, HTTPStatus.CREATED)
def judge(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Answer whether a conditional record is necessary here (必要时)."""
    seen.part(models.Task, task_id)
    return acts.do("gates.judge", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/documents")
@needs()
@takes(bodies.DraftDocument)
@gives(schemas.Result, HTTPStatus.CREATED)
def draft_document(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Begin a document of this step."""
    seen.part(models.Task, task_id)
    return acts.do("documents.draft", task_id=task_id, **body)


@blueprint.post("/tasks/<uuid:task_id>/recordings")
@needs()
@takes(bodies.DeclareRecording)
@gives(schemas.Result, HTTPStatus.CREATED)
def declare_recording(body: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Declare a recording that was made at this step."""
    seen.part(models.Task, task_id)
    return acts.do("recordings.declare", task_id=task_id, **body)
