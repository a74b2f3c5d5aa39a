"""Moves between colleagues on pages: from a step, in a case, to each other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.commands.acts import ACTS
from engine.errors import CaseError, Invalid
from storage.models import Cosigner, Memo, Task
from storage.queries import case_view, colleagues, desk
from webapp import acts, moving, seen
from webapp.auth.current import current_actor
from webapp.auth.permissions import needs
from webapp.database import session
from webapp.errors import problem, status_of
from webapp.pages import answers
from webapp.pages.gatework import work_on
from webapp.pages.people import version, wanted

blueprint = Blueprint("moves", __name__)

#: What a step offers: the act, the fields of its form, and what is said after it.
ON_STEP = {
    "delegate": ("tasks.delegate", ("person_id", "reason"), "task_delegated"),
    "cosign": ("cosigners.add", ("person_id", "reason"), "cosigner_added"),
    "ask": ("memos.ask", ("person_id", "text"), "question_sent"),
    "remind": ("memos.remind", ("text",), "reminder_sent"),
    "return": ("tasks.return", (), "task_returned"),
    "withdraw": ("tasks.withdraw", ("reason",), "task_withdrawn"),
    "excuse": ("tasks.excuse", ("reason",), "member_excused"),
}
#: The same for a case.
ON_CASE = {
    "suspend": ("cases.suspend", "case_suspended"),
    "resume": ("cases.resume", "case_resumed"),
    "terminate": ("cases.terminate", "case_terminated"),
}


@blueprint.post("/tasks/<uuid:task_id>/moves/<move>")
@needs()
def on_step(task_id: UUID, move: str) -> ResponseReturnValue:
    """Carry out one move on a step; a refusal says what to do instead."""
    task = seen.part(Task, task_id)
    if move not in ON_STEP:
        raise Invalid({"move": ["not_a_choice"]})
    act, fields, said = ON_STEP[move]
    shown = {"version": version()} if "version" in ACTS[act].parameters else {}
    acts.do(act, task_id=task_id, **wanted(*fields), **shown)
    flash(said, "done")
    if move in {"withdraw", "excuse"}:
        return redirect(url_for("case.show", case_id=task.case_id))
    return redirect(url_for("tasks.show", task_id=task_id))


@blueprint.post("/tasks/<uuid:task_id>/save")
@needs()
def save(task_id: UUID) -> ResponseReturnValue:
    """Keep what was entered for a step, on any device (暂存)."""
    task = seen.part(Task, task_id)
    entered = answers.read(work_on(task, seen.case(task.case_id)), request.form)
    acts.do(
        "tasks.save",
        task_id=task_id,
        inputs=entered.raw,
        opinion=entered.opinion,
        version=version(),
    )
    answers.forget()
    flash("task_saved", "done")
    return redirect(url_for("tasks.show", task_id=task_id))


@blueprint.get("/tasks/<uuid:task_id>/back")
@needs()
def back(task_id: UUID) -> ResponseReturnValue:
    """Show where the case may go back to from a step, and what would follow."""
    return _back(task_id)


@blueprint.post("/tasks/<uuid:task_id>/back")
@needs()
def send_back(task_id: UUID) -> ResponseReturnValue:
    """Send the case back to an earlier step (退回)."""
    task = seen.part(Task, task_id)
    try:
        acts.do(
            "tasks.send_back",
            task_id=task_id,
            version=version(),
            **wanted("to", "reason"),
        )
    except CaseError as refusal:
        return _back(task_id, refusal), status_of(refusal)
    flash("task_sent_back", "done")
    return redirect(url_for("case.show", case_id=task.case_id))


@blueprint.post("/cosigners/<uuid:cosigner_id>/<move>")
@needs()
def cosigner(cosigner_id: UUID, move: str) -> ResponseReturnValue:
    """Give the opinion that one was asked for, or wait for it no longer."""
    row = seen.part(Cosigner, cosigner_id)
    given: dict[str, Any] = {"cosigner_id": cosigner_id}
    if move == "remove":
        acts.do("cosigners.remove", **given, **wanted("reason"))
        flash("cosigner_removed", "done")
    else:
        acts.do(
            "cosigners.answer",
            **given,
            agreed=wanted("agreed")["agreed"] == "yes",
            opinion=request.form.get("opinion", ""),
        )
        flash("opinion_given", "done")
    return redirect(url_for("tasks.show", task_id=row.task_id))


@blueprint.post("/cases/<uuid:case_id>/moves/<move>")
@needs()
def on_case(case_id: UUID, move: str) -> ResponseReturnValue:
    """Let a case stand still, go on, or end."""
    seen.case(case_id)
    if move not in ON_CASE:
        raise Invalid({"move": ["not_a_choice"]})
    act, said = ON_CASE[move]
    acts.do(act, case_id=case_id, version=version(), **wanted("reason"))
    flash(said, "done")
    return redirect(url_for("case.show", case_id=case_id))


@blueprint.post("/cases/<uuid:case_id>/copies")
@needs()
def copy(case_id: UUID) -> ResponseReturnValue:
    """Let colleagues know of a case (抄送)."""
    seen.case(case_id)
    people = request.form.getlist("people")
    acts.do("memos.copy", case_id=case_id, person_ids=people, **wanted("text"))
    flash("copy_sent", "done")
    return redirect(url_for("case.show", case_id=case_id))


@blueprint.get("/memos")
@needs()
def memos() -> ResponseReturnValue:
    """Show what one was told and asked, and what one is asked to co-sign."""
    me = current_actor().id
    return render_template(
        "worklist/memos.html",
        box="memos",
        told=colleagues.memos(session(), me),
        asked=colleagues.cosigning(session(), me),
        me_id=me,
    )


@blueprint.post("/memos/<uuid:memo_id>/<move>")
@needs()
def memo(memo_id: UUID, move: str) -> ResponseReturnValue:
    """Confirm having read, or answer."""
    seen.part(Memo, memo_id)
    if move == "answer":
        acts.do("memos.answer", memo_id=memo_id, **wanted("text"))
        flash("question_answered", "done")
    else:
        acts.do("memos.read", memo_id=memo_id)
        flash("memo_read", "done")
    return redirect(url_for("moves.memos"))


@blueprint.get("/deputies")
@needs()
def deputies() -> ResponseReturnValue:
    """Show who stands in for whom, and hand over for somebody who leaves."""
    return _deputies()


@blueprint.post("/deputies")
@needs()
def name_deputy() -> ResponseReturnValue:
    """Let somebody take another's place for a time (代理)."""
    try:
        given = wanted("principal_id", "deputy_id", "since", "until", "reason")
        moments = {n: answers.instant(given[n], n) for n in ("since", "until")}
        acts.do("deputies.name", **{**given, **moments})
    except CaseError as refusal:
        return _deputies(refusal), status_of(refusal)
    flash("deputy_named", "done")
    return redirect(url_for("moves.deputies"))


@blueprint.post("/deputies/<uuid:deputy_id>/end")
@needs()
def end_deputy(deputy_id: UUID) -> ResponseReturnValue:
    """End a deputyship before its time."""
    acts.do("deputies.end", deputy_id=deputy_id, **wanted("reason"))
    flash("deputy_ended", "done")
    return redirect(url_for("moves.deputies"))


@blueprint.post("/deputies/hand-over")
@needs()
def hand_over() -> ResponseReturnValue:
    """Hand all that somebody does to a colleague (离职转办)."""
    try:
        given = wanted("person_id", "to_id", "reason")
        person, to = (_person(given[name]) for name in ("person_id", "to_id"))
        found = moving.hand_over(person, to, given["reason"])
    except CaseError as refusal:
        return _deputies(refusal), status_of(refusal)
    return _deputies(handed=found)


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid({"person_id": ["not_person"]}) from None


def _back(task_id: UUID, refusal: CaseError | None = None) -> str:
    task = seen.part(Task, task_id)
    case = seen.case(task.case_id)
    found = moving.returns(task)
    people = desk.people_of(session(), case.agency_id)
    return render_template(
        "tasks/back.html",
        task=task,
        case=case,
        parties=case_view.parties(session(), case.id),
        ways=found,
        names={person.id: person.name for person in people},
        entered=request.form,
        problem=problem(refusal) if refusal is not None else None,
    )


def _deputies(
    refusal: CaseError | None = None, handed: dict[str, Any] | None = None
) -> str:
    actor = current_actor()
    people = desk.people_of(session(), actor.agency_id)
    return render_template(
        "profile/deputies.html",
        rows=moving.deputies(actor.agency_id),
        people=people,
        names={person.id: person.name for person in people},
        me_id=actor.id,
        handed=handed,
        entered=request.form,
        errors=refusal.errors if isinstance(refusal, Invalid) else {},
        problem=problem(refusal) if refusal is not None else None,
    )
