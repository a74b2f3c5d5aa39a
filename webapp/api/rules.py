"""Rules (规定): what is required at a step, why, since when, who may waive it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.commands.pinned import pinned_to
from engine.errors import NotFound
from storage import models
from webapp import coverage, rulebook, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.database import session
from webapp.i18n import ZONE

blueprint = resource("rules", "What the authorities ask, and by which clauses.")


@blueprint.get("/rules/<activity>")
@needs()
@takes(bodies.OnDay, location="query")
@gives(schemas.Explained)
def get_rules(query: dict[str, Any], activity: str) -> dict[str, Any]:
    """Return what every authority asks at an activity on a day."""
    rulebook.require_activity(activity)
    on = query.get("on") or now().astimezone(ZONE).date()
    return {
        "activity": activity,
        "authorities": [
            rulebook.explanation(rulebook.rules_of(issuer, on), activity)
            for issuer in rulebook.issuers()
        ],
    }


@blueprint.get("/tasks/<uuid:task_id>/rules")
@needs()
@gives(schemas.Explanation)
def get_task_rules(task_id: UUID) -> dict[str, Any]:
    """Return what the rules that the case is pinned to ask at a task."""
    task = seen.part(models.Task, task_id)
    case = seen.case(task.case_id)
    pinned = pinned_to(session(), case.requirement_set_id)
    activity = pinned.bundle.node(task.process, task.element).activity
    if activity is None:
        raise NotFound("activity", task.element)
    return rulebook.explanation(pinned.rules(task.opened_at), activity)


@blueprint.get("/clauses/coverage")
@needs()
@gives(schemas.Coverage(many=True))
def get_coverage() -> list[coverage.Covered]:
    """Return how many clauses of each instrument are claimed and proven."""
    return coverage.table()
