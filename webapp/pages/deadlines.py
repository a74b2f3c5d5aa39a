"""The deadlines of a case: how each was counted, and moving its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.actor import Actor
from engine.commands.deadlines import deduction_posts
from engine.commands.pinned import pinned_to
from engine.errors import CaseError, Invalid
from engine.rules.deadlines import is_overdue
from engine.rules.jurisdiction import Ruleset
from storage.models import Deadline
from storage.queries import case_view
from storage.vocabulary import DeadlineStatus, Post
from webapp import acts, seen
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.database import session
from webapp.errors import problem, status_of
from webapp.pages.people import OVER, wanted

blueprint = Blueprint("deadlines", __name__)

#: The end of a deadline in one of these may be moved.
MOVABLE = frozenset({DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE})


@dataclass(frozen=True)
class Shown:
    """One deadline, and what the reader may do about its end."""

    deadline: Deadline
    most: int  #: how much longer it may still get, in its unit; 0: no limit is given
    extended_by: tuple[str, ...]
    may_extend: bool
    may_deduct: bool
    grounds: tuple[str, ...]


@blueprint.get("/cases/<uuid:case_id>/deadlines")
@needs()
def show(case_id: UUID) -> ResponseReturnValue:
    """Show the deadlines of a case; raises NotFound."""
    return _page(case_id)


@blueprint.post("/deadlines/<uuid:deadline_id>/extension")
@needs()
def extend(deadline_id: UUID) -> ResponseReturnValue:
    """Lengthen a deadline by some of its own units (延长期限)."""

    def lengthen() -> None:
        given = wanted("length", "reason")
        if not given["length"].isdecimal():
            raise Invalid({"length": ["not_integer"]})
        acts.do(
            "deadlines.extend",
            deadline_id=deadline_id,
            length=int(given["length"]),
            reason=given["reason"],
        )

    return _then(deadline_id, lengthen, "deadline_extended")


@blueprint.post("/deadlines/<uuid:deadline_id>/deduction")
@needs()
def deduct(deadline_id: UUID) -> ResponseReturnValue:
    """Leave days out of a deadline (扣除期间)."""

    def leave_out() -> None:
        given = wanted("ground", "first", "last", "reason")
        told = request.form.get("document_id") or None
        acts.do("deadlines.deduct", deadline_id=deadline_id, document_id=told, **given)

    return _then(deadline_id, leave_out, "deadline_deducted")


def _then(deadline_id: UUID, act: Callable[[], None], said: str) -> ResponseReturnValue:
    case_id = seen.part(Deadline, deadline_id).case_id
    try:
        act()
    except CaseError as refusal:
        return _page(case_id, refusal, deadline_id), status_of(refusal)
    flash(said, "done")
    address = url_for("deadlines.show", case_id=case_id, _anchor=f"d-{deadline_id}")
    return redirect(address)


def _page(
    case_id: UUID, refusal: CaseError | None = None, tried: UUID | None = None
) -> str:
    case, actor = seen.case(case_id), current_actor()
    rules = pinned_to(session(), case.requirement_set_id).rules(now())
    rows = [
        shown(each, rules, actor)
        for each in case_view.deadlines(session(), case_id)
        if each.recording_id is None
    ]
    return render_template(
        "cases/deadlines.html",
        case=case,
        parties=case_view.parties(session(), case_id),
        moving=[row for row in rows if row.deadline.status in MOVABLE],
        ended=[row for row in rows if row.deadline.status not in MOVABLE],
        is_open=case.status not in OVER,
        tried=tried,
        **_complaint(refusal),
    )


def shown(deadline: Deadline, rules: Ruleset, actor: Actor) -> Shown:
    """Return a deadline with what *actor* may do about it under *rules*."""
    term = rules.terms.get(deadline.code)
    by = term.extended_by if term is not None else ()
    grounds = term.deducts if term is not None else ()
    so_far = sum(entry["length"] for entry in deadline.extensions)
    most = max(0, term.extends - so_far) if term is not None else 0
    used_up = term is not None and term.extends > 0 and most == 0
    in_time = not is_overdue(deadline.due_at, now())
    return Shown(
        deadline=deadline,
        most=most,
        extended_by=by,
        may_extend=bool(by)
        and in_time
        and not used_up
        and actor.holds(*(Post(post) for post in by)),
        may_deduct=bool(grounds) and actor.holds(*deduction_posts(rules)),
        grounds=grounds,
    )


def _complaint(refusal: CaseError | None) -> dict[str, Any]:
    """Return what a page shows of *refusal*, and what had been entered."""
    return {
        "entered": request.form,
        "errors": refusal.errors if isinstance(refusal, Invalid) else {},
        "problem": problem(refusal) if refusal is not None else None,
    }
