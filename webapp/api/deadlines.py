"""Deadlines (期限)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from storage import models
from webapp import acts, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.permissions import needs

blueprint = resource("deadlines", "Deadlines.")


@blueprint.get("/deadlines/<uuid:deadline_id>")
@needs()
@gives(schemas.Deadline)
def get_deadline(deadline_id: UUID) -> models.Deadline:
    """Return a deadline with the arithmetic that made it."""
    return seen.part(models.Deadline, deadline_id)


@blueprint.post("/deadlines/<uuid:deadline_id>/extend")
@needs()
@takes(bodies.ExtendDeadline)
@gives(schemas.Result)
def extend(body: dict[str, Any], deadline_id: UUID) -> dict[str, Any]:
    """Lengthen a term, where the law allows it."""
    seen.part(models.Deadline, deadline_id)
    return acts.do("deadlines.extend", deadline_id=deadline_id, **body)


@blueprint.post("/deadlines/<uuid:deadline_id>/deduct")
@needs()
@takes(bodies.DeductDays)
@gives(schemas.Result)
def deduct(body: dict[str, Any], deadline_id: UUID) -> dict[str, Any]:
    """Leave days out of a term, where the law excludes them."""
    seen.part(models.Deadline, deadline_id)
    return acts.do("deadlines.deduct", deadline_id=deadline_id, **body)


@blueprint.post("/cases/<uuid:case_id>/facts/correct")
@needs()
@takes(bodies.CorrectFact)
@gives(schemas.Result)
def correct_fact(body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Correct a moment, and count anew every term that runs from it."""
    seen.case(case_id)
    return acts.do("facts.correct", case_id=case_id, **body)
