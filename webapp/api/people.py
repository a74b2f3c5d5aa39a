"""People: oneself, who takes which capacity, and challenges to that."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from storage import models
from webapp import acts, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.current import current_person
from webapp.auth.permissions import needs

blueprint = resource("people", "People in cases.")


@blueprint.get("/users/me")
@needs()
@gives(schemas.Person)
def get_me() -> models.Person | None:
    """Return who is signed in."""
    return current_person()


@blueprint.post("/assignments")
@needs()
@takes(bodies.Assign)
@gives(schemas.Result, HTTPStatus.CREATED)
def assign(body: dict[str, Any]) -> dict[str, Any]:
    """Give somebody a capacity in a case."""
    seen.case(body["case_id"])
    return acts.do("assignments.assign", **body)


@blueprint.post("/recusals")
@needs()
@takes(bodies.Challenge)
@gives(schemas.Result, HTTPStatus.CREATED)
def challenge(body: dict[str, Any]) -> dict[str, Any]:
    """Challenge somebody's part in a case (申请回避)."""
    seen.case(body["case_id"])
    return acts.do("recusals.challenge", **body)


@blueprint.post("/recusals/<uuid:recusal_id>/decide")
@needs()
@takes(bodies.DecideRecusal)
@gives(schemas.Result)
def decide_recusal(body: dict[str, Any], recusal_id: UUID) -> dict[str, Any]:
    """Decide on a challenge."""
    seen.part(models.Recusal, recusal_id)
    return acts.do("recusals.decide", recusal_id=recusal_id, **body)
