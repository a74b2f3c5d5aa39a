"""Who acts in a case: naming people, challenges to them, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands.deciding import on_challenge
from engine.commands.pinned import Pinned, pinned_to
from engine.commands.standing import standing_in
from engine.errors import CaseError, Invalid
from engine.rules.posts import Reserved
from storage.models import Case, Recusal
from storage.queries import case_view, desk
from storage.transaction import Transaction
from storage.vocabulary import Capacity, CaseStatus, Post, RecusalStatus
from webapp import acts, seen
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.database import session
from webapp.deciding import may
from webapp.errors import problem, status_of

blueprint = Blueprint("people", __name__, url_prefix="/cases/<uuid:case_id>/people")

#: In a case of these nobody is named or challenged any more.
OVER = frozenset({CaseStatus.ARCHIVED, CaseStatus.TERMINATED, CaseStatus.SUSPENDED})


@blueprint.get("")
@needs()
def show(case_id: UUID) -> ResponseReturnValue:
    """Show who acts in a case, with the challenges; raises NotFound."""
    return _page(case_id)


@blueprint.post("/assignments")
@needs()
def assign(case_id: UUID) -> ResponseReturnValue:
    """Give a capacity to people, in place of who was named to it before."""

    def name() -> None:
        given = wanted("capacity", "reason")
        people = request.form.getlist("people")
        if not people:
            raise Invalid({"people": ["required"]})
        acts.do(
            "assignments.assign",
            case_id=case_id,
            person_ids=people,
            version=version(),
            **given,
        )

    return _then(case_id, name, "capacity_assigned")


@blueprint.post("/recusals")
@needs()
def challenge(case_id: UUID) -> ResponseReturnValue:
    """Record a challenge to somebody's part in the case (申请回避)."""

    def ask() -> None:
        given = wanted("person_id", "applicant", "ground")
        acts.do("recusals.challenge", case_id=case_id, **given)

    return _then(case_id, ask, "recusal_requested")


@blueprint.post("/recusals/<uuid:recusal_id>")
@needs()
def decide(case_id: UUID, recusal_id: UUID) -> ResponseReturnValue:
    """Grant or refuse a challenge, and name who takes over (决定回避)."""
    seen.part(Recusal, recusal_id)

    def settle() -> None:
        given = wanted("granted", "reason")
        granted = given["granted"] == "yes"
        acts.do(
            "recusals.decide",
            recusal_id=recusal_id,
            granted=granted,
            reason=given["reason"],
            replacement=(request.form.get("replacement") or None) if granted else None,
        )

    return _then(case_id, settle, "recusal_decided")


def wanted(*names: str) -> dict[str, str]:
    """Return fields of the submitted form; raises Invalid for those left empty."""
    given = {name: request.form.get(name, "").strip() for name in names}
    empty = {name: ["required"] for name, text in given.items() if not text}
    if empty:
        raise Invalid(empty)
    return given


def version() -> int | None:
    """Return which version of the thing the submitted form showed."""
    return request.form.get("version", type=int)


def _then(case_id: UUID, act: Callable[[], None], said: str) -> ResponseReturnValue:
    seen.case(case_id)
    try:
        act()
    except CaseError as refusal:
        return _page(case_id, refusal), status_of(refusal)
    flash(said, "done")
    return redirect(url_for("people.show", case_id=case_id))


def _page(case_id: UUID, refusal: CaseError | None = None) -> str:
    case, actor = seen.case(case_id), current_actor()
    pinned = pinned_to(session(), case.requirement_set_id)
    recusals = case_view.recusals(session(), case_id)
    gone = {
        row.Recusal.person_id
        for row in recusals
        if row.Recusal.status is RecusalStatus.GRANTED
    }
    people = [
        person
        for person in desk.people_of(session(), case.agency_id)
        if person.id not in gone
    ]
    inside = _inside(case_id)
    return render_template(
        "cases/people.html",
        case=case,
        parties=case_view.parties(session(), case_id),
        holders=_holders(case_id),
        recusals=recusals,
        names=desk.names_of(session(), _mentioned(recusals)),
        people=people,
        involved=[person for person in people if person.id in inside],
        others=[person for person in people if person.id not in inside],
        capacities=_capacities(pinned),
        is_open=case.status not in OVER,
        may_name=may(Reserved.ASSIGNMENT, case),
        may_decide=decidable(case, [row.Recusal for row in recusals]),
        me_id=actor.id,
        entered=request.form,
        errors=refusal.errors if isinstance(refusal, Invalid) else {},
        problem=problem(refusal) if refusal is not None else None,
    )


def decidable(case: Case, recusals: Iterable[Recusal]) -> set[UUID]:
    """Return which open challenges of a case the reader may decide on."""
    open_ = [row for row in recusals if row.status is RecusalStatus.REQUESTED]
    if not open_:
        return set()
    me, held = current_actor().id, standing_in(Transaction(session(), now()), case.id)
    return {
        row.id
        for row in open_
        if row.person_id != me
        and may(on_challenge(session(), held, row.person_id), case)
    }


def _holders(case_id: UUID) -> dict[Capacity, list[Any]]:
    """Return who holds each capacity now, everybody once."""
    found: dict[Capacity, list[Any]] = {}
    for row in case_view.officers(session(), case_id):
        rows = found.setdefault(row.Assignment.capacity, [])
        if all(each.Person.id != row.Person.id for each in rows):
            rows.append(row)
    return {capacity: found[capacity] for capacity in Capacity if capacity in found}


def _inside(case_id: UUID) -> set[UUID]:
    """Return who has a part in the case: by a capacity or by a step."""
    inside = {row.Person.id for row in case_view.officers(session(), case_id)}
    for row in case_view.tasks(session(), case_id):
        if row.Task.assignee_id is not None:
            inside.add(row.Task.assignee_id)
    return inside


def _mentioned(recusals: Sequence[Any]) -> set[UUID]:
    rows = [row.Recusal for row in recusals]
    return {
        each
        for row in rows
        for each in (row.requested_by_id, row.decided_by_id)
        if each is not None
    }


def _capacities(pinned: Pinned) -> Mapping[Capacity, tuple[Post, ...]]:
    """Return the capacities of the case's diagrams, each with the posts it needs."""
    drawn = {
        node.capacity
        for model in pinned.bundle.models.values()
        for node in model.nodes.values()
    }
    rules = pinned.rules(now())
    return {each: rules.posts(each) for each in Capacity if each in drawn}
