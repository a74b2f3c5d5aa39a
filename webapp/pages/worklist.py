"""The inbox: what is mine, what I may take, what I must sign, what I did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine.actor import Actor
from engine.commands.pinned import pinned_to
from engine.commands.signing import ANYBODY, OUTSIDE, ROLE_CAPACITY
from engine.rules.authority import BY_ASSIGNMENT
from storage.models import Case, Document, Task
from storage.queries import desk
from storage.queries import worklist as lists
from storage.queries.keyset import Part, Place
from storage.queries.line import Line
from storage.vocabulary import Capacity
from webapp import paging, seen
from webapp import worklist as boxes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.clock import now
from webapp.database import session
from webapp.i18n import ZONE
from webapp.pages.gatework import Progress, progress

blueprint = Blueprint("worklist", __name__)

#: The tabs of the inbox, in order.
BOXES = ("mine", "claimable", "signing", "done")
#: A step is pressing when less than this is left.
PRESSING = timedelta(days=2)
#: So many times a page's worth of documents is looked at for what is to be signed.
BATCHES = 20


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
        done = lists.done(
            session(), actor.id, place=paging.asked(lists.LATEST), limit=lists.PAGE
        )
        return render_template("worklist/done.html", box=box, boxes=BOXES, part=done)
    if box == "signing":
        papers = to_sign(actor, paging.asked(lists.OLDEST))
        return render_template(
            "worklist/signing.html", box=box, boxes=BOXES, part=papers
        )
    box = box if box in BOXES else "mine"
    own = box == "mine"
    ranges = lists.ranges_of_own(actor.id) if own else boxes.free(session(), actor)
    place = paging.asked(lists.URGENT)
    part = lists.part(session(), ranges, place=place, limit=lists.PAGE)
    entries = _entries(part.rows)
    alone = part.before is None and part.after is None
    return render_template(
        "worklist/index.html",
        box=box,
        boxes=BOXES,
        groups=_grouped(entries),
        first=entries[0] if entries else None,
        count=len(entries) if alone else lists.count(session(), ranges),
        pressing=sum(_group_of(entry) == "pressing" for entry in entries),
        part=part,
    )


@blueprint.get("/tasks/<uuid:task_id>/preview")
@needs()
def preview(task_id: UUID) -> ResponseReturnValue:
    """Show what a step still lacks, beside the inbox; raises NotFound."""
    task = seen.part(Task, task_id)
    entry = _entries(desk.tasks(session(), [task.id]))
    return render_template("worklist/_preview.html", entry=entry[0] if entry else None)


def to_sign(actor: Actor, place: Place | None = None) -> Part[Line]:
    """Return prepared documents with a free slot that *actor* may fill.

    So many documents are looked at, no more; what is left is the next part.
    """
    within = boxes.signed_within(session(), actor)
    found: list[Line] = []
    last = place
    for _ in range(BATCHES):
        rows = lists.unsigned_documents(session(), within, place=last, limit=lists.PAGE)
        found += _signable(rows, actor)
        more = len(rows) == lists.PAGE
        last = lists.OLDEST.place(rows[-1].Document) if rows else None
        if not more or len(found) >= lists.PAGE:
            break
    return Part(found, None, last if more else None)


def _signable(rows: Sequence[Line], actor: Actor) -> list[Line]:
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


def _entries(rows: Sequence[Line]) -> list[Entry]:
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
