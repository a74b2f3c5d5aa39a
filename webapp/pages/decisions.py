"""What waits for the reader's decision: challenges, and going on without a record."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.actor import Actor
from engine.commands.assignments import DECIDERS
from engine.commands.pinned import pinned_to
from storage.models import Case, Person, Recusal, Task, Waiver
from storage.queries.desk import principal
from storage.queries.line import Line
from storage.vocabulary import CaseStatus, Post, RecusalStatus, WaiverStatus
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import visible_cases
from webapp.database import session
from webapp.pages.diagrams import LIVE

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
    )


def challenges(actor: Actor) -> Sequence[Line]:
    """Return undecided challenges of others: columns Recusal, Case, name, party."""
    if not actor.holds(*DECIDERS):
        return []
    return (
        session()
        .execute(
            select(Recusal, Case, Person.name, principal())
            .join(Case, Recusal.case_id == Case.id)
            .join(Person, Recusal.person_id == Person.id)
            .where(
                Recusal.status == RecusalStatus.REQUESTED,
                Recusal.person_id != actor.id,
                Case.status.in_([CaseStatus.OPEN, CaseStatus.CLOSED]),
                visible_cases(actor),
            )
            .order_by(Recusal.requested_at)
        )
        .all()
    )


def waivers(actor: Actor) -> Sequence[Line]:
    """Return requests that *actor*'s post decides: Waiver, Task, Case, name, party."""
    rows = (
        session()
        .execute(
            select(Waiver, Task, Case, Person.name, principal())
            .join(Task, Waiver.task_id == Task.id)
            .join(Case, Waiver.case_id == Case.id)
            .join(Person, Waiver.requested_by_id == Person.id)
            .where(
                Waiver.status == WaiverStatus.REQUESTED,
                Waiver.requested_by_id != actor.id,
                Task.status.in_(LIVE),
                visible_cases(actor),
            )
            .order_by(Waiver.requested_at)
        )
        .all()
    )
    return [row for row in rows if actor.holds(*_approvers(row))]


def _approvers(row: Line) -> list[Post]:
    """Return the posts that decide on a requested waiver."""
    pinned = pinned_to(session(), row.Case.requirement_set_id)
    node = pinned.bundle.node(row.Task.process, row.Task.element)
    return [
        Post(post)
        for asked in pinned.requirements(node, row.Task.opened_at)
        if asked.key == row.Waiver.requirement and asked.waiver is not None
        for post in asked.waiver.approvers
    ]
