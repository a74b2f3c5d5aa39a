"""Everything that the page of one step shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.actor import Actor
from engine.bpmn.model import Guard, Node
from engine.commands import members, owing, times
from engine.commands.work import LIVE, Work
from engine.rules.agreement import Finding, agreement
from engine.rules.authority import BY_ASSIGNMENT
from engine.rules.gates import Line, LineState, Verdict
from engine.rules.posts import Reserved
from engine.rules.surcharge import Sheet
from storage.models import Case, Document, Task
from storage.queries import case_view, colleagues
from storage.queries import desk as queries
from storage.vocabulary import Capacity, DocumentStatus, RecordForm, TaskKind
from webapp import seen, venues
from webapp import worklist as boxes
from webapp.auth.current import current_actor
from webapp.clock import now
from webapp.database import session
from webapp.deciding import may
from webapp.i18n import ZONE
from webapp.pages.answers import Entered, kept, questions
from webapp.pages.free import others
from webapp.pages.gatework import broken_guards, merged, verdict_if, work_on
from webapp.pages.waiting import waits
from webapp.pages.words import said
from webapp.sittings import sitting

#: Steps that are about what is still to be paid.
OWING = frozenset(
    {
        "penalty.payment",
        "enforcement.installment",
        "enforcement.deferral_application",
        "enforcement.deferral_approval",
        "enforcement.surcharge",
        "enforcement.surcharge_approval",
        "enforcement.demand",
        "enforcement.proposal",
        "enforcement.approval",
        "enforcement.court_application",
    }
)


@dataclass(frozen=True)
class Ending:
    """One way in which the step may end, and what stands against it."""

    value: str | None
    label: str
    verdict: Verdict
    guards: tuple[Guard, ...]
    findings: tuple[Finding, ...] = ()  #: how recordings do not agree

    @property
    def is_open(self) -> bool:
        """Say whether nothing stands against it."""
        barred = any(each.blocks for each in self.findings)
        return self.verdict.open and not self.guards and not barred


@dataclass(frozen=True)
class ShownLine:
    """One line of the gate, and the endings that ask for it (empty: all)."""

    line: Line
    only_for: tuple[str, ...]


def page(task_id: UUID, entered: Entered | None = None) -> dict[str, Any]:
    """Return what the page of a step is made of; raises NotFound."""
    task = seen.part(Task, task_id)
    case = seen.case(task.case_id)
    work = work_on(task, case)
    node = work.node
    entered = entered or kept(work)
    values = entered.values if entered else {}
    endings = _endings(work, node, values)
    documents = case_view.documents(session(), case.id)
    people = queries.people_of(session(), case.agency_id)
    rows = case_view.recordings(session(), case.id)
    actor = current_actor()
    asked = [
        row
        for row in case_view.waivers(session(), case.id)
        if row.Waiver.task_id == task.id
    ]
    return {
        "task": task,
        "case": case,
        "node": node,
        "people": people,
        "names": {person.id: person.name for person in people},
        "parties": case_view.parties(session(), case.id),
        "handlers": _handlers(case),
        "venue": venues.at_step(work, [line.line for line in _lines(endings)]),
        "live": task.status in LIVE,
        "holding": task.assignee_id == actor.id,
        "can_work": can_work(task),
        "can_hand_over": task.assignee_id == actor.id and task.member_index is None,
        "questions": questions(work, entered),
        "opinion": entered.opinion if entered else task.opinion,
        "has_opinion": bool(node.choices)
        or (task.capacity is not Capacity.HANDLER and not node.inputs),
        "endings": endings,
        "lines": _lines(endings),
        "shared": _shared(endings),
        "sheet": _sheet(work),
        "locks": _locks(work, endings),
        "findings": (told := _told(endings)),
        "statements": _statements(work, documents),
        "met": sum(_is_met(each.line) for each in _lines(endings)),
        "asked_for": len(_lines(endings)) + sum(each.blocks for each in told),
        "papers": _papers(endings, documents, task),
        "recordings": [row for row in rows if row.Recording.task_id == task.id],
        "waits": waits(case),
        "asked": colleagues.cosigners(session(), task.id),
        "questions_asked": colleagues.questions(session(), task.id),
        "others": others(work) if can_work(task) else [],
        "media": _media(endings),
        "waivers": {row.Waiver.requirement: row for row in asked},
        "asked_waivers": asked,
        "waiver_names": {str(person.id): person.name for person in people},
        "sitting": (shown := sitting(work)),
        "voice_facts": [work.pinned.facts[each.fact] for each in shown.node.inputs]
        if shown
        else [],
        "may_excuse": _may_excuse(work, actor),
        "posts": actor.posts,
        "me_id": actor.id,
        "outcome_label": next(
            (said(each) for each in node.outcomes if each.value == task.outcome), ""
        ),
    }


def _may_excuse(work: Work, actor: Actor) -> bool:
    """Say whether the reader may note that a member is absent."""
    chairs = (work.standing.chosen(chair) for chair in members.CHAIRS.values())
    leads = any(actor.id in each for each in chairs)
    return leads or may(Reserved.EXCUSAL, work.case)


def can_work(task: Task) -> bool:
    """Say whether the reader may work on a step: it is theirs, or they may claim it."""
    actor = current_actor()
    if task.status not in LIVE:
        return False
    if task.assignee_id is not None:
        own = task.assignee_id == actor.id
        stood = task.capacity not in BY_ASSIGNMENT and not own
        return own or (stood and task.assignee_id in boxes.stood_for(session(), actor))
    if task.kind is TaskKind.MESSAGE:
        held = queries.capacities(session(), actor.id, {task.case_id})
        return task.capacity is None or (task.case_id, task.capacity.value) in held
    chosen = boxes.claimable(session(), actor)
    return bool(queries.chosen_ids(session(), chosen, task_id=task.id))


def _endings(work: Work, node: Node, values: dict[str, Any]) -> list[Ending]:
    if work.the_task.status not in LIVE:
        return []
    choices: list[tuple[str | None, str]] = [
        (each.value, said(each)) for each in node.choices
    ]
    return [
        Ending(
            value,
            label,
            found,
            broken_guards(work, values, value),
            times.told(work, found),
        )
        for value, label in choices or [(None, "")]
        for found in [verdict_if(work, values, value)]
    ]


def _lines(endings: list[Ending]) -> list[ShownLine]:
    shown = []
    for line in merged(each.verdict for each in endings):
        asking = [
            each.label
            for each in endings
            if any(
                x.requirement.key == line.requirement.key for x in each.verdict.lines
            )
        ]
        everybody = len(asking) == len(endings)
        shown.append(ShownLine(line, () if everybody else tuple(asking)))
    return shown


def _locks(work: Work, endings: list[Ending]) -> list[dict[str, Any]]:
    """Return what keeps the step shut: the step that comes first, or the term."""
    found = {lock: None for each in endings for lock in each.verdict.locks}
    nodes = {
        node.id: node
        for process, element in work.pinned.bundle.locking
        for node in [work.pinned.bundle.node(process, element)]
    }
    return [{"lock": lock, "node": nodes.get(lock.element)} for lock in found]


def _sheet(work: Work) -> Sheet | None:
    """Return what is owed as of today, where the step is about it."""
    if work.node.activity not in OWING:
        return None
    return owing.sheet(work, now().astimezone(ZONE).date())


def _shared(endings: list[Ending]) -> list[Line]:
    """Return what stands against every ending alike."""
    if len(endings) < 2:  # noqa: PLR2004  # one ending shares with nobody
        return []
    first, *others = (each.verdict.blocking for each in endings)
    return [line for line in first if all(line in other for other in others)]


def _statements(work: Work, documents: Iterable[Document]) -> list[Document]:
    """Return the documents in which times that differ may be explained."""
    codes = agreement(work.rules, work.node.activity).written
    frozen = {DocumentStatus.PREPARED, DocumentStatus.FINAL}
    return [each for each in documents if each.code in codes and each.status in frozen]


def _told(endings: list[Ending]) -> list[Finding]:
    """Return each finding once that any ending is told of."""
    return list(dict.fromkeys(found for end in endings for found in end.findings))


def _is_met(line: Line) -> bool:
    return line.state not in {LineState.MISSING, LineState.UNDECIDED}


def _papers(
    endings: list[Ending], documents: Iterable[Document], task: Task
) -> list[dict[str, Any]]:
    """Return the documents of the step: those made here, and those still wanted."""
    live = [
        each
        for each in documents
        if each.status not in {DocumentStatus.SUPERSEDED, DocumentStatus.DISCARDED}
    ]
    by_id = {each.id: each for each in live}
    shown: list[dict[str, Any]] = []
    used: set[UUID] = set()
    for each in _lines(endings):
        asked = each.line.requirement
        if asked.form is not RecordForm.DOCUMENT:
            continue
        found = [by_id[i] for i in each.line.records if i in by_id and i not in used]
        used.update(document.id for document in found)
        shown += [{"document": d, "line": each} for d in found]
        if each.line.have + len(found) < asked.count or not found:
            shown.append({"document": None, "line": each, "codes": asked.codes})
    rest = [d for d in live if d.task_id == task.id and d.id not in used]
    return shown + [{"document": document, "line": None} for document in rest]


def _media(endings: list[Ending]) -> list[str]:
    """Return the media that the gate asks for, the wanted ones first."""
    codes = [
        code
        for each in _lines(endings)
        if each.line.requirement.form is RecordForm.RECORDING
        for code in each.line.requirement.codes
    ]
    return list(dict.fromkeys(codes))


def _handlers(case: Case) -> list[UUID]:
    return [
        row.Person.id
        for row in case_view.officers(session(), case.id)
        if row.Assignment.capacity is Capacity.HANDLER
    ]
