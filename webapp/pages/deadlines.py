"""The deadlines of a case: how each was counted, and moving its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands.correcting import fact_of
from engine.commands.pinned import calendar_now, pinned_to
from engine.errors import CaseError, Invalid
from engine.rules.calendar import Calendar
from engine.rules.deadlines import is_overdue
from engine.rules.jurisdiction import Ruleset
from engine.rules.posts import Reserved
from storage.models import Case, Deadline
from storage.queries import case_view
from storage.queries.running_out import SOONEST
from storage.vocabulary import DeadlineStatus, DocumentStatus, Post
from webapp import acts, duelist, paging, seen
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import scope_of
from webapp.clock import now
from webapp.counting import Account, account_of, people_told
from webapp.database import session
from webapp.deciding import may
from webapp.duelist import GROUPS
from webapp.errors import problem, status_of
from webapp.i18n import ZONE
from webapp.pages.people import OVER, version, wanted

blueprint = Blueprint("deadlines", __name__)

#: What ends within so many days is listed.
HORIZON = 30

#: A deadline in one of these is not met yet.
UNMET = frozenset(
    {DeadlineStatus.RUNNING, DeadlineStatus.OVERDUE, DeadlineStatus.SUSPENDED}
)


@dataclass(frozen=True)
class Shown:
    """One deadline, and what the reader may do about its end."""

    deadline: Deadline
    most: int  #: how much longer it may still get, in its unit; 0: no limit is given
    extended_by: tuple[str, ...]
    may_extend: bool
    may_deduct: bool
    grounds: tuple[str, ...]
    in_writing: tuple[str, ...]  #: of these, those that need a notice of their own
    account: Account
    fact: tuple[str | None, str] | None  #: subject and fact that it is counted from
    may_correct: bool


@blueprint.get("/cases/<uuid:case_id>/deadlines")
@needs()
def show(case_id: UUID) -> ResponseReturnValue:
    """Show the deadlines of a case; raises NotFound."""
    return _page(case_id)


@blueprint.get("/deadlines")
@needs()
def due() -> ResponseReturnValue:
    """Show what is overdue, runs out today, within three days, and within thirty."""
    scope = scope_of(current_actor())
    place = paging.asked(SOONEST)
    part = duelist.due_within(session(), scope, HORIZON, place=place)
    groups = {n: [row for row in part.rows if row.group == n] for n in GROUPS}
    if part.before is None and part.after is None:
        counts = {name: len(rows) for name, rows in groups.items()}
    else:
        counts = duelist.counts(session(), scope, HORIZON)
    return render_template(
        "deadlines/due.html",
        groups=groups,
        counts=counts,
        count=sum(counts.values()),
        part=part,
        whole=place is None,
    )


@blueprint.post("/deadlines/<uuid:deadline_id>/correction")
@needs()
def correct(deadline_id: UUID) -> ResponseReturnValue:
    """Correct the moment from which a deadline is counted (更正起算时间)."""

    def put_right() -> None:
        given = wanted("value", "reason")
        deadline = seen.part(Deadline, deadline_id)
        found = fact_of(deadline.base_from)
        if found is None:
            raise Invalid({"value": ["unknown_field"]})
        acts.do(
            "facts.correct",
            case_id=deadline.case_id,
            subject=found[0],
            fact=found[1],
            value=_moment(given["value"]),
            reason=given["reason"],
            version=version(),
        )

    return _then(deadline_id, put_right, "fact_corrected")


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
            version=version(),
        )

    return _then(deadline_id, lengthen, "deadline_extended")


@blueprint.post("/deadlines/<uuid:deadline_id>/deduction")
@needs()
def deduct(deadline_id: UUID) -> ResponseReturnValue:
    """Leave days out of a deadline (扣除期间)."""

    def leave_out() -> None:
        given = wanted("ground", "first", "last", "reason")
        told = request.form.get("document_id") or None
        acts.do(
            "deadlines.deduct",
            deadline_id=deadline_id,
            document_id=told,
            version=version(),
            **given,
        )

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
    case = seen.case(case_id)
    rules = pinned_to(session(), case.requirement_set_id).rules(now())
    calendar = calendar_now(session().connection())
    rows = [
        shown(each, case, rules, calendar)
        for each in case_view.deadlines(session(), case_id)
        if each.recording_id is None
    ]
    return render_template(
        "cases/deadlines.html",
        case=case,
        parties=case_view.parties(session(), case_id),
        moving=[row for row in rows if row.deadline.status in UNMET],
        ended=[row for row in rows if row.deadline.status not in UNMET],
        is_open=case.status not in OVER,
        tried=tried,
        papers=[
            paper
            for paper in case_view.documents(session(), case_id)
            if paper.status is DocumentStatus.FINAL
        ],
        names=people_told(row.deadline for row in rows),
        **_complaint(refusal),
    )


def shown(deadline: Deadline, case: Case, rules: Ruleset, calendar: Calendar) -> Shown:
    """Return a deadline with what the reader may do about it under *rules*."""
    term = rules.terms.get(deadline.code)
    by = term.extended_by if term is not None else ()
    grounds = term.deducts if term is not None else ()
    so_far = sum(entry["length"] for entry in deadline.extensions)
    most = max(0, term.extends - so_far) if term is not None else 0
    often = term is not None and 0 < term.extend_times <= len(deadline.extensions)
    used_up = often or (term is not None and term.extends > 0 and most == 0)
    runs = deadline.status is not DeadlineStatus.SUSPENDED
    in_time = runs and not is_overdue(deadline.due_at, now())
    stays = term is not None and (term.fixed or term.locks)
    fact = None if stays else fact_of(deadline.base_from)
    return Shown(
        deadline=deadline,
        most=most,
        extended_by=by,
        may_extend=bool(by)
        and in_time
        and not used_up
        and current_actor().holds(*(Post(post) for post in by)),
        may_deduct=runs and bool(grounds) and may(Reserved.DEDUCTION, case),
        grounds=grounds,
        in_writing=term.in_writing if term is not None else (),
        account=account_of(deadline, rules, calendar),
        fact=fact,
        may_correct=fact is not None and may(Reserved.CORRECTION, case),
    )


def _complaint(refusal: CaseError | None) -> dict[str, Any]:
    """Return what a page shows of *refusal*, and what had been entered."""
    return {
        "entered": request.form,
        "errors": refusal.errors if isinstance(refusal, Invalid) else {},
        "problem": problem(refusal) if refusal is not None else None,
    }


def _moment(text: str) -> datetime:
    """Return what a field for an instant was given, as Shanghai's time."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE)
    except ValueError:
        raise Invalid({"value": ["not_of_type"]}) from None
