"""One step: what to do, what is still missing, and finishing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import CaseError, Invalid
from storage.models import Task
from storage.vocabulary import TaskKind
from webapp import acts, seen
from webapp.auth.permissions import needs
from webapp.errors import problem, status_of
from webapp.pages import answers, step
from webapp.pages.gatework import work_on
from webapp.pages.people import version

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks/<uuid:task_id>")


@blueprint.get("")
@needs()
def show(task_id: UUID) -> ResponseReturnValue:
    """Show a step; raises NotFound when it is none of the reader's business."""
    return _page(task_id)


@blueprint.post("/check")
@needs()
def check(task_id: UUID) -> ResponseReturnValue:
    """Keep what was entered, and show what the gate says to it."""
    entered = _entered(task_id)
    answers.keep(task_id, entered)
    if request.headers.get("HX-Request") != "true":
        return redirect(url_for("tasks.show", task_id=task_id))
    return render_template("tasks/_gate.html", **step.page(task_id, entered))


@blueprint.post("/complete")
@needs()
def complete(task_id: UUID) -> ResponseReturnValue:
    """Finish a step; a refusal shows the page again with everything entered."""
    entered = _entered(task_id)
    task = seen.part(Task, task_id)
    try:
        if entered.errors:
            raise Invalid(dict(entered.errors))
        acts.do(
            "tasks.complete",
            task_id=task_id,
            outcome=request.form.get("outcome") or None,
            inputs=entered.values,
            opinion=entered.opinion,
            version=version(),
        )
    except CaseError as refusal:
        if isinstance(refusal, Invalid):
            entered.errors = refusal.errors
        answers.keep(task_id, entered)
        return _page(task_id, entered, refusal), status_of(refusal)
    answers.forget()
    started = task.kind is TaskKind.MESSAGE
    flash("act_started" if started else "task_completed", "done")
    return redirect(url_for("case.show", case_id=task.case_id))


@blueprint.post("/claim")
@needs()
def claim(task_id: UUID) -> ResponseReturnValue:
    """Take a step on (签收)."""
    return _done(task_id, "task_claimed", "tasks.claim")


@blueprint.post("/release")
@needs()
def release(task_id: UUID) -> ResponseReturnValue:
    """Give a step back to those who may take it (退领)."""
    return _done(
        task_id, "task_released", "tasks.release", reason=request.form.get("reason", "")
    )


@blueprint.post("/reassign")
@needs()
def reassign(task_id: UUID) -> ResponseReturnValue:
    """Hand a step to a colleague (转办)."""
    task = seen.part(Task, task_id)
    try:
        person = UUID(request.form.get("person", ""))
    except ValueError:
        return _refused(task_id, Invalid({"person": ["not_person"]}))
    reason = request.form.get("reason", "")
    try:
        acts.do(
            "tasks.reassign",
            task_id=task_id,
            person_id=person,
            reason=reason,
            version=version(),
        )
    except CaseError as refusal:
        return _refused(task_id, refusal)
    flash("task_reassigned", "done")
    return redirect(url_for("case.show", case_id=task.case_id))


def _done(task_id: UUID, said: str, act: str, **params: Any) -> ResponseReturnValue:
    seen.part(Task, task_id)
    try:
        acts.do(act, task_id=task_id, version=version(), **params)
    except CaseError as refusal:
        return _refused(task_id, refusal)
    flash(said, "done")
    return redirect(url_for("tasks.show", task_id=task_id))


def _refused(task_id: UUID, refusal: CaseError) -> ResponseReturnValue:
    return _page(task_id, None, refusal), status_of(refusal)


def _page(
    task_id: UUID,
    entered: answers.Entered | None = None,
    refusal: CaseError | None = None,
) -> str:
    return render_template(
        "tasks/show.html",
        **step.page(task_id, entered),
        problem=problem(refusal) if refusal is not None else None,
    )


def _entered(task_id: UUID) -> answers.Entered:
    task = seen.part(Task, task_id)
    return answers.read(work_on(task, seen.case(task.case_id)), request.form)
