"""Deadlines (期限)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.commands.pinned import calendar_now, pinned_to
from storage import models
from storage.queries.running_out import SOONEST
from webapp import acts, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import scope_of
from webapp.clock import now
from webapp.counting import account_of
from webapp.database import session
from webapp.duelist import due_within
from webapp.paging import links, place_of

blueprint = resource("deadlines", "Deadlines.")


@blueprint.get("/deadlines")
@needs()
@takes(bodies.DueQuery, "query")
@gives(schemas.DuePage)
def list_due(query: dict[str, Any]) -> dict[str, Any]:
    """List what is overdue or ends within some days, the first to end first."""
    part = due_within(
        session(),
        scope_of(current_actor()),
        query["days"],
        place=place_of(query.get("cursor"), SOONEST),
        limit=query["limit"],
    )
    rows = [
        {
            "deadline": row.deadline,
            "case_number": row.case.number,
            "unit": row.unit,
            "group": row.group,
        }
        for row in part.rows
    ]
    return {"items": rows, **links(part)}


@blueprint.get("/deadlines/<uuid:deadline_id>/account")
@needs()
@gives(schemas.CountedDays(many=True))
def get_account(deadline_id: UUID) -> list[dict[str, Any]]:
    """Return how a deadline was counted: runs of days, and why each counts or not.

    Empty for a term in hours or seconds, and while it stands still.
    """
    deadline = seen.part(models.Deadline, deadline_id)
    case = seen.case(deadline.case_id)
    rules = pinned_to(session(), case.requirement_set_id).rules(now())
    account = account_of(deadline, rules, calendar_now(session().connection()))
    return [
        {
            "first": run.first,
            "last": run.last,
            "kind": run.kind.value,
            "from_number": run.numbers[0] if run.numbers else None,
            "to_number": run.numbers[1] if run.numbers else None,
            "extension": run.part,
            "name": run.name,
        }
        for run in account.runs
    ]


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
