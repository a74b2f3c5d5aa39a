"""The inbox: what is mine, what I may take, what I must sign, what I did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_

from engine.actor import Actor
from engine.commands.pinned import pinned_to
from engine.commands.signing import ANYBODY, OUTSIDE, ROLE_CAPACITY
from engine.rules.authority import BY_ASSIGNMENT
from storage.models import Case, Document, Task
from storage.queries import desk
from storage.queries.line import Line
from storage.vocabulary import Capacity
from webapp import seen
from webapp import worklist as boxes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.auth.visibility import visible_cases
from webapp.clock import now
from webapp.database import session
from webapp.i18n import ZONE
from webapp.pages.gatework import Progress, progress

blueprint = Blueprint("worklist", __name__)

#: The tabs of the inbox, in order.
BOXES = ("mine", "claimable", "signing", "done")
#: A step is pressing when less than this is left.
PRESSING = timedelta(days=2)


@dataclass(frozen=True)
class Entry:
    """One row: a step, its case, the party, and how far its records are."""

    task: Task
    case: Case
    party: str | None
    progress: Progress | None


@blueprint.get("/")
@needs()
def index() -> ResponseReturnValue:
    """Show one box of the inbox, the most urgent first."""
    box = request.args.get("box", "mine")
    actor = current_actor()
    if box == "done":
        rows = desk.done_tasks(session(), actor.id)
        return render_template("worklist/done.html", box=box, boxes=BOXES, rows=rows)
    if box == "signing":
        papers = to_sign(actor)
        return render_template(
            "worklist/signing.html", box=box, boxes=BOXES, papers=papers
        )
    box = box if box in BOXES else "mine"
    entries = _entries(desk.chosen_ids(session(), _chosen(box, actor)))
    return render_template(
        "worklist/index.html",
        box=box,
        boxes=BOXES,
        groups=_grouped(entries),
        first=entries[0] if entries else None,
        count=len(entries),
        pressing=sum(_group_of(entry) == "pressing" for entry in entries),
    )


@blueprint.get("/tasks/<uuid:task_id>/preview")
@needs()
def preview(task_id: UUID) -> ResponseReturnValue:
    """Show what a step still lacks, beside the inbox; raises NotFound."""
    task = seen.part(Task, task_id)
    entry = _entries([task.id])
    return render_template("worklist/_preview.html", entry=entry[0] if entry else None)


def to_sign(actor: Actor) -> list[Line]:
    """Return prepared documents with a free slot that *actor* may fill."""
    rows = desk.unsigned_documents(session(), visible_cases(actor))
    cases = {row.Case.id for row in rows}
    held = desk.capacities(session(), actor.id, cases)
    signed = desk.signed_roles(session(), actor.id, {row.Document.id for row in rows})
    return [
        row for row in rows if _may_sign(row.Document, row.Case, actor, held, signed)
    ]


def _may_sign(
    document: Document,
    case: Case,
    actor: Actor,
    held: frozenset[tuple[UUID, str]],
    signed: frozenset[tuple[UUID, str]],
) -> bool:
    for slot in document.signatories:
        role = slot["role"]
        if role in document.signed_by or (document.id, role) in signed:
            continue
        if slot["people"]:
            if str(actor.id) in slot["people"]:
                return True
            continue
        outside = role in OUTSIDE | ANYBODY or role == "agency"
        capacity = Capacity.HANDLER if outside else _capacity(role)
        if capacity is None:
            continue
        if (case.id, capacity.value) in held:
            return True
        if capacity in BY_ASSIGNMENT or capacity is Capacity.HANDLER:
            continue
        rules = pinned_to(session(), case.requirement_set_id).rules(now())
        if actor.holds(*rules.posts(capacity)):
            return True
    return False


def _capacity(role: str) -> Capacity | None:
    if role in ROLE_CAPACITY:
        return ROLE_CAPACITY[role]
    return Capacity(role) if role in frozenset(Capacity) else None


def _chosen(box: str, actor: Actor) -> ColumnElement[bool]:
    own = desk.own(actor.id)
    if box == "claimable":
        return and_(boxes.claimable(session(), actor), ~own)
    return own


def _entries(ids: list[UUID]) -> list[Entry]:
    rows: Sequence[Line] = desk.tasks(session(), ids)
    how_far = progress((row.Task, row.Case) for row in rows)
    return [
        Entry(row.Task, row.Case, row.party, how_far.get(row.Task.id)) for row in rows
    ]


def _grouped(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {"pressing": [], "week": [], "later": []}
    for entry in entries:
        groups[_group_of(entry)].append(entry)
    return {name: rows for name, rows in groups.items() if rows}


def _group_of(entry: Entry) -> str:
    due = entry.task.due_at
    if due is None:
        return "later"
    if due - now() < PRESSING:
        return "pressing"
    today = now().astimezone(ZONE)
    sunday = today.date() + timedelta(days=6 - today.weekday())
    return "week" if due.astimezone(ZONE).date() <= sunday else "later"
