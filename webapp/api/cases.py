"""Cases and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storage import models
from storage.queries import case_list
from storage.queries.case_list import Filter
from storage.vocabulary import Capacity
from webapp import acts, seen
from webapp.api import bodies, schemas
from webapp.api.resource import gives, resource, takes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import Part, scope_of
from webapp.database import session
from webapp.paging import links, place_of

#: The role of a party whose identity is sealed.
COMPLAINANT = "complainant"

blueprint = resource("cases", "Cases.")

#: So many events of a case are given at a time.
EVENTS = 500


@blueprint.get("/cases")
@needs()
@takes(bodies.CaseQuery, "query")
@gives(schemas.CasePage)
def list_cases(query: dict[str, Any]) -> dict[str, Any]:
    """List the cases that one may see, newest first."""
    chosen = Filter(
        text=query.get("search", ""),
        status=query.get("status"),
        process=query.get("process"),
        element=query.get("step"),
        overdue=query["overdue"],
    )
    place = place_of(query.get("cursor"), case_list.NEWEST)
    ranges = case_list.ranges_of(session(), scope_of(current_actor()), chosen)
    part = case_list.find_cases(session(), ranges, place=place, limit=query["limit"])
    return {"items": [row.Case for row in part.rows], **links(part)}


@blueprint.post("/cases")
@needs()
@takes(bodies.NewCase)
@gives(schemas.Result, HTTPStatus.CREATED)
def open_case(body: dict[str, Any]) -> dict[str, Any]:
    """Open a case."""
    return acts.do("cases.open", **body)


@blueprint.get("/cases/<uuid:case_id>")
@needs()
@gives(schemas.Case)
def get_case(case_id: UUID) -> models.Case:
    """Return a case."""
    return seen.case(case_id)


@blueprint.get("/cases/<uuid:case_id>/tasks")
@needs()
@gives(schemas.Task(many=True))
def list_tasks(case_id: UUID) -> Sequence[models.Task]:
    """List every step of a case in the order in which they opened."""
    seen.case(case_id)
    task = models.Task
    return (
        session()
        .scalars(
            select(task)
            .where(task.case_id == case_id)
            .order_by(task.opened_at, task.id)
        )
        .all()
    )


@blueprint.get("/cases/<uuid:case_id>/documents")
@needs()
@gives(schemas.Document(many=True))
def list_documents(case_id: UUID) -> Sequence[models.Document]:
    """List the documents of a case, oldest first."""
    return _parts(models.Document, case_id)


@blueprint.get("/cases/<uuid:case_id>/recordings")
@needs()
@gives(schemas.Recording(many=True))
def list_recordings(case_id: UUID) -> Sequence[models.Recording]:
    """List the recordings of a case, oldest first."""
    return _parts(models.Recording, case_id)


@blueprint.get("/cases/<uuid:case_id>/deadlines")
@needs()
@gives(schemas.Deadline(many=True))
def list_deadlines(case_id: UUID) -> Sequence[models.Deadline]:
    """List the deadlines of a case, oldest first."""
    return _parts(models.Deadline, case_id)


@blueprint.get("/cases/<uuid:case_id>/parties")
@needs()
@gives(schemas.Party(many=True))
def list_parties(case_id: UUID) -> Sequence[models.Party]:
    """List the parties to a case; complainants only to its handlers."""
    handler = session().scalar(
        select(models.Assignment.id)
        .where(
            models.Assignment.case_id == case_id,
            models.Assignment.person_id == current_actor().id,
            models.Assignment.capacity == Capacity.HANDLER,
            models.Assignment.until.is_(None),
        )
        .limit(1)
    )
    parties = _parts(models.Party, case_id)
    return [p for p in parties if handler or p.role != COMPLAINANT]


@blueprint.get("/cases/<uuid:case_id>/waivers")
@needs()
@gives(schemas.Waiver(many=True))
def list_waivers(case_id: UUID) -> Sequence[models.Waiver]:
    """List the waivers asked for in a case, oldest first."""
    return _parts(models.Waiver, case_id)


@blueprint.get("/cases/<uuid:case_id>/events")
@needs()
@takes(bodies.EventQuery, "query")
@gives(schemas.Event(many=True))
def list_events(query: dict[str, Any], case_id: UUID) -> Sequence[models.Event]:
    """List the acts in a case in the order of their chain."""
    seen.case(case_id)
    event = models.Event
    return (
        session()
        .scalars(
            select(event)
            .where(event.stream_id == case_id, event.seq > query["after"])
            .order_by(event.seq)
            .limit(EVENTS)
        )
        .all()
    )


def _parts(kind: type[Part], case_id: UUID) -> Sequence[Part]:
    """Return the rows of *kind* that belong to a visible case, oldest first."""
    seen.case(case_id)
    query = select(kind).where(kind.case_id == case_id).order_by(kind.id)
    return session().scalars(query).all()
