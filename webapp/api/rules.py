"""Rules (规定): what is required at a step, why, since when, who may waive it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.errors import NotFound
from storage import models
from webapp import coverage, explaining, rulebook, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.permissions import needs
from webapp.clock import now
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
@gives(schemas.StepExplanation)
def get_task_rules(task_id: UUID) -> dict[str, Any]:
    """Return what the rules that the case is pinned to ask at a task, and where it is.

    A demand `holds` if its condition does, and null if that is not known yet; `state`
    is what the gate says of it while the task is live.
    """
    task = seen.part(models.Task, task_id)
    found = explaining.of_task(task, seen.case(task.case_id))
    if found.node.activity is None:
        raise NotFound("activity", task.element)
    return found.plain()


@blueprint.get("/cases/<uuid:case_id>/rules")
@needs()
@takes(bodies.OfStep, location="query")
@gives(schemas.StepExplanation(many=True))
def get_case_rules(query: dict[str, Any], case_id: UUID) -> list[dict[str, Any]]:
    """Return what is asked at the live steps of a case, or at the one called."""
    case = seen.case(case_id)
    return [each.plain() for each in explaining.of_steps(case, query.get("step"))]


@blueprint.get("/clauses/coverage")
@needs()
@gives(schemas.Coverage(many=True))
def get_coverage() -> list[coverage.Covered]:
    """Return how many clauses of each instrument are claimed and proven."""
    return coverage.table()
