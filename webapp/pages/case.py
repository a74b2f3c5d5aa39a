"""One case on one page: where it stands, what it waits for, what was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.bpmn.model import NodeKind
from engine.commands.locks import locks_on
from engine.commands.operations import RESULT as EMERGENCY
from engine.commands.pinned import Pinned, pinned_to
from engine.rules.locks import LockFact
from storage.models import Case, ProcessVersion, RequirementSet, Task
from storage.queries import case_view, desk
from storage.vocabulary import DocumentStatus, TaskKind
from webapp import seen
from webapp import worklist as boxes
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.database import session
from webapp.pages import diagrams
from webapp.pages.gatework import Progress, progress, work_on
from webapp.pages.people import decidable
from webapp.pages.timeline import acts_of

blueprint = Blueprint("case", __name__, url_prefix="/cases/<uuid:case_id>")

#: Documents that no longer count are folded away.
PUT_AWAY = frozenset({DocumentStatus.SUPERSEDED, DocumentStatus.DISCARDED})


@blueprint.get("")
@needs()
def show(case_id: UUID) -> ResponseReturnValue:
    """Show a case; raises NotFound when it is none of the reader's business."""
    case = seen.case(case_id)
    pinned = pinned_to(session(), case.requirement_set_id)
    visits = case_view.tasks(session(), case_id)
    tasks = [row.Task for row in visits]
    live = [task for task in tasks if task.status in diagrams.LIVE]
    work = [task for task in live if task.kind is TaskKind.USER]
    how_far = progress((task, case) for task in work)
    recusals = case_view.recusals(session(), case_id)
    documents = case_view.documents(session(), case_id)
    recordings = case_view.recordings(session(), case_id)
    deadlines = case_view.deadlines(session(), case_id)
    return render_template(
        "cases/show.html",
        case=case,
        head=case_view.header(session(), case_id),
        parties=case_view.parties(session(), case_id),
        officers=_by_capacity(case_view.officers(session(), case_id)),
        recusals=recusals,
        may_recuse=bool(decidable(case, (row.Recusal for row in recusals))),
        work=[row for row in visits if row.Task in work],
        offers=_offers(pinned, live),
        mine=_within_reach(case_id),
        how_far=how_far,
        shut=_shut(case, pinned, work),
        stuck=sum(len(each.verdict.blocking) for each in how_far.values()),
        totals=_totals(how_far.values()),
        steps=step_list(pinned, case, tasks, how_far),
        documents=[d for d in documents if d.status not in PUT_AWAY],
        put_away=[d for d in documents if d.status in PUT_AWAY],
        recordings=recordings,
        waivers=case_view.waivers(session(), case_id),
        deadlines=[d for d in deadlines if d.recording_id is None],
        deposits=[d for d in deadlines if d.recording_id is not None],
        colleagues=desk.people_of(session(), case.agency_id),
        me_id=current_actor().id,
        acts=acts_of(case_id, pinned, tasks, documents, recordings, deadlines),
    )


def _shut(
    case: Case, pinned: Pinned, work: Iterable[Task]
) -> dict[UUID, tuple[LockFact, ...]]:
    """Return what keeps each step shut while an emergency is not settled."""
    if EMERGENCY not in case.facts:
        return {}  # none ever began, so that nothing locks
    found = {}
    for task in work:
        node = pinned.bundle.node(task.process, task.element)
        always = node.checkpoint and node.checkpoint_if is None
        found[task.id] = locks_on(work_on(task, case), checkpoint=always)
    return found


@blueprint.get("/map")
@needs()
def show_map(case_id: UUID) -> Response:
    """Return what the browser needs to draw where the case stands."""
    case = seen.case(case_id)
    pinned = pinned_to(session(), case.requirement_set_id)
    tasks = [row.Task for row in case_view.tasks(session(), case_id)]
    work = [t for t in tasks if t.status in diagrams.LIVE and t.kind is TaskKind.USER]
    state = session().scalar(select(Case.state).where(Case.id == case_id))
    how_far = progress((task, case) for task in work)
    return diagrams.case_map(pinned, case, state, tasks, how_far)


@blueprint.get("/diagrams/<key>.bpmn")
@needs()
def diagram(case_id: UUID, key: str) -> Response:
    """Return a diagram in the version that the case is pinned to."""
    case = seen.case(case_id)
    files = session().scalar(
        select(ProcessVersion.files)
        .join(RequirementSet, RequirementSet.process_version_id == ProcessVersion.id)
        .where(RequirementSet.id == case.requirement_set_id)
    )
    return diagrams.xml_response(files or {}, key)


def step_list(
    pinned: Pinned, case: Case, tasks: Sequence[Task], how_far: dict[UUID, Progress]
) -> list[dict[str, Any]]:
    """Return the steps from top to bottom: done, under way, and still locked."""
    rows = [
        {"task": task, "state": _state(task), "progress": how_far.get(task.id)}
        for task in tasks
        if task.kind is TaskKind.USER
    ]
    seen_here = {
        (task.process, task.element) for task in tasks if task.kind is TaskKind.USER
    }
    model = pinned.bundle.models[case.process_key]
    entered = {path[0] for task in tasks if (path := diagrams.path_of(task))}
    ahead = [
        {"node": node, "state": "future"}
        for node in model.nodes.values()
        if (node.kind is NodeKind.USER_TASK and (model.key, node.id) not in seen_here)
        or (node.kind is NodeKind.CALL_ACTIVITY and node.id not in entered)
    ]
    return rows + (ahead if case.closed_at is None else [])


def _state(task: Task) -> str:
    if task.status in diagrams.LIVE:
        return "blocked" if diagrams.is_late(task) else "active"
    return task.status.value


def _offers(pinned: Pinned, live: Iterable[Task]) -> list[dict[str, Any]]:
    """Return the messages that may be registered now, and whether they ask anything."""
    found = []
    for task in live:
        if task.kind is not TaskKind.MESSAGE:
            continue
        node = pinned.bundle.node(task.process, task.element)
        asked = pinned.requirements(node, task.opened_at)
        found.append({"task": task, "plain": not (asked or node.inputs)})
    return found


def _within_reach(case_id: UUID) -> frozenset[UUID]:
    """Return the steps of a case that the reader has taken on or may take on."""
    actor = current_actor()
    claimable = boxes.claimable(session(), actor)
    mine = desk.chosen_ids(session(), boxes.mine(actor), case_id=case_id)
    free = desk.chosen_ids(session(), claimable, case_id=case_id)
    return frozenset([*mine, *free])


def _by_capacity(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        people = found.setdefault(row.Assignment.capacity.value, [])
        if row.Person not in people:
            people.append(row.Person)
    return found


def _totals(all_of: Iterable[Progress]) -> tuple[int, int]:
    each = list(all_of)
    return sum(one.met for one in each), sum(one.needed for one in each)
