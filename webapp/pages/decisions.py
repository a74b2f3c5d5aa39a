"""What waits for the reader's decision: challenges, missing records, rooms."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, or_, select

from engine.actor import Actor
from storage.models import Case, Person, Recusal, Task, Waiver
from storage.models.assignment import UNDECIDED
from storage.queries.desk import MOST, principal
from storage.queries.line import Line
from storage.vocabulary import CaseStatus, TaskStatus
from webapp import venues
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import visible_cases
from webapp.database import session
from webapp.pages.diagrams import LIVE
from webapp.pages.people import decidable

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/decisions")
@needs()
def index() -> ResponseReturnValue:
    """Show what the reader may decide, the oldest first."""
    actor = current_actor()
    return render_template(
        "worklist/decisions.html",
        box="decisions",
        challenges=challenges(actor),
        waivers=waivers(actor),
        bookings=venues.to_decide(actor),
    )


def challenges(actor: Actor) -> Sequence[Line]:
    """Return undecided challenges of others: columns Recusal, Case, name, party."""
    rows = (
        session()
        .execute(
            select(Recusal, Case, Person.name, principal())
            .join(Case, Recusal.case_id == Case.id)
            .join(Person, Recusal.person_id == Person.id)
            .where(
                UNDECIDED,
                Recusal.person_id != actor.id,
                Case.status.in_([CaseStatus.OPEN, CaseStatus.CLOSED]),
                visible_cases(actor),
            )
            .order_by(Recusal.requested_at, Recusal.id)
            .limit(MOST)
        )
        .all()
    )
    return [row for row in rows if decidable(row.Case, [row.Recusal])]


def waivers(actor: Actor) -> Sequence[Line]:
    """Return requests whose turn it is for *actor*'s posts, the oldest first.

    Columns Waiver, Task, Case, name, party.
    """
    return (
        session()
        .execute(
            select(Waiver, Task, Case, Person.name, principal())
            .join(Task, Waiver.task_id == Task.id)
            .join(Case, Waiver.case_id == Case.id)
            .join(Person, Waiver.requested_by_id == Person.id)
            .where(
                Waiver.next_post.in_(sorted(actor.posts)),
                Waiver.requested_by_id != actor.id,
                or_(
                    Task.status.in_(LIVE),
                    and_(Waiver.after, Task.status == TaskStatus.DONE),
                ),
                Case.status == CaseStatus.OPEN,
                visible_cases(actor),
            )
            .order_by(Waiver.requested_at, Waiver.id)
            .limit(MOST)
        )
        .all()
    )
